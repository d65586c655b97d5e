package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.plan.MirrorEntry;
import java.util.Optional;
import org.immutables.value.Value;

/** What became of one image of a plan. Immutable. */
@Value.Immutable
public interface MirroredImage {
  /** How it ended. */
  enum Outcome {
    /** It is in the mirror now, with every platform and the source's digest. */
    COPIED,
    /** The mirror had it already, with the same digest. */
    PRESENT,
    /** It could not be brought into the mirror; the mirror's tag is what it was before. */
    FAILED
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
   * @return empty when it failed
   */
  Optional<Digest> digest();

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
   * How many blobs the mirror took over from another of its repositories.
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
   * How much was sent to the mirror in blobs.
   *
   * @return bytes
   */
  @Value.Default
  default long bytesSent() {
    return 0;
  }

  /**
   * Why it failed.
   *
   * @return empty unless the outcome is FAILED
   */
  Optional<String> failure();

  /**
   * A new builder.
   *
   * @return an empty builder
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link MirroredImage}. Not thread-safe. */
  final class Builder extends ImmutableMirroredImage.Builder {
    Builder() {}
  }
}
