package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ForwardingClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;

/** A cluster whose writes are preceded, or followed, by something of the test's choice. */
public final class DisturbedCluster extends ForwardingClusterClient {
  /** What happens around a write; it may throw what the API server would answer. */
  public interface Disturbance {
    /** Happens before the write of an object. */
    default void before(ResourceType type, KubernetesObject object) {}

    /** Happens after the write, before the response. */
    default void after(ResourceType type, KubernetesObject object) {}
  }

  private final Disturbance disturbance;

  public DisturbedCluster(ClusterClient cluster, Disturbance disturbance) {
    super(cluster);
    this.disturbance = disturbance;
  }

  /** What a client throws when the API server is gone. */
  public static ClusterException gone() {
    return new ClusterException(
        ClusterException.Reason.UNREACHABLE, "the API server cannot be asked", null);
  }

  @Override
  public KubernetesObject create(ResourceType type, KubernetesObject object) {
    disturbance.before(type, object);
    KubernetesObject created = super.create(type, object);
    disturbance.after(type, object);
    return created;
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    disturbance.before(type, object);
    KubernetesObject replaced = super.replace(type, object);
    disturbance.after(type, object);
    return replaced;
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    disturbance.before(type, object);
    super.delete(type, object);
    disturbance.after(type, object);
  }
}
