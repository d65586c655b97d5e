package ai.kubernaut.airgap.install;

import java.util.List;

/**
 * A Job or pod of a hook, and how its last run has ended, as Helm stores it with the release.
 *
 * @param kind {@code Job} or {@code Pod}
 * @param namespace its namespace
 * @param name its name
 * @param events when Helm runs it, for example {@code post-install}
 * @param phase how its last run has ended
 */
public record HookRun(
    String kind, String namespace, String name, List<String> events, Phase phase) {
  /** How the last run of a hook has ended. */
  public enum Phase {
    /** Helm has not run it. */
    NOT_RUN,
    /** It has not ended, or Helm was cut short. */
    RUNNING,
    /** It has succeeded. */
    SUCCEEDED,
    /** It has failed. */
    FAILED
  }

  /** Names the object of the hook. */
  String path() {
    return kind + "/" + namespace + "/" + name;
  }

  HookRun withPhase(Phase other) {
    return new HookRun(kind, namespace, name, events, other);
  }

  /** {@return whether an installation runs the hook} */
  public boolean isOfInstallation() {
    return events.contains("pre-install") || events.contains("post-install");
  }
}
