package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Labels that all workloads of an application have, to suggest a label selector. */
final class CommonLabels {
  /** Labels that name an application, the most usual ones first. */
  private static final List<String> USUAL =
      List.of(
          "app.kubernetes.io/instance",
          "argocd.argoproj.io/instance",
          "kustomize.toolkit.fluxcd.io/name",
          "app.kubernetes.io/part-of",
          "app.kubernetes.io/name",
          "release",
          "app");

  private CommonLabels() {}

  /**
   * Returns a label selector for workloads.
   *
   * @return for example {@code app.kubernetes.io/instance=kubernaut}; empty when no label is common
   *     to all of them
   */
  static String of(Collection<KubernetesObject> workloads) {
    if (workloads.isEmpty()) {
      return "";
    }
    Map<String, String> common = new HashMap<>(workloads.iterator().next().labels());
    workloads.forEach(workload -> common.entrySet().retainAll(workload.labels().entrySet()));
    return USUAL.stream()
        .filter(common::containsKey)
        .findFirst()
        .or(() -> new TreeMap<>(common).keySet().stream().findFirst())
        .map(label -> label + "=" + common.get(label))
        .orElse("");
  }
}
