package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.registry.RegistryClient;

/**
 * A store of bundles that has compared blobs with their digests when it was opened, so that {@link
 * BundleLoader} does not read them once more before it sends them. Thread-safe.
 */
public interface VerifiedStore extends RegistryClient {
  /**
   * Returns whether the whole content of a blob was read by this client and has its digest.
   *
   * @param blob the digest
   * @return false also when the blob was not read
   */
  boolean isVerified(Digest blob);
}
