package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Authorizes requests by the Roles, ClusterRoles and their bindings in the cluster, as RBAC does.
 * The administrator may do everything.
 */
final class Authorizer {
  static final String ADMIN = "lab-admin";
  private static final String GROUP = "rbac.authorization.k8s.io";

  private final Store store;
  private volatile Consumer<Access> audit = access -> {};

  Authorizer(Store store) {
    this.store = store;
  }

  /** Sets who is told every access of users other than the administrator, allowed or not. */
  void audit(Consumer<Access> listener) {
    audit = listener;
  }

  /** Throws the exception that the client gets if the user is not allowed to do it. */
  void require(String user, Access access) {
    if (!user.equals(ADMIN)) {
      audit.accept(access);
    }
    if (!allows(user, access)) {
      throw ApiException.forbidden(user, access);
    }
  }

  boolean allows(String user, Access access) {
    return user.equals(ADMIN)
        || rules(user, access.namespace()).anyMatch(rule -> allows(rule, access));
  }

  private Stream<JsonNode> rules(String user, String namespace) {
    Stream<ObjectNode> bindings = store.list(ResourceKinds.CLUSTER_ROLE_BINDING, "").stream();
    if (!namespace.isEmpty()) {
      bindings =
          Stream.concat(bindings, store.list(ResourceKinds.ROLE_BINDING, namespace).stream());
    }
    return bindings.filter(binding -> hasSubject(binding, user)).flatMap(this::rules);
  }

  private static boolean hasSubject(JsonNode binding, String user) {
    return Json.elements(binding, "/subjects")
        .map(Authorizer::userOf)
        .anyMatch(subject -> subject.equals(user));
  }

  /** The name of the user that a subject is; empty if it is none. */
  private static String userOf(JsonNode subject) {
    String name = Json.text(subject, "/name");
    return switch (Json.text(subject, "/kind")) {
      case "User" -> name;
      case "ServiceAccount" -> Users.nameOf(Json.text(subject, "/namespace"), name);
      default -> "";
    };
  }

  private Stream<JsonNode> rules(ObjectNode binding) {
    boolean isRole = Json.text(binding, "/roleRef/kind").equals("Role");
    return store
        .find(
            isRole ? ResourceKinds.ROLE : ResourceKinds.CLUSTER_ROLE,
            isRole ? Json.namespace(binding) : "",
            Json.text(binding, "/roleRef/name"))
        .stream()
        .flatMap(role -> Json.elements(role, "/rules"));
  }

  private static boolean allows(JsonNode rule, Access access) {
    List<String> names = Json.texts(rule.path("resourceNames"));
    return has(rule, "verbs", access.verb())
        && has(rule, "apiGroups", access.group())
        && has(rule, "resources", access.resource())
        && (names.isEmpty() || names.contains(access.name()));
  }

  private static boolean has(JsonNode rule, String field, String value) {
    return Json.texts(rule.path(field)).stream()
        .anyMatch(each -> each.equals("*") || each.equals(value));
  }

  /**
   * Prevents that a user grants what the user is not allowed to do: that needs {@code escalate} for
   * roles, and the verb bind for bindings.
   *
   * @param name the name in the path of the request; empty when the object is created
   */
  void requireNoEscalation(String user, ResourceKind kind, ObjectNode object, String name) {
    if (!kind.group().equals(GROUP)) {
      return;
    }
    String namespace = Json.namespace(object);
    if (kind.equals(ResourceKinds.ROLE) || kind.equals(ResourceKinds.CLUSTER_ROLE)) {
      if (!covers(user, namespace, Json.elements(object, "/rules"))) {
        require(user, new Access("escalate", GROUP, kind.plural(), namespace, name));
      }
    } else if (!covers(user, namespace, rules(object))) {
      String role =
          Json.text(object, "/roleRef/kind").equals("Role")
              ? ResourceKinds.ROLE.plural()
              : ResourceKinds.CLUSTER_ROLE.plural();
      require(user, new Access("bind", GROUP, role, namespace, Json.text(object, "/roleRef/name")));
    }
  }

  private boolean covers(String user, String namespace, Stream<JsonNode> rules) {
    return rules.allMatch(
        rule ->
            product(rule, namespace).allMatch(access -> allows(user, access))
                && rule.path("nonResourceURLs").isEmpty());
  }

  private static Stream<Access> product(JsonNode rule, String namespace) {
    List<String> names = Json.texts(rule.path("resourceNames"));
    return Json.texts(rule.path("verbs")).stream()
        .flatMap(
            verb ->
                Json.texts(rule.path("apiGroups")).stream()
                    .flatMap(
                        group ->
                            Json.texts(rule.path("resources")).stream()
                                .flatMap(
                                    resource ->
                                        (names.isEmpty() ? List.of("") : names)
                                            .stream()
                                                .map(
                                                    name ->
                                                        new Access(
                                                            verb, group, resource, namespace,
                                                            name)))));
  }
}
