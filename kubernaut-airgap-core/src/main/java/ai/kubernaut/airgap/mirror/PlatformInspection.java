package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platform;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** One platform of an image. Immutable. */
@Value.Immutable
public interface PlatformInspection {
  /** {@return the platform; empty when neither the index nor the configuration has it} */
  Optional<Platform> platform();

  /** {@return the digest of its manifest} */
  Digest digest();

  /** {@return the media type of its manifest} */
  String mediaType();

  /** {@return whether the registry has the manifest; an index may list absent ones} */
  boolean isPresent();

  /** {@return the digest of its configuration; empty for artifacts and absent manifests} */
  Optional<Digest> config();

  /** {@return the number of its layers} */
  int layers();

  /** {@return the bytes of its configuration and its layers, as they are stored} */
  long size();

  /** {@return when the image was created, as its configuration has it} */
  Optional<String> created();

  /** {@return the labels in the configuration} */
  Map<String, String> labels();

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link PlatformInspection}. Not thread-safe. */
  final class Builder extends ImmutablePlatformInspection.Builder {
    Builder() {}
  }
}
