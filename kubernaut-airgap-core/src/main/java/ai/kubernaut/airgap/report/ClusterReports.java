package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.permissions.Permission;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.seal.ImagePolicyDraft;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Reports of changes of the cluster. */
final class ClusterReports {
  private ClusterReports() {}

  static ReportContent of(PullSecretReport report) {
    return ReportContent.of("PullSecretReport", "Pull secret", report)
        .summary(
            report.facts().isEmpty() ? report.summary() : report.secrets().size() + " pull secrets")
        .facts(report.facts())
        .fields(json(report))
        .build();
  }

  static ReportContent of(ClusterChange change) {
    return ReportContent.of("ClusterChange", "Planned change of the cluster", change)
        .summary(count(change.changes()))
        .addTables(table("Planned changes", change.changes()))
        .lines(change.isEmpty() ? List.of() : change.diff().lines().toList())
        .fields(json(change))
        .build();
  }

  /** Returns how many objects change. */
  static String count(List<ObjectChange> changes) {
    return changes.isEmpty()
        ? "nothing to change"
        : changes.size() + (changes.size() == 1 ? " object changes" : " objects change");
  }

  static ReportTable table(String title, List<ObjectChange> changes) {
    ReportTable.Builder table = ReportTable.builder(title, "action", "object", "difference");
    for (ObjectChange change : changes) {
      String diff = change.diff();
      table.row(
          true,
          change.action().name().toLowerCase(Locale.ROOT),
          change.subject().name(),
          diff.substring(diff.indexOf('\n') + 1).stripTrailing());
    }
    return table.build();
  }

  static ReportContent of(ChangeReport report) {
    return ReportContent.of("ChangeReport", "Change of the cluster", report)
        .summary(
            report.facts().isEmpty() && report.problems().isEmpty()
                ? report.summary()
                : report.changes().size() + " objects changed")
        .facts(report.facts())
        .addTables(table("Changes", report.changes()))
        .fields(json(report))
        .build();
  }

  static ReportContent of(ImagePolicyDraft draft) {
    ReportTable.Builder table =
        ReportTable.builder("Drafted policies", "kind", "namespace", "name", "scopes");
    for (KubernetesObject policy : draft.policies()) {
      table.row(
          true,
          policy.kind(),
          policy.namespace().orElse(""),
          policy.name(),
          String.join(", ", policy.fields().texts("spec", "scopes")));
    }
    int count = draft.policies().size();
    return ReportContent.of("ImagePolicyDraft", "Draft of image policies", draft)
        .summary(count + (count == 1 ? " image policy drafted" : " image policies drafted"))
        .addTables(table.build())
        .fields(json(draft))
        .build();
  }

  static ReportContent of(PermissionReport report) {
    ReportTable.Builder table = ReportTable.builder("Permissions", "result", "permission");
    List<String> lines = new ArrayList<>();
    for (Permission permission : report.needed()) {
      boolean missing = report.missing().contains(permission);
      table.row(!missing, missing ? "MISSING" : "allowed", permission.toString());
      lines.add((missing ? "MISSING " : "allowed ") + permission);
    }
    return ReportContent.of("PermissionReport", "Permissions for " + report.what(), report)
        .summary(
            report.isOk()
                ? "the user is allowed to do everything that " + report.what() + " needs"
                : report.missing().size()
                    + " of "
                    + report.needed().size()
                    + " permissions missing")
        .addTables(table.build())
        .lines(lines)
        .fields(json(report))
        .build();
  }

  static ReportContent of(ClusterVersions versions) {
    ObjectNode json = Json.object().put("kubernetes", versions.kubernetes());
    ArrayNode apis = json.putArray("apis");
    versions.apis().forEach(apis::add);
    return ReportContent.of("ClusterFacts", "Facts of the cluster")
        .summary("Kubernetes %s, %d APIs".formatted(versions.kubernetes(), versions.apis().size()))
        .lines(versions.toYaml().lines().toList())
        .fields(json)
        .build();
  }

  private static ObjectNode json(PullSecretReport report) {
    ObjectNode json = new ObjectMapper().valueToTree(report.change().toTree());
    json.put("scope", report.scope().name().toLowerCase(Locale.ROOT));
    json.put("changed", report.isChanged());
    ArrayNode secrets = json.putArray("secrets");
    report.secrets().forEach(secrets::add);
    json.put("evidence", report.evidence().name().toLowerCase(Locale.ROOT));
    json.put("summary", report.summary());
    Json.addFacts(json, report.facts());
    Json.addProblems(json, report.problems());
    return json;
  }

  private static ObjectNode json(ClusterChange change) {
    ObjectNode json = Json.object();
    Json.addChanges(json, "changes", change.changes());
    json.put("manifests", change.toYaml());
    Json.addProblems(json, change.problems());
    return json;
  }

  private static ObjectNode json(ImagePolicyDraft draft) {
    ObjectNode json = Json.object();
    json.put("ok", draft.isOk());
    ArrayNode policies = json.putArray("policies");
    for (KubernetesObject policy : draft.policies()) {
      ObjectNode one = policies.addObject().put("kind", policy.kind());
      policy.namespace().ifPresent(namespace -> one.put("namespace", namespace));
      one.put("name", policy.name());
      policy.fields().texts("spec", "scopes").forEach(one.putArray("scopes")::add);
    }
    json.put("manifests", draft.toYaml());
    Json.addProblems(json, draft.problems());
    return json;
  }

  private static ObjectNode json(ChangeReport report) {
    ObjectNode json = new ObjectMapper().valueToTree(report.toTree());
    json.put("summary", report.summary());
    Json.addFacts(json, report.facts());
    Json.addProblems(json, report.problems());
    return json;
  }

  private static ObjectNode json(PermissionReport report) {
    ObjectNode json = Json.object();
    json.put("ok", report.isOk());
    json.put("step", report.what());
    add(json.putArray("needed"), report.needed());
    add(json.putArray("missing"), report.missing());
    json.put("roles", report.toYaml());
    Json.addProblems(json, report.problems());
    return json;
  }

  private static void add(ArrayNode json, List<Permission> permissions) {
    for (Permission permission : permissions) {
      ObjectNode one =
          json.addObject()
              .put("verb", permission.verb())
              .put("group", permission.group())
              .put("resource", permission.resource());
      permission.namespace().ifPresent(namespace -> one.put("namespace", namespace));
      permission.name().ifPresent(name -> one.put("name", name));
    }
  }
}
