package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.ProgressEvent;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.util.function.Consumer;

/** Sends blobs from their source to the mirror, and tells progress about every piece. */
final class BlobSender {
  private final Consumer<ProgressEvent> progress;

  BlobSender(Consumer<ProgressEvent> progress) {
    this.progress = progress;
  }

  void send(ImageCopy image, Descriptor blob) {
    try (InputStream content =
        new CountedInput(
            image.registries().readBlob(image.from(), blob, 0),
            count -> progress.accept(new ProgressEvent.BytesSent(count)))) {
      image.registries().writeBlob(image.to(), blob, content);
    } catch (IOException e) {
      throw new RegistryException(
          RegistryException.Reason.UNREACHABLE,
          image.from().registry(),
          0,
          "reading blob " + blob.digest() + " of " + image.from() + " failed: " + e.getMessage(),
          e);
    }
  }
}
