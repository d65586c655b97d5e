package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.plan.MirrorEntry;
import org.jspecify.annotations.Nullable;

/** One image on its way: what it consists of, and what has become of it so far. Thread-safe. */
final class ImageCopy {
  private final RetryingClient registries;
  private final MirrorEntry entry;
  private final Digest digest;
  private final ImageManifests manifests;
  private @Nullable AirgapException failure;
  private int sent;
  private int sentAgain;
  private int mounted;
  private int present;
  private long bytes;

  ImageCopy(RetryingClient registries, MirrorEntry entry, Digest digest, ImageManifests manifests) {
    this.registries = registries;
    this.entry = entry;
    this.digest = digest;
    this.manifests = manifests;
  }

  RetryingClient registries() {
    return registries;
  }

  ImageManifests manifests() {
    return manifests;
  }

  Repository from() {
    return entry.source().repository();
  }

  Repository to() {
    return entry.target().repository();
  }

  synchronized void sent(long size) {
    sent++;
    bytes += size;
  }

  synchronized void sentAgain(long size) {
    sentAgain++;
    sent(size);
  }

  synchronized void mounted() {
    mounted++;
  }

  synchronized void present() {
    present++;
  }

  /** The image will not be complete; the first reason is the one to report. */
  synchronized void failed(AirgapException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  synchronized boolean hasFailed() {
    return failure != null;
  }

  /** Once all its blobs are there: its manifests, the tag last, so that no tag is ever torn. */
  MirroredImage finish() {
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
    manifests
        .children()
        .forEach((child, manifest) -> registries.writeManifest(to().digest(child), manifest));
    ImageRef target = entry.target();
    // A target that is named by digest alone is stored by it; a tagged one is complete the moment
    // its tag appears.
    registries.writeManifest(
        target.tag().isPresent() ? target.withoutDigest() : target, manifests.root());
    synchronized (this) {
      return MirroredImage.builder()
          .entry(entry)
          .outcome(MirroredImage.Outcome.COPIED)
          .digest(digest)
          .blobsSent(sent)
          .blobsSentAgain(sentAgain)
          .blobsMounted(mounted)
          .blobsPresent(present)
          .bytesSent(bytes)
          .build();
    }
  }
}
