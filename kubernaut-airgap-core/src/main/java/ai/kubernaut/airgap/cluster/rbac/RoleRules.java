package ai.kubernaut.airgap.cluster.rbac;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.List;
import java.util.Optional;

/** The rules of a Role or a ClusterRole (Kubernetes, "Using RBAC Authorization"). Immutable. */
public final class RoleRules {
  private static final String ALL = "*";

  private final List<Fields> rules;

  private RoleRules(List<Fields> rules) {
    this.rules = rules;
  }

  /**
   * Reads a role.
   *
   * @param role a Role or a ClusterRole
   * @return its rules
   */
  public static RoleRules of(KubernetesObject role) {
    return new RoleRules(role.fields().list("rules"));
  }

  /**
   * Returns whether a rule allows a verb for all objects of a resource.
   *
   * @param verb for example {@code create}
   * @param group the API group; empty for the core API
   * @param resource in the plural; {@code pods/log} for a subresource
   * @return whether it is allowed
   */
  public boolean allow(String verb, String group, String resource) {
    return allow(verb, group, resource, "");
  }

  private boolean allow(String verb, String group, String resource, String name) {
    return rules.stream()
        .anyMatch(
            rule ->
                has(rule, "verbs", verb)
                    && has(rule, "apiGroups", group)
                    && hasResource(rule, resource)
                    && (rule.texts("resourceNames").isEmpty()
                        || rule.texts("resourceNames").contains(name)));
  }

  private boolean allowUrl(String verb, String url) {
    return rules.stream()
        .anyMatch(
            rule ->
                has(rule, "verbs", verb)
                    && rule.texts("nonResourceURLs").stream()
                        .anyMatch(
                            allowed ->
                                allowed.equals(url)
                                    || (allowed.endsWith(ALL)
                                        && url.startsWith(
                                            allowed.substring(0, allowed.length() - 1)))));
  }

  private static boolean hasResource(Fields rule, String resource) {
    int slash = resource.indexOf('/');
    return has(rule, "resources", resource)
        || (slash > 0 && rule.texts("resources").contains(ALL + resource.substring(slash)));
  }

  private static boolean has(Fields rule, String field, String value) {
    List<String> allowed = rule.texts(field);
    return allowed.contains(value) || allowed.contains(ALL);
  }

  /**
   * Finds something that these rules allow and other rules do not.
   *
   * @param others the other rules
   * @return for example {@code create on jobs.batch}; empty if the others allow all of it
   */
  public Optional<String> firstMissingIn(RoleRules others) {
    for (Fields rule : rules) {
      for (String verb : rule.texts("verbs")) {
        for (String url : rule.texts("nonResourceURLs")) {
          if (!others.allowUrl(verb, url)) {
            return Optional.of(verb + " on " + url);
          }
        }
        for (String group : rule.texts("apiGroups")) {
          for (String resource : rule.texts("resources")) {
            for (String name : names(rule)) {
              if (!others.allow(verb, group, resource, name)) {
                return Optional.of(
                    verb
                        + " on "
                        + resource
                        + (group.isEmpty() ? "" : "." + group)
                        + (name.isEmpty() ? "" : "/" + name));
              }
            }
          }
        }
      }
    }
    return Optional.empty();
  }

  /** The names that a rule is limited to, or one empty name for a rule without a limit. */
  private static List<String> names(Fields rule) {
    List<String> names = rule.texts("resourceNames");
    return names.isEmpty() ? List.of("") : names;
  }
}
