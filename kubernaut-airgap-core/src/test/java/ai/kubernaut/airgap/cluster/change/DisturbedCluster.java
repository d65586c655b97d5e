package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A cluster whose writes are preceded, or followed, by something of the test's choice. */
public final class DisturbedCluster implements ClusterClient {
  /** What happens around a write; it may throw what the API server would answer. */
  public interface Disturbance {
    /** Happens before the write of an object. */
    default void before(ResourceType type, KubernetesObject object) {}

    /** Happens after the write, before the response. */
    default void after(ResourceType type, KubernetesObject object) {}
  }

  private final ClusterClient cluster;
  private final Disturbance disturbance;

  public DisturbedCluster(ClusterClient cluster, Disturbance disturbance) {
    this.cluster = cluster;
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
    KubernetesObject created = cluster.create(type, object);
    disturbance.after(type, object);
    return created;
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    disturbance.before(type, object);
    KubernetesObject replaced = cluster.replace(type, object);
    disturbance.after(type, object);
    return replaced;
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    disturbance.before(type, object);
    cluster.delete(type, object);
    disturbance.after(type, object);
  }

  @Override
  public String address() {
    return cluster.address();
  }

  @Override
  public boolean serves(ResourceType type) {
    return cluster.serves(type);
  }

  @Override
  public ClusterVersions versions() {
    return cluster.versions();
  }

  @Override
  public Optional<KubernetesObject> get(
      ResourceType type, @Nullable String namespace, String name) {
    return cluster.get(type, namespace, name);
  }

  @Override
  public List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels) {
    return cluster.list(type, namespace, labels);
  }

  @Override
  public String log(String namespace, String pod, String container, int lines) {
    return cluster.log(namespace, pod, container, lines);
  }

  @Override
  public ServiceResponse getFromService(
      String namespace, String service, String port, String path) {
    return cluster.getFromService(namespace, service, port, path);
  }

  @Override
  public void close() {
    cluster.close();
  }
}
