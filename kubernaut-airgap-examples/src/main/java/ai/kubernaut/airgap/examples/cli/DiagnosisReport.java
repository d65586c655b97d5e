package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.outcome.Problem;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/** A diagnosis as JSON for programs and as text for people. */
final class DiagnosisReport {
  private DiagnosisReport() {}

  static ObjectNode json(Diagnosis diagnosis) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("release", diagnosis.release().name());
    json.put("namespace", diagnosis.release().namespace());
    json.put("ok", diagnosis.isOk());
    json.put("summary", diagnosis.summary());
    ArrayNode causes = json.putArray("causes");
    diagnosis.causes().forEach(cause -> causes.add(json(cause)));
    return json;
  }

  private static ObjectNode json(Cause cause) {
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put("code", cause.problem().code().name());
    json.put("root", cause.isRoot());
    json.put("subject", cause.problem().subject().toString());
    json.put("subjectKind", cause.problem().subject().kind().name());
    json.put("message", cause.problem().message());
    ArrayNode evidence = json.putArray("evidence");
    cause.evidence().forEach(fact -> evidence.add(fact.describe()));
    ObjectNode repair = json.putObject("repair");
    repair.put("remedy", cause.problem().remedy());
    cause
        .repair()
        .ifPresent(
            found -> {
              repair.put("command", found.command());
              if (!found.call().isEmpty()) {
                repair.put("call", found.call());
              }
            });
    ArrayNode consequences = json.putArray("consequences");
    for (Problem consequence : cause.consequences()) {
      consequences
          .addObject()
          .put("code", consequence.code().name())
          .put("subject", consequence.subject().toString());
    }
    return json;
  }

  /** The roots, what they cause, and what to do; nothing else. */
  static String text(Diagnosis diagnosis) {
    StringBuilder text = new StringBuilder();
    for (Cause root : diagnosis.roots()) {
      Problem problem = root.problem();
      text.append("CAUSE ")
          .append(problem.subject())
          .append(": ")
          .append(problem.message())
          .append('\n');
      root.evidence().forEach(fact -> text.append("  seen: ").append(fact.describe()).append('\n'));
      for (Problem consequence : root.consequences()) {
        text.append("  causes: ")
            .append(consequence.subject())
            .append(' ')
            .append(consequence.message())
            .append('\n');
      }
      text.append("  repair: ").append(problem.remedy()).append('\n');
      root.repair().ifPresent(repair -> text.append("    ").append(repair.command()).append('\n'));
    }
    return text.append(diagnosis.summary()).toString();
  }
}
