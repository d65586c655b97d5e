package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;

/**
 * What an OpenShift cluster has beside Kubernetes, as far as the lab needs it. Objects that exist
 * are left as they are.
 */
final class OpenShift {
  private record Created(ResourceKind kind, String namespace, String name) {}

  private final ClusterObjects store;
  private final List<Created> created = new ArrayList<>();

  OpenShift(ClusterObjects store) {
    this.store = store;
  }

  /** Defines the kinds of OpenShift that are not served, as custom resources. */
  static void define(RemoteApi api, Flavour flavour, ObjectNode labels, Runnable pause) {
    List<ResourceKind> missing =
        ResourceKinds.of(flavour).stream().filter(kind -> !api.serves(kind)).toList();
    missing.forEach(kind -> api.create(ResourceKinds.CRD, definition(kind, labels)));
    for (ResourceKind kind : missing) {
      while (!api.serves(kind)) {
        pause.run();
      }
    }
  }

  private static ObjectNode definition(ResourceKind kind, ObjectNode labels) {
    ObjectNode definition = ResourceKinds.CRD.newObject("", kind.qualifiedName());
    definition.withObjectProperty("metadata").set("labels", labels.deepCopy());
    ObjectNode spec =
        definition
            .putObject("spec")
            .put("group", kind.group())
            .put("scope", kind.namespaced() ? "Namespaced" : "Cluster");
    spec.putObject("names")
        .put("plural", kind.plural())
        .put("singular", kind.kind().toLowerCase(Locale.ROOT))
        .put("kind", kind.kind())
        .put("listKind", kind.kind() + "List");
    ObjectNode version =
        spec.putArray("versions")
            .addObject()
            .put("name", kind.version())
            .put("served", true)
            .put("storage", true);
    version
        .withObject("/schema/openAPIV3Schema")
        .put("type", "object")
        .put("x-kubernetes-preserve-unknown-fields", true);
    if (kind.hasStatus()) {
      version.withObject("/subresources/status");
    }
    return definition;
  }

  /** Adds the objects, and starts the operator. */
  MachineConfigOperator start(EventLoop loop, Duration rollout) {
    addNamespace("openshift-machine-config-operator");
    addAll();
    return MachineConfigOperator.start(store, loop, rollout);
  }

  /** Adds the objects, and starts what brings the pull secrets to the nodes. */
  HostedControlPlane startHosted(EventLoop loop, Duration rollout) {
    addAll();
    return HostedControlPlane.start(store, loop, rollout);
  }

  private void addNamespace(String name) {
    add(ResourceKinds.NAMESPACE, ResourceKinds.NAMESPACE.newObject("", name));
  }

  private void addAll() {
    addNamespace(MachineConfigOperator.SECRET_NAMESPACE);
    add(ResourceKinds.SECRET, pullSecret());
    add(ResourceKinds.CLUSTER_VERSION, version());
    ObjectNode imageConfig = ResourceKinds.IMAGE_CONFIG.newObject("", "cluster");
    imageConfig.putObject("spec");
    add(ResourceKinds.IMAGE_CONFIG, imageConfig);
  }

  /** Removes the objects that were added; a namespace may remain for a while. */
  void remove() {
    for (int i = created.size() - 1; i >= 0; i--) {
      Created each = created.get(i);
      store.removeIfPresent(each.kind(), each.namespace(), each.name());
    }
  }

  /** Whether everything that was added is gone. */
  boolean isRemoved(RemoteApi api) {
    return created.stream()
        .allMatch(each -> api.find(each.kind(), each.namespace(), each.name()).isEmpty());
  }

  private void add(ResourceKind kind, ObjectNode object) {
    if (store.find(kind, Json.namespace(object), Json.name(object)).isEmpty()) {
      store.create(kind, object);
      created.add(new Created(kind, Json.namespace(object), Json.name(object)));
    }
  }

  private static ObjectNode pullSecret() {
    String unrelated =
        "{\"auths\":{\"cloud.openshift.com\":{\"auth\":\"%s\"}}}"
            .formatted(base64("telemetry:not-a-real-password"));
    ObjectNode secret =
        ResourceKinds.SECRET.newObject(
            MachineConfigOperator.SECRET_NAMESPACE, MachineConfigOperator.SECRET_NAME);
    secret.put("type", "kubernetes.io/dockerconfigjson");
    secret.putObject("data").put(DockerConfigs.KEY, base64(unrelated));
    return secret;
  }

  private static ObjectNode version() {
    ObjectNode version = ResourceKinds.CLUSTER_VERSION.newObject("", "version");
    version
        .putObject("spec")
        .put("channel", "stable-4.17")
        .put("clusterID", UUID.randomUUID().toString());
    ObjectNode status = version.putObject("status");
    status.putObject("desired").put("version", "4.17.0");
    status.putArray("history").addObject().put("state", "Completed").put("version", "4.17.0");
    Conditions.set(status, "Available", "True", "", "Done applying 4.17.0");
    Conditions.set(status, "Progressing", "False", "", "Cluster version is 4.17.0");
    return version;
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
