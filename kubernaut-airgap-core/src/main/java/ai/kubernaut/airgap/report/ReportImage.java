package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.verify.Check;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** One image from the chart to the containers that run it. Immutable. */
@Value.Immutable
interface ReportImage {
  /** The objects and paths of the chart that name the image. */
  List<String> neededBy();

  /** The reference at the source; empty for an image that runs and is not in the plan. */
  Optional<String> source();

  /** The digest at the source. */
  Optional<Digest> sourceDigest();

  /** The reference in the mirror, or the reference of a container that is not in the plan. */
  String target();

  /** The digest in the mirror, or the planned one before the mirroring; empty if that failed. */
  Optional<Digest> mirrorDigest();

  /** What the mirroring did; empty without one. */
  Optional<MirroredImage> mirrored();

  /** The containers that run the image or should. */
  List<Container> containers();

  /** Whether nothing about this image needs attention. */
  default boolean isOk() {
    return mirrored().map(image -> image.failure().isEmpty()).orElse(true)
        && containers().stream()
            .allMatch(
                one -> one.result() == Check.Result.PASS || one.result() == Check.Result.SKIPPED);
  }

  /**
   * A container of a pod, or the pod itself if its container does not run.
   *
   * @param name for example {@code namespace/pod/container}
   * @param digest the digest that runs, as the check reports it; empty if none runs
   * @param result the result of the check
   */
  record Container(String name, String digest, Check.Result result) {}

  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link ReportImage}. Not thread-safe. */
  final class Builder extends ImmutableReportImage.Builder {
    Builder() {}
  }
}
