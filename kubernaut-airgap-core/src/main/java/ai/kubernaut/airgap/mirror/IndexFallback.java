package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.Optional;
import java.util.Set;

/**
 * Writes what a name stands for, the index of an image mostly, and knows what to do when a mirror
 * takes no index. One for a run, so that a mirror has to refuse only once. Thread-safe.
 */
final class IndexFallback {
  /**
   * How registries say that they take no index; 500 is what older integrated registries of
   * OpenShift say.
   */
  private static final Set<Integer> REFUSALS = Set.of(400, 404, 405, 406, 415, 422, 500, 501);

  private final Optional<Platform> platform;
  private volatile boolean refused;

  IndexFallback(Optional<Platform> platform) {
    this.platform = platform;
  }

  /** Returns the digest of what has been written. */
  Digest write(RegistryClient registries, ImageRef name, ImageContent content) {
    Manifest root = content.root();
    if (!(refused && root.isIndex())) {
      try {
        registries.writeManifest(name, root);
        return content.digest();
      } catch (RegistryException e) {
        if (!root.isIndex() || !REFUSALS.contains(e.status().orElse(0))) {
          throw e;
        }
        if (platform.isEmpty()) {
          throw new RegistryException(
              e.reason(),
              e.registry(),
              e.status().orElse(0),
              e.getMessage()
                  + "; if it takes no images for several platforms, say which single one to mirror"
                  + " in place of an index (platformWhereIndexRefused)",
              e);
        }
      }
    }
    Manifest only =
        root.reducedTo(
            Platforms.withoutIndex(platform.orElseThrow()), child -> content.children().get(child));
    registries.writeManifest(name, only);
    refused = true;
    return only.digest();
  }
}
