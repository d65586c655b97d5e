package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryLimit;
import java.util.List;
import org.immutables.value.Value;

/** What a mirror can do, how that is known, and what follows. Immutable. */
@Value.Immutable
public interface PreflightReport {
  /**
   * The plan that it is about.
   *
   * @return the plan
   */
  @Value.Parameter
  MirrorPlan plan();

  /**
   * The answers.
   *
   * @return one for each capability, in the order of {@link Capability}
   */
  @Value.Parameter
  List<Finding> findings();

  /**
   * What is known of registries of this kind without asking.
   *
   * @return those of the preset; empty without one
   */
  @Value.Parameter
  List<RegistryLimit> limits();

  /**
   * The answer to a capability.
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

  /**
   * What would make the mirroring fail.
   *
   * @return mostly empty
   */
  default List<Finding> problems() {
    return findings().stream().filter(Finding::isProblem).toList();
  }

  /**
   * This report, if nothing would make the mirroring fail.
   *
   * @return this
   * @throws PreflightFailedException when there is a problem
   */
  default PreflightReport orElseThrow() {
    if (!problems().isEmpty()) {
      throw new PreflightFailedException(this);
    }
    return this;
  }

  /**
   * What came of it in one line.
   *
   * @return for example {@code harbor.corp can take the images, as far as it says}
   */
  default String summary() {
    String mirror = plan().target().address();
    if (problems().isEmpty() && plan().entries().isEmpty()) {
      return mirror
          + (finding(Capability.REACHABLE).support() == Finding.Support.YES
              ? " responds as a registry and accepts the credentials"
              : " could not be checked")
          + "; the plan has no images, so pushing was not checked";
    }
    return problems().isEmpty()
        ? mirror + " can take the images, as far as it says"
        : mirror + " cannot take the images as planned: " + problems().size() + " problem(s)";
  }

  /** Checks that each capability has its answer. */
  @Value.Check
  default void check() {
    if (!findings().stream()
        .map(Finding::capability)
        .toList()
        .equals(List.of(Capability.values()))) {
      throw new IllegalArgumentException(
          "findings have to answer each capability, in the order of Capability");
    }
  }
}
