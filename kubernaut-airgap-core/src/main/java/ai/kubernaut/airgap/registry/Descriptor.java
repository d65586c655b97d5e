package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platform;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * A content descriptor of the OCI image specification: what a piece of content is, its digest and
 * its size. Immutable.
 */
@Value.Immutable
public interface Descriptor {
  /**
   * The content's media type.
   *
   * @return for example {@code application/vnd.oci.image.layer.v1.tar+gzip}
   */
  @Value.Parameter
  String mediaType();

  /**
   * The content's digest.
   *
   * @return the digest
   */
  @Value.Parameter
  Digest digest();

  /**
   * The content's size.
   *
   * @return bytes, zero or more
   */
  @Value.Parameter
  long size();

  /**
   * The platform of a manifest that an index lists.
   *
   * @return empty for everything else
   */
  Optional<Platform> platform();

  /**
   * Addresses outside the registry where the content may be had: the mark of a foreign layer.
   *
   * @return mostly empty
   */
  List<String> urls();

  /**
   * {@return the artifact type of a manifest, where the descriptor has it; not part of equality}
   */
  @Value.Auxiliary
  Optional<String> artifactType();

  /** {@return the annotations of the descriptor; not part of equality} */
  @Value.Auxiliary
  Map<String, String> annotations();

  /**
   * A descriptor without a platform.
   *
   * @param mediaType the content's media type
   * @param digest its digest
   * @param size its size in bytes
   * @return the descriptor
   */
  static Descriptor of(String mediaType, Digest digest, long size) {
    return ImmutableDescriptor.of(mediaType, digest, size);
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Checks that the size is not negative. */
  @Value.Check
  default void check() {
    if (size() < 0) {
      throw new IllegalArgumentException(
          "size of " + digest() + " is " + size() + ", and cannot be negative");
    }
  }

  /** Builds a {@link Descriptor}. Not thread-safe. */
  final class Builder extends ImmutableDescriptor.Builder {
    Builder() {}
  }
}
