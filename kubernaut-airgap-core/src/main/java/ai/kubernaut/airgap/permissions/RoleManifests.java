package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Roles and ClusterRoles with exactly some permissions. */
final class RoleManifests {

  /** Resources with the same verbs share a rule. */
  private record Key(String group, String name, List<String> verbs) {}

  private RoleManifests() {}

  /** A ClusterRole for what concerns the whole cluster, and a Role for each namespace. */
  static List<KubernetesObject> of(String name, Collection<Permission> permissions) {
    Map<String, List<Permission>> byNamespace =
        permissions.stream()
            .collect(
                Collectors.groupingBy(
                    permission -> permission.namespace().orElse(""),
                    TreeMap::new,
                    Collectors.toList()));
    List<KubernetesObject> roles = new ArrayList<>();
    byNamespace.forEach(
        (namespace, here) -> {
          KubernetesObject role =
              namespace.isEmpty()
                  ? KubernetesObject.named(ResourceType.CLUSTER_ROLE, null, name)
                  : KubernetesObject.named(ResourceType.ROLE, namespace, name);
          roles.add(role.with(rules(here), "rules"));
        });
    return roles;
  }

  static String yaml(Collection<KubernetesObject> objects) {
    return objects.stream()
        .map(KubernetesObject::fields)
        .map(Fields::content)
        .map(content -> "---\n" + Yaml.write(content))
        .collect(Collectors.joining());
  }

  private static List<Map<String, Object>> rules(List<Permission> permissions) {
    Map<List<String>, SortedSet<String>> verbs = new LinkedHashMap<>();
    for (Permission permission : permissions) {
      verbs
          .computeIfAbsent(
              List.of(permission.group(), permission.resource(), permission.name().orElse("")),
              unknown -> new TreeSet<>())
          .add(permission.verb());
    }
    Map<Key, List<String>> resources = new LinkedHashMap<>();
    verbs.forEach(
        (object, allowed) ->
            resources
                .computeIfAbsent(
                    new Key(object.get(0), object.get(2), List.copyOf(allowed)),
                    unknown -> new ArrayList<>())
                .add(object.get(1)));
    List<Map<String, Object>> rules = new ArrayList<>();
    resources.forEach((key, names) -> rules.add(rule(key.group, names, key.name, key.verbs)));
    return rules;
  }

  /** The rule for one permission, as one line of YAML. */
  static String rule(Permission permission) {
    return "{apiGroups: [\"%s\"], resources: [\"%s\"]%s, verbs: [\"%s\"]}"
        .formatted(
            permission.group(),
            permission.resource(),
            permission.name().map(", resourceNames: [\"%s\"]"::formatted).orElse(""),
            permission.verb());
  }

  private static Map<String, Object> rule(
      String group, List<String> resources, String name, List<String> verbs) {
    Map<String, Object> rule = new LinkedHashMap<>();
    rule.put("apiGroups", List.of(group));
    rule.put("resources", resources);
    Optional.of(name)
        .filter(one -> !one.isEmpty())
        .ifPresent(one -> rule.put("resourceNames", List.of(one)));
    rule.put("verbs", verbs);
    return rule;
  }
}
