package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The CustomResourceDefinitions of a chart. Helm creates them at the first installation and never
 * changes them, so that the objects of a later version of the chart can be refused by an old
 * schema. They are therefore applied before Helm is called. Immutable.
 */
final class ChartCrds {
  private static final ResourceType TYPE =
      ResourceType.cluster(
          "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions");

  private static final Duration INTERVAL = Duration.ofMillis(200);

  private final List<KubernetesObject> definitions;

  private ChartCrds(List<KubernetesObject> definitions) {
    this.definitions = definitions;
  }

  /** Reads YAML documents; other kinds of objects are left to Helm. */
  static ChartCrds parse(String documents) {
    return new ChartCrds(
        RenderedChart.parse(documents).manifests().stream()
            .map(RenderedManifest::object)
            .filter(object -> object.kind().equals(TYPE.kind()))
            .filter(object -> object.apiVersion().equals(TYPE.apiVersion()))
            .toList());
  }

  List<ObjectEdit> edits() {
    return definitions.stream()
        .map(
            wanted ->
                ObjectEdit.of(
                    TYPE,
                    null,
                    wanted.name(),
                    present -> Optional.of(present.map(has -> merged(has, wanted)).orElse(wanted))))
        .toList();
  }

  /** The wanted specification, with what the API server has filled in or controllers have added. */
  private static KubernetesObject merged(KubernetesObject present, KubernetesObject wanted) {
    KubernetesObject merged = present;
    Fields spec = wanted.fields().fields("spec");
    for (Map.Entry<String, ?> field : spec.content().entrySet()) {
      if (field.getValue() != null && !field.getKey().equals("names")) {
        merged = merged.with(field.getValue(), "spec", field.getKey());
      }
    }
    for (Map.Entry<String, ?> name : spec.fields("names").content().entrySet()) {
      if (name.getValue() != null) {
        merged = merged.with(name.getValue(), "spec", "names", name.getKey());
      }
    }
    for (Map.Entry<String, String> label : wanted.labels().entrySet()) {
      merged = merged.with(label.getValue(), "metadata", "labels", label.getKey());
    }
    for (Map.Entry<String, String> annotation : wanted.annotations().entrySet()) {
      merged = merged.with(annotation.getValue(), "metadata", "annotations", annotation.getKey());
    }
    return merged;
  }

  /** Waits until the API server serves the definitions; returns a problem for each that is not. */
  List<Problem> awaitEstablished(ClusterClient cluster, Duration timeout) {
    return WaitPolicy.of(timeout, INTERVAL)
        .until(() -> notEstablished(cluster, timeout), List::isEmpty);
  }

  private List<Problem> notEstablished(ClusterClient cluster, Duration timeout) {
    return definitions.stream()
        .map(definition -> cluster.get(TYPE, null, definition.name()))
        .flatMap(Optional::stream)
        .filter(definition -> !isEstablished(definition))
        .map(
            definition ->
                Problem.of(
                    ProblemCode.CRD_NOT_ESTABLISHED,
                    new Subject(Subject.Kind.OBJECT, definition.toString()),
                    Map.of("timeout", timeout.toString())))
        .toList();
  }

  private static boolean isEstablished(KubernetesObject definition) {
    return definition.fields().list("status", "conditions").stream()
        .anyMatch(
            condition ->
                condition.text("type").orElse("").equals("Established")
                    && condition.text("status").orElse("").equals("True"));
  }
}
