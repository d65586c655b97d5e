package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryLimit;
import java.util.List;
import org.immutables.value.Value;

/** Which capabilities the registry of a target has, as far as a preflight can tell. Immutable. */
@Value.Immutable
public interface PreflightReport extends Outcome<PreflightReport> {
  /** {@return the plan whose target was checked} */
  @Value.Parameter
  MirrorPlan plan();

  /** {@return one finding for each capability, in the order of {@link Capability}} */
  @Value.Parameter
  List<Finding> findings();

  /**
   * {@return the limits that the preset lists for this kind of registry; empty without a preset}
   */
  @Value.Parameter
  List<RegistryLimit> limits();

  /**
   * Returns the finding of a capability.
   *
   * @param capability the capability
   * @return its finding
   */
  default Finding finding(Capability capability) {
    return findings().stream()
        .filter(finding -> finding.capability() == capability)
        .findFirst()
        .orElseThrow();
  }

  /** {@return why mirroring would fail; empty if nothing was found that would make it fail} */
  @Override
  default List<Problem> problems() {
    return findings().stream().flatMap(finding -> finding.problem().stream()).toList();
  }

  /**
   * Returns this report if mirroring would not fail.
   *
   * @return this
   * @throws PreflightFailedException when there is a problem
   */
  @Override
  default PreflightReport orElseThrow() {
    if (!isOk()) {
      throw new PreflightFailedException(this);
    }
    return this;
  }

  /**
   * Returns the result in one line.
   *
   * @return for example {@code harbor.corp accepts the images of the plan, as far as was checked}
   */
  default String summary() {
    String mirror = plan().target().address();
    if (!isOk()) {
      int count = problems().size();
      return mirror
          + " does not accept the images of the plan: "
          + count
          + (count == 1 ? " problem" : " problems");
    }
    if (!plan().entries().isEmpty()) {
      return mirror + " accepts the images of the plan, as far as was checked";
    }
    return mirror
        + (finding(Capability.REACHABLE).support() == Finding.Support.YES
            ? " responds as a registry and accepts the credentials"
            : " could not be checked")
        + "; the plan has no images, so pushing was not checked";
  }

  /** Checks that there is one finding for each capability. */
  @Value.Check
  default void check() {
    if (!findings().stream()
        .map(Finding::capability)
        .toList()
        .equals(List.of(Capability.values()))) {
      throw new IllegalArgumentException(
          "findings must have one finding for each capability, in the order of Capability");
    }
  }
}
