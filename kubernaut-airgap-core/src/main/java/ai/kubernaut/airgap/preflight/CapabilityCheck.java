package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Checks, in a repository that accepts uploads, what makes mirroring faster or possible at all. */
final class CapabilityCheck {
  private final RegistryClient registries;
  private final PreflightOptions options;
  private final MirrorPlan plan;
  private final List<Repository> repositories;
  private final Findings findings;

  CapabilityCheck(
      RegistryClient registries,
      PreflightOptions options,
      MirrorPlan plan,
      List<Repository> repositories,
      Findings findings) {
    this.registries = registries;
    this.options = options;
    this.plan = plan;
    this.repositories = repositories;
    this.findings = findings;
  }

  void check(UploadProbe uploads) {
    Repository repository = uploads.accepted().get(0);
    checkReferrers(repository);
    if (repositories.size() < 2) {
      findings.add(Capability.MOUNT, Support.NOT_CHECKED, FactCode.MOUNT_NOT_NEEDED);
    }
    if (plan.platforms().isWithoutIndex()) {
      findings.add(Capability.INDEX, Support.NOT_CHECKED, FactCode.INDEX_NOT_NEEDED);
    }
    if (plan.platforms().isAll() || plan.platforms().isWithoutIndex()) {
      findings.add(Capability.SPARSE_INDEX, Support.NOT_CHECKED, FactCode.SPARSE_INDEX_NOT_NEEDED);
    }
    if (options.mayWrite() && !findings.hasProblem()) {
      new PushProbe(registries, plan, repository, other(repository), findings).push();
    }
    if (uploads.minimumChunk() > 0) {
      findings.add(
          Capability.CHUNKED_UPLOADS,
          Support.YES,
          FactCode.CHUNKED_UPLOADS_OFFERED,
          Map.of("bytes", String.valueOf(uploads.minimumChunk())));
    }
    findings.add(Capability.CHUNKED_UPLOADS, Support.UNKNOWN, FactCode.CHUNKED_UPLOADS_NOT_CHECKED);
    findings.add(Capability.MOUNT, Support.UNKNOWN, FactCode.MOUNT_NOT_CHECKED);
    findings.add(Capability.INDEX, Support.UNKNOWN, FactCode.INDEX_NOT_CHECKED);
    findings.add(Capability.SPARSE_INDEX, Support.UNKNOWN, FactCode.SPARSE_INDEX_NOT_CHECKED);
  }

  private Optional<Repository> other(Repository repository) {
    return repositories.stream().filter(one -> !one.equals(repository)).findFirst();
  }

  private void checkReferrers(Repository repository) {
    Digest subject =
        plan.entries().stream()
            .flatMap(entry -> plan.expectedDigest(entry).stream())
            .findFirst()
            .orElse(Digest.sha256(new byte[0]));
    try {
      boolean listed = registries.referrers(repository, subject).isPresent();
      findings.add(
          Capability.REFERRERS,
          listed ? Support.YES : Support.NO,
          listed ? FactCode.REFERRERS_LISTED : FactCode.REFERRERS_NOT_LISTED,
          Map.of("digest", subject.abbreviated()));
    } catch (RegistryException e) {
      Interrupts.check(e);
      findings.addUnknown(Capability.REFERRERS, e);
    }
  }
}
