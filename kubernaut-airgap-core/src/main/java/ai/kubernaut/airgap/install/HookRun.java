package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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

  /**
   * Reads the hooks of the latest revision of a release. The last run of a hook that this revision
   * has not run is that of an earlier revision.
   *
   * @param cluster is read; needs the permission to list Secrets
   * @param release the release
   * @return empty when the release is not stored in Secrets, or they cannot be read
   * @throws ClusterException when the request fails for another reason than missing permission
   */
  public static Optional<List<HookRun>> ofRelease(ClusterClient cluster, ReleaseName release) {
    List<StoredRelease> revisions;
    try {
      revisions = new ArrayList<>(StoredRelease.all(cluster, release));
    } catch (ClusterException e) {
      if (e.reason() == ClusterException.Reason.FORBIDDEN) {
        return Optional.empty();
      }
      throw e;
    }
    if (revisions.isEmpty()) {
      return Optional.empty();
    }
    revisions.sort(Comparator.comparingInt(StoredRelease::revision).reversed());
    try {
      return Optional.of(withEarlierRuns(revisions, release));
    } catch (IllegalStateException e) {
      // The Secret has another content than Helm writes.
      return Optional.empty();
    }
  }

  private static List<HookRun> withEarlierRuns(List<StoredRelease> revisions, ReleaseName release) {
    List<HookRun> latest = revisions.get(0).hookRuns(release);
    Map<String, Phase> earlier = new HashMap<>();
    for (StoredRelease revision : revisions.subList(1, revisions.size())) {
      boolean isComplete =
          latest.stream()
              .allMatch(hook -> hook.phase != Phase.NOT_RUN || earlier.containsKey(hook.path()));
      if (isComplete) {
        break;
      }
      revision.hookRuns(release).stream()
          .filter(hook -> hook.phase != Phase.NOT_RUN)
          .forEach(hook -> earlier.putIfAbsent(hook.path(), hook.phase));
    }
    return latest.stream()
        .map(
            hook ->
                hook.phase == Phase.NOT_RUN && earlier.containsKey(hook.path())
                    ? new HookRun(
                        hook.kind, hook.namespace, hook.name, hook.events, earlier.get(hook.path()))
                    : hook)
        .toList();
  }

  /**
   * Returns a copy of a Secret in which Helm stores a revision, with the status and the hooks, and
   * without what may be secret: the values, the manifests and the chart.
   *
   * @param secret of the type {@code helm.sh/release.v1}
   * @return the copy; without data when the Secret has another content than Helm writes
   */
  public static KubernetesObject withoutValues(KubernetesObject secret) {
    return StoredRelease.withoutValues(secret);
  }

  private String path() {
    return kind + "/" + namespace + "/" + name;
  }

  /** {@return whether an installation runs the hook} */
  public boolean isOfInstallation() {
    return events.contains("pre-install") || events.contains("post-install");
  }
}
