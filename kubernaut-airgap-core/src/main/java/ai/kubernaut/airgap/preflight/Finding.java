package ai.kubernaut.airgap.preflight;

import org.immutables.value.Value;

/** What is known of one capability of a registry. Immutable. */
@Value.Immutable
public interface Finding {
  /** An answer. */
  enum Support {
    /** It does. */
    YES,
    /** It does not. */
    NO,
    /** It has not said, or could not be asked without leaving something behind. */
    UNKNOWN,
    /** Nothing depends on it, or an earlier answer left no way to ask. */
    NOT_ASKED
  }

  /**
   * What was asked.
   *
   * @return the capability
   */
  @Value.Parameter
  Capability capability();

  /**
   * Whether the capability is supported.
   *
   * @return the support
   */
  @Value.Parameter
  Support support();

  /**
   * How that is known.
   *
   * @return the request and what the registry said, or why it was not asked; for people
   */
  @Value.Parameter
  String evidence();

  /**
   * What follows for the mirroring, or what to do.
   *
   * @return for people
   */
  @Value.Parameter
  String consequence();

  /**
   * Whether mirroring would fail as things are.
   *
   * @return false by default
   */
  @Value.Default
  default boolean isProblem() {
    return false;
  }

  /**
   * A finding that keeps nobody from mirroring.
   *
   * @param capability what was asked
   * @param support whether it is supported
   * @param evidence how it is known
   * @param consequence what follows
   * @return the finding
   */
  static Finding of(Capability capability, Support support, String evidence, String consequence) {
    return ImmutableFinding.of(capability, support, evidence, consequence);
  }

  /**
   * A finding with which mirroring would fail.
   *
   * @param capability what was asked, and answered with no
   * @param evidence how it is known
   * @param remedy what to do
   * @return the finding
   */
  static Finding problem(Capability capability, String evidence, String remedy) {
    return ImmutableFinding.builder()
        .capability(capability)
        .support(Support.NO)
        .evidence(evidence)
        .consequence(remedy)
        .isProblem(true)
        .build();
  }
}
