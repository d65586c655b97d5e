package ai.kubernaut.airgap.violations;

/** The root package. */
public final class FrontDoor {}
