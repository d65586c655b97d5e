package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What became of one image of a plan. Immutable. */
@Value.Immutable
public interface MirroredImage {
  /** How it ended. */
  enum Outcome {
    /** It was copied to the mirror, with every platform that the plan has. */
    COPIED,
    /** The mirror had it already, with the right digest. */
    PRESENT,
    /** It could not be copied; the tag in the mirror was not changed. */
    FAILED,
    /** The run ended before it was copied; the tag in the mirror was not changed. */
    CANCELLED
  }

  /**
   * The image in the plan.
   *
   * @return source and target
   */
  MirrorEntry entry();

  /**
   * How it ended.
   *
   * @return the outcome
   */
  Outcome outcome();

  /**
   * The digest that the mirror has under the target's name.
   *
   * @return empty when it failed or was cancelled
   */
  Optional<Digest> digest();

  /**
   * The digest that it has at its source. It is another than {@link #digest()} when platforms were
   * left out.
   *
   * @return empty when it failed or was cancelled, or was only looked for in the mirror
   */
  Optional<Digest> sourceDigest();

  /**
   * Whether the mirror has it under another digest than the source.
   *
   * @return false also when that is not known
   */
  default boolean digestHasChanged() {
    return digest().isPresent() && sourceDigest().isPresent() && !digest().equals(sourceDigest());
  }

  /**
   * Whether its index lists manifests of platforms that were not mirrored, so that it has kept its
   * digest.
   *
   * @return false when the index was rewritten, or has all its manifests
   */
  @Value.Default
  default boolean isIndexSparse() {
    return false;
  }

  /**
   * How many blobs were sent to the mirror for this image.
   *
   * @return zero or more
   */
  @Value.Default
  default int blobsSent() {
    return 0;
  }

  /**
   * How many of the blobs sent had been sent for another image already, because the mirror did not
   * mount them.
   *
   * @return zero or more, at most {@link #blobsSent()}
   */
  @Value.Default
  default int blobsSentAgain() {
    return 0;
  }

  /**
   * How many blobs the mirror mounted from another of its repositories.
   *
   * @return zero or more
   */
  @Value.Default
  default int blobsMounted() {
    return 0;
  }

  /**
   * How many blobs the repository had already.
   *
   * @return zero or more
   */
  @Value.Default
  default int blobsPresent() {
    return 0;
  }

  /**
   * How much blob content this run sent to the mirror for this image, including what was sent again
   * after a failure. For a failed image: until it failed.
   *
   * @return bytes
   */
  @Value.Default
  default long bytesSent() {
    return 0;
  }

  /**
   * How much blob content an earlier, interrupted run had sent, so that this run resumed there.
   *
   * @return bytes
   */
  @Value.Default
  default long bytesResumed() {
    return 0;
  }

  /**
   * When the run began with this image.
   *
   * @return the time since the run began; not part of equality; empty when nobody measured it
   */
  @Value.Auxiliary
  Optional<Duration> startedAfter();

  /**
   * How long the run took for this image. Images are copied at the same time and share blobs, so
   * that the sum is more than the time of the run.
   *
   * @return the time until the image was in the mirror or had failed; not part of equality; empty
   *     when nobody measured it
   */
  @Value.Auxiliary
  Optional<Duration> duration();

  /**
   * The signatures, attestations, SBOMs and so on that were copied with it.
   *
   * @return where they are in the mirror: by tag, or by digest for OCI referrers
   */
  List<ImageRef> attachments();

  /**
   * The attachments that are in the mirror by their digests, but not listed as referrers of their
   * subject: the mirror has no referrers API, and the tag {@code sha256-…} that replaces it is not
   * a list of referrers, but for example the image itself. That tag is not changed. Tools that look
   * for referrers do not find these attachments.
   *
   * @return some of {@link #attachments()}, empty in most cases
   */
  List<ImageRef> unlistedAttachments();

  /**
   * Returns why it is not in the mirror.
   *
   * @return an error; empty unless the outcome is FAILED or CANCELLED
   */
  Optional<Problem> failure();

  /**
   * Returns what a person should know about this image.
   *
   * @return the failure, and a warning when attachments are not listed as referrers
   */
  default List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    failure().ifPresent(problems::add);
    if (!unlistedAttachments().isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.ATTACHMENTS_NOT_LISTED,
              Subject.image(entry().target()),
              Map.of(
                  "count",
                  String.valueOf(unlistedAttachments().size()),
                  "registry",
                  entry().target().registry(),
                  "tag",
                  "sha256-…")));
    }
    return List.copyOf(problems);
  }

  /** Checks that an image has a failure if, and only if, it is not in the mirror. */
  @Value.Check
  default void check() {
    boolean isInMirror = outcome() == Outcome.COPIED || outcome() == Outcome.PRESENT;
    if (isInMirror == failure().isPresent()) {
      throw new IllegalArgumentException(
          "failure of "
              + entry().source()
              + " must be given if, and only if, the outcome is FAILED or CANCELLED");
    }
  }

  /**
   * What became of it, for people.
   *
   * @return for example {@code copied, sha256:0123456789ab, 12.3 MB sent, 4 blobs mounted}
   */
  default String describe() {
    String abbreviated =
        digest().map(Digest::abbreviated).orElse("")
            + (digestHasChanged()
                ? " (with fewer platforms than its source, "
                    + sourceDigest().map(Digest::abbreviated).orElse("")
                    + ")"
                : "")
            + (isIndexSparse() ? " (its index unchanged, with fewer platforms)" : "");
    return switch (outcome()) {
      case COPIED ->
          String.format(
              Locale.ROOT,
              "copied, %s, %.1f MB sent, %d blobs mounted%s%s%s%s",
              abbreviated,
              bytesSent() / 1e6,
              blobsMounted(),
              blobsPresent() == 0 ? "" : ", " + blobsPresent() + " blobs already in the mirror",
              bytesResumed() == 0
                  ? ""
                  : String.format(
                      Locale.ROOT, ", %.1f MB sent by an earlier run", bytesResumed() / 1e6),
              blobsSentAgain() == 0
                  ? ""
                  : ", " + blobsSentAgain() + " sent again as the mirror would not mount them",
              describeAttachments());
      case PRESENT -> "already there, " + abbreviated;
      case CANCELLED -> "cancelled";
      case FAILED ->
          "FAILED: "
              + failure().map(problem -> problem.message() + "; " + problem.remedy()).orElse("");
    };
  }

  private String describeAttachments() {
    if (attachments().isEmpty()) {
      return "";
    }
    return ", "
        + attachments().size()
        + " attachments"
        + (unlistedAttachments().isEmpty()
            ? ""
            : ", " + unlistedAttachments().size() + " of them not listed as referrers");
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link MirroredImage}. Not thread-safe. */
  final class Builder extends ImmutableMirroredImage.Builder {
    Builder() {}
  }
}
