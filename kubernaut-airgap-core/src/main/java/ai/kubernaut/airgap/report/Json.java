package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.Subject;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;

/** The parts that the JSON of all reports have in common. */
final class Json {
  private Json() {}

  static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  static ObjectNode add(ArrayNode problems, Problem problem) {
    ObjectNode one =
        problems
            .addObject()
            .put("code", problem.code().name())
            .put("severity", problem.code().severity().name());
    addSubject(one, problem.subject());
    return one.put("message", problem.message()).put("remedy", problem.remedy());
  }

  static void addFacts(ObjectNode json, List<Fact> facts) {
    ArrayNode array = json.putArray("facts");
    for (Fact fact : facts) {
      ObjectNode one = array.addObject().put("code", fact.code().name());
      addSubject(one, fact.subject());
      one.put("message", fact.message());
    }
  }

  static void addProblems(ObjectNode json, List<Problem> problems) {
    ArrayNode array = json.putArray("problems");
    problems.forEach(problem -> add(array, problem));
  }

  static void addSubject(ObjectNode json, Subject subject) {
    json.put("subject", subject.name()).put("subjectKind", subject.kind().name());
  }

  static void addChanges(ObjectNode json, String field, List<ObjectChange> all) {
    ArrayNode changes = json.putArray(field);
    for (ObjectChange one : all) {
      changes
          .addObject()
          .put("action", one.action().name().toLowerCase(Locale.ROOT))
          .put("object", one.subject().name())
          .put("diff", one.diff());
    }
  }
}
