package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.mirror.IncompleteMirrorException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.preflight.PreflightFailedException;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationFailedException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reports of several steps, and of runs that failed. */
final class FailureReports {
  private FailureReports() {}

  static ReportContent of(String kind, String title, Map<String, ReportContent> parts) {
    ObjectNode json = Json.object();
    ReportContent last = last(parts);
    return joined(kind, title, parts, List.of(), json)
        .summary(last.summary())
        .lines(last.lines())
        .build();
  }

  private static ReportContent last(Map<String, ReportContent> parts) {
    return parts.values().stream().reduce((any, later) -> later).orElseThrow();
  }

  static ReportContent of(
      String command, AirgapException failure, Map<String, ReportContent> before) {
    Map<String, ReportContent> parts = new LinkedHashMap<>(before);
    if (failure instanceof IncompleteMirrorException incomplete) {
      parts.putIfAbsent("mirror", MirrorReports.of(incomplete.report()));
    } else if (failure instanceof PreflightFailedException refused) {
      parts.putIfAbsent("preflight", PlanReports.of(refused.report()));
    } else if (failure instanceof VerificationFailedException failed) {
      parts.putIfAbsent("verification", ReleaseReports.of(failed.report(), Optional.empty()));
    } else if (failure instanceof ClusterChangeException unapplied) {
      unapplied
          .report()
          .ifPresent(report -> parts.putIfAbsent("change", ClusterReports.of(report)));
    }
    List<Problem> problems =
        failure instanceof ProblemsException known ? known.problems() : List.of();
    String message = String.valueOf(failure.getMessage());
    ObjectNode json = Json.object().put("command", command).put("message", message);
    ReportContent.Builder content = joined("FailedRun", command + " failed", parts, problems, json);
    return content.isOk(false).summary(message).build();
  }

  static ReportContent withExitStatus(ReportContent content, int status) {
    ObjectNode json = content.fields().deepCopy().put("exitStatus", status);
    return new ReportContent.Builder().from(content).fields(json).build();
  }

  private static ReportContent.Builder joined(
      String kind,
      String title,
      Map<String, ReportContent> parts,
      List<Problem> own,
      ObjectNode json) {
    Set<Problem> problems = new LinkedHashSet<>(own);
    List<Check> checks = new ArrayList<>();
    List<Cause> causes = new ArrayList<>();
    for (ReportContent part : parts.values()) {
      problems.addAll(part.problems());
      checks.addAll(part.checks());
      causes.addAll(part.causes());
    }
    parts.forEach((name, part) -> json.set(name, part.fields()));
    List<ReportImage> images = ImageChain.joined(parts.values());
    if (!images.isEmpty()) {
      json.set("chain", ImageChain.json(images));
    }
    if (!causes.isEmpty()) {
      json.set("causes", CauseDiagram.json(causes));
    }
    Json.addProblems(json, List.copyOf(problems));
    return ReportContent.of(kind, title)
        .isOk(problems.stream().noneMatch(Problem::isError))
        .addAllProblems(problems)
        .checks(checks)
        .causes(causes)
        .images(images)
        .parts(parts)
        .fields(json);
  }
}
