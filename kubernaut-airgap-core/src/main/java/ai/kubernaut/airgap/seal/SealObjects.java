package ai.kubernaut.airgap.seal;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.seal.SealOptions.Action;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of the policy and of its binding.
 *
 * <p>The policy fails closed: a pod whose images cannot be determined is treated as one with
 * another image. That affects the sealed namespaces only, and there is no webhook that can be
 * unavailable.
 *
 * <p>An update of a pod may keep the images that the pod has, so that controllers can update pods
 * that were created before the seal, for example to remove a finalizer.
 */
final class SealObjects {
  /**
   * How long an expression with references becomes at most, in characters. The API server parses
   * expressions of up to 100,000 characters.
   */
  private static final int LONGEST_EXPRESSION = 60_000;

  private SealObjects() {}

  /** The policy with its spec, fields with default values included. */
  static KubernetesObject policy(
      KubernetesObject object, ReleaseName release, String mirror, Collection<String> allowed) {
    List<Map<String, Object>> variables = new ArrayList<>();
    variables.add(
        variable("present", "request.operation == 'CREATE' ? [] : " + images("oldObject")));
    StringBuilder refused =
        new StringBuilder("variables.images.filter(i, !(i in variables.present)");
    for (String list : lists(allowed)) {
      String name = "allowed" + (variables.size() - 1);
      variables.add(variable(name, list));
      refused.append(" && !(i in variables.").append(name).append(')');
    }
    variables.add(variable("images", images("object")));
    variables.add(variable("refused", refused.append(')').toString()));
    String rule =
        "; the namespace is sealed for release %s, and the images of its plan in %s are allowed; they are listed in ValidatingAdmissionPolicy %s"
            .formatted(release.name(), mirror, object.name());
    Map<String, Object> validation = new LinkedHashMap<>();
    validation.put("expression", "variables.refused.size() == 0");
    validation.put("message", "an image is not allowed" + rule);
    validation.put(
        "messageExpression", "'not allowed: ' + variables.refused.join(', ') + " + literal(rule));
    validation.put("reason", "Invalid");
    Map<String, Object> constraints = matching(Map.of());
    constraints.put(
        "resourceRules",
        List.of(
            rule(List.of("CREATE", "UPDATE"), "pods"),
            rule(List.of("UPDATE"), "pods/ephemeralcontainers")));
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("failurePolicy", "Fail");
    spec.put("matchConstraints", constraints);
    spec.put("variables", variables);
    spec.put("validations", List.of(validation));
    return object.with(spec, "spec");
  }

  /** The binding with its spec, fields with default values included. */
  static KubernetesObject binding(
      KubernetesObject object, Collection<String> namespaces, Action action) {
    Map<String, Object> selector = new LinkedHashMap<>();
    selector.put("key", "kubernetes.io/metadata.name");
    selector.put("operator", "In");
    selector.put("values", namespaces.stream().sorted().toList());
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("policyName", object.name());
    spec.put(
        "validationActions", action == Action.DENY ? List.of("Deny") : List.of("Warn", "Audit"));
    spec.put("matchResources", matching(Map.of("matchExpressions", List.of(selector))));
    return object.with(spec, "spec");
  }

  private static Map<String, Object> matching(Map<String, Object> namespaces) {
    Map<String, Object> matching = new LinkedHashMap<>();
    matching.put("matchPolicy", "Equivalent");
    matching.put("namespaceSelector", namespaces);
    matching.put("objectSelector", Map.of());
    return matching;
  }

  private static Map<String, Object> rule(List<String> operations, String resource) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("apiGroups", List.of(""));
    rule.put("apiVersions", List.of("v1"));
    rule.put("operations", operations);
    rule.put("resources", List.of(resource));
    rule.put("scope", "*");
    return rule;
  }

  private static Map<String, Object> variable(String name, String expression) {
    Map<String, Object> variable = new LinkedHashMap<>();
    variable.put("name", name);
    variable.put("expression", expression);
    return variable;
  }

  /** An expression for the images of a pod: those of all containers, and of image volumes. */
  private static String images(String pod) {
    String spec = pod + ".spec.";
    return spec
        + "containers.map(c, c.image)"
        + optional(spec + "initContainers", ".map(c, c.image)")
        + optional(spec + "ephemeralContainers", ".map(c, c.image)")
        + optional(
            spec + "volumes",
            ".filter(v, has(v.image) && has(v.image.reference)).map(v, v.image.reference)");
  }

  private static String optional(String field, String images) {
    return " + (has(" + field + ") ? " + field + images + " : [])";
  }

  /** List expressions that have all references together. */
  private static List<String> lists(Collection<String> references) {
    List<String> lists = new ArrayList<>();
    StringBuilder list = new StringBuilder();
    for (String reference : references) {
      String element = literal(reference);
      if (list.length() + element.length() > LONGEST_EXPRESSION) {
        lists.add(list.append(']').toString());
        list.setLength(0);
      }
      list.append(list.length() == 0 ? "[" : ", ").append(element);
    }
    lists.add(list.append(']').toString());
    return lists;
  }

  /** Neither references, names nor addresses can have a character with a meaning in literals. */
  private static String literal(String text) {
    if (text.contains("'") || text.contains("\\")) {
      throw new IllegalArgumentException("not a text for a literal: " + text);
    }
    return "'" + text + "'";
  }
}
