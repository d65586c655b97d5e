package ai.kubernaut.airgap.cluster.change;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ObjectChange.Action;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ClusterChangerTest {
  private MemoryClusterClient cluster = MemoryClusterClient.kubernetes();

  private static ClusterChanger changer(ClusterClient cluster) {
    return new ClusterChanger(cluster, event -> {});
  }

  private static KubernetesObject settings(String name) {
    return KubernetesObject.named(ResourceType.CONFIG_MAP, "default", name);
  }

  private static ObjectEdit set(String name, String key, String value) {
    return ObjectEdit.update(
        ResourceType.CONFIG_MAP, "default", name, present -> present.with(value, "data", key));
  }

  private void others(String name, String key, String value) {
    cluster.put(
        ResourceType.CONFIG_MAP,
        cluster
            .get(ResourceType.CONFIG_MAP, "default", name)
            .orElse(settings(name))
            .with(value, "data", key));
  }

  private Map<String, String> data(String name) {
    return cluster
        .get(ResourceType.CONFIG_MAP, "default", name)
        .orElseThrow()
        .fields()
        .strings("data");
  }

  /** Every object with its content, without what the API server fills in. */
  private Map<String, Map<String, String>> objects() {
    Map<String, Map<String, String>> objects = new TreeMap<>();
    for (ResourceType type : List.of(ResourceType.CONFIG_MAP, ResourceType.SECRET)) {
      cluster
          .list(type, null, Map.of())
          .forEach(object -> objects.put(object.toString(), ObjectContent.values(object)));
    }
    return objects;
  }

  private static List<ProblemCode> codes(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  @Test
  void planningChangesNothing() {
    others("old", "key", "1");
    Map<String, Map<String, String>> before = objects();
    ClusterChange change =
        changer(cluster)
            .plan(
                List.of(
                    set("new", "key", "2"),
                    set("old", "key", "3"),
                    ObjectEdit.remove(ResourceType.CONFIG_MAP, "default", "missing")));
    assertThat(objects()).isEqualTo(before);
    assertThat(change).hasToString("create ConfigMap default/new\nupdate ConfigMap default/old");
    assertThat(change.diff())
        .contains("update ConfigMap default/old\n  - data.key: 1\n  + data.key: 3\n")
        .contains("  + data.key: 2\n");
    assertThat(change.toYaml()).contains("name: new").doesNotContain("resourceVersion");
  }

  @Test
  void whatWasPlannedIsApplied() {
    others("old", "key", "1");
    others("obsolete", "key", "x");
    ClusterChange change =
        changer(cluster)
            .plan(
                List.of(
                    set("new", "key", "2"),
                    set("old", "other", "3"),
                    ObjectEdit.remove(ResourceType.CONFIG_MAP, "default", "obsolete")));
    ChangeReport report = changer(cluster).apply(change).orElseThrow();
    assertThat(report.facts())
        .extracting(Fact::code)
        .containsExactly(FactCode.OBJECT_CREATED, FactCode.OBJECT_UPDATED, FactCode.OBJECT_REMOVED);
    assertThat(data("new")).isEqualTo(Map.of("key", "2"));
    assertThat(data("old")).isEqualTo(Map.of("key", "1", "other", "3"));
    assertThat(cluster.get(ResourceType.CONFIG_MAP, "default", "obsolete")).isEmpty();
  }

  @Test
  void aMissingNamespaceIsNotAConflict() {
    ObjectEdit elsewhere =
        ObjectEdit.update(
            ResourceType.CONFIG_MAP, "missing", "new", present -> present.with("1", "data", "a"));
    ChangeReport report = changer(cluster).apply(changer(cluster).plan(List.of(elsewhere)));
    assertThat(codes(report.problems())).containsExactly(ProblemCode.OBJECT_NOT_WRITTEN);
    assertThat(report.problems().get(0).describe()).contains("missing");
  }

  @Test
  void whatIsAsWantedIsNotWritten() {
    others("old", "key", "1");
    String version = version("old");
    ClusterChange change = changer(cluster).plan(List.of(set("old", "key", "1")));
    assertThat(change.isEmpty()).isTrue();
    assertThat(change.diff()).isEqualTo("nothing to change\n");
    ChangeReport report = changer(cluster).apply(change);
    assertThat(report.changes()).isEmpty();
    assertThat(report.facts()).extracting(Fact::code).containsExactly(FactCode.OBJECT_UNCHANGED);
    assertThat(version("old")).isEqualTo(version);
  }

  private String version(String name) {
    return cluster
        .get(ResourceType.CONFIG_MAP, "default", name)
        .orElseThrow()
        .fields()
        .text("metadata", "resourceVersion")
        .orElseThrow();
  }

  @Test
  void oneObjectHasOneEdit() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> changer(cluster).plan(List.of(set("a", "x", "1"), set("a", "y", "1"))));
  }

  @Test
  void whatOthersChangeBetweenPlanAndWriteStays() {
    others("old", "key", "1");
    ClusterChange change = changer(cluster).plan(List.of(set("old", "ours", "2")));
    others("old", "theirs", "3");
    ChangeReport report = changer(cluster).apply(change).orElseThrow();
    assertThat(data("old")).isEqualTo(Map.of("key", "1", "theirs", "3", "ours", "2"));
    assertThat(report.changes().get(0).before().orElseThrow().fields().strings("data"))
        .containsEntry("theirs", "3");
  }

  @Test
  void whatOthersCreateOrRemoveBetweenPlanAndWriteIsPlannedAgain() {
    others("removed", "key", "1");
    ClusterChange change =
        changer(cluster).plan(List.of(set("created", "ours", "2"), set("removed", "ours", "2")));
    others("created", "theirs", "3");
    cluster.delete(ResourceType.CONFIG_MAP, settings("removed"));
    ChangeReport report = changer(cluster).apply(change).orElseThrow();
    assertThat(report.changes())
        .extracting(ObjectChange::action)
        .containsExactly(Action.UPDATE, Action.CREATE);
    assertThat(data("created")).isEqualTo(Map.of("theirs", "3", "ours", "2"));
    assertThat(data("removed")).isEqualTo(Map.of("ours", "2"));
  }

  @Test
  void anEditThatNoLongerFitsEndsTheChange() {
    ObjectEdit careful =
        ObjectEdit.update(
            ResourceType.CONFIG_MAP,
            "default",
            "ours",
            present -> {
              if (present.fields().value("data").isPresent()) {
                throw new ClusterChangeException(
                    List.of(
                        Problem.of(
                            ProblemCode.OBJECT_NOT_OURS,
                            new Subject(Subject.Kind.OBJECT, "ConfigMap x"),
                            Map.of("owner", "us"))));
              }
              return present.with("1", "data", "key");
            });
    ClusterChange change =
        changer(cluster).plan(List.of(set("first", "key", "1"), careful, set("last", "key", "1")));
    others("ours", "key", "theirs");
    ChangeReport report = changer(cluster).apply(change);
    assertThat(codes(report.problems())).containsExactly(ProblemCode.OBJECT_NOT_OURS);
    assertThat(report.changes()).hasSize(1);
    assertThat(data("ours")).isEqualTo(Map.of("key", "theirs"));
    ClusterChange again = changer(cluster).plan(List.of(careful));
    ClusterChangeException refused =
        catchThrowableOfType(ClusterChangeException.class, () -> changer(cluster).apply(again));
    assertThat(codes(refused.problems())).containsExactly(ProblemCode.OBJECT_NOT_OURS);
    assertThat(refused.report()).isEmpty();
  }

  @Test
  void whoIsAlwaysFasterIsReported() {
    others("old", "key", "1");
    int[] count = {0};
    ClusterClient disturbed =
        new DisturbedCluster(
            cluster,
            new DisturbedCluster.Disturbance() {
              @Override
              public void before(ResourceType type, KubernetesObject object) {
                others("old", "theirs", Integer.toString(++count[0]));
              }
            });
    ChangeReport report =
        changer(disturbed).apply(changer(disturbed).plan(List.of(set("old", "ours", "2"))));
    assertThat(codes(report.problems())).containsExactly(ProblemCode.OBJECT_CONFLICT);
    assertThat(report.changes()).isEmpty();
    assertThat(count[0]).isEqualTo(ClusterChanger.ATTEMPTS);
    assertThat(data("old")).doesNotContainKey("ours");
  }

  @Test
  void anInterruptedChangeHasAReportOfWhatWasDone() {
    ClusterClient disturbed =
        new DisturbedCluster(
            cluster,
            new DisturbedCluster.Disturbance() {
              @Override
              public void after(ResourceType type, KubernetesObject object) {
                if (object.name().equals("second")) {
                  throw CancelledException.interrupted("interrupted", new InterruptedException());
                }
              }
            });
    ClusterChange change =
        changer(disturbed)
            .plan(
                List.of(
                    set("first", "key", "1"), set("second", "key", "1"), set("third", "key", "1")));
    CancelledException cancelled =
        catchThrowableOfType(CancelledException.class, () -> changer(disturbed).apply(change));
    // The library restores the flag of the thread, which the test does not want to pass on.
    Thread.interrupted();
    ChangeReport report =
        ((ClusterChangeException) cancelled.getSuppressed()[0]).report().orElseThrow();
    assertThat(report.changes()).extracting(ObjectChange::name).containsExactly("first", "second");
    changer(cluster).apply(changer(cluster).undo(report)).orElseThrow();
    assertThat(objects()).isEmpty();
  }

  @Test
  void undoingRestoresEveryObject() {
    others("old", "key", "1");
    others("obsolete", "key", "x");
    cluster.put(ResourceType.SECRET, secret("password", "hunter2"));
    Map<String, Map<String, String>> before = objects();
    ChangeReport report =
        changer(cluster)
            .apply(
                changer(cluster)
                    .plan(
                        List.of(
                            set("new", "key", "2"),
                            set("old", "key", "3"),
                            ObjectEdit.update(
                                ResourceType.SECRET,
                                "default",
                                "password",
                                present -> present.with("aHVudGVyMw==", "data", "key")),
                            ObjectEdit.remove(ResourceType.CONFIG_MAP, "default", "obsolete"))));
    assertThat(objects()).isNotEqualTo(before);
    ClusterChange undo = changer(cluster).undo(report);
    assertThat(withoutHashes(undo.toString()))
        .isEqualTo(
            """
            create ConfigMap default/obsolete
            update Secret default/password
            remove Secret default/password-backup-5
            update ConfigMap default/old
            remove ConfigMap default/new""");
    ChangeReport undone = changer(cluster).apply(undo).orElseThrow();
    assertThat(objects()).isEqualTo(before);
    assertThat(changer(cluster).undo(report).isEmpty()).isTrue();
    changer(cluster).apply(changer(cluster).undo(undone)).orElseThrow();
    assertThat(data("new")).isEqualTo(Map.of("key", "2"));
  }

  /** The names of backups end with a hash of their content. */
  private static String withoutHashes(String text) {
    return text.replaceAll("(-backup-\\d+)-[0-9a-f]+", "$1");
  }

  private static KubernetesObject secret(String name, String value) {
    return KubernetesObject.named(ResourceType.SECRET, "default", name)
        .with(value, "data", "key")
        .with(
            "{\"data\":{\"key\":\"" + value + "\"}}",
            "metadata",
            "annotations",
            "kubectl.kubernetes.io/last-applied-configuration");
  }

  @Test
  void whatOthersHaveChangedSinceIsNotRestored() {
    others("old", "key", "1");
    ChangeReport report =
        changer(cluster)
            .apply(changer(cluster).plan(List.of(set("new", "key", "2"), set("old", "key", "3"))));
    others("new", "theirs", "4");
    cluster.delete(ResourceType.CONFIG_MAP, settings("old"));
    ClusterChange undo = changer(cluster).undo(report);
    assertThat(codes(undo.problems()))
        .containsExactly(ProblemCode.OBJECT_CHANGED_SINCE, ProblemCode.OBJECT_CHANGED_SINCE);
    assertThat(undo.problems().get(0).message()).contains("it was removed");
    assertThat(undo.problems().get(1).message()).contains("data.theirs");
    assertThat(undo.isOk()).isFalse();
    assertThat(data("new")).containsEntry("theirs", "4");
  }

  /** An object of which others apply the value of one key, an element of a list and a label. */
  private static KubernetesObject applied(String operation, String manager) {
    return KubernetesObject.of(
        Fields.of(
            Yaml.readMapping(
                "applied",
                """
                apiVersion: v1
                kind: ConfigMap
                metadata:
                  name: shared
                  namespace: default
                  labels: {team: theirs}
                  managedFields:
                    - manager: %s
                      operation: %s
                      fieldsV1:
                        f:metadata: {f:labels: {f:team: {}}}
                        f:data: {f:key: {}, f:whole: {}}
                        f:list: {'k:{"name":"a"}': {.: {}, f:name: {}, f:value: {}}}
                data: {key: "1", free: "1", whole: [1, 2]}
                list: [{name: a, value: 1}, {name: b, value: 1}]
                """
                    .formatted(manager, operation),
                Yaml.DuplicateKeys.REFUSED)));
  }

  private List<Problem> changing(KubernetesObject present, UnaryOperator<KubernetesObject> edit) {
    cluster.put(ResourceType.CONFIG_MAP, present);
    return changer(cluster)
        .plan(List.of(ObjectEdit.update(ResourceType.CONFIG_MAP, "default", "shared", edit)))
        .problems();
  }

  @Test
  void aFieldThatOthersApplyIsNotSet() {
    KubernetesObject theirs = applied("Apply", "argocd");
    assertThat(changing(theirs, present -> present.with("2", "data", "key")))
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.OBJECT_FIELD_APPLIED);
              assertThat(problem.parameters())
                  .containsEntry("field", "data.key")
                  .containsEntry("manager", "argocd");
            });
    assertThat(changing(theirs, present -> present.with(List.of(2), "data", "whole"))).hasSize(1);
    assertThat(changing(theirs, present -> present.with(Map.of(), "metadata", "labels")))
        .hasSize(1);
    assertThat(
            changing(
                theirs,
                present ->
                    present.with(
                        List.of(Map.of("name", "a", "value", 2), Map.of("name", "b")), "list")))
        .extracting(problem -> problem.parameters().get("field"))
        .containsExactly("list[{\"name\":\"a\"}].value");
  }

  @Test
  void whatNobodyAppliesIsSetBesideTheFieldsOfOthers() {
    KubernetesObject theirs = applied("Apply", "argocd");
    assertThat(changing(theirs, present -> present.with("2", "data", "free"))).isEmpty();
    assertThat(changing(theirs, present -> present.with("2", "data", "new"))).isEmpty();
    assertThat(
            changing(
                theirs,
                present ->
                    present.with(
                        List.of(
                            Map.of("name", "b", "value", 2),
                            Map.of("name", "a", "value", 1),
                            Map.of("name", "c")),
                        "list")))
        .isEmpty();
    for (KubernetesObject writable :
        List.of(applied("Update", "kubectl-edit"), applied("Apply", "kubernaut-airgap"))) {
      assertThat(changing(writable, present -> present.with("2", "data", "key"))).isEmpty();
    }
  }

  @Test
  void whatWasInANamespaceThatIsGoneNeedsNoUndo() {
    KubernetesObject namespace = KubernetesObject.named(ResourceType.NAMESPACE, null, "app");
    cluster.put(ResourceType.NAMESPACE, namespace);
    KubernetesObject object = KubernetesObject.named(ResourceType.CONFIG_MAP, "app", "settings");
    cluster.put(ResourceType.CONFIG_MAP, object);
    ChangeReport report =
        changer(cluster)
            .apply(
                changer(cluster)
                    .plan(
                        List.of(
                            ObjectEdit.update(
                                ResourceType.CONFIG_MAP,
                                "app",
                                "settings",
                                present -> present.with("2", "data", "key")))));
    cluster.delete(ResourceType.CONFIG_MAP, object);
    cluster.delete(ResourceType.NAMESPACE, namespace);
    assertThat(changer(cluster).undo(report).orElseThrow().isEmpty()).isTrue();
  }

  @Test
  void whatIsChangedDuringTheUndoIsNotRestored() {
    ChangeReport report =
        changer(cluster).apply(changer(cluster).plan(List.of(set("new", "key", "2"))));
    ClusterChange undo = changer(cluster).undo(report);
    others("new", "theirs", "4");
    ChangeReport undone = changer(cluster).apply(undo);
    assertThat(codes(undone.problems())).containsExactly(ProblemCode.OBJECT_CHANGED_SINCE);
    assertThat(data("new")).containsEntry("theirs", "4");
  }

  @Test
  void aReportFromAFileUndoesTheChange(@TempDir Path directory) throws IOException {
    others("old", "key", "1");
    Map<String, Map<String, String>> before = objects();
    ChangeReport report =
        changer(cluster)
            .apply(changer(cluster).plan(List.of(set("new", "key", "2"), set("old", "k", "3"))));
    Path file = Files.writeString(directory.resolve("report.yaml"), Yaml.write(report.toTree()));
    changer(cluster).apply(changer(cluster).undo(ChangeReport.read(file))).orElseThrow();
    assertThat(objects()).isEqualTo(before);
  }

  private static ObjectEdit setPassword(String value) {
    return ObjectEdit.update(
        ResourceType.SECRET,
        "default",
        "password",
        present -> present.with(value, "data", "key").with("yes", "metadata", "labels", "changed"));
  }

  private Optional<KubernetesObject> password() {
    return cluster.get(ResourceType.SECRET, "default", "password");
  }

  /** Changes the password, and reads the report from a file as another process does. */
  private ChangeReport passwordReport(Path directory) throws IOException {
    ClusterChange change = changer(cluster).plan(List.of(setPassword("hunter3")));
    assertThat(change.diff() + change.toYaml() + change).contains("***").doesNotContain("hunter");
    ChangeReport report = changer(cluster).apply(change).orElseThrow();
    String text = Yaml.write(report.toTree());
    assertThat(text + report).contains("***").doesNotContain("hunter");
    return ChangeReport.read(Files.writeString(directory.resolve("report.yaml"), text));
  }

  @Test
  void aSecretIsRestoredFromItsBackupWithAReportFromAFile(@TempDir Path directory)
      throws IOException {
    cluster.put(ResourceType.SECRET, secret("password", "hunter2"));
    Map<String, Map<String, String>> before = objects();
    ChangeReport report = passwordReport(directory);
    assertThat(report.changes())
        .extracting(change -> withoutHashes(change.toString()))
        .containsExactly(
            "create Secret default/password-backup-3", "update Secret default/password");
    changer(cluster).apply(changer(cluster).undo(report)).orElseThrow();
    assertThat(objects()).isEqualTo(before);
    assertThat(password().orElseThrow().fields().text("data", "key")).contains("hunter2");
    assertThat(changer(cluster).undo(report).isEmpty()).as("undone before").isTrue();
  }

  @Test
  void aSecretWhoseDataOthersHaveChangedSinceIsNotRestored(@TempDir Path directory)
      throws IOException {
    cluster.put(ResourceType.SECRET, secret("password", "hunter2"));
    ChangeReport report = passwordReport(directory);
    cluster.replace(ResourceType.SECRET, password().orElseThrow().with("theirs", "data", "key"));
    ClusterChange undo = changer(cluster).undo(report);
    assertThat(codes(undo.problems())).containsExactly(ProblemCode.OBJECT_CHANGED_SINCE);
    assertThat(undo.problems().get(0).message()).contains("data.key").doesNotContain("theirs");
  }

  @Test
  void aSecretWithoutItsBackupIsNotRestored(@TempDir Path directory) throws IOException {
    cluster.put(ResourceType.SECRET, secret("password", "hunter2"));
    ChangeReport report = passwordReport(directory);
    KubernetesObject backup =
        cluster
            .list(ResourceType.SECRET, "default", Map.of("airgap.kubernaut.ai/backup", "true"))
            .get(0);
    cluster.delete(ResourceType.SECRET, backup);
    assertThat(codes(changer(cluster).undo(report).problems()))
        .containsExactly(ProblemCode.OBJECT_CONTENT_NOT_KEPT);
  }

  @Test
  void aSecretThatWasCreatedIsRemovedWithAReportFromAFile(@TempDir Path directory)
      throws IOException {
    ChangeReport report = passwordReport(directory);
    changer(cluster).apply(changer(cluster).undo(report)).orElseThrow();
    assertThat(password()).isEmpty();
  }

  @Test
  void aNamespaceThatIsInUseIsNotRemoved() {
    ChangeReport report =
        changer(cluster)
            .apply(
                changer(cluster)
                    .plan(
                        List.of(
                            ObjectEdit.update(
                                ResourceType.NAMESPACE, null, "extra", present -> present),
                            ObjectEdit.update(
                                ResourceType.SECRET, "extra", "ours", present -> present))));
    assertThat(changer(cluster).undo(report).isOk()).as("only what it has created").isTrue();
    cluster.put(ResourceType.POD, KubernetesObject.named(ResourceType.POD, "extra", "precious"));
    ClusterChange undo = changer(cluster).undo(report);
    assertThat(codes(undo.problems())).containsExactly(ProblemCode.NAMESPACE_IN_USE);
    assertThat(undo.problems().get(0).message()).contains("Pod extra/precious");
  }

  @Test
  void theBackupHasWhatOthersWroteBetweenPlanAndWrite(@TempDir Path directory) throws IOException {
    cluster.put(ResourceType.SECRET, secret("password", "hunter2"));
    ClusterChange change = changer(cluster).plan(List.of(setPassword("hunter3")));
    cluster.replace(ResourceType.SECRET, password().orElseThrow().with("theirs", "data", "other"));
    KubernetesObject theirs = password().orElseThrow();
    ChangeReport report = changer(cluster).apply(change).orElseThrow();
    Path file = Files.writeString(directory.resolve("report.yaml"), Yaml.write(report.toTree()));
    changer(cluster).apply(changer(cluster).undo(ChangeReport.read(file))).orElseThrow();
    assertThat(password().orElseThrow().fields().fields("data"))
        .isEqualTo(theirs.fields().fields("data"));
    assertThat(cluster.list(ResourceType.SECRET, "default", Map.of())).hasSize(1);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "changes: [1]", "changes: [{kind: Secret}]"})
  void whatIsNotAReportIsRefused(String text, @TempDir Path directory) throws IOException {
    Path file = Files.writeString(directory.resolve("report.yaml"), text);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChangeReport.read(file))
        .withMessageContaining("report.yaml");
  }

  /** Conflicts, and an API server that goes away before or after a write, at any write. */
  @Test
  void everyFaultEndsInAReportWithWhichTheChangeIsUndone() {
    int failed = 0;
    for (int seed = 0; seed < 300; seed++) {
      failed += runWithFaults(new Random(seed)) ? 0 : 1;
    }
    assertThat(failed).isBetween(50, 250);
  }

  private boolean runWithFaults(Random random) {
    MemoryClusterClient fresh = MemoryClusterClient.kubernetes();
    cluster = fresh;
    List<ObjectEdit> edits = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      String name = "o" + i;
      if (random.nextBoolean()) {
        others(name, "key", "before");
      }
      edits.add(
          random.nextInt(4) == 0
              ? ObjectEdit.remove(ResourceType.CONFIG_MAP, "default", name)
              : set(name, "ours", "after"));
    }
    Map<String, Map<String, String>> before = objects();
    ClusterClient disturbed =
        new DisturbedCluster(
            fresh,
            new DisturbedCluster.Disturbance() {
              @Override
              public void before(ResourceType type, KubernetesObject object) {
                switch (random.nextInt(10)) {
                  case 0, 1, 2 ->
                      throw new ClusterException(
                          ClusterException.Reason.CONFLICT, "the object has been modified", null);
                  case 3 -> throw DisturbedCluster.gone();
                  default -> {}
                }
              }

              @Override
              public void after(ResourceType type, KubernetesObject object) {
                if (random.nextInt(15) == 0) {
                  throw DisturbedCluster.gone();
                }
              }
            });
    ChangeReport report = changer(disturbed).apply(changer(disturbed).plan(edits));
    if (report.isOk()) {
      assertThat(changer(fresh).plan(edits).isEmpty()).isTrue();
    } else {
      assertThat(codes(report.problems())).containsExactly(ProblemCode.OBJECT_NOT_WRITTEN);
      assertThat(catchThrowableOfType(ClusterChangeException.class, report::orElseThrow).report())
          .contains(report);
    }
    changer(fresh).apply(changer(fresh).undo(report)).orElseThrow();
    assertThat(objects()).isEqualTo(before);
    return report.isOk();
  }
}
