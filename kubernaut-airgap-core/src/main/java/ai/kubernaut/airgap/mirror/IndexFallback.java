package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.mirror.MirrorOptions.IndexForm;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.Optional;
import java.util.Set;

/**
 * Writes the root of an image. Replaces a sparse index by one without absent manifests where the
 * mirror refuses sparse indexes, and an index by one platform where it refuses all indexes. One for
 * a run, so that a mirror has to refuse only once. Thread-safe.
 */
final class IndexFallback {
  /**
   * The responses of registries that do not support indexes; 500 is that of older integrated
   * registries of OpenShift.
   */
  private static final Set<Integer> REFUSALS = Set.of(400, 404, 405, 406, 415, 422, 500, 501);

  private final Optional<Platform> platform;
  private final IndexForm form;
  private volatile boolean refused;
  private volatile boolean sparseRefused;

  IndexFallback(Optional<Platform> platform, IndexForm form) {
    this.platform = platform;
    this.form = form;
  }

  static IndexFallback of(MirrorOptions options) {
    IndexFallback fallback =
        new IndexFallback(options.platformWhereIndexRefused(), options.indexForm());
    fallback.sparseRefused =
        options.indexForm() == IndexForm.AUTO
            && options.isKnownUnsupported(Capability.SPARSE_INDEX);
    return fallback;
  }

  /**
   * Writes the root of an image.
   *
   * @return the digest of what was written
   * @throws IndexRefusedException when the mirror refuses an index that must not be replaced
   */
  Digest write(RegistryClient registries, ImageRef name, ImageContent content) {
    if (!content.isSparse()) {
      return writeWhole(registries, name, content);
    }
    if (!sparseRefused) {
      try {
        registries.writeManifest(name, content.root());
        return content.digest();
      } catch (RegistryException e) {
        if (!isRefusal(e)) {
          throw e;
        }
        if (form == IndexForm.SPARSE) {
          throw new IndexRefusedException(ProblemCode.SPARSE_INDEX_REFUSED, e);
        }
        sparseRefused = true;
      }
    }
    return writeWhole(registries, name, content.rewritten());
  }

  /** Clients of files refuse without a status. */
  private static boolean isRefusal(RegistryException e) {
    return e.reason() == Reason.REFUSED || REFUSALS.contains(e.status().orElse(0));
  }

  private Digest writeWhole(RegistryClient registries, ImageRef name, ImageContent content) {
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
          throw new IndexRefusedException(ProblemCode.INDEX_REFUSED, e);
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
