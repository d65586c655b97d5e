package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.cluster.ResourceType;
import java.util.Optional;

/**
 * A verb on a resource, as RBAC knows it. Immutable.
 *
 * @param verb for example {@code get}
 * @param group the API group; empty for the core API
 * @param resource the plural, with a subresource where there is one, for example {@code pods/log}
 * @param namespace the namespace of the objects; empty for resources of the whole cluster
 * @param name the only object that is concerned; empty for all, and where RBAC cannot restrict it
 */
public record Permission(
    String verb, String group, String resource, Optional<String> namespace, Optional<String> name)
    implements Comparable<Permission> {

  static Permission of(String verb, ResourceType type, String namespace, String name) {
    // The name of an object that is created or listed is not part of the request.
    boolean hasName = !name.isEmpty() && !verb.equals("create") && !verb.equals("list");
    return new Permission(
        verb,
        type.group(),
        type.plural(),
        type.isNamespaced() && !namespace.isEmpty() ? Optional.of(namespace) : Optional.empty(),
        hasName ? Optional.of(name) : Optional.empty());
  }

  Permission on(String subresource) {
    return new Permission(verb, group, resource + "/" + subresource, namespace, name);
  }

  Permission withoutName() {
    return new Permission(verb, group, resource, namespace, Optional.empty());
  }

  /** {@return for example {@code get deployments.apps web in shop}} */
  @Override
  public String toString() {
    return verb
        + " "
        + resource
        + (group.isEmpty() ? "" : "." + group)
        + name.map(one -> " " + one).orElse("")
        + namespace.map(one -> " in " + one).orElse("");
  }

  @Override
  public int compareTo(Permission other) {
    return key().compareTo(other.key());
  }

  private String key() {
    return String.join("\0", namespace.orElse(""), group, resource, name.orElse(""), verb);
  }
}
