package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.PlannedInstallation;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.repair.RepairReport;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationAttestation;
import ai.kubernaut.airgap.verify.VerificationDrift;
import ai.kubernaut.airgap.verify.VerificationReport;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Reports of a release. */
final class ReleaseReports {
  /** How the release was deployed, and what was not checked because of that. */
  private static final Set<FactCode> OF_DEPLOYMENT =
      Set.of(FactCode.HELM_NOT_ASKED, FactCode.RELEASE_MANAGED, FactCode.RELEASE_APPLIED);

  private ReleaseReports() {}

  private static String name(ReleaseName release) {
    return "release " + release.name() + " in " + release.namespace();
  }

  static ReportContent of(Installation installation) {
    return ReportContent.of(
            "Installation", "Installation of " + name(installation.release()), installation)
        .summary(
            installation.facts().stream()
                .filter(fact -> fact.code() == FactCode.RELEASE_INSTALLED)
                .map(Fact::describe)
                .findFirst()
                .orElse(installation.facts().size() + " actions"))
        .facts(installation.facts())
        .fields(json(installation))
        .build();
  }

  static ReportContent of(PlannedInstallation planned) {
    List<ObjectChange> all = new ArrayList<>(planned.change().changes());
    all.addAll(planned.helmChanges());
    return ReportContent.of(
            "PlannedInstallation", "Planned installation of " + name(planned.release()), planned)
        .summary(ClusterReports.count(all))
        .facts(planned.facts())
        .addTables(
            ClusterReports.table("Changes before Helm is called", planned.change().changes()),
            ClusterReports.table("Changes by Helm", planned.helmChanges()))
        .lines(all.isEmpty() ? List.of() : planned.diff().lines().toList())
        .fields(json(planned))
        .build();
  }

  static ReportContent of(ReleaseHistory history) {
    ReportTable.Builder table =
        ReportTable.builder(
            "Revisions", "revision", "status", "chart", "can be rolled back to", "problems");
    List<String> lines = new ArrayList<>();
    for (ReleaseHistory.Revision revision : history.revisions()) {
      table.row(
          revision.problems().isEmpty(),
          String.valueOf(revision.number()),
          revision.status(),
          revision.chart(),
          revision.isRollbackTarget() ? "yes" : "no",
          revision.problems().stream().map(Problem::describe).collect(Collectors.joining("\n")));
      lines.add(
          "%4d  %-16s %-30s %s"
              .formatted(
                  revision.number(),
                  revision.status(),
                  revision.chart(),
                  revision.isRollbackTarget() ? "can be rolled back to" : "")
              .stripTrailing());
      revision.problems().forEach(problem -> lines.add("        " + problem.describe()));
    }
    return ReportContent.of("ReleaseHistory", "History of " + name(history.release()), history)
        .summary(history.revisions().size() + " revisions")
        .addTables(table.build())
        .lines(lines)
        .fields(json(history))
        .build();
  }

  static ReportContent of(ReleaseChange change) {
    return ReportContent.of("ReleaseChange", "Change of " + name(change.release()), change)
        .summary(
            !change.isOk()
                ? "the release was not changed"
                : change.dryRun()
                    ? "nothing was changed: this was a dry run"
                    : "the release was changed")
        .facts(change.facts())
        .fields(json(change))
        .build();
  }

  static ReportContent of(RepairReport report) {
    ObjectNode json = Json.object();
    json.put("release", report.release().name());
    json.put("namespace", report.release().namespace());
    json.put("dryRun", report.dryRun());
    Json.addFacts(json, report.facts());
    Json.addProblems(json, report.problems());
    return ReportContent.of("RepairReport", "Repair of " + name(report.release()), report)
        .summary(report.summary())
        .facts(report.facts())
        .fields(json)
        .build();
  }

  static ReportContent of(VerificationReport report, Optional<MirrorPlan> plan) {
    List<ReportImage> images = ImageChain.of(plan, Optional.empty(), report.checks());
    ObjectNode json = json(report);
    json.set("chain", ImageChain.json(images));
    return ReportContent.of(
            "VerificationReport", "Verification of " + name(report.release()), report)
        .summary(report.summary())
        .checks(report.checks())
        .images(images)
        .lines(passed(report))
        .fields(json)
        .build();
  }

