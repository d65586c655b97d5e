package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The file form of a report. */
final class ChangeFile {
  private ChangeFile() {}

  static Map<String, Object> tree(ChangeReport report) {
    return Map.of("changes", report.changes().stream().map(ChangeFile::tree).toList());
  }

  private static Map<String, Object> tree(ObjectChange change) {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("action", change.action().name().toLowerCase(Locale.ROOT));
    tree.put("apiVersion", change.type().apiVersion());
    tree.put("kind", change.type().kind());
    tree.put("plural", change.type().plural());
    change.namespace().ifPresent(namespace -> tree.put("namespace", namespace));
    tree.put("name", change.name());
    change.before().ifPresent(object -> tree.put("before", content(object)));
    change.after().ifPresent(object -> tree.put("after", content(object)));
    return tree;
  }

  private static Map<String, ?> content(KubernetesObject object) {
    return ObjectContent.of(ObjectContent.masked(object)).fields().content();
  }

  static ChangeReport read(Path file) {
    Fields fields = Fields.of(Yaml.readMapping(file, Yaml.DuplicateKeys.REFUSED));
    if (!(fields.value("changes").orElse(null) instanceof List<?> list)) {
      throw new IllegalArgumentException(
          "invalid report in " + file + ": it has no list 'changes'; give the JSON of a report");
    }
    List<ObjectChange> changes = new ArrayList<>();
    for (Fields change : fields.list("changes")) {
      changes.add(change(file, change));
    }
    if (changes.size() != list.size()) {
      throw new IllegalArgumentException(
          "invalid report in " + file + ": an element of 'changes' is not an object");
    }
    return ChangeReport.builder().addAllChanges(changes).build();
  }

  private static ObjectChange change(Path file, Fields change) {
    Optional<String> namespace = change.text("namespace");
    String apiVersion = required(file, change, "apiVersion");
    String kind = required(file, change, "kind");
    String plural = required(file, change, "plural");
    return new ObjectChange(
        namespace.isPresent()
            ? ResourceType.namespaced(apiVersion, kind, plural)
            : ResourceType.cluster(apiVersion, kind, plural),
        namespace,
        required(file, change, "name"),
        object(change, "before"),
        object(change, "after"));
  }

  private static Optional<KubernetesObject> object(Fields change, String field) {
    return change.value(field).map(present -> KubernetesObject.of(change.fields(field)));
  }

  private static String required(Path file, Fields change, String field) {
    return change
        .text(field)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "invalid report in " + file + ": a change has no '" + field + "'"));
  }
}
