package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.ProgressEvent;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Sends one blob for one image. It goes in one piece at first, as that is fastest and every
 * registry takes it. When that breaks, it goes on at the offset that the registry reports. Some
 * registries, distribution 2.8 among them, give a session up when a piece breaks in the middle, and
 * some proxies refuse large bodies (413): then the blob is begun again in pieces, so that what
 * breaks off the next time costs less.
 */
final class BlobSender {
  /** Small enough for the usual limits of proxies, large enough to cost no time. */
  static final long CHUNK = 16L << 20;

  private final ImageCopy image;
  private final Descriptor blob;
  private final Consumer<ProgressEvent> progress;
  private final long chunk;
  private boolean inPieces;
  private boolean renewed;
  private int failures;

  BlobSender(ImageCopy image, Descriptor blob, Consumer<ProgressEvent> progress, long chunk) {
    this.image = image;
    this.blob = blob;
    this.progress = progress;
    this.chunk = chunk;
  }

  void send() {
    Optional<BlobUpload> upload = image.registries().beginUpload(image.to());
    if (upload.isPresent()) {
      send(upload.get());
    } else {
      sendWhole();
    }
  }

  /** The way for clients that cannot continue uploads. */
  private void sendWhole() {
    while (true) {
      try (ResumingInput source = image.registries().readBlob(image.from(), blob, 0)) {
        try {
          image.registries().writeBlob(image.to(), blob, counted(source));
          return;
        } catch (RegistryException e) {
          pause(source, e);
        }
      }
    }
  }

  private void send(BlobUpload begun) {
    BlobUpload upload = begun;
    boolean stored = false;
    try {
      long offset = 0;
      while (!stored) {
        try (ResumingInput source = image.registries().readBlob(image.from(), blob, offset)) {
          try {
            sendFrom(upload, offset, counted(source));
            stored = true;
          } catch (RegistryException e) {
            pause(source, e);
            Optional<Long> arrived = arrived(upload);
            if (arrived.isPresent()) {
              failures = arrived.get() > offset ? 0 : failures;
              offset = arrived.get();
            } else if (isStored()) {
              stored = true;
            } else {
              inPieces = true;
              offset = 0;
              upload = image.registries().beginUpload(image.to()).orElseThrow();
            }
          }
        }
      }
    } finally {
      if (!stored) {
        upload.abandon();
      }
    }
  }

  private void sendFrom(BlobUpload upload, long start, InputStream content) {
    long offset = start;
    long piece = Math.max(chunk, upload.minimumChunk());
    while (inPieces && blob.size() - offset > piece) {
      upload.append(offset, piece, content);
      offset += piece;
      failures = 0;
    }
    upload.finish(blob, offset, content);
  }

  /** Waits before the next try. Throws what the target did when there is no sense in one. */
  private void pause(ResumingInput source, RegistryException e) {
    if (source.hasFailed()) {
      throw e;
    }
    if (e.reason() == Reason.UNAUTHORIZED && !renewed) {
      // The token has expired on the way; the next request, without a body, fetches another.
      renewed = true;
    } else if (e.status().orElse(0) == 413 && !inPieces && blob.size() > chunk) {
      inPieces = true;
    } else {
      failures++;
      image.registries().retries().pause(e, failures);
    }
  }

  /** How much the registry holds; empty when it has given the session up. */
  private Optional<Long> arrived(BlobUpload upload) {
    try {
      long offset = image.registries().retries().call(upload::offset);
      return offset <= blob.size() ? Optional.of(offset) : Optional.empty();
    } catch (RegistryException e) {
      if (e.reason().retryable() || Thread.currentThread().isInterrupted()) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /** The answer to the last request may have been all that was lost. */
  private boolean isStored() {
    return image.registries().findBlob(image.to(), blob.digest()).isPresent();
  }

  private InputStream counted(InputStream source) {
    return new CountedInput(source, count -> progress.accept(new ProgressEvent.BytesSent(count)));
  }
}
