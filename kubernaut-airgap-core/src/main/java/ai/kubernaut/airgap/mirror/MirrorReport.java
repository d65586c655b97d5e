package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.immutables.value.Value;

/** What became of every image of a plan. Immutable. */
@Value.Immutable
public interface MirrorReport extends Outcome<MirrorReport> {
  /**
   * The plan that was carried out.
   *
   * @return the plan
   */
  @Value.Parameter
  MirrorPlan plan();

  /**
   * The images.
   *
   * @return in the order of the plan
   */
  @Value.Parameter
  List<MirroredImage> images();

  /**
   * A report.
   *
   * @param plan the plan
   * @param images what became of its images, in its order
   * @return the report
   */
  static MirrorReport of(MirrorPlan plan, List<MirroredImage> images) {
    return ImmutableMirrorReport.of(plan, images);
  }

  /**
   * A report whose plan has the digests that the images have got in the mirror: those of images
   * whose index was rewritten or is sparse.
   *
   * @param plan the plan
   * @param images what became of its images, in its order
   * @return the report
   */
  static MirrorReport carriedOut(MirrorPlan plan, List<MirroredImage> images) {
    Map<ImageRef, Digest> changed = new HashMap<>();
    for (MirroredImage image : images) {
      if (image.digestHasChanged() || image.isIndexSparse()) {
        image.digest().ifPresent(digest -> changed.put(image.entry().source(), digest));
      }
    }
    return of(plan.withMirroredDigests(changed), images);
  }

  /**
   * Reads the JSON of an earlier report: what {@code mirror --report FILE} or {@code mirror --json}
   * has written.
   *
   * @param file the file
   * @param plan the plan that was carried out, or one with more images
   * @return the report of the images in the file, in the order of the file, with a plan that has
   *     these images only; causes of problems are absent
   * @throws ai.kubernaut.airgap.outcome.ProblemsException when an image is not in the plan
   * @throws ai.kubernaut.airgap.common.AirgapException when the file cannot be read, or is not the
   *     report of a mirror run
   */
  static MirrorReport read(Path file, MirrorPlan plan) {
    return MirrorReportFile.read(file, plan);
  }

  /**
   * Returns what is wrong with the images.
   *
   * @return an error for each image that failed, and warnings
   */
  @Override
  default List<Problem> problems() {
    return images().stream().flatMap(image -> image.problems().stream()).toList();
  }

  /**
   * The images that are not in the mirror.
   *
   * @return in the order of the plan
   */
  default List<MirroredImage> failures() {
    return images().stream().filter(image -> image.failure().isPresent()).toList();
  }

  /**
   * How much blob content the run sent to the mirror.
   *
   * @return bytes
   */
  default long bytesSent() {
    return images().stream().mapToLong(MirroredImage::bytesSent).sum();
  }

  /**
   * Returns this report, if every image is in the mirror.
   *
   * @return this
   * @throws IncompleteMirrorException when one is not
   */
  @Override
  default MirrorReport orElseThrow() {
    if (!isOk()) {
      throw new IncompleteMirrorException(this);
    }
    return this;
  }

  /**
   * What came of the run in one line.
   *
   * @return for example {@code 15 images in harbor.corp: 14 copied, 1 already there; 12.3 MB sent,
   *     44 blobs mounted}
   */
  default String summary() {
    long cancelled = count(MirroredImage.Outcome.CANCELLED);
    int mounted = images().stream().mapToInt(MirroredImage::blobsMounted).sum();
    int again = images().stream().mapToInt(MirroredImage::blobsSentAgain).sum();
    return String.format(
        Locale.ROOT,
        "%d images for %s: %d copied, %d already there, %d failed%s; %.1f MB sent, %d blobs mounted%s",
        images().size(),
        plan().target().address(),
        count(MirroredImage.Outcome.COPIED),
        count(MirroredImage.Outcome.PRESENT),
        count(MirroredImage.Outcome.FAILED),
        cancelled == 0 ? "" : ", " + cancelled + " cancelled",
        bytesSent() / 1e6,
        mounted,
        again == 0 ? "" : ", " + again + " sent again as the mirror would not mount them");
  }

  private long count(MirroredImage.Outcome outcome) {
    return images().stream().filter(image -> image.outcome() == outcome).count();
  }
}
