package ai.kubernaut.airgap.examples.lab.cluster;

import java.util.List;
import java.util.Set;

/**
 * What a request wants to do, as the API server authorizes it.
 *
 * @param resource with the subresource, for example {@code pods/log}
 * @param namespace empty for the whole cluster
 * @param name empty for all objects
 */
record Access(String verb, String group, String resource, String namespace, String name) {
  private static final Set<String> PARTS_OF_NAMESPACES = Set.of("status", "finalize");

  /** Derives it from a request and the path below its group and version. */
  static Access of(ApiRequest request, String group, List<String> path) {
    boolean inNamespace =
        path.get(0).equals("namespaces")
            && path.size() > 2
            && !PARTS_OF_NAMESPACES.contains(path.get(2));
    List<String> rest = inNamespace ? path.subList(2, path.size()) : path;
    String name = rest.size() > 1 ? rest.get(1) : "";
    String resource = rest.size() > 2 ? rest.get(0) + "/" + rest.get(2) : rest.get(0);
    return new Access(
        verb(request, name.isEmpty()), group, resource, inNamespace ? path.get(1) : "", name);
  }

  private static String verb(ApiRequest request, boolean isCollection) {
    return switch (request.method()) {
      case "POST" -> "create";
      case "PUT" -> "update";
      case "PATCH" -> "patch";
      case "DELETE" -> isCollection ? "deletecollection" : "delete";
      default -> {
        String collection = request.flag("watch") ? "watch" : "list";
        yield isCollection ? collection : "get";
      }
    };
  }
}
