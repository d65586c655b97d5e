package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.concurrent.atomic.AtomicLong;

/**
 * How many bytes of manifests one image, with its attachments, may make a run read and hold, and
 * all images together. Every manifest counts as 1 KiB at least, so their number is limited too.
 * Thread-safe.
 */
public final class ManifestBudget {
  private static final long LEAST = 1024;
  private static final long DEFAULT = 32L << 20;

  private final long perImage;
  private final long perRun;
  private final AtomicLong ofRun;
  private final AtomicLong ofImage = new AtomicLong();

  private ManifestBudget(long perImage, long perRun, AtomicLong ofRun) {
    this.perImage = perImage;
    this.perRun = perRun;
    this.ofRun = ofRun;
  }

  /**
   * Returns a budget for the first image of a run.
   *
   * @param perImage the most bytes of one image
   * @param perRun the most bytes of all images that are held at the same time
   * @return the budget
   */
  public static ManifestBudget of(long perImage, long perRun) {
    return new ManifestBudget(perImage, perRun, new AtomicLong());
  }

  /** {@return a budget for one image that is not held, 32 MiB} */
  public static ManifestBudget ofOneImage() {
    return of(DEFAULT, DEFAULT);
  }

  /** {@return a budget for another image of the same run} */
  public ManifestBudget forImage() {
    return new ManifestBudget(perImage, perRun, ofRun);
  }

  /**
   * Reads a manifest and counts it.
   *
   * @param registries reads the manifest
   * @param image which manifest
   * @return the manifest
   * @throws RegistryException with TOO_LARGE when it exceeds the budget, and as {@link
   *     RegistryClient#readManifest} throws it
   */
  public Manifest read(RegistryClient registries, ImageRef image) {
    Manifest manifest = registries.readManifest(image);
    long bytes = Math.max(LEAST, manifest.size());
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
    return manifest;
  }

  /** Returns what the image has used to the run: none of its manifests is held any more. */
  public void release() {
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
