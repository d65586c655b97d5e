package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * What a preflight has found out about one capability of a registry: either a fact, or a problem
 * with which mirroring would fail. Immutable.
 */
@Value.Immutable
public interface Finding {
  /** Whether a registry has a capability. */
  enum Support {
    /** The registry has the capability. */
    YES,
    /** The registry does not have the capability. */
    NO,
    /** The responses of the registry do not show it, or it can be checked only by writing. */
    UNKNOWN,
    /** The capability is not needed, or an earlier finding prevented the check. */
    NOT_CHECKED
  }

  /** {@return the capability} */
  @Value.Parameter
  Capability capability();

  /** {@return whether the registry has the capability} */
  @Value.Parameter
  Support support();

  /** {@return what was found and what follows for the mirroring; empty if it is a problem} */
  Optional<Fact> fact();

  /** {@return why mirroring would fail; empty if it would not fail because of this capability} */
  Optional<Problem> problem();

  /** {@return the name of the code of the fact or problem} */
  default String code() {
    return fact().map(fact -> fact.code().name()).orElseGet(() -> problemOrThrow().code().name());
  }

  /** {@return what was found, as a clause without the name of the registry} */
  default String message() {
    return fact().map(Fact::message).orElseGet(() -> problemOrThrow().message());
  }

  /** {@return what to do about the problem, as a clause; empty if there is no problem} */
  default Optional<String> remedy() {
    return problem().map(Problem::remedy);
  }

  private Problem problemOrThrow() {
    return problem().orElseThrow();
  }

  /** Checks that there is either a fact or a problem. */
  @Value.Check
  default void check() {
    if (fact().isPresent() == problem().isPresent()) {
      throw new IllegalArgumentException(
          "the finding of " + capability().name() + " must have either a fact or a problem");
    }
  }

  /**
   * Creates a finding that is not a problem.
   *
   * @param capability the capability
   * @param support whether the registry has the capability
   * @param fact what was found
   * @return the finding
   */
  static Finding of(Capability capability, Support support, Fact fact) {
    return ImmutableFinding.builder().capability(capability).support(support).fact(fact).build();
  }

  /**
   * Creates a finding with which mirroring would fail. The support is {@link Support#NO}.
   *
   * @param capability the capability that the registry does not have
   * @param problem why mirroring would fail
   * @return the finding
   */
  static Finding of(Capability capability, Problem problem) {
    return ImmutableFinding.builder()
        .capability(capability)
        .support(Support.NO)
        .problem(problem)
        .build();
  }
}
