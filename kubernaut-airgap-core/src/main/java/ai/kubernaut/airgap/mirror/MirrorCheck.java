package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;

/** Checks whether one image is in the mirror. */
final class MirrorCheck {
  private final RegistryClient registries;
  private final CopyJob job;

  MirrorCheck(RegistryClient registries, CopyJob job) {
    this.registries = registries;
    this.job = job;
  }

  MirroredImage look(ContentCheck content, ManifestBudget budget) {
    try {
      Digest found = find();
      content.check(registries, job.target(), found, budget);
      return MirroredImage.builder()
          .entry(job.entry())
          .outcome(MirroredImage.Outcome.PRESENT)
          .digest(found)
          .build();
    } catch (ListenerException e) {
      throw e;
    } catch (RuntimeException e) {
      return MirrorRun.failed(job, e);
    }
  }

  private Digest find() {
    ImageRef target = job.target();
    Digest found =
        registries
            .findManifest(target)
            .map(Descriptor::digest)
            .orElseThrow(
                () ->
                    failed(
                        Reason.NOT_FOUND, target + ": it is not in the mirror; mirror the plan"));
    Digest expected = job.expectedDigest().orElse(found);
    if (!expected.equals(found)) {
      throw failed(
          Reason.DIGEST_MISMATCH,
          target
              + " is "
              + found
              + " in the mirror, and the plan wants "
              + expected
              + "; mirror the plan again");
    }
    return found;
  }

  private RegistryException failed(Reason reason, String message) {
    return new RegistryException(reason, job.target().registry(), 0, message, null);
  }
}
