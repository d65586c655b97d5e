package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanDiff;
import ai.kubernaut.airgap.plan.PlanForecast;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.registry.RegistryLimit;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reports of plans and of the preflight. */
final class PlanReports {
  private PlanReports() {}

  static ReportContent of(MirrorPlan plan, Optional<MirrorProof> failed) {
    ObjectNode json = json(plan);
    addProof(json, plan, failed);
    return ReportContent.of("MirrorPlan", "Plan for " + plan.target().address(), plan)
        .summary(plan.entries().size() + " images" + proof(plan))
        .images(ImageChain.of(plan))
        .tables(overlay(plan))
        .lines(lines(plan))
        .fields(json)
        .build();
  }

  private static String proof(MirrorPlan plan) {
    return plan.overlay()
        .map(
            known ->
                plan.proofProblems().isEmpty()
                    ? "; proven: the chart pulls every image from " + plan.target().address()
                    : "; not proven: "
                        + plan.proofProblems().size()
                        + " images stay outside the mirror")
        .orElse("");
  }

  private static List<String> lines(MirrorPlan plan) {
    List<String> lines = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      lines.add(
          entry.source()
              + " → "
              + entry.target()
              + entry.digest().map(digest -> "  " + digest.abbreviated()).orElse(""));
    }
    plan.entries().stream()
        .filter(entry -> !entry.branches().isEmpty())
        .forEach(
            entry ->
                lines.add(
                    "needed in some branches only: "
                        + entry.source()
                        + " ("
                        + entry.branches().get(0).describe()
                        + ")"));
    for (ImageUse mention : plan.mentions()) {
      lines.add(
          "only mentioned, not planned: "
              + mention.image()
              + " in "
              + mention.reasons().get(0).object());
    }
    plan.overlay()
        .ifPresent(overlay -> overlay.facts().forEach(fact -> lines.add(fact.describe())));
    return lines;
  }

  private static List<ReportTable> overlay(MirrorPlan plan) {
    ReportTable.Builder table = ReportTable.builder("Overlay of the chart", "what", "change");
    plan.overlay()
        .ifPresent(
            overlay ->
                overlay
                    .facts()
                    .forEach(fact -> table.row(true, fact.subject().toString(), fact.message())));
    return List.of(table.build());
  }

  static ReportContent of(PlanDiff diff) {
    ReportTable.Builder table = ReportTable.builder("Changes of the plan", "change", "image");
    diff.added().forEach(entry -> table.row(true, "added", entry.exactSource().toString()));
    diff.removed().forEach(entry -> table.row(true, "removed", entry.exactSource().toString()));
    diff.changed()
        .forEach(
            change ->
                table.row(
                    true,
                    "changed",
                    change.before().exactSource() + " → " + change.after().exactSource()));
    return ReportContent.of("PlanDiff", "Changes since an earlier plan")
        .summary(
            "%d images added, %d removed, %d changed"
                .formatted(diff.added().size(), diff.removed().size(), diff.changed().size()))
        .addTables(table.build())
        .addAllLines(diff.toText().lines().toList())
        .fields(json(diff))
        .build();
  }

  /** Adds how much would be sent to the report of a plan. */
  static ReportContent withForecast(
      ReportContent content, PlanForecast forecast, Optional<Duration> time) {
    ReportTable.Builder table = ReportTable.builder("Forecast", "image", "MB");
    List<String> lines = new ArrayList<>(content.lines());
    forecast
        .bytesPerImage()
        .forEach(
            (image, bytes) -> {
              String size = String.format(Locale.ROOT, "%.1f", bytes / 1e6);
              table.row(true, image.toString(), size);
              lines.add(String.format(Locale.ROOT, "%9s MB  %s", size, image));
            });
    String total =
        String.format(
            Locale.ROOT,
            "%.1f MB in all, with what images share counted once",
            forecast.uniqueBytes() / 1e6);
    String toSend =
        String.format(Locale.ROOT, "%.1f MB to send", forecast.bytesToSend() / 1e6)
            + time.map(
                    takes ->
                        String.format(
                            Locale.ROOT,
                            ", which takes %d:%02d:%02d at that bandwidth",
                            takes.toHours(),
                            takes.toMinutesPart(),
                            takes.toSecondsPart()))
                .orElse("");
    lines.add(total);
    ObjectNode json = content.fields().deepCopy();
    json.set("forecast", json(forecast, time));
    return new ReportContent.Builder()
        .from(content)
        .summary(content.summary() + "; " + toSend)
        .addTables(table.build())
        .lines(lines)
        .fields(json)
        .build();
  }

  static ReportContent of(PreflightReport report) {
    ReportTable.Builder table =
        ReportTable.builder("Capabilities of the mirror", "support", "capability", "finding");
    List<String> lines = new ArrayList<>();
    for (Finding finding : report.findings()) {
      String support = finding.support().name().replace('_', ' ');
      table.row(
          finding.problem().isEmpty(), support, finding.capability().toString(), finding.message());
      if (finding.problem().isEmpty()) {
        lines.add(
            String.format(
                Locale.ROOT, "%-11s %s: %s", support, finding.capability(), finding.message()));
      }
    }
    for (RegistryLimit limit : report.limits()) {
      lines.add("known limit " + limit.text() + " (" + limit.source() + ")");
      table.row(true, "LIMIT", limit.text(), limit.source());
    }
    return ReportContent.of(
            "PreflightReport", "Preflight of " + report.plan().target().address(), report)
        .summary(report.summary())
        .addTables(table.build())
        .lines(lines)
        .fields(json(report))
        .build();
  }

  private static ObjectNode json(MirrorPlan plan) {
    ObjectNode json = Json.object();
    json.put("target", plan.target().address());
    json.put("separator", plan.target().separator().value());
    json.put("release", plan.release().name());
    json.put("namespace", plan.release().namespace());
    ArrayNode branches = json.putArray("branches");
    plan.branches().forEach(branch -> branches.add(branch.describe()));
    ArrayNode images = json.putArray("images");
    for (MirrorEntry entry : plan.entries()) {
      ObjectNode one = json(entry);
      one.set(
          "branches",
          entry.branches().isEmpty() ? branches.deepCopy() : describe(entry.branches()));
      images.add(one);
    }
    ArrayNode mentions = json.putArray("mentions");
    for (ImageUse mention : plan.mentions()) {
      ObjectNode one = mentions.addObject().put("image", mention.image().toString());
      ArrayNode mentionedBy = one.putArray("mentionedBy");
      mention.reasons().forEach(reason -> mentionedBy.add(reason.object() + " " + reason.path()));
    }
    return json;
  }

  private static ArrayNode describe(List<Branch> branches) {
    ArrayNode described = JsonNodeFactory.instance.arrayNode();
    branches.forEach(branch -> described.add(branch.describe()));
    return described;
  }

  private static ObjectNode json(MirrorEntry entry) {
    ObjectNode json = Json.object();
    json.put("source", entry.source().toString());
    json.put("target", entry.target().toString());
    json.put("digest", entry.digest().map(Digest::toString).orElse(null));
    entry.mirroredDigest().ifPresent(digest -> json.put("mirroredDigest", digest.toString()));
    ArrayNode neededBy = json.putArray("neededBy");
    entry.reasons().forEach(reason -> neededBy.add(reason.object() + " " + reason.path()));
    return json;
  }

  private static ObjectNode json(PlanDiff diff) {
    ObjectNode json = Json.object();
    ArrayNode added = json.putArray("added");
    diff.added().forEach(entry -> added.add(json(entry)));
    ArrayNode removed = json.putArray("removed");
    diff.removed().forEach(entry -> removed.add(json(entry)));
    ArrayNode changed = json.putArray("changed");
    diff.changed()
        .forEach(
            change ->
                changed
                    .addObject()
                    .<ObjectNode>set("before", json(change.before()))
                    .set("after", json(change.after())));
    return json;
  }

  private static ObjectNode json(PlanForecast forecast, Optional<Duration> time) {
    ObjectNode json = Json.object();
    json.put("uniqueBytes", forecast.uniqueBytes());
    json.put("bytesToSend", forecast.bytesToSend());
    time.ifPresent(takes -> json.put("seconds", takes.toSeconds()));
    ObjectNode images = json.putObject("bytesPerImage");
    forecast.bytesPerImage().forEach((image, bytes) -> images.put(image.toString(), bytes));
    return json;
  }

  private static void addProof(ObjectNode json, MirrorPlan plan, Optional<MirrorProof> failed) {
    plan.overlay().ifPresent(known -> json.put("proven", plan.proofProblems().isEmpty()));
    ObjectNode overlay = json.putObject("overlay");
    overlay.set(
        "values",
        new ObjectMapper().valueToTree(plan.overlay().map(Overlay::values).orElse(Map.of())));
    ArrayNode rewrites = overlay.putArray("rewrites");
    plan.overlay()
        .map(Overlay::rewrites)
        .orElse(List.of())
        .forEach(
            rewrite ->
                rewrites
                    .addObject()
                    .put("from", rewrite.from())
                    .put("to", rewrite.to())
                    .put("reason", rewrite.reason().name()));
    ArrayNode problems = json.putArray("problems");
    for (Problem problem : plan.problems()) {
      ObjectNode one = Json.add(problems, problem);
      failed.stream()
          .flatMap(proof -> proof.outside().stream())
          .filter(image -> image.problem().equals(problem))
          .findFirst()
          .ifPresent(
              image -> {
                one.put("pulledAs", image.pulled());
                addReasons(one, image.reasons());
              });
    }
  }

  private static void addReasons(ObjectNode json, List<ImageReason> reasons) {
    ArrayNode neededBy = json.putArray("neededBy");
    reasons.forEach(reason -> neededBy.add(reason.object() + " " + reason.path()));
    ArrayNode branches = json.putArray("branches");
    ImageReason.branches(reasons).forEach(branch -> branches.add(branch.describe()));
  }

  private static ObjectNode json(PreflightReport report) {
    ObjectNode json = Json.object();
    json.put("target", report.plan().target().address());
    ArrayNode findings = json.putArray("findings");
    for (Finding finding : report.findings()) {
      ObjectNode one = findings.addObject();
      one.put("capability", finding.capability().name().toLowerCase(Locale.ROOT));
      one.put("support", finding.support().name().toLowerCase(Locale.ROOT));
      one.put("problem", finding.problem().isPresent());
      one.put("code", finding.code());
      one.put("message", finding.message());
      finding.remedy().ifPresent(remedy -> one.put("remedy", remedy));
    }
    ArrayNode limits = json.putArray("limits");
    for (RegistryLimit limit : report.limits()) {
      limits.addObject().put("text", limit.text()).put("source", limit.source());
    }
    Json.addProblems(json, report.problems());
    return json;
  }
}
