package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of manifests one image, with its attachments, may make a run read and hold, and
 * all images together. Thread-safe.
 */
final class ManifestBudget {
  /** What a manifest counts at least, so that their number is limited too. */
  private static final long LEAST = 1024;

  private final long perImage;
  private final long perRun;
  private final AtomicLong ofRun;
  private final AtomicLong ofImage = new AtomicLong();

  private ManifestBudget(long perImage, long perRun, AtomicLong ofRun) {
    this.perImage = perImage;
    this.perRun = perRun;
    this.ofRun = ofRun;
  }

  /** A budget of the first image of a run. */
  static ManifestBudget of(MirrorOptions options) {
    return new ManifestBudget(
        options.manifestBytesPerImage(), options.manifestBytesPerRun(), new AtomicLong());
  }

  /** For steps that hold no manifest longer than they read it. */
  static ManifestBudget unlimited() {
    return new ManifestBudget(Long.MAX_VALUE, Long.MAX_VALUE, new AtomicLong());
  }

  /** A budget of another image of the same run. */
  ManifestBudget forImage() {
    return new ManifestBudget(perImage, perRun, ofRun);
  }

  /**
   * Counts a manifest.
   *
   * @throws RegistryException with TOO_LARGE when it is too much
   */
  void add(ImageRef image, long size) {
    long bytes = Math.max(LEAST, size);
    if (ofImage.addAndGet(bytes) > perImage) {
      throw tooLarge(
          image,
          "this image and its attachments have more than "
              + perImage
              + " bytes of manifests; if that is right, raise manifestBytesPerImage, or leave out "
              + "attachments");
    }
    if (ofRun.addAndGet(bytes) > perRun) {
      throw tooLarge(
          image,
          "the images of this run have more than "
              + perRun
              + " bytes of manifests; raise manifestBytesPerRun, or mirror fewer images at once");
    }
  }

  /** Gives back to the run what the image has used: nothing of it is held any more. */
  void release() {
    ofRun.addAndGet(-ofImage.getAndSet(0));
  }

  private static RegistryException tooLarge(ImageRef image, String why) {
    return new RegistryException(
        Reason.TOO_LARGE,
        image.registry(),
        0,
        "reading manifest " + image + " failed: " + why,
        null);
  }
}
