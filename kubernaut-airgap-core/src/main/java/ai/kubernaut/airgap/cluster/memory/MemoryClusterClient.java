package ai.kubernaut.airgap.cluster.memory;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.HttpPath;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * A cluster that is a map of objects, with the refusals of a real one: namespaces have to be there,
 * names are taken once, and an object that was changed meanwhile is not replaced. Nothing runs in
 * it; a test puts the pods there that it wants to be seen. Thread-safe.
 */
public final class MemoryClusterClient implements ClusterClient {
  private static final String VERSION = "v1.33.0";

  private record Key(ResourceType type, String namespace, String name) {}

  private record LogKey(String namespace, String pod, String container) {}

  private final Set<ResourceType> types = new HashSet<>();
  private final Map<Key, KubernetesObject> objects = new HashMap<>();
  private final Map<LogKey, String> logs = new HashMap<>();
  private final Map<String, ServiceResponse> services = new HashMap<>();
  private final List<UnaryOperator<KubernetesObject>> reactions = new ArrayList<>();
  private long resourceVersion;

  private MemoryClusterClient(Set<ResourceType> types) {
    this.types.addAll(types);
    put(ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, "default"));
    put(
        ResourceType.NAMESPACE,
        KubernetesObject.named(ResourceType.NAMESPACE, null, "kube-system"));
  }

  private static Set<ResourceType> kubernetesTypes() {
    return Set.of(
        ResourceType.NAMESPACE,
        ResourceType.SECRET,
        ResourceType.CONFIG_MAP,
        ResourceType.POD,
        ResourceType.SERVICE,
        ResourceType.SERVICE_ACCOUNT,
        ResourceType.EVENT,
        ResourceType.JOB,
        ResourceType.REPLICA_SET,
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        ResourceType.RESOURCE_QUOTA,
        ResourceType.NODE,
        ResourceType.STORAGE_CLASS,
        ResourceType.DEPLOYMENT,
        ResourceType.STATEFUL_SET,
        ResourceType.DAEMON_SET,
        ResourceType.MUTATING_WEBHOOKS,
        ResourceType.VALIDATING_WEBHOOKS,
        ResourceType.ADMISSION_POLICY,
        ResourceType.ADMISSION_POLICY_BINDING);
  }

  /** {@return a cluster with the namespaces {@code default} and {@code kube-system}} */
  public static MemoryClusterClient kubernetes() {
    return new MemoryClusterClient(kubernetesTypes());
  }

  /**
   * Creates a cluster that also has the namespace {@code openshift-config}, and serves the types
   * that identify OpenShift.
   *
   * @return the cluster, without a pull secret and without pools
   */
  public static MemoryClusterClient openShift() {
    Set<ResourceType> types = new HashSet<>(kubernetesTypes());
    types.add(ResourceType.MACHINE_CONFIG_POOL);
    types.add(ResourceType.MACHINE_CONFIG);
    types.add(ResourceType.CLUSTER_VERSION);
    types.add(ResourceType.IMAGE_CONFIG);
    types.add(ResourceType.IMAGE_DIGEST_MIRROR_SET);
    types.add(ResourceType.IMAGE_TAG_MIRROR_SET);
    types.add(ResourceType.IMAGE_CONTENT_SOURCE_POLICY);
    MemoryClusterClient cluster = new MemoryClusterClient(types);
    cluster.put(
        ResourceType.NAMESPACE,
        KubernetesObject.named(ResourceType.NAMESPACE, null, "openshift-config"));
    return cluster;
  }

  /**
   * Puts an object there, whatever was there before. The cluster serves its type from then on.
   *
   * @param type its type
   * @param object the object
   * @return this cluster
   */
  public synchronized MemoryClusterClient put(ResourceType type, KubernetesObject object) {
    types.add(type);
    objects.put(key(type, object.namespace().orElse(null), object.name()), stamp(object));
    return this;
  }

  /**
   * Lets the cluster no longer serve a type, as an older version of it.
   *
   * @param type the type
   * @return this cluster
   */
  public synchronized MemoryClusterClient withoutType(ResourceType type) {
    types.remove(type);
    return this;
  }

  /**
   * Lets something happen in the cluster whenever an object is created or replaced, before the
   * answer goes out.
   *
   * @param reaction given the object, gives back what is stored; it may change other objects with
   *     {@link #put}
   * @return this cluster
   */
  public synchronized MemoryClusterClient onWrite(UnaryOperator<KubernetesObject> reaction) {
    reactions.add(reaction);
    return this;
  }

  /**
   * Gives a container a log.
   *
   * @param namespace the pod's namespace
   * @param pod the pod
   * @param container the container
   * @param text the whole log
   * @return this cluster
   */
  public synchronized MemoryClusterClient putLog(
      String namespace, String pod, String container, String text) {
    logs.put(new LogKey(namespace, pod, container), text);
    return this;
  }

  /**
   * Lets a service answer.
   *
   * @param namespace the service's namespace
   * @param service its name
   * @param path the path, percent-encoded
   * @param answer what it answers there
   * @return this cluster
   */
  public synchronized MemoryClusterClient putAnswer(
      String namespace, String service, String path, ServiceResponse answer) {
    services.put(namespace + "/" + service + path, answer);
    return this;
  }

  @Override
  public String address() {
    return "memory";
  }

  @Override
  public synchronized boolean serves(ResourceType type) {
    return types.contains(type);
  }

  @Override
  public synchronized ClusterVersions versions() {
    return ClusterVersions.of(
        VERSION, types.stream().map(ResourceType::apiVersion).distinct().sorted().toList());
  }

  @Override
  public synchronized Optional<KubernetesObject> get(
      ResourceType type, @Nullable String namespace, String name) {
    return Optional.ofNullable(objects.get(key(type, namespace, name)));
  }

  @Override
  public synchronized List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels) {
    List<KubernetesObject> found = new ArrayList<>();
    objects.forEach(
        (key, object) -> {
          if (key.type.equals(type)
              && (namespace == null || key.namespace.equals(namespace))
              && object.labels().entrySet().containsAll(labels.entrySet())) {
            found.add(object);
          }
        });
    found.sort(Comparator.comparing(KubernetesObject::name));
    return List.copyOf(found);
  }

  @Override
  public synchronized KubernetesObject create(ResourceType type, KubernetesObject object) {
    Key key = requireWritable(type, object);
    if (objects.containsKey(key)) {
      throw new ClusterException(
          ClusterException.Reason.ALREADY_EXISTS,
          "creating " + object + " failed: it already exists",
          null);
    }
    return store(key, object);
  }

  @Override
  public synchronized KubernetesObject replace(ResourceType type, KubernetesObject object) {
    Key key = requireWritable(type, object);
    requireUnchanged("replacing", key, object);
    return store(key, object);
  }

  @Override
  public synchronized void delete(ResourceType type, KubernetesObject object) {
    Key key = requireWritable(type, object);
    requireUnchanged("removing", key, object);
    objects.remove(key);
  }

  private void requireUnchanged(String operation, Key key, KubernetesObject object) {
    KubernetesObject before = objects.get(key);
    if (before == null) {
      throw new ClusterException(
          ClusterException.Reason.NOT_FOUND,
          operation + " " + object + " failed: it does not exist",
          null);
    }
    Optional<String> version = object.fields().text("metadata", "resourceVersion");
    if (version.isPresent()
        && !version.equals(before.fields().text("metadata", "resourceVersion"))) {
      throw new ClusterException(
          ClusterException.Reason.CONFLICT,
          operation + " " + object + " failed: it was changed meanwhile",
          null);
    }
  }

  private Key requireWritable(ResourceType type, KubernetesObject object) {
    String namespace = object.namespace().orElse(null);
    if (type.isNamespaced()
        && (namespace == null
            || !objects.containsKey(key(ResourceType.NAMESPACE, null, namespace)))) {
      throw new ClusterException(
          ClusterException.Reason.NOT_FOUND,
          "writing " + object + " failed: there is no namespace '" + namespace + "'",
          null);
    }
    return key(type, namespace, object.name());
  }

  private KubernetesObject store(Key key, KubernetesObject object) {
    KubernetesObject stored = withData(object);
    for (UnaryOperator<KubernetesObject> reaction : List.copyOf(reactions)) {
      stored = reaction.apply(stored);
    }
    stored = stamp(stored);
    objects.put(key, stored);
    return stored;
  }

  /**
   * As the API server does, text in a Secret's {@code stringData} becomes Base64 in {@code data}.
   */
  private static KubernetesObject withData(KubernetesObject object) {
    Map<String, String> texts = object.fields().strings("stringData");
    if (!object.kind().equals("Secret") || texts.isEmpty()) {
      return object;
    }
    Map<String, Object> content = new HashMap<>(object.fields().content());
    content.remove("stringData");
    Map<String, String> data = new HashMap<>(object.fields().strings("data"));
    texts.forEach(
        (key, text) ->
            data.put(
                key, Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    content.put("data", data);
    return KubernetesObject.of(Fields.of(content));
  }

  private KubernetesObject stamp(KubernetesObject object) {
    return object.with(Long.toString(++resourceVersion), "metadata", "resourceVersion");
  }

  @Override
  public synchronized String log(String namespace, String pod, String container, int lines) {
    String log = logs.get(new LogKey(namespace, pod, container));
    if (log == null) {
      boolean there = objects.containsKey(key(ResourceType.POD, namespace, pod));
      throw new ClusterException(
          there ? ClusterException.Reason.INVALID : ClusterException.Reason.NOT_FOUND,
          "reading the log of "
              + namespace
              + "/"
              + pod
              + " failed: "
              + (there
                  ? "the container '" + container + "' has not begun"
                  : "there is no such pod"),
          null);
    }
    List<String> all = log.lines().toList();
    StringBuilder end = new StringBuilder();
    all.subList(Math.max(0, all.size() - lines), all.size())
        .forEach(line -> end.append(line).append('\n'));
    return end.toString();
  }

  @Override
  public synchronized ServiceResponse getFromService(
      String namespace, String service, String port, String path) {
    String encoded;
    try {
      encoded = HttpPath.parse(path).toString();
    } catch (IllegalArgumentException e) {
      throw new ClusterException(
          ClusterException.Reason.INVALID,
          "asking the service "
              + namespace
              + "/"
              + service
              + " failed: the path cannot be sent: "
              + e.getMessage(),
          e);
    }
    return services.getOrDefault(
        namespace + "/" + service + encoded,
        ServiceResponse.of(503, "no endpoints available for service \"" + service + "\""));
  }

  @Override
  public void close() {
    // There is nothing to free; what is in the cluster stays readable for tests.
  }

  private static Key key(ResourceType type, @Nullable String namespace, String name) {
    return new Key(type, type.isNamespaced() && namespace != null ? namespace : "", name);
  }
}
