package ai.kubernaut.airgap.cluster.gitops;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The fields of the objects of Argo CD and Flux that are read; others may have secret values. */
final class ReadFields {
  private static final Set<String> KINDS =
      Set.of(GitOpsFinder.APPLICATION.kind(), FluxStatus.HELM_RELEASE, FluxStatus.KUSTOMIZATION);

  private static final List<List<String>> KEPT =
      List.of(
          List.of("spec", "suspend"),
          List.of("spec", "targetNamespace"),
          List.of("spec", "destination", "namespace"),
          List.of("status", "observedGeneration"),
          List.of("status", "conditions"),
          List.of("status", "lastAppliedRevision"),
          List.of("status", "lastAttemptedRevision"),
          List.of("status", "sync", "status"),
          List.of("status", "sync", "revision"),
          List.of("status", "health"),
          List.of("status", "operationState", "phase"),
          List.of("status", "operationState", "message"),
          List.of("status", "resources"));

  private ReadFields() {}

  static KubernetesObject only(KubernetesObject object) {
    boolean isOfTool =
        object.apiVersion().startsWith(GitOpsFinder.APPLICATION.group() + "/")
            || object.apiVersion().contains(".toolkit.fluxcd.io/");
    if (!isOfTool || !KINDS.contains(object.kind())) {
      return object;
    }
    KubernetesObject kept = object.with(Map.of(), "spec").with(Map.of(), "status");
    for (List<String> path : KEPT) {
      String[] fields = path.toArray(String[]::new);
      var value = object.fields().value(fields);
      if (value.isPresent()) {
        kept = kept.with(value.get(), fields);
      }
    }
    return kept;
  }
}
