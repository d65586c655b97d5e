package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The objects of a cluster behind an API server. Kinds that are followed are read from a cache that
 * a watch updates; the others are read from the API server.
 */
final class RemoteObjects implements ClusterObjects, AutoCloseable {
  private static final Duration SYNC_TIMEOUT = Duration.ofSeconds(60);

  private final KubernetesClient client;
  private final RemoteApi api;
  private final Map<ResourceKind, Followed> followed = new ConcurrentHashMap<>();
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();

  RemoteObjects(KubernetesClient client) {
    this.client = client;
    this.api = new RemoteApi(client);
  }

  RemoteApi api() {
    return api;
  }

  /**
   * Follows a kind, whose objects are known when this returns.
   *
   * @throws IllegalStateException if the API server does not list them in time
   */
  void follow(ResourceKind kind) {
    Followed cache = new Followed(kind);
    followed.put(kind, cache);
    cache.start();
  }

  @Override
  public Optional<ObjectNode> find(ResourceKind kind, String namespace, String name) {
    Followed cache = followed.get(kind);
    return cache == null ? api.find(kind, namespace, name) : cache.find(namespace, name);
  }

  @Override
  public List<ObjectNode> list(ResourceKind kind, String namespace) {
    Followed cache = followed.get(kind);
    Stream<ObjectNode> all = cache == null ? api.list(kind, "").stream() : cache.list();
    return all.filter(each -> namespace.isEmpty() || Json.namespace(each).equals(namespace))
        .toList();
  }

  @Override
  public ObjectNode create(ResourceKind kind, ObjectNode wanted) {
    return api.create(kind, wanted);
  }

  @Override
  public void updateIfPresent(
      ResourceKind kind, String namespace, String name, UnaryOperator<ObjectNode> change) {
    var unused = api.update(kind, find(kind, namespace, name), namespace, name, change);
  }

  @Override
  public void bind(ObjectNode pod, String node) {
    api.bind(pod, node);
  }

  @Override
  public void end(ObjectNode pod) {
    api.end(pod);
  }

  @Override
  public void removeIfPresent(ResourceKind kind, String namespace, String name) {
    api.remove(kind, namespace, name);
  }

  @Override
  public void addListener(Consumer<Change> listener) {
    listeners.add(listener);
  }

  /** Ends the watches. */
  @Override
  public void close() {
    followed.values().forEach(Followed::close);
  }

  /** The cache of one kind. */
  private final class Followed implements ResourceEventHandler<GenericKubernetesResource> {
    private final ResourceKind kind;
    private final SharedIndexInformer<GenericKubernetesResource> informer;

    /** The objects of the informer as trees, by their keys there. */
    private final Map<String, ObjectNode> trees = new ConcurrentHashMap<>();

    Followed(ResourceKind kind) {
      this.kind = kind;
      var resources =
          client.genericKubernetesResources(
              new ResourceDefinitionContext.Builder()
                  .withGroup(kind.group())
                  .withVersion(kind.version())
                  .withPlural(kind.plural())
                  .withKind(kind.kind())
                  .withNamespaced(kind.namespaced())
                  .build());
      this.informer =
          (kind.namespaced() ? resources.inAnyNamespace() : resources).runnableInformer(0);
    }

    void start() {
      informer.addEventHandler(this).exceptionHandler((started, failure) -> started);
      try {
        informer.start().toCompletableFuture().get(SYNC_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted while listing " + kind.qualifiedName(), e);
      } catch (ExecutionException | TimeoutException e) {
        throw new IllegalStateException(
            "%s cannot be listed at %s: %s; check the kubeconfig and what its user is allowed to do"
                .formatted(kind.qualifiedName(), client.getMasterUrl(), e),
            e);
      }
    }

    Optional<ObjectNode> find(String namespace, String name) {
      String key = namespace.isEmpty() || !kind.namespaced() ? name : namespace + "/" + name;
      return Optional.ofNullable(informer.getStore().getByKey(key)).map(this::tree);
    }

    Stream<ObjectNode> list() {
      return informer.getStore().list().stream().map(this::tree);
    }

    private ObjectNode tree(GenericKubernetesResource object) {
      String version = object.getMetadata().getResourceVersion();
      return trees.compute(
          informer.getStore().getKey(object),
          (key, known) ->
              known != null && Json.text(known, "/metadata/resourceVersion").equals(version)
                  ? known
                  : newTree(object));
    }

    /** Without the managed fields, an update leaves those of the API server as they are. */
    private ObjectNode newTree(GenericKubernetesResource object) {
      ObjectNode tree =
          Json.tree(object).put("apiVersion", kind.apiVersion()).put("kind", kind.kind());
      tree.withObjectProperty("metadata").remove("managedFields");
      return tree;
    }

    @Override
    public void onAdd(GenericKubernetesResource object) {
      publish(Change.Type.ADDED, object, null);
    }

    @Override
    public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource object) {
      publish(Change.Type.MODIFIED, object, before);
    }

    @Override
    public void onDelete(GenericKubernetesResource object, boolean isStateUnknown) {
      publish(Change.Type.DELETED, object, null);
      trees.remove(informer.getStore().getKey(object));
    }

    private void publish(
        Change.Type type,
        GenericKubernetesResource object,
        @Nullable GenericKubernetesResource before) {
      Change change =
          new Change(type, kind, 0, tree(object), before == null ? null : newTree(before));
      listeners.forEach(listener -> listener.accept(change));
    }

    void close() {
      informer.close();
    }
  }
}
