package ai.kubernaut.airgap.violations.norole;

/** A package that no rule knows, and that is not described although it is visible. */
public final class WithoutRole {}
