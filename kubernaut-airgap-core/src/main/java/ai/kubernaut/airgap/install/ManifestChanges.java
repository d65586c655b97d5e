package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Compares the manifests of two revisions of a release. */
final class ManifestChanges {
  private ManifestChanges() {}

  /**
   * Returns the objects that differ, hooks not included.
   *
   * @param before the manifests of the earlier revision; empty for the first one
   */
  static List<ObjectChange> between(
      Optional<RenderedChart> before, RenderedChart after, ReleaseName release) {
    Map<String, KubernetesObject> old =
        before.map(chart -> objects(chart, release)).orElse(Map.of());
    Map<String, KubernetesObject> wanted = objects(after, release);
    Set<String> all = new LinkedHashSet<>(wanted.keySet());
    all.addAll(old.keySet());
    return all.stream()
        .map(key -> change(Optional.ofNullable(old.get(key)), Optional.ofNullable(wanted.get(key))))
        .filter(change -> change.action() != ObjectChange.Action.NONE)
        .toList();
  }

  private static Map<String, KubernetesObject> objects(RenderedChart chart, ReleaseName release) {
    Map<String, KubernetesObject> objects = new LinkedHashMap<>();
    chart.manifests().stream()
        .filter(manifest -> !manifest.isHook())
        .map(RenderedManifest::object)
        .forEach(
            object ->
                objects.put(
                    object.apiVersion()
                        + " "
                        + object.kind()
                        + " "
                        + object.namespace().orElse(release.namespace())
                        + "/"
                        + object.name(),
                    object));
    return objects;
  }

  private static ObjectChange change(
      Optional<KubernetesObject> before, Optional<KubernetesObject> after) {
    KubernetesObject object = after.or(() -> before).orElseThrow();
    // Helm writes the object, not this library, so the plural is not used.
    ResourceType type =
        ResourceType.namespaced(
            object.apiVersion(), object.kind(), object.kind().toLowerCase(Locale.ROOT) + "s");
    return new ObjectChange(type, object.namespace(), object.name(), before, after);
  }
}
