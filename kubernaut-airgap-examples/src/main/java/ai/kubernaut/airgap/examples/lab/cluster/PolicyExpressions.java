package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.NullValue;
import dev.cel.bundle.Cel;
import dev.cel.bundle.CelFactory;
import dev.cel.common.CelAbstractSyntaxTree;
import dev.cel.common.CelValidationException;
import dev.cel.common.types.CelType;
import dev.cel.common.types.SimpleType;
import dev.cel.extensions.CelExtensions;
import dev.cel.parser.CelStandardMacro;
import dev.cel.runtime.CelEvaluationException;
import dev.cel.runtime.CelRuntime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The expressions of a ValidatingAdmissionPolicy, compiled. Params and the authorizer are not
 * supported, nor are the CEL libraries of Kubernetes beyond those for strings.
 */
final class PolicyExpressions {
  private static final List<String> INPUTS =
      List.of("object", "oldObject", "request", "namespaceObject");
  private static final int LONGEST_MESSAGE = 5 * 1024;

  /** What a request breaks, and the reason of the response. */
  record Violation(String message, String reason) {}

  private record Validation(
      String expression,
      CelRuntime.Program program,
      String message,
      Optional<CelRuntime.Program> messageProgram,
      String reason) {}

  private final Map<String, CelRuntime.Program> variables = new LinkedHashMap<>();
  private final List<CelRuntime.Program> conditions = new ArrayList<>();
  private final List<Validation> validations = new ArrayList<>();
  private final boolean failsClosed;
  private Cel cel;

  private PolicyExpressions(JsonNode policy) {
    this.failsClosed = !Json.text(policy, "/spec/failurePolicy").equals("Ignore");
    this.cel = environment(Map.of());
    if (policy.at("/spec/paramKind").isObject()) {
      throw ApiException.invalid("spec.paramKind: the lab does not support params");
    }
    Map<String, CelType> types = new LinkedHashMap<>();
    Json.elements(policy, "/spec/matchConditions")
        .forEach(condition -> conditions.add(program(ast(condition, "expression"))));
    Json.elements(policy, "/spec/variables")
        .forEach(
            variable -> {
              CelAbstractSyntaxTree ast = ast(variable, "expression");
              String name = "variables." + Json.text(variable, "/name");
              variables.put(name, program(ast));
              types.put(name, ast.getResultType());
              cel = environment(types);
            });
    Json.elements(policy, "/spec/validations").forEach(each -> validations.add(validation(each)));
  }

  /** Compiles them; the exception says which one is invalid. */
  static PolicyExpressions compile(JsonNode policy) {
    return new PolicyExpressions(policy);
  }

  private static Cel environment(Map<String, CelType> variables) {
    var builder =
        CelFactory.plannerCelBuilder()
            .setStandardMacros(CelStandardMacro.STANDARD_MACROS)
            .addCompilerLibraries(CelExtensions.strings())
            .addRuntimeLibraries(CelExtensions.strings());
    INPUTS.forEach(name -> builder.addVar(name, SimpleType.DYN));
    variables.forEach(builder::addVar);
    return builder.build();
  }

  private Validation validation(JsonNode validation) {
    String expression = Json.text(validation, "/expression");
    return new Validation(
        expression,
        program(ast(validation, "expression")),
        Json.text(validation, "/message").isEmpty()
            ? "failed expression: " + expression.strip()
            : Json.text(validation, "/message"),
        validation.has("messageExpression")
            ? Optional.of(program(ast(validation, "messageExpression")))
            : Optional.empty(),
        validation.path("reason").asText("Invalid"));
  }

  private CelAbstractSyntaxTree ast(JsonNode parent, String field) {
    try {
      return cel.compile(parent.path(field).asText("")).getAst();
    } catch (CelValidationException e) {
      throw ApiException.invalid(
          "spec: Invalid value: \"%s\": compilation failed: %s"
              .formatted(parent.path(field).asText(""), e.getMessage()));
    }
  }

  private CelRuntime.Program program(CelAbstractSyntaxTree ast) {
    try {
      return cel.createProgram(ast);
    } catch (CelEvaluationException e) {
      throw ApiException.invalid("spec: compilation failed: " + e.getMessage());
    }
  }

  /** Returns what a request violates; the input has a JSON tree, or nothing, for each variable. */
  List<Violation> evaluate(Map<String, Optional<JsonNode>> input) {
    Evaluation evaluation = new Evaluation(input);
    List<Violation> violations = new ArrayList<>();
    try {
      for (CelRuntime.Program condition : conditions) {
        if (!Boolean.TRUE.equals(evaluation.of(condition))) {
          return List.of();
        }
      }
    } catch (CelEvaluationException e) {
      return failed("match condition", e);
    }
    for (Validation validation : validations) {
      try {
        if (!Boolean.TRUE.equals(evaluation.of(validation.program()))) {
          violations.add(new Violation(message(validation, evaluation), validation.reason()));
        }
      } catch (CelEvaluationException e) {
        violations.addAll(failed(validation.expression(), e));
      }
    }
    return violations;
  }

  private List<Violation> failed(String expression, CelEvaluationException e) {
    return failsClosed
        ? List.of(
            new Violation(
                "expression '%s' resulted in error: %s".formatted(expression, e.getMessage()),
                "Invalid"))
        : List.of();
  }

  /** As in Kubernetes, a message that cannot be computed, or is not one line, is not used. */
  private static String message(Validation validation, Evaluation evaluation) {
    if (validation.messageProgram().isEmpty()) {
      return validation.message();
    }
    try {
      String message = String.valueOf(evaluation.of(validation.messageProgram().get())).strip();
      return message.isEmpty() || message.contains("\n") || message.length() > LONGEST_MESSAGE
          ? validation.message()
          : message;
    } catch (CelEvaluationException e) {
      return validation.message();
    }
  }

  /** One evaluation; a variable is evaluated at its first use. */
  private final class Evaluation {
    private final Map<String, Object> values = new HashMap<>();

    Evaluation(Map<String, Optional<JsonNode>> input) {
      input.forEach(
          (name, tree) ->
              values.put(name, tree.map(PolicyExpressions::value).orElse(NullValue.NULL_VALUE)));
    }

    Object of(CelRuntime.Program program) throws CelEvaluationException {
      return program.eval(this::find);
    }

    private Optional<Object> find(String name) {
      if (!values.containsKey(name) && variables.containsKey(name)) {
        try {
          values.put(name, of(variables.get(name)));
        } catch (CelEvaluationException e) {
          throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
        }
      }
      return Optional.ofNullable(values.get(name));
    }
  }

  private static Object value(JsonNode node) {
    if (node.isObject()) {
      Map<String, Object> map = new LinkedHashMap<>();
      node.properties().stream()
          .filter(entry -> !entry.getValue().isNull())
          .forEach(entry -> map.put(entry.getKey(), value(entry.getValue())));
      return map;
    }
    if (node.isArray()) {
      return node.valueStream().map(PolicyExpressions::value).toList();
    }
    if (node.isBoolean()) {
      return node.asBoolean();
    }
    if (node.isIntegralNumber()) {
      return node.asLong();
    }
    return node.isNumber() ? (Object) node.asDouble() : node.asText("");
  }
}
