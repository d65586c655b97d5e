package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The documents in which the API describes itself. */
final class Discovery {
  private static final List<String> VERBS =
      List.of("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch");
  private static final List<String> STATUS_VERBS = List.of("get", "patch", "update");

  private final ResourceKinds kinds;

  Discovery(ResourceKinds kinds) {
    this.kinds = kinds;
  }

  /** The commit in the version of the lab's API server, which no other API server has. */
  static final String COMMIT = "lab.kubernaut.ai";

  static ObjectNode version() {
    return Json.object()
        .put("major", "1")
        .put("minor", "30")
        .put("gitVersion", "v1.30.0")
        .put("gitCommit", COMMIT)
        .put("gitTreeState", "clean")
        .put("platform", "linux/amd64");
  }

  static ObjectNode coreVersions() {
    ObjectNode versions = Json.object().put("kind", "APIVersions");
    versions.putArray("versions").add("v1");
    return versions;
  }

  ObjectNode groups() {
    ObjectNode list = Json.object("v1", "APIGroupList");
    ArrayNode groups = list.putArray("groups");
    versionsByGroup().forEach((name, versions) -> groups.add(group(name, versions)));
    return list;
  }

  ObjectNode group(String name) {
    Set<String> versions = versionsByGroup().get(name);
    if (versions == null) {
      throw ApiException.noSuchPath();
    }
    ObjectNode group = Json.object("v1", "APIGroup");
    group.setAll(group(name, versions));
    return group;
  }

  ObjectNode resources(String group, String version) {
    List<ResourceKind> served = kinds.in(group, version);
    boolean authorization = group.equals(SelfReview.GROUP) && version.equals("v1");
    if (served.isEmpty() && !authorization) {
      throw ApiException.noSuchPath();
    }
    ObjectNode list =
        Json.object("v1", "APIResourceList")
            .put("groupVersion", group.isEmpty() ? version : group + "/" + version);
    ArrayNode resources = list.putArray("resources");
    for (ResourceKind kind : served) {
      ObjectNode resource = resource(kind.plural(), kind.kind(), kind.namespaced(), VERBS);
      resource.put("singularName", kind.kind().toLowerCase(Locale.ROOT));
      if (!kind.shortNames().isEmpty()) {
        kind.shortNames().forEach(resource.putArray("shortNames")::add);
      }
      resources.add(resource);
      if (kind.hasStatus()) {
        resources.add(
            resource(kind.plural() + "/status", kind.kind(), kind.namespaced(), STATUS_VERBS));
      }
    }
    if (group.isEmpty()) {
      resources.add(
          resource("pods/ephemeralcontainers", "Pod", true, List.of("get", "patch", "update")));
      resources.add(resource("pods/binding", "Binding", true, List.of("create")));
      resources.add(resource("pods/log", "Pod", true, List.of("get")));
      resources.add(resource("pods/proxy", "PodProxyOptions", true, List.of("get")));
      resources.add(
          resource("serviceaccounts/token", Users.TOKEN_KIND, true, List.of("create"))
              .put("group", Users.TOKEN_GROUP)
              .put("version", "v1"));
      resources.add(resource("services/proxy", "ServiceProxyOptions", true, List.of("get")));
    }
    if (authorization) {
      resources.add(resource(SelfReview.PLURAL, SelfReview.KIND, false, List.of("create")));
    }
    return list;
  }

  /** Where the descriptions of each group and version are. */
  ObjectNode openApiPaths() {
    ObjectNode index = Json.object();
    ObjectNode paths = index.putObject("paths");
    for (ResourceKind kind : kinds.all()) {
      String path = groupPath(kind);
      paths.putObject(path).put("serverRelativeURL", "/openapi/v3/" + path);
    }
    return index;
  }

  /**
   * A description that says the one thing Helm looks for: that the server checks the fields of an
   * object itself, so that the client need not.
   */
  ObjectNode openApi(String group, String version) {
    ObjectNode document = Json.object().put("openapi", "3.0.0");
    document.putObject("info").put("title", "Kubernetes").put("version", "v1.30.0");
    ObjectNode paths = document.putObject("paths");
    for (ResourceKind kind : kinds.in(group, version)) {
      String path =
          "/%s%s/%s/{name}"
              .formatted(
                  groupPath(kind),
                  kind.namespaced() ? "/namespaces/{namespace}" : "",
                  kind.plural());
      ObjectNode patch = paths.putObject(path).putObject("patch");
      patch
          .putArray("parameters")
          .addObject()
          .put("name", "fieldValidation")
          .put("in", "query")
          .putObject("schema")
          .put("type", "string");
      patch
          .putObject("x-kubernetes-group-version-kind")
          .put("group", group)
          .put("version", version)
          .put("kind", kind.kind());
      patch.putObject("responses").putObject("200").put("description", "OK");
    }
    return document;
  }

  /**
   * Returns an OpenAPI 2 document without definitions, as a protocol buffer: the only form that
   * clients ask for. Clients do not validate kinds that have no definition.
   */
  static ByteString openApiV2() {
    // The field 1, "swagger", of gnostic's openapi.v2.Document.
    return ByteString.copyFromUtf8("\n\0032.0");
  }

  private static String groupPath(ResourceKind kind) {
    return (kind.group().isEmpty() ? "api/" : "apis/") + kind.apiVersion();
  }

  private Map<String, Set<String>> versionsByGroup() {
    Map<String, Set<String>> versions = new LinkedHashMap<>();
    for (ResourceKind kind : kinds.all()) {
      if (!kind.group().isEmpty()) {
        versions.computeIfAbsent(kind.group(), name -> new LinkedHashSet<>()).add(kind.version());
      }
    }
    versions.put(SelfReview.GROUP, Set.of("v1"));
    return versions;
  }

  private static ObjectNode group(String name, Set<String> versions) {
    ObjectNode group = Json.object().put("name", name);
    ArrayNode list = group.putArray("versions");
    for (String version : versions) {
      list.addObject().put("groupVersion", name + "/" + version).put("version", version);
    }
    group.set("preferredVersion", list.get(0));
    return group;
  }

  private static ObjectNode resource(
      String name, String kind, boolean namespaced, List<String> verbs) {
    ObjectNode resource =
        Json.object()
            .put("name", name)
            .put("singularName", "")
            .put("namespaced", namespaced)
            .put("kind", kind);
    verbs.forEach(resource.putArray("verbs")::add);
    return resource;
  }
}
