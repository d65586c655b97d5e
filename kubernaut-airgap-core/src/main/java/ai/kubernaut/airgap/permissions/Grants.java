package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * What a user needs who writes Roles and bindings: either everything that they grant, or the verb
 * {@code escalate} for roles and {@code bind} for bindings.
 */
final class Grants {
  private static final Map<String, ResourceType> ROLES =
      Map.of("Role", ResourceType.ROLE, "ClusterRole", ResourceType.CLUSTER_ROLE);

  /**
   * A verb that allows to grant, and what can be held instead of it.
   *
   * @param granted all that is granted; empty if it is unknown
   */
  record Grant(Permission verb, Optional<List<Permission>> granted) {
    boolean isNeeded(Predicate<Permission> held) {
      return granted.isEmpty() || !granted.get().stream().allMatch(held);
    }
  }

  private Grants() {}

  /** The grants of the objects that a user writes. */
  static List<Grant> of(Collection<KubernetesObject> objects, String releaseNamespace) {
    List<Grant> grants = new ArrayList<>();
    for (KubernetesObject object : objects) {
      String namespace = object.namespace().orElse(releaseNamespace);
      if (ROLES.containsKey(object.kind())) {
        ResourceType type = ROLES.get(object.kind());
        String in = type.isNamespaced() ? namespace : "";
        // The name is not part of the request that creates a role.
        grants.add(new Grant(Permission.of("escalate", type, namespace, ""), granted(object, in)));
      } else if (object.kind().equals("RoleBinding")
          || object.kind().equals("ClusterRoleBinding")) {
        String in = object.kind().equals("RoleBinding") ? namespace : "";
        binding(object, in, objects).ifPresent(grants::add);
      }
    }
    return grants;
  }

  private static Optional<Grant> binding(
      KubernetesObject binding, String namespace, Collection<KubernetesObject> objects) {
    Fields reference = binding.fields().fields("roleRef");
    String kind = reference.text("kind").orElse("");
    String name = reference.text("name").orElse("");
    return Optional.ofNullable(ROLES.get(kind))
        .map(
            type ->
                new Grant(
                    // The API server asks with the namespace of the binding.
                    new Permission(
                        "bind",
                        type.group(),
                        type.plural(),
                        Optional.of(namespace).filter(in -> !in.isEmpty()),
                        Optional.of(name)),
                    objects.stream()
                        .filter(role -> role.kind().equals(kind) && role.name().equals(name))
                        .findFirst()
                        .flatMap(role -> granted(role, namespace))));
  }

  /**
   * What a role grants in a namespace, or in the whole cluster; empty for paths without objects.
   */
  private static Optional<List<Permission>> granted(KubernetesObject role, String namespace) {
    List<Permission> granted = new ArrayList<>();
    for (Fields rule : role.fields().list("rules")) {
      if (!rule.texts("nonResourceURLs").isEmpty()) {
        return Optional.empty();
      }
      List<String> names = rule.texts("resourceNames");
      for (String verb : rule.texts("verbs")) {
        for (String group : rule.texts("apiGroups")) {
          for (String resource : rule.texts("resources")) {
            for (String name : names.isEmpty() ? List.of("") : names) {
              granted.add(
                  new Permission(
                      verb,
                      group,
                      resource,
                      Optional.of(namespace).filter(in -> !in.isEmpty()),
                      Optional.of(name).filter(one -> !one.isEmpty())));
            }
          }
        }
      }
    }
    return Optional.of(granted);
  }
}
