package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** One kind of resource that the API serves. */
record ResourceKind(
    String group,
    String version,
    String plural,
    String kind,
    boolean namespaced,
    List<String> shortNames,
    boolean hasStatus) {

  String apiVersion() {
    return group.isEmpty() ? version : group + "/" + version;
  }

  /** The name that error messages use: the group is left out for the core group. */
  String qualifiedName() {
    return group.isEmpty() ? plural : plural + "." + group;
  }

  ObjectNode newObject(String namespace, String name) {
    ObjectNode object = Json.object(apiVersion(), kind);
    ObjectNode metadata = object.putObject("metadata").put("name", name);
    if (namespaced) {
      metadata.put("namespace", namespace);
    }
    return object;
  }

  ObjectNode list(String resourceVersion) {
    ObjectNode list = Json.object(apiVersion(), kind + "List");
    list.putObject("metadata").put("resourceVersion", resourceVersion);
    return list;
  }
}