  static ReportContent of(VerificationAttestation attestation) {
    ReportTable.Builder containers =
        ReportTable.builder("Containers", "container", "image", "running digest");
    attestation
        .origins()
        .forEach(
            origin ->
                containers.row(
                    origin.agreement().isProven(),
                    origin.path(),
                    origin.requested(),
                    origin.running().map(Digest::toString).orElse("")));
    ReportTable.Builder failed = ReportTable.builder("Failed checks", "check", "subject", "detail");
    attestation.checks().stream()
        .filter(check -> check.result().equals("FAIL") || check.result().equals("PENDING"))
        .forEach(check -> failed.row(false, check.kind(), check.subject(), check.detail()));
    return ReportContent.of(
            "VerificationAttestation", "Attestation of " + name(attestation.release()))
        .summary(attestation.summary())
        .isOk(attestation.isOk())
        .addTables(failed.build(), containers.build())
        .fields(json(attestation))
        .build();
  }

  private static ObjectNode json(VerificationAttestation attestation) {
    ObjectNode json = Json.object();
    json.put("release", attestation.release().name());
    json.put("namespace", attestation.release().namespace());
    json.put("finishedOn", attestation.finished().toString());
    json.put("passed", attestation.isOk());
    ArrayNode checks = json.putArray("checks");
    for (VerificationAttestation.AttestedCheck check : attestation.checks()) {
      checks
          .addObject()
          .put("kind", check.kind().toLowerCase(Locale.ROOT))
          .put("result", check.result().toLowerCase(Locale.ROOT))
          .put("subject", check.subject())
          .put("detail", check.detail());
    }
    addOrigins(json, attestation.origins());
    return json;
  }

  /** Returns a line for each kind of check with the number of those that need no attention. */
  private static List<String> passed(VerificationReport report) {
    Map<String, Integer> counts = new LinkedHashMap<>();
    for (Check check : report.checks()) {
      if (check.problem().isEmpty()) {
        counts.merge(
            "%-8s %s"
                .formatted(check.result().name(), check.kind().name().toLowerCase(Locale.ROOT)),
            1,
            Integer::sum);
      }
    }
    List<String> lines = new ArrayList<>();
    counts.forEach((what, count) -> lines.add(what + ": " + count + " checks"));
    if (!report.origins().isEmpty()) {
      lines.add(origins(report));
    }
    report.checks().stream()
        .flatMap(check -> check.fact().stream())
        .filter(fact -> OF_DEPLOYMENT.contains(fact.code()))
        .forEach(fact -> lines.add(fact.describe()));
    return lines;
  }

  private static ObjectNode json(Installation installation) {
    ObjectNode json = Json.object();
    json.put("release", installation.release().name());
    json.put("namespace", installation.release().namespace());
    ArrayNode actions = json.putArray("actions");
    installation.facts().forEach(fact -> actions.add(fact.describe()));
    Json.addFacts(json, installation.facts());
    Json.addProblems(json, installation.problems());
    return json;
  }

  private static ObjectNode json(PlannedInstallation planned) {
    ObjectNode json = Json.object();
    json.put("release", planned.release().name());
    json.put("namespace", planned.release().namespace());
    json.put("upgrade", planned.isUpgrade());
    Json.addChanges(json, "changes", planned.change().changes());
    Json.addChanges(json, "helmChanges", planned.helmChanges());
    Json.addFacts(json, planned.facts());
    Json.addProblems(json, planned.problems());
    return json;
  }

  private static ObjectNode json(ReleaseHistory history) {
    ObjectNode json = Json.object();
    json.put("release", history.release().name());
    json.put("namespace", history.release().namespace());
    ArrayNode revisions = json.putArray("revisions");
    for (ReleaseHistory.Revision revision : history.revisions()) {
      ObjectNode one = revisions.addObject();
      one.put("revision", revision.number());
      one.put("status", revision.status());
      one.put("chart", revision.chart());
      one.put("rollbackTarget", revision.isRollbackTarget());
      ArrayNode images = one.putArray("images");
      revision.images().forEach(image -> images.add(image.toString()));
      Json.addProblems(one, revision.problems());
    }
    Json.addProblems(json, history.problems());
    return json;
  }

