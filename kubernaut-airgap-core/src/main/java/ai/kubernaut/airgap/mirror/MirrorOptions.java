package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.immutables.value.Value;

/** Choices for mirroring. Immutable. */
@Value.Immutable
public interface MirrorOptions {
  /**
   * How many images are asked about, and have their manifests read and written, at the same time.
   *
   * @return 1 to 64, by default 4
   */
  @Value.Default
  default int imagesAtOnce() {
    return 4;
  }

  /**
   * How many blobs are on their way at the same time, whichever images they belong to. Each takes a
   * connection to its source and one to the mirror.
   *
   * @return 1 to 64, by default 4
   */
  @Value.Default
  default int blobsAtOnce() {
    return 4;
  }

  /**
   * How much single registries are asked for.
   *
   * @return by registry, as references name it: {@code docker.io}, {@code harbor.corp:8443}; by
   *     default empty, no limits
   */
  Map<String, RateLimit> limits();

  /**
   * A stage whose completion, normal or exceptional, cancels the run within a second. What is in
   * the mirror stays there.
   *
   * @return by default empty
   */
  Optional<CompletionStage<?>> cancelledBy();

  /**
   * What is tried again, how often, and when.
   *
   * @return by default the defaults of {@link RetryPolicy}
   */
  @Value.Default
  default RetryPolicy retry() {
    return RetryPolicy.builder().build();
  }

  /** What is copied along with an image because it is attached to it. */
  enum Attachments {
    /** Signatures, attestations, SBOMs, and whatever else names the image as its subject. */
    ALL,
    /** Signatures only. */
    SIGNATURES,
    /** Nothing. */
    NONE
  }

  /**
   * What is copied along with an image: cosign's tags ({@code sha256-….sig}, {@code .att}, {@code
   * .sbom}) and OCI referrers, of the index, of the platforms' manifests, and of the attachments
   * themselves. They are in the mirror before the image's tag is. An image that the mirror has
   * already is not asked about, so what was attached to it later does not follow.
   *
   * @return by default all
   */
  @Value.Default
  default Attachments attachments() {
    return Attachments.ALL;
  }

  /**
   * What to do with a mirror that refuses indexes, as older integrated registries of OpenShift do:
   * with a platform here, the manifest of that platform gets the name that the index should have
   * had, and the report says so with both digests. Only a refusal brings that about; to leave
   * platforms out in any case is for the plan to say.
   *
   * @return by default empty: an image whose index is refused has failed
   */
  Optional<Platform> platformWhereIndexRefused();

  /**
   * What the mirror has been asked before. It chooses the way: where the mirror does not mount, no
   * mount is tried; where it takes no pieces, blobs go whole; and where it takes no indexes, the
   * platform of {@link #platformWhereIndexRefused()} is mirrored from the beginning, and the others
   * are not sent in vain.
   *
   * @return by default empty: the run finds out as it goes
   */
  Optional<PreflightReport> preflight();

  /**
   * Whether the mirror has said no to a capability.
   *
   * @param capability of the preflight
   * @return false also when it was not asked
   */
  default boolean isKnownUnsupported(Capability capability) {
    return preflight()
        .filter(report -> report.finding(capability).support() == Finding.Support.NO)
        .isPresent();
  }

  /**
   * A file that makes half-sent blobs survive the process: a later run with the same file goes on
   * with them, where the mirror still holds what has arrived. It is made when it is not there,
   * removed when nothing is left to go on with, readable by its owner only, and holds no
   * credentials. Without it a later run sends such blobs from the start; finished ones are not sent
   * again in either case. With it, large blobs are sent in pieces that are held in memory, 5 MiB
   * for each blob on its way.
   *
   * @return by default empty
   */
  Optional<Path> journal();

  /**
   * How many bytes of manifests one image may have, those of its platforms and attachments
   * included. An image that has more fails, with {@link
   * ai.kubernaut.airgap.registry.RegistryException.Reason#TOO_LARGE}; the others are not affected.
   * A manifest counts as 1 KiB at least.
   *
   * @return 1 or more, by default 32 MiB
   */
  @Value.Default
  default long manifestBytesPerImage() {
    return 32L << 20;
  }

  /**
   * How many bytes of manifests are held at the same time for all images of a run that are copied.
   * Images that would exceed it fail as with {@link #manifestBytesPerImage()}.
   *
   * @return 1 or more, by default 256 MiB, or a quarter of the JVM's largest heap where that is
   *     less
   */
  @Value.Default
  default long manifestBytesPerRun() {
    return Math.min(256L << 20, Runtime.getRuntime().maxMemory() / 4);
  }

  /** Checks the ranges. */
  @Value.Check
  default void check() {
    checkBytes("manifestBytesPerImage", manifestBytesPerImage());
    checkBytes("manifestBytesPerRun", manifestBytesPerRun());
    checkCount("imagesAtOnce", imagesAtOnce());
    checkCount("blobsAtOnce", blobsAtOnce());
  }

  private static void checkBytes(String option, long bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException(option + " is " + bytes + "; it must be 1 or more");
    }
  }

  private static void checkCount(String option, int count) {
    if (count < 1 || count > 64) {
      throw new IllegalArgumentException(option + " is " + count + "; it must be from 1 to 64");
    }
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MirrorOptions}. Not thread-safe. */
  final class Builder extends ImmutableMirrorOptions.Builder {
    Builder() {}
  }
}
