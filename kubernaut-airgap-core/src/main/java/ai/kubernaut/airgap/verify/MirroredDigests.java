package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The digests by which an image of the plan may run. The configurations are read only when a digest
 * is none of the manifests'. Not thread-safe.
 */
final class MirroredDigests {
  private final ImageRef target;
  private final @Nullable RegistryClient registries;
  private final Optional<Digest> planned;
  private final Optional<Digest> tagged;
  private final Set<Digest> manifests = new LinkedHashSet<>();
  private @Nullable Set<Digest> configs;

  /**
   * Reads the manifests.
   *
   * @param target the image in the mirror
   * @param planned the digest that the plan expects there
   * @param registries reads the mirror; null when only the plan can tell
   */
  MirroredDigests(ImageRef target, Optional<Digest> planned, @Nullable RegistryClient registries) {
    this.target = target;
    this.planned = planned;
    this.registries = registries;
    planned.ifPresent(manifests::add);
    if (registries == null) {
      this.tagged = Optional.empty();
    } else {
      this.tagged =
          target.tag().isPresent() || planned.isEmpty()
              ? registries.findManifest(target).map(Descriptor::digest)
              : Optional.empty();
      if (planned.isEmpty()) {
        tagged.ifPresent(manifests::add);
      }
      ImageContent.readDigests(registries, root()).stream()
          .sorted(Comparator.comparing(Digest::toString))
          .forEach(manifests::add);
    }
  }

  private ImageRef root() {
    return planned.map(target::withDigest).orElse(target);
  }

  /** Returns the digest in the mirror: that of the tag, where there is one. */
  Optional<Digest> mirrored() {
    return registries == null ? Optional.empty() : tagged.or(() -> planned);
  }

  /** The digests of the manifests in the same order in each process: first that of the image. */
  Set<Digest> manifests() {
    return manifests;
  }

  /** Returns how a digest that runs agrees with the image. */
  ContainerOrigin.Agreement agreement(Digest running) {
    if (planned.or(() -> tagged).filter(running::equals).isPresent()) {
      return ContainerOrigin.Agreement.EQUAL;
    }
    if (manifests.contains(running)) {
      return ContainerOrigin.Agreement.PLATFORM_MANIFEST;
    }
    if (registries == null) {
      return ContainerOrigin.Agreement.NOT_COMPARED;
    }
    if (configs == null) {
      configs = ImageContent.readConfigDigests(registries, root());
    }
    return configs.contains(running)
        ? ContainerOrigin.Agreement.CONFIG
        : ContainerOrigin.Agreement.DIFFERS;
  }
}
