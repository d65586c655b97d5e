package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** Collects the findings of one preflight. The first finding of a capability is kept. */
final class Findings {
  private final Subject registry;
  private final Map<Capability, Finding> findings = new EnumMap<>(Capability.class);

  Findings(String registry) {
    this.registry = new Subject(Subject.Kind.REGISTRY, registry);
  }

  void add(Capability capability, Support support, FactCode code) {
    add(capability, support, code, Map.of());
  }

  void add(Capability capability, Support support, FactCode code, Map<String, String> parameters) {
    findings.putIfAbsent(
        capability, Finding.of(capability, support, Fact.of(code, registry, parameters)));
  }

  /** Adds that a request failed and so the support of the capability is not known. */
  void addUnknown(Capability capability, RegistryException e) {
    add(
        capability,
        Support.UNKNOWN,
        e.reason().retryable() ? FactCode.TEMPORARY_FAILURE : FactCode.CHECK_FAILED,
        Map.of("detail", detail(e)));
  }

  void addProblem(Capability capability, ProblemCode code, Map<String, String> parameters) {
    add(capability, Problem.of(code, registry, parameters));
  }

  void addProblem(Capability capability, ProblemCode code, RegistryException cause) {
    addProblem(
        capability, code, Map.of("registry", registry.name(), "detail", detail(cause)), cause);
  }

  void addProblem(
      Capability capability,
      ProblemCode code,
      Map<String, String> parameters,
      RegistryException cause) {
    add(capability, Problem.of(code, registry, parameters).causedBy(cause));
  }

  private void add(Capability capability, Problem problem) {
    findings.putIfAbsent(capability, Finding.of(capability, problem));
  }

  /** Adds the reason why all capabilities without a finding are not checked. */
  void skipRest(FactCode reason) {
    for (Capability capability : Capability.values()) {
      add(capability, Support.NOT_CHECKED, reason);
    }
  }

  boolean hasProblem() {
    return findings.values().stream().anyMatch(finding -> finding.problem().isPresent());
  }

  /** Returns the findings in the order of {@link Capability}. */
  List<Finding> toList() {
    return List.copyOf(findings.values());
  }

  /** Returns the message of the registry client, a parameter of sentences. */
  static String detail(RegistryException e) {
    return String.valueOf(e.getMessage());
  }
}
