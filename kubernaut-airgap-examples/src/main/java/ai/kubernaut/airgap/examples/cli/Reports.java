package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleForecast;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.PlannedInstallation;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.permissions.Permission;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanDiff;
import ai.kubernaut.airgap.plan.PlanForecast;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.prune.PruneReport;
import ai.kubernaut.airgap.prune.StoredManifest;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.RegistryLimit;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationDrift;
import ai.kubernaut.airgap.verify.VerificationReport;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The values of the library as JSON for programs and as text for people. */
final class Reports {
  private Reports() {}

  private static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode json(MirrorPlan plan) {
    ObjectNode json = object();
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
    ObjectNode json = object();
    json.put("source", entry.source().toString());
    json.put("target", entry.target().toString());
    json.put("digest", entry.digest().map(Digest::toString).orElse(null));
    entry.mirroredDigest().ifPresent(digest -> json.put("mirroredDigest", digest.toString()));
    ArrayNode neededBy = json.putArray("neededBy");
    entry.reasons().forEach(reason -> neededBy.add(reason.object() + " " + reason.path()));
    return json;
  }

  static ObjectNode json(PlanDiff diff) {
    ObjectNode json = object();
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

  static ObjectNode json(PlanForecast forecast, Optional<Duration> time) {
    ObjectNode json = object();
    json.put("uniqueBytes", forecast.uniqueBytes());
    json.put("bytesToSend", forecast.bytesToSend());
    time.ifPresent(takes -> json.put("seconds", takes.toSeconds()));
    ObjectNode images = json.putObject("bytesPerImage");
    forecast.bytesPerImage().forEach((image, bytes) -> images.put(image.toString(), bytes));
    return json;
  }

  static String text(PlanForecast forecast, Optional<Duration> time) {
    StringBuilder text = new StringBuilder();
    forecast
        .bytesPerImage()
        .forEach(
            (image, bytes) ->
                text.append(String.format(Locale.ROOT, "%9.1f MB  %s%n", bytes / 1e6, image)));
    text.append(
        String.format(
            Locale.ROOT,
            "%9.1f MB  in all, with what images share counted once; %.1f MB to send",
            forecast.uniqueBytes() / 1e6,
            forecast.bytesToSend() / 1e6));
    time.ifPresent(
        takes ->
            text.append(
                String.format(
                    Locale.ROOT,
                    ", which takes %d:%02d:%02d at that bandwidth",
                    takes.toHours(),
                    takes.toMinutesPart(),
                    takes.toSecondsPart())));
    return text.toString();
  }

  static String text(MirrorPlan plan) {
    StringBuilder text = new StringBuilder();
    for (MirrorEntry entry : plan.entries()) {
      text.append(entry.source()).append(" → ").append(entry.target());
      entry.digest().ifPresent(digest -> text.append("  ").append(digest.abbreviated()));
      text.append('\n');
    }
    text.append(plan.entries().size()).append(" images");
    plan.entries().stream()
        .filter(entry -> !entry.branches().isEmpty())
        .forEach(
            entry ->
                text.append("\nneeded in some branches only: ")
                    .append(entry.source())
                    .append(" (")
                    .append(entry.branches().get(0).describe())
                    .append(')'));
    plan.problems().stream()
        .filter(problem -> problem.code().severity() != ProblemCode.Severity.INFO)
        .forEach(problem -> text.append("\nwarning: ").append(problem.describe()));
    for (ImageUse mention : plan.mentions()) {
      text.append("\nonly mentioned, not planned: ")
          .append(mention.image())
          .append(" in ")
          .append(mention.reasons().get(0).object());
    }
    return text.toString();
  }

  /** Adds the overlay and the problems of a plan; without a chart there is nothing to overlay. */
  static void addProof(ObjectNode json, MirrorPlan plan, Optional<MirrorProof> failed) {
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
      ObjectNode one = add(problems, problem);
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

  private static ObjectNode add(ArrayNode problems, Problem problem) {
    ObjectNode one =
        problems
            .addObject()
            .put("code", problem.code().name())
            .put("severity", problem.code().severity().name());
    addSubject(one, problem.subject());
    return one.put("message", problem.message()).put("remedy", problem.remedy());
  }

  private static void addReasons(ObjectNode json, List<ImageReason> reasons) {
    ArrayNode neededBy = json.putArray("neededBy");
    reasons.forEach(reason -> neededBy.add(reason.object() + " " + reason.path()));
    ArrayNode branches = json.putArray("branches");
    ImageReason.branches(reasons).forEach(branch -> branches.add(branch.describe()));
  }

  static ObjectNode json(PreflightReport report) {
    ObjectNode json = object();
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
    addProblems(json, report.problems());
    return json;
  }

  static String proofText(MirrorPlan plan, Overlay overlay) {
    List<String> lines = new ArrayList<>(overlay.facts().stream().map(Fact::describe).toList());
    lines.add(
        plan.proofProblems().isEmpty()
            ? "proven: with this the chart pulls every image from " + plan.target().address()
            : "not proven: " + plan.proofProblems().size() + " images stay outside the mirror");
    return String.join("\n", lines);
  }

  static ObjectNode json(PruneReport report) {
    ObjectNode json = object();
    json.put("ok", report.isOk());
    addManifests(json.putArray("needed"), report.needed());
    addManifests(json.putArray("unneeded"), report.unneeded());
    addManifests(json.putArray("deleted"), report.deleted());
    addProblems(json, report.problems());
    return json;
  }

  private static void addManifests(ArrayNode json, List<StoredManifest> manifests) {
    for (StoredManifest manifest : manifests) {
      ObjectNode one =
          json.addObject()
              .put("repository", manifest.repository().toString())
              .put("digest", manifest.digest().toString());
      manifest.tags().forEach(one.putArray("tags")::add);
    }
  }

  static String text(PruneReport report) {
    StringBuilder text = new StringBuilder();
    for (StoredManifest manifest : report.unneeded()) {
      text.append(report.deleted().contains(manifest) ? "  deleted " : "  not needed ")
          .append(manifest)
          .append('\n');
    }
    report.problems().forEach(problem -> text.append("  ").append(problem.describe()).append('\n'));
    return text.append(report.unneeded().size())
        .append(" manifests are not needed, ")
        .append(report.needed().size())
        .append(" are; ")
        .append(report.deleted().size())
        .append(" deleted")
        .toString();
  }

  static ObjectNode json(PermissionReport report) {
    ObjectNode json = object();
    json.put("ok", report.isOk());
    json.put("step", report.what());
    add(json.putArray("needed"), report.needed());
    add(json.putArray("missing"), report.missing());
    json.put("roles", report.toYaml());
    addProblems(json, report.problems());
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

  static String text(PermissionReport report) {
    StringBuilder text = new StringBuilder();
    for (Permission permission : report.needed()) {
      text.append(report.missing().contains(permission) ? "  MISSING " : "  allowed ")
          .append(permission)
          .append('\n');
    }
    report
        .problems()
        .forEach(problem -> text.append("ERROR ").append(problem.describe()).append('\n'));
    return text.append(
            report.isOk()
                ? "the user is allowed to do everything that " + report.what() + " needs"
                : report.missing().size()
                    + " of "
                    + report.needed().size()
                    + " permissions missing")
        .toString();
  }

  static String text(PreflightReport report) {
    StringBuilder text = new StringBuilder();
    for (Finding finding : report.findings()) {
      text.append(
          String.format(
              Locale.ROOT,
              "  %-11s %s: %s%n",
              finding.support().name().replace('_', ' '),
              finding.capability(),
              finding.message()));
      finding
          .remedy()
          .ifPresent(remedy -> text.append("              → ").append(remedy).append('\n'));
    }
    for (RegistryLimit limit : report.limits()) {
      text.append("  known limit ")
          .append(limit.text())
          .append(" (")
          .append(limit.source())
          .append(")\n");
    }
    return text.append(report.summary()).toString();
  }

  static ObjectNode json(MirrorReport report) {
    ObjectNode json = object();
    json.put("complete", report.isOk());
    json.put("bytesSent", report.bytesSent());
    ArrayNode images = json.putArray("images");
    for (MirroredImage image : report.images()) {
      ObjectNode one = images.addObject();
      one.put("source", image.entry().source().toString());
      one.put("target", image.entry().target().toString());
      one.put("outcome", image.outcome().name().toLowerCase(Locale.ROOT));
      image.digest().ifPresent(digest -> one.put("digest", digest.toString()));
      image
          .sourceDigest()
          .filter(digest -> image.digestHasChanged())
          .ifPresent(digest -> one.put("sourceDigest", digest.toString()));
      if (image.isIndexSparse() || image.digestHasChanged()) {
        one.put("index", image.isIndexSparse() ? "sparse" : "rewritten");
      }
      one.put("bytesSent", image.bytesSent());
      one.put("blobsSent", image.blobsSent());
      one.put("blobsMounted", image.blobsMounted());
      one.put("blobsPresent", image.blobsPresent());
      image.failure().ifPresent(failure -> one.put("failure", failure.message()));
    }
    addProblems(json, report.problems());
    return json;
  }

  static ObjectNode json(Bundle bundle) {
    ObjectNode json = object();
    json.put("digest", bundle.digest().toString());
    json.put("bytes", bundle.bytes());
    json.put("delta", bundle.isDelta());
    ArrayNode images = json.putArray("images");
    bundle
        .images()
        .forEach(
            (name, digest) ->
                images.addObject().put("source", name.toString()).put("digest", digest.toString()));
    json.put("attachments", bundle.attachmentCount());
    ArrayNode sparse = json.putArray("sparseImages");
    bundle.sparseImages().forEach(name -> sparse.add(name.toString()));
    ArrayNode files = json.putArray("files");
    bundle
        .files()
        .forEach((path, bytes) -> files.addObject().put("path", path).put("bytes", bytes));
    return json;
  }

  static String text(Bundle bundle) {
    StringBuilder text = new StringBuilder();
    bundle
        .images()
        .forEach(
            (name, digest) ->
                text.append(name).append("  ").append(digest.abbreviated()).append('\n'));
    bundle
        .files()
        .forEach((path, bytes) -> text.append(path).append("  ").append(bytes).append(" bytes\n"));
    return text.append(bundle).toString();
  }

  static ObjectNode json(BundleForecast forecast, Optional<Long> partSize) {
    ObjectNode json = object();
    json.put("images", forecast.images());
    json.put("bytes", partSize.isEmpty() ? forecast.directoryBytes() : forecast.archiveBytes());
    json.put("bytesToWrite", forecast.bytesToWrite());
    forecast.room().ifPresent(room -> json.put("room", room));
    partSize.ifPresent(size -> json.put("parts", forecast.parts(size)));
    addProblems(json, forecast.problems());
    return json;
  }

  static String text(BundleReport report) {
    StringBuilder text = new StringBuilder(report.summary());
    report.facts().forEach(fact -> text.append('\n').append(fact.describe()));
    return text.toString();
  }

  static ObjectNode json(BundleReport report) {
    ObjectNode json = object();
    json.put("complete", report.isOk());
    report.bundle().ifPresent(bundle -> json.set("bundle", json(bundle)));
    report.images().ifPresent(images -> json.set("mirror", json(images)));
    addFacts(json, report.facts());
    addProblems(json, report.problems());
    return json;
  }

  static ObjectNode json(PullSecretReport report) {
    ObjectNode json = new ObjectMapper().valueToTree(report.change().toTree());
    json.put("scope", report.scope().name().toLowerCase(Locale.ROOT));
    json.put("changed", report.isChanged());
    ArrayNode secrets = json.putArray("secrets");
    report.secrets().forEach(secrets::add);
    json.put("evidence", report.evidence().name().toLowerCase(Locale.ROOT));
    json.put("summary", report.summary());
    addFacts(json, report.facts());
    addProblems(json, report.problems());
    return json;
  }

  static ObjectNode json(ClusterChange change) {
    ObjectNode json = object();
    addChanges(json, "changes", change.changes());
    json.put("manifests", change.toYaml());
    addProblems(json, change.problems());
    return json;
  }

  /** The report with what {@link ChangeReport#read} needs to undo the change. */
  static ObjectNode json(ChangeReport report) {
    ObjectNode json = new ObjectMapper().valueToTree(report.toTree());
    json.put("summary", report.summary());
    addFacts(json, report.facts());
    addProblems(json, report.problems());
    return json;
  }

  static ObjectNode json(Installation installation) {
    ObjectNode json = object();
    json.put("release", installation.release().name());
    json.put("namespace", installation.release().namespace());
    ArrayNode actions = json.putArray("actions");
    installation.facts().forEach(fact -> actions.add(fact.describe()));
    addFacts(json, installation.facts());
    addProblems(json, installation.problems());
    return json;
  }

  static String text(Installation installation) {
    return text(installation.facts(), installation.problems());
  }

  static ObjectNode json(PlannedInstallation planned) {
    ObjectNode json = object();
    json.put("release", planned.release().name());
    json.put("namespace", planned.release().namespace());
    json.put("upgrade", planned.isUpgrade());
    addChanges(json, "changes", planned.change().changes());
    addChanges(json, "helmChanges", planned.helmChanges());
    addFacts(json, planned.facts());
    addProblems(json, planned.problems());
    return json;
  }

  static String text(PlannedInstallation planned) {
    return (planned.diff() + "\n" + text(planned.facts(), planned.problems())).strip();
  }

  private static void addChanges(ObjectNode json, String field, List<ObjectChange> all) {
    ArrayNode changes = json.putArray(field);
    for (ObjectChange one : all) {
      changes
          .addObject()
          .put("action", one.action().name().toLowerCase(Locale.ROOT))
          .put("object", one.subject().name())
          .put("diff", one.diff());
    }
  }

  static ObjectNode json(ReleaseHistory history) {
    ObjectNode json = object();
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
      addProblems(one, revision.problems());
    }
    addProblems(json, history.problems());
    return json;
  }

  static String text(ReleaseHistory history) {
    List<String> lines = new ArrayList<>();
    for (ReleaseHistory.Revision revision : history.revisions()) {
      lines.add(
          "  %4d  %-16s %-30s %s"
              .formatted(
                  revision.number(),
                  revision.status(),
                  revision.chart(),
                  revision.isRollbackTarget() ? "can be rolled back to" : ""));
      revision.problems().forEach(problem -> lines.add("          " + problem.describe()));
    }
    history.problems().forEach(problem -> lines.add("  " + problem.describe()));
    return String.join("\n", lines);
  }

  static ObjectNode json(ReleaseChange change) {
    ObjectNode json = object();
    json.put("release", change.release().name());
    json.put("namespace", change.release().namespace());
    json.put("dryRun", change.dryRun());
    addFacts(json, change.facts());
    addProblems(json, change.problems());
    return json;
  }

  static String text(ReleaseChange change) {
    return text(change.facts(), change.problems());
  }

  private static String text(List<Fact> facts, List<Problem> problems) {
    List<String> lines = new ArrayList<>();
    facts.forEach(fact -> lines.add("  " + fact.describe()));
    problems.forEach(problem -> lines.add("  " + problem.describe()));
    return String.join("\n", lines);
  }

  static ObjectNode json(VerificationReport report) {
    ObjectNode json = object();
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
      addSubject(one, check.subject());
      one.put("detail", check.detail());
      check.remedy().ifPresent(remedy -> one.put("remedy", remedy));
    }
    addOrigins(json, report);
    addProblems(json, report.problems());
    return json;
  }

  private static void addOrigins(ObjectNode json, VerificationReport report) {
    ArrayNode origins = json.putArray("origins");
    ObjectMapper mapper = new ObjectMapper();
    report.origins().forEach(origin -> origins.add(mapper.valueToTree(origin.toTree())));
  }

  /** The report with what has changed since an earlier one. */
  static ObjectNode json(VerificationReport report, VerificationDrift drift) {
    ObjectNode json = json(report);
    ObjectNode changes = object();
    changes.put("changed", drift.isChanged());
    addFacts(changes, drift.changes());
    json.set("drift", changes);
    return json;
  }

  static String text(VerificationReport report, VerificationDrift drift) {
    StringBuilder text = new StringBuilder(text(report));
    drift.changes().forEach(change -> text.append("\n  CHANGED     ").append(change.describe()));
    return text.append('\n').append(drift.summary()).toString();
  }

  private static String label(Check check) {
    if (check.problem().filter(problem -> !problem.isError()).isPresent()) {
      return "WARNING";
    }
    return check.result() == Check.Result.PENDING ? "NOT IN TIME" : check.result().name();
  }

  /** How many containers run which images, by how their digests agree with the mirror. */
  private static String originText(VerificationReport report) {
    Map<ContainerOrigin.Agreement, Long> counts =
        report.origins().stream()
            .collect(
                Collectors.groupingBy(
                    ContainerOrigin::agreement, TreeMap::new, Collectors.counting()));
    List<String> parts = new ArrayList<>();
    counts.forEach(
        (agreement, count) ->
            parts.add(count + " " + agreement.name().toLowerCase(Locale.ROOT).replace('_', ' ')));
    return "  origin of the images: " + String.join(", ", parts) + "\n";
  }

  private static void addFacts(ObjectNode json, List<Fact> facts) {
    ArrayNode array = json.putArray("facts");
    for (Fact fact : facts) {
      ObjectNode one = array.addObject().put("code", fact.code().name());
      addSubject(one, fact.subject());
      one.put("message", fact.message());
    }
  }

  private static void addProblems(ObjectNode json, List<Problem> problems) {
    ArrayNode array = json.putArray("problems");
    problems.forEach(problem -> add(array, problem));
  }

  private static void addSubject(ObjectNode json, Subject subject) {
    json.put("subject", subject.name()).put("subjectKind", subject.kind().name());
  }

  static String text(VerificationReport report) {
    StringBuilder text = new StringBuilder();
    List<Check> ordered = new ArrayList<>(report.checks());
    // What needs attention stands last, where a terminal shows it.
    ordered.sort(Comparator.comparing(check -> check.problem().isPresent()));
    for (Check check : ordered) {
      String result = label(check);
      text.append(
          String.format(
              Locale.ROOT,
              "  %-11s %-8s %s: %s%n",
              result,
              check.kind().name().toLowerCase(Locale.ROOT),
              check.subject(),
              check.detail()));
      check
          .remedy()
          .ifPresent(remedy -> text.append("              → ").append(remedy).append('\n'));
    }
    if (!report.origins().isEmpty()) {
      text.append(originText(report));
    }
    return text.append(report.isOk() ? "PASSED: " : "FAILED: ").append(report.summary()).toString();
  }
}
