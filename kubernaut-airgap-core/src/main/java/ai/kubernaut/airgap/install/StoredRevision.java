package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.install.HookRun.Phase;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The latest revision of a release, as Helm stores it in the cluster. Immutable. */
public final class StoredRevision {
  private final ReleaseName release;
  private final StoredRelease stored;
  private final List<HookRun> hooks;
  private final List<KubernetesObject> objects;

  private StoredRevision(
      ReleaseName release,
      StoredRelease stored,
      List<HookRun> hooks,
      List<KubernetesObject> objects) {
    this.release = release;
    this.stored = stored;
    this.hooks = hooks;
    this.objects = objects;
  }

  /**
   * Reads the latest revision of a release.
   *
   * @param cluster is read; needs the permission to list Secrets
   * @param release the release
   * @return empty when the release is not stored in Secrets, or they cannot be read
   * @throws ClusterException when the request fails for another reason than missing permission
   */
  public static Optional<StoredRevision> latest(ClusterClient cluster, ReleaseName release) {
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
      return Optional.of(
          new StoredRevision(
              release,
              revisions.get(0),
              withEarlierRuns(revisions, release),
              revisions.get(0).outlines(release)));
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
              .allMatch(hook -> hook.phase() != Phase.NOT_RUN || earlier.containsKey(hook.path()));
      if (isComplete) {
        break;
      }
      revision.hookRuns(release).stream()
          .filter(hook -> hook.phase() != Phase.NOT_RUN)
          .forEach(hook -> earlier.putIfAbsent(hook.path(), hook.phase()));
    }
    return latest.stream()
        .map(
            hook ->
                hook.phase() == Phase.NOT_RUN && earlier.containsKey(hook.path())
                    ? hook.withPhase(earlier.get(hook.path()))
                    : hook)
        .toList();
  }

  /** {@return the number of the revision} */
  public int number() {
    return stored.revision();
  }

  /**
   * {@return the Jobs and pods of its hooks; the last run of a hook that this revision has not run
   * is that of an earlier revision}
   */
  public List<HookRun> hooks() {
    return hooks;
  }

  /**
   * {@return the Jobs of its hooks, with nothing but their names, the Secrets and ConfigMaps that
   * they refer to, and the names of other objects of the release that their templates contain, as
   * variables of a container}
   */
  public List<KubernetesObject> hookJobs() {
    return stored.hookJobs(release);
  }

  /**
   * {@return its Deployments, StatefulSets, DaemonSets, Services, ConfigMaps, roles, their
   * bindings, webhook configurations, and CustomResourceDefinitions, with nothing but their names
   * and what is compared with the cluster: selectors, ports, the labels of the pods, the digests of
   * the values of ConfigMaps, rules and subjects, and the names and served versions of definitions}
   */
  public List<KubernetesObject> objects() {
    return objects;
  }

  /**
   * Returns what {@link #objects} has of an object, to compare an object of the cluster with it.
   *
   * @param object an object with all its content
   * @return the same object with little of its content
   */
  public static KubernetesObject outline(KubernetesObject object) {
    return ObjectOutline.of(object);
  }

  /**
   * Returns a copy of a Secret in which Helm stores a revision, with what this class reads, and
   * without what may be secret: the values, the chart, and the content of the manifests.
   *
   * @param secret of the type {@code helm.sh/release.v1}
   * @return the copy; without data when the Secret has another content than Helm writes
   */
  public static KubernetesObject withoutValues(KubernetesObject secret) {
    return StoredRelease.withoutValues(secret);
  }
}