  private static ObjectNode json(ReleaseChange change) {
    ObjectNode json = Json.object();
    json.put("release", change.release().name());
    json.put("namespace", change.release().namespace());
    json.put("dryRun", change.dryRun());
    Json.addFacts(json, change.facts());
    Json.addProblems(json, change.problems());
    return json;
  }

  private static ObjectNode json(VerificationReport report) {
    ObjectNode json = Json.object();
    json.put("release", report.release().name());
    json.put("namespace", report.release().namespace());
    json.put("passed", report.isOk());
    ArrayNode checks = json.putArray("checks");
    for (Check check : report.checks()) {
      ObjectNode one = checks.addObject();
      one.put("kind", check.kind().name().toLowerCase(Locale.ROOT));
      one.put("result", check.result().name().toLowerCase(Locale.ROOT));
      check.fact().ifPresent(fact -> one.put("code", fact.code().name()));
      check.problem().ifPresent(problem -> one.put("code", problem.code().name()));
      Json.addSubject(one, check.subject());
      one.put("detail", check.detail());
      check.remedy().ifPresent(remedy -> one.put("remedy", remedy));
    }
    addOrigins(json, report.origins());
    addManagers(json, report.managedBy());
    Json.addProblems(json, report.problems());
    return json;
  }

  private static void addManagers(ObjectNode json, List<GitOpsResource> managers) {
    ArrayNode all = json.putArray("managedBy");
    for (GitOpsResource manager : managers) {
      ObjectNode one = all.addObject();
      one.put("tool", manager.tool().name());
      one.put("kind", manager.kind());
      manager.namespace().ifPresent(namespace -> one.put("namespace", namespace));
      one.put("name", manager.name());
    }
  }

  private static void addOrigins(ObjectNode json, List<ContainerOrigin> all) {
    ArrayNode origins = json.putArray("origins");
    ObjectMapper mapper = new ObjectMapper();
    all.forEach(origin -> origins.add(mapper.valueToTree(origin.toTree())));
  }

  /** Adds what has changed since an earlier verification. */
  static ReportContent withDrift(ReportContent content, VerificationDrift drift) {
    ObjectNode changes = Json.object();
    changes.put("changed", drift.isChanged());
    Json.addFacts(changes, drift.changes());
    ObjectNode json = content.fields().deepCopy();
    json.set("drift", changes);
    List<String> lines = new ArrayList<>(content.lines());
    drift.changes().forEach(change -> lines.add("CHANGED  " + change.describe()));
    lines.add(drift.summary());
    return new ReportContent.Builder().from(content).lines(lines).fields(json).build();
  }

  /** How many containers run which images, by how their digests agree with the mirror. */
  private static String origins(VerificationReport report) {
    Map<ContainerOrigin.Agreement, Long> counts =
        report.origins().stream()
            .collect(
                Collectors.groupingBy(
                    ContainerOrigin::agreement, TreeMap::new, Collectors.counting()));
    return counts.entrySet().stream()
        .map(
            entry ->
                entry.getValue()
                    + " "
                    + entry.getKey().name().toLowerCase(Locale.ROOT).replace('_', ' '))
        .collect(Collectors.joining(", ", "origin of the images: ", ""));
  }

  static ReportContent of(Diagnosis diagnosis) {
    ObjectNode json = Json.object();
    json.put("release", diagnosis.release().name());
    json.put("namespace", diagnosis.release().namespace());
    json.put("ok", diagnosis.isOk());
    json.put("summary", diagnosis.summary());
    addManagers(json, diagnosis.managedBy());
    Json.addProblems(json, diagnosis.problems());
    return CauseDiagram.add(
        ReportContent.of("Diagnosis", "Diagnosis of " + name(diagnosis.release()), diagnosis)
            .summary(diagnosis.summary())
            .fields(json)
            .build(),
        diagnosis.causes());
  }
}
