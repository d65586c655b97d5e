package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** Evaluates the ValidatingAdmissionPolicies of the cluster, as the API server does. */
final class AdmissionPolicies {
  /**
   * A request to be admitted.
   *
   * @param subresource empty for the object itself
   * @param operation as in the rules of policies, for example {@code CREATE}
   * @param object the wanted object; empty when it is deleted
   * @param oldObject the present object; empty when it is created
   */
  record Request(
      ResourceKind kind,
      String subresource,
      String operation,
      String namespace,
      String name,
      Optional<ObjectNode> object,
      Optional<ObjectNode> oldObject) {

    static Request create(ResourceKind kind, ObjectNode object) {
      return new Request(
          kind,
          "",
          "CREATE",
          Json.namespace(object),
          Json.name(object),
          Optional.of(object),
          Optional.empty());
    }

    String resource() {
      return subresource.isEmpty() ? kind.plural() : kind.plural() + "/" + subresource;
    }
  }

  private record Compiled(String version, PolicyExpressions expressions) {}

  private final Store store;
  private final Map<String, Compiled> compiled = new ConcurrentHashMap<>();

  AdmissionPolicies(Store store) {
    this.store = store;
  }

  /**
   * Admits a request, or throws the exception that the client gets.
   *
   * @return warnings for the client
   */
  List<String> admit(Request request) {
    if (request.kind().equals(ResourceKinds.ADMISSION_POLICY)) {
      request.object().ifPresent(PolicyExpressions::compile);
    }
    List<String> warnings = new ArrayList<>();
    for (ObjectNode binding : store.list(ResourceKinds.ADMISSION_POLICY_BINDING, "")) {
      store
          .find(ResourceKinds.ADMISSION_POLICY, "", Json.text(binding, "/spec/policyName"))
          .filter(policy -> matches(request, policy.at("/spec/matchConstraints")))
          .filter(policy -> matches(request, binding.at("/spec/matchResources")))
          .ifPresent(policy -> warnings.addAll(evaluate(request, policy, binding)));
    }
    return List.copyOf(warnings);
  }

  private List<String> evaluate(Request request, ObjectNode policy, ObjectNode binding) {
    List<String> actions = Json.texts(binding.at("/spec/validationActions"));
    List<String> warnings = new ArrayList<>();
    for (PolicyExpressions.Violation violation : expressions(policy).evaluate(input(request))) {
      String names =
          "ValidatingAdmissionPolicy '%s' with binding '%s'"
              .formatted(Json.name(policy), Json.name(binding));
      if (actions.contains("Deny")) {
        throw ApiException.denied(
            request.kind(),
            request.name(),
            violation.reason(),
            names + " denied request: " + violation.message());
      }
      if (actions.contains("Warn")) {
        warnings.add("Validation failed for " + names + ": " + violation.message());
      }
    }
    return warnings;
  }

  private PolicyExpressions expressions(ObjectNode policy) {
    String version = Json.text(policy, "/metadata/resourceVersion");
    return compiled
        .compute(
            Json.name(policy),
            (name, known) ->
                known != null && known.version().equals(version)
                    ? known
                    : new Compiled(version, PolicyExpressions.compile(policy)))
        .expressions();
  }

  private Map<String, Optional<JsonNode>> input(Request request) {
    ObjectNode description =
        Json.object()
            .put("operation", request.operation())
            .put("namespace", request.namespace())
            .put("name", request.name())
            .put("subResource", request.subresource());
    description
        .putObject("kind")
        .put("group", request.kind().group())
        .put("version", request.kind().version())
        .put("kind", request.kind().kind());
    description
        .putObject("resource")
        .put("group", request.kind().group())
        .put("version", request.kind().version())
        .put("resource", request.kind().plural());
    return Map.of(
        "object",
        request.object().map(JsonNode.class::cast),
        "oldObject",
        request.oldObject().map(JsonNode.class::cast),
        "request",
        Optional.of(description),
        "namespaceObject",
        namespace(request).map(JsonNode.class::cast));
  }

  private Optional<ObjectNode> namespace(Request request) {
    return store.find(ResourceKinds.NAMESPACE, "", request.namespace());
  }

  private boolean matches(Request request, JsonNode constraints) {
    boolean hasRules = !constraints.path("resourceRules").isEmpty();
    return (!hasRules || isRuled(request, constraints, "resourceRules"))
        && !isRuled(request, constraints, "excludeResourceRules")
        && (!request.kind().namespaced()
            || namespace(request)
                .map(Selectors.labelSelector(constraints.path("namespaceSelector"))::test)
                .orElse(false))
        && Stream.of(request.object(), request.oldObject())
            .flatMap(Optional::stream)
            .anyMatch(Selectors.labelSelector(constraints.path("objectSelector")));
  }

  static boolean isRuled(Request request, JsonNode constraints, String field) {
    return constraints
        .path(field)
        .valueStream()
        .anyMatch(
            rule ->
                has(rule, "apiGroups", request.kind().group())
                    && has(rule, "apiVersions", request.kind().version())
                    && has(rule, "operations", request.operation())
                    && hasResource(rule, request));
  }

  private static boolean has(JsonNode rule, String field, String value) {
    return Json.texts(rule.path(field)).stream()
        .anyMatch(each -> each.equals("*") || each.equals(value));
  }

  private static boolean hasResource(JsonNode rule, Request request) {
    Predicate<String> isResource =
        each ->
            each.equals(request.resource())
                || each.equals("*/*")
                || (each.equals("*") && request.subresource().isEmpty())
                || each.equals(request.kind().plural() + "/*")
                || each.equals("*/" + request.subresource());
    return Json.texts(rule.path("resources")).stream().anyMatch(isResource);
  }
}
