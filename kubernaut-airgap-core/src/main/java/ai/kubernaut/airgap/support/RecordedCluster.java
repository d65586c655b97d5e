package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A cluster at one moment: each question is sent to the cluster once, and has the same answer from
 * then on. Without a cluster, questions that were not asked before are refused as forbidden, so
 * that a diagnosis takes their answers as unknown. Read-only. Thread-safe.
 */
final class RecordedCluster implements ClusterClient {
  record Name(ResourceType type, @Nullable String namespace, String name) {}

  record Listing(ResourceType type, @Nullable String namespace, Map<String, String> labels) {}

  record LogName(String namespace, String pod, String container) {}

  record ServicePath(String namespace, String service, String port, String path) {}

  private final @Nullable ClusterClient live;
  private final String address;
  private final int logLines;
  final Map<ResourceType, Answer<Boolean>> served = new LinkedHashMap<>();
  final Map<Name, Answer<Optional<KubernetesObject>>> objects = new LinkedHashMap<>();
  final Map<Listing, Answer<List<KubernetesObject>>> lists = new LinkedHashMap<>();
  final Map<LogName, Answer<String>> logs = new LinkedHashMap<>();
  final Map<ServicePath, Answer<ServiceResponse>> services = new LinkedHashMap<>();
  private @Nullable Answer<ClusterVersions> versions;

  private RecordedCluster(@Nullable ClusterClient live, String address, int logLines) {
    this.live = live;
    this.address = address;
    this.logLines = logLines;
  }

  /** Records a cluster, which stays open. Logs are read with this number of lines. */
  static RecordedCluster of(ClusterClient live, int logLines) {
    return new RecordedCluster(live, live.address(), logLines);
  }

  /** A cluster that has no answers yet. */
  static RecordedCluster at(String address) {
    return new RecordedCluster(null, address, Integer.MAX_VALUE);
  }

  private <T> Answer<T> ask(String question, Supplier<T> asked) {
    return live == null
        ? Answer.failed(
            new ClusterException(
                ClusterException.Reason.FORBIDDEN,
                question + " failed: the support bundle does not have the answer",
                null))
        : Answer.ask(asked);
  }

  private ClusterClient live() {
    if (live == null) {
      throw new IllegalStateException("there is no cluster");
    }
    return live;
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public synchronized boolean serves(ResourceType type) {
    Answer<Boolean> known = served.get(type);
    if (known == null) {
      known = ask("discovering " + type.plural(), () -> live().serves(type));
      served.put(type, known);
    }
    return known.get();
  }

  @Override
  public synchronized ClusterVersions versions() {
    if (versions == null) {
      versions = ask("reading the versions", () -> live().versions());
    }
    return versions.get();
  }

  synchronized @Nullable Answer<ClusterVersions> knownVersions() {
    return versions;
  }

  synchronized void versions(Answer<ClusterVersions> known) {
    versions = known;
  }

  @Override
  public synchronized Optional<KubernetesObject> get(
      ResourceType type, @Nullable String namespace, String name) {
    Answer<List<KubernetesObject>> all = lists.get(new Listing(type, namespace, Map.of()));
    if (all != null && all.failure() == null) {
      return all.get().stream().filter(object -> object.name().equals(name)).findFirst();
    }
    Name key = new Name(type, namespace, name);
    Answer<Optional<KubernetesObject>> known = objects.get(key);
    if (known == null) {
      known =
          ask(
              "reading " + KubernetesObject.named(type, namespace, name),
              () -> live().get(type, namespace, name));
      objects.put(key, known);
    }
    return known.get();
  }

  @Override
  public synchronized List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels) {
    Answer<List<KubernetesObject>> all = lists.get(new Listing(type, namespace, Map.of()));
    if (all != null && all.failure() == null) {
      return all.get().stream()
          .filter(object -> object.labels().entrySet().containsAll(labels.entrySet()))
          .toList();
    }
    Listing key = new Listing(type, namespace, Map.copyOf(labels));
    Answer<List<KubernetesObject>> known = lists.get(key);
    if (known == null) {
      known = ask("listing " + type.plural(), () -> live().list(type, namespace, labels));
      lists.put(key, known);
    }
    return known.get();
  }

  @Override
  public synchronized String log(String namespace, String pod, String container, int lines) {
    LogName key = new LogName(namespace, pod, container);
    Answer<String> known = logs.get(key);
    if (known == null) {
      known =
          ask(
              "reading the log of " + namespace + "/" + pod,
              () -> live().log(namespace, pod, container, Math.max(lines, logLines)));
      logs.put(key, known);
    }
    List<String> all = known.get().lines().toList();
    StringBuilder end = new StringBuilder();
    all.subList(Math.max(0, all.size() - lines), all.size())
        .forEach(line -> end.append(line).append('\n'));
    return end.toString();
  }

  @Override
  public synchronized ServiceResponse getFromService(
      String namespace, String service, String port, String path) {
    ServicePath key = new ServicePath(namespace, service, port, path);
    Answer<ServiceResponse> known = services.get(key);
    if (known == null) {
      known =
          ask(
              "asking the service " + namespace + "/" + service,
              () -> live().getFromService(namespace, service, port, path));
      services.put(key, known);
    }
    return known.get();
  }

  @Override
  public KubernetesObject create(ResourceType type, KubernetesObject object) {
    throw readOnly("creating " + object);
  }

  @Override
  public KubernetesObject replace(ResourceType type, KubernetesObject object) {
    throw readOnly("replacing " + object);
  }

  @Override
  public void delete(ResourceType type, KubernetesObject object) {
    throw readOnly("removing " + object);
  }

  private static ClusterException readOnly(String operation) {
    return new ClusterException(
        ClusterException.Reason.FORBIDDEN,
        operation + " failed: a recorded cluster cannot be changed",
        null);
  }

  @Override
  public void close() {
    // The cluster belongs to the caller.
  }
}
