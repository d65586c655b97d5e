package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * Provides a PersistentVolume for each claim that asks for no storage class and has no volume. The
 * controller manager of the cluster binds the two. Nothing is stored in the volume.
 */
final class VolumeBinder {
  private final ClusterObjects store;
  private final ObjectNode labels;

  private VolumeBinder(ClusterObjects store, ObjectNode labels) {
    this.store = store;
    this.labels = labels;
  }

  /** Starts it; the labels mark the volumes that it creates. */
  static VolumeBinder start(ClusterObjects store, EventLoop loop, ObjectNode labels) {
    VolumeBinder binder = new VolumeBinder(store, labels);
    store.addListener(
        change -> {
          if (change.kind().equals(ResourceKinds.CLAIM)) {
            loop.execute(() -> binder.on(change));
          }
        });
    loop.execute(binder::provideAll);
    return binder;
  }

  /** Provides the volumes that are missing, whether or not something has changed. */
  void provideAll() {
    store.list(ResourceKinds.CLAIM, "").forEach(claim -> EventLoop.run(() -> provide(claim)));
  }

  private void on(Change change) {
    if (change.type() == Change.Type.DELETED) {
      store.removeIfPresent(ResourceKinds.VOLUME, "", name(change.object()));
    } else {
      provide(change.object());
    }
  }

  private void provide(JsonNode claim) {
    boolean isWaiting =
        Json.text(claim, "/status/phase").equals("Pending")
            && Json.text(claim, "/spec/storageClassName").isEmpty()
            && Json.text(claim, "/spec/volumeName").isEmpty()
            && !LabAnnotations.isWithoutVolume(claim)
            && !Store.isTerminating(claim);
    if (!isWaiting || store.find(ResourceKinds.VOLUME, "", name(claim)).isPresent()) {
      return;
    }
    ObjectNode volume = ResourceKinds.VOLUME.newObject("", name(claim));
    volume.withObjectProperty("metadata").set("labels", labels.deepCopy());
    ObjectNode spec = volume.putObject("spec").put("persistentVolumeReclaimPolicy", "Retain");
    spec.putObject("capacity")
        .put("storage", claim.at("/spec/resources/requests/storage").asText("1Gi"));
    spec.set("accessModes", claim.at("/spec/accessModes").deepCopy());
    spec.putObject("hostPath").put("path", "/var/lib/kubernaut-airgap-lab/" + name(claim));
    spec.putObject("claimRef")
        .put("apiVersion", "v1")
        .put("kind", "PersistentVolumeClaim")
        .put("namespace", Json.namespace(claim))
        .put("name", Json.name(claim))
        .put("uid", Json.uid(claim));
    store.create(ResourceKinds.VOLUME, volume);
  }

  private static String name(JsonNode claim) {
    return "lab-" + Json.uid(claim);
  }
}
