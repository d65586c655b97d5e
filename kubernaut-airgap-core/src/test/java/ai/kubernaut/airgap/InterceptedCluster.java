package ai.kubernaut.airgap;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** A cluster whose requests are counted, and preceded and followed by what a test wants. */
final class InterceptedCluster implements ClusterClient {
  /**
   * A request.
   *
   * @param number how many requests were made before it
   * @param object kind, namespace and name, as far as it has them
   */
  record Call(int number, String verb, String namespace, String object) {
    boolean isWrite() {
      return creates() || verb.equals("replace") || verb.equals("delete");
    }

    boolean creates() {
      return verb.equals("create");
    }

    /** Whether it asks for the same as another one. */
    boolean isSameAs(Call other) {
      return verb.equals(other.verb) && object.equals(other.object);
    }

    ClusterException failure(ClusterException.Reason reason, String detail) {
      return new ClusterException(
          reason, "test cluster: " + verb + " " + object + ": " + reason + ", " + detail, null);
    }
  }

  /** What happens around requests; it may throw what the API server would answer. */
  @FunctionalInterface
  interface Interceptor {
    void before(Call call);

    /** Happens when the cluster has done it, before the response. */
    default void after(Call call) {}
  }

  private final ClusterClient cluster;
  private final Interceptor interceptor;
  private final AtomicInteger calls = new AtomicInteger();

  InterceptedCluster(ClusterClient cluster, Interceptor interceptor) {
    this.cluster = cluster;
    this.interceptor = interceptor;
  }

  /** How many requests there were. */
  int calls() {
    return calls.get();
  }

  private Call before(String verb, @Nullable String namespace, String object) {
    Call call = new Call(calls.getAndIncrement(), verb, namespace == null ? "" : namespace, object);
    interceptor.before(call);
    return call;
  }

  private Call before(String verb, ResourceType type, @Nullable String namespace, String name) {
    return before(verb, namespace, type.kind() + " " + namespace + "/" + name);
  }

  private Call before(String verb, KubernetesObject object) {
    return before(verb, object.namespace().orElse(null), object.toString());
  }

  @Override
  public String address() {
    return cluster.address();
  }

  @Override
  public boolean serves(ResourceType type) {
    before("discover", type, null, "");
    return cluster.serves(type);
  }

  @Override
  public ClusterVersions versions() {
    before("discover", null, "versions");
    return cluster.versions();
  }

  @Override
  public Optional<KubernetesObject> get(
      ResourceType type, @Nullable String namespace, String name) {
    before("get", type, namespace, name);
    return cluster.get(type, namespace, name);
  }

  @Override
  public List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels) {
    before("list", type, namespace, labels.toString());
    return cluster.list(type, namespace, labels);
  }

  @Override
  public KubernetesObject create(ResourceType type, KubernetesObject object) {
    Call call = before("create", object);
    KubernetesObject created = cluster.create(type, object);
    interceptor.after(call);
    return created;
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    Call call = before("replace", object);
    KubernetesObject replaced = cluster.replace(type, object);
    interceptor.after(call);
    return replaced;
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    Call call = before("delete", object);
    cluster.delete(type, object);
    interceptor.after(call);
  }

  @Override
  public String log(String namespace, String pod, String container, int lines) {
    before("log", ResourceType.POD, namespace, pod);
    return cluster.log(namespace, pod, container, lines);
  }

  @Override
  public ServiceResponse getFromService(
      String namespace, String service, String port, String path) {
    before("proxy", ResourceType.SERVICE, namespace, service);
    return cluster.getFromService(namespace, service, port, path);
  }

  @Override
  public void close() {}
}
