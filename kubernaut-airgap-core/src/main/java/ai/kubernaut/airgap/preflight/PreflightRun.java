package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryPreset;
import java.util.List;

/**
 * One run of a preflight: the checks in their order, each of which can make the others pointless.
 */
final class PreflightRun {
  private final RegistryClient registries;
  private final PreflightOptions options;
  private final MirrorPlan plan;
  private final List<Repository> repositories;
  private final Findings findings;

  PreflightRun(RegistryClient registries, PreflightOptions options, MirrorPlan plan) {
    this.registries = registries;
    this.options = options;
    this.plan = plan;
    this.repositories =
        plan.entries().stream().map(entry -> entry.target().repository()).distinct().toList();
    this.findings = new Findings(plan.target().registry());
  }

  PreflightReport report() {
    check();
    return ImmutablePreflightReport.of(
        plan, findings.toList(), options.preset().map(RegistryPreset::limits).orElse(List.of()));
  }

  private void check() {
    options
        .preset()
        .ifPresent(preset -> new PresetCheck(preset, plan.target(), findings).check(repositories));
    if (findings.hasProblem()) {
      findings.skipRest(FactCode.NOT_CHECKED_INVALID_NAMES);
      return;
    }
    if (!isReached()) {
      findings.skipRest(FactCode.NOT_CHECKED_UNREACHABLE);
      return;
    }
    if (repositories.isEmpty()) {
      findings.skipRest(FactCode.NOT_CHECKED_NO_IMAGES);
      return;
    }
    UploadProbe uploads = new UploadProbe(registries);
    new UploadCheck(registries, options, plan.target(), uploads, findings).check(repositories);
    if (uploads.accepted().isEmpty()) {
      findings.skipRest(
          uploads.isUnsupported()
              ? FactCode.NOT_CHECKED_BY_CLIENT
              : FactCode.NOT_CHECKED_NO_UPLOAD);
      return;
    }
    new CapabilityCheck(registries, options, plan, repositories, findings).check(uploads);
  }

  private boolean isReached() {
    try {
      registries.ping(plan.target().registry());
    } catch (RegistryException e) {
      Interrupts.check(e);
      addFailure(e);
      return false;
    }
    addReached();
    findings.add(Capability.CREDENTIALS, Support.YES, FactCode.CREDENTIALS_ACCEPTED);
    return true;
  }

  private void addReached() {
    findings.add(Capability.REACHABLE, Support.YES, FactCode.REGISTRY_RESPONDED);
    findings.add(Capability.TLS, Support.YES, FactCode.CONNECTION_ACCEPTED);
  }

  private void addFailure(RegistryException e) {
    switch (e.reason()) {
      case TLS -> findings.addProblem(Capability.TLS, ProblemCode.REGISTRY_TLS_FAILED, e);
      case UNAUTHORIZED, FORBIDDEN -> {
        addReached();
        findings.addProblem(Capability.CREDENTIALS, ProblemCode.REGISTRY_UNAUTHORIZED, e);
      }
      case PROXY -> findings.addProblem(Capability.REACHABLE, ProblemCode.PROXY_REFUSED, e);
      case NO_CLIENT ->
          findings.addProblem(Capability.REACHABLE, ProblemCode.REGISTRY_WITHOUT_CLIENT, e);
      case RATE_LIMITED, SERVER -> findings.addUnknown(Capability.REACHABLE, e);
      default -> findings.addProblem(Capability.REACHABLE, ProblemCode.REGISTRY_UNREACHABLE, e);
    }
  }
}
