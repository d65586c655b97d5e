package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * What a kube-controller-manager does beside workloads, for a cluster whose nodes are elsewhere: it
 * gives each namespace its default ServiceAccount and the CA of the cluster, and binds claims to
 * the volumes that name them.
 */
final class ControllerManager {
  private final Store store;

  private ControllerManager(Store store) {
    this.store = store;
  }

  static void start(Store store, EventLoop loop) {
    ControllerManager manager = new ControllerManager(store);
    store.addListener(change -> loop.execute(() -> manager.on(change)));
  }

  private void on(Change change) {
    if (change.type() == Change.Type.DELETED) {
      return;
    }
    String name = Json.name(change.object());
    switch (change.kind().kind()) {
      case "Namespace" -> {
        add(
            ResourceKinds.SERVICE_ACCOUNT,
            ResourceKinds.SERVICE_ACCOUNT.newObject(name, "default"));
        ObjectNode authority = ResourceKinds.CONFIG_MAP.newObject(name, "kube-root-ca.crt");
        authority.putObject("data").put("ca.crt", "");
        add(ResourceKinds.CONFIG_MAP, authority);
      }
      case "PersistentVolume" -> bind(change.object());
      default -> {}
    }
  }

  private void add(ResourceKind kind, ObjectNode object) {
    boolean isMissing = store.find(kind, Json.namespace(object), Json.name(object)).isEmpty();
    if (isMissing && store.find(ResourceKinds.NAMESPACE, "", Json.namespace(object)).isPresent()) {
      store.create(kind, object);
    }
  }

  private void bind(JsonNode volume) {
    store.updateIfPresent(
        ResourceKinds.CLAIM,
        Json.text(volume, "/spec/claimRef/namespace"),
        Json.text(volume, "/spec/claimRef/name"),
        claim -> {
          claim.withObjectProperty("spec").put("volumeName", Json.name(volume));
          claim.withObjectProperty("status").put("phase", "Bound");
          return claim;
        });
    store.updateIfPresent(
        ResourceKinds.VOLUME,
        "",
        Json.name(volume),
        each -> {
          each.withObjectProperty("status").put("phase", "Bound");
          return each;
        });
  }
}
