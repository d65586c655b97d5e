package ai.kubernaut.airgap.diagnosis;

/**
 * What repairs a cause.
 *
 * @param command a command line; the plan is {@code plan.yaml}, other placeholders are in capitals
 * @param call the same as a call of this library; empty when this library does not do it
 */
public record Repair(String command, String call) {}
