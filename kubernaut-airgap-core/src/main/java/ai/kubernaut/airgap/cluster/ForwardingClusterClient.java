package ai.kubernaut.airgap.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Forwards every call to another client of a cluster, for clients that change some of them. As
 * thread-safe as that client.
 */
public abstract class ForwardingClusterClient implements ClusterClient {
  private final ClusterClient cluster;

  /**
   * Creates a client.
   *
   * @param cluster gets the calls; closed with this client
   */
  protected ForwardingClusterClient(ClusterClient cluster) {
    this.cluster = cluster;
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
  public List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, LabelSelector selector) {
    return cluster.list(type, namespace, selector);
  }

  @Override
  public KubernetesObject create(ResourceType type, KubernetesObject object) {
    return cluster.create(type, object);
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    return cluster.replace(type, object);
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    cluster.delete(type, object);
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
