package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.immutables.value.Value;

/** Options for mirroring. Immutable. */
@Value.Immutable
public interface MirrorOptions {
  /**
   * How many images are looked up, and have their manifests read and written, at the same time.
   *
   * @return 1 to 64, by default 4
   */
  @Value.Default
  default int imagesAtOnce() {
    return 4;
  }

  /**
   * How many blobs are copied at the same time, whichever images they belong to. Each uses a
   * connection to its source and one to the mirror.
   *
   * @return 1 to 64, by default 4
   */
  @Value.Default
  default int blobsAtOnce() {
    return 4;
  }

  /**
   * Limits of requests and bytes per registry. Where source and target have clients of their own, a
   * limit counts for each side.
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
   * Returns the policy for retries.
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
   * themselves. They are in the mirror before the image's tag is. Attachments of an image that the
   * mirror already has are not copied.
   *
   * @return by default all
   */
  @Value.Default
  default Attachments attachments() {
    return Attachments.ALL;
  }

  /**
   * The platform to mirror where the mirror refuses indexes, as older integrated registries of
   * OpenShift do: its manifest gets the name of the index, and the report has both digests. Used
   * only after a refusal; the platforms of the plan are for other cases.
   *
   * @return by default empty: an image whose index is refused has failed
   */
  Optional<Platform> platformWhereIndexRefused();

  /** The index of an image of which only some platforms are mirrored. */
  enum IndexForm {
    /** A new index lists only these platforms, so the digest of the image changes. */
    REWRITTEN,
    /**
     * The index keeps its bytes and its digest, and the manifests of the other platforms are
     * absent. An image whose sparse index the mirror refuses has failed.
     */
    SPARSE,
    /** Sparse where the mirror accepts that, and rewritten where it refuses. */
    AUTO
  }

  /**
   * Returns the form of an index when the plan, or the bundle that images come from, has only some
   * of the platforms. Not all registries accept sparse indexes: distribution 3 does, distribution
   * 2.8, Gitea and Nexus do not.
   *
   * @return by default rewritten
   */
  @Value.Default
  default IndexForm indexForm() {
    return IndexForm.REWRITTEN;
  }

  /**
   * The results of a preflight of the mirror. Without mounts, no mount is tried; without chunked
   * uploads, blobs are sent whole; without indexes, only the platform of {@link
   * #platformWhereIndexRefused()} is copied; without sparse indexes, {@link IndexForm#AUTO}
   * rewrites indexes.
   *
   * @return by default empty: the run finds out by itself
   */
  Optional<PreflightReport> preflight();

  /**
   * Whether the preflight found that the mirror does not support a capability.
   *
   * @param capability of the preflight
   * @return false also when that was not checked
   */
  default boolean isKnownUnsupported(Capability capability) {
    return preflight()
        .filter(report -> report.finding(capability).support() == Finding.Support.NO)
        .isPresent();
  }

  /**
   * A file that records uploads, so that a later run with the same file resumes them where the
   * mirror still has what was sent. It is created if it does not exist, removed when there is
   * nothing to resume, readable by its owner only, and has no credentials. Without it, a later run
   * sends unfinished blobs from the start; finished ones are never sent again. With it, large blobs
   * are sent in chunks that are held in memory, 5 MiB for each blob.
   *
   * @return by default empty
   */
  Optional<Path> journal();

  /**
   * The unfinished uploads of an earlier run, which are continued where the mirror still has what
   * was sent.
   *
   * @return by default empty
   */
  Optional<MirrorCheckpoint> resumeFrom();

  /**
   * Whether a run that is cancelled leaves its unfinished uploads to a later run, by a {@linkplain
   * MirrorCancelledException#checkpoint() checkpoint}. Large blobs are sent in chunks that are held
   * in memory then, 5 MiB for each blob.
   *
   * @return by default true if there is a {@link #journal()} or a checkpoint to {@linkplain
   *     #resumeFrom() resume from}
   */
  @Value.Default
  default boolean resumable() {
    return journal().isPresent() || resumeFrom().isPresent();
  }

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

  /**
   * How much of an image is checked before it counts as present in the mirror and is not copied.
   * With {@link CheckDepth#BLOBS}, an image is completed that has lost blobs since it was mirrored.
   *
   * @return by default {@link CheckDepth#MANIFEST}
   */
  @Value.Default
  default CheckDepth presence() {
    return CheckDepth.MANIFEST;
  }

  /** Checks the ranges. */
  @Value.Check
  default void check() {
    checkBytes("manifestBytesPerImage", manifestBytesPerImage());
    checkBytes("manifestBytesPerRun", manifestBytesPerRun());
    checkCount("imagesAtOnce", imagesAtOnce());
    checkCount("blobsAtOnce", blobsAtOnce());
    if (journal().isPresent() && !resumable()) {
      throw new IllegalArgumentException("resumable is false; a run with a journal is resumable");
    }
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

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link MirrorOptions}. Not thread-safe. */
  final class Builder extends ImmutableMirrorOptions.Builder {
    Builder() {}
  }
}
