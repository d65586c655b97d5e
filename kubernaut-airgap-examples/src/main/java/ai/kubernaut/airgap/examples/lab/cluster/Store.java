package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/**
 * Every object of the cluster, of whatever kind. A stored object is never changed afterwards: an
 * update stores a new one. So a reader may keep what it got, but must not change it.
 */
final class Store implements ClusterObjects {
  /**
   * How many changes a watch can go back; older ones are answered with 410 Expired. Each change
   * keeps the whole object, so this bounds the heap of a lab that many releases are installed into.
   */
  private static final int HISTORY = 2_000;

  private static final String DELETION = "deletionTimestamp";

  private record Id(String group, String plural) {}

  private record Name(String namespace, String name) {}

  private final Map<Id, Map<Name, ObjectNode>> objects = new HashMap<>();
  private final Deque<Change> history = new ArrayDeque<>();
  private final List<Consumer<Change>> listeners = new CopyOnWriteArrayList<>();
  private final boolean hasNodes;
  private long resourceVersion;

  /** Creates an empty store of a cluster that has its own nodes, or whose nodes are elsewhere. */
  Store(boolean hasNodes) {
    this.hasNodes = hasNodes;
  }

  boolean hasNodes() {
    return hasNodes;
  }

  @Override
  public void addListener(Consumer<Change> listener) {
    listeners.add(listener);
  }

  void removeListener(Consumer<Change> listener) {
    listeners.remove(listener);
  }

  synchronized long resourceVersion() {
    return resourceVersion;
  }

  @Override
  public synchronized Optional<ObjectNode> find(ResourceKind kind, String namespace, String name) {
    return Optional.ofNullable(table(kind).get(new Name(namespace, name)));
  }

  ObjectNode get(ResourceKind kind, String namespace, String name) {
    return find(kind, namespace, name).orElseThrow(() -> ApiException.notFound(kind, name));
  }

  @Override
  public synchronized List<ObjectNode> list(ResourceKind kind, String namespace) {
    return table(kind).entrySet().stream()
        .filter(entry -> namespace.isEmpty() || entry.getKey().namespace().equals(namespace))
        .map(Map.Entry::getValue)
        .toList();
  }

  @Override
  public synchronized ObjectNode create(ResourceKind kind, ObjectNode wanted) {
    ObjectNode object = complete(kind, wanted.deepCopy());
    ObjectNode metadata = object.withObjectProperty("metadata");
    Name name = name(object);
    if (table(kind).containsKey(name)) {
      throw ApiException.alreadyExists(kind, name.name());
    }
    if (kind.namespaced()) {
      ObjectNode namespace = get(ResourceKinds.NAMESPACE, "", name.namespace());
      if (isTerminating(namespace)) {
        throw ApiException.namespaceTerminating(kind, name.name(), name.namespace());
      }
    }
    metadata.put("uid", UUID.randomUUID().toString());
    metadata.put("creationTimestamp", now());
    metadata.put("generation", 1);
    return put(Change.Type.ADDED, kind, object);
  }

  /**
   * Stores what the function makes of a copy of the object. What makes no difference is no change:
   * the resource version stays and nobody hears of it.
   */
  synchronized ObjectNode update(
      ResourceKind kind, String namespace, String name, UnaryOperator<ObjectNode> change) {
    ObjectNode current = get(kind, namespace, name);
    ObjectNode updated = complete(kind, change.apply(current.deepCopy()));
    ObjectNode metadata = updated.withObjectProperty("metadata");
    String expected = metadata.path("resourceVersion").asText("");
    String actual = Json.text(current, "/metadata/resourceVersion");
    if (!expected.isEmpty() && !expected.equals(actual)) {
      throw ApiException.conflict(kind, name);
    }
    for (String field : List.of("uid", "creationTimestamp", "generation")) {
      metadata.set(field, current.at("/metadata/" + field));
    }
    if (isTerminating(current)) {
      metadata.set(DELETION, current.at("/metadata/" + DELETION));
    }
    metadata.put("resourceVersion", actual);
    metadata.put("name", name);
    if (kind.namespaced()) {
      metadata.put("namespace", namespace);
    }
    if (updated.equals(current)) {
      return current;
    }
    if (!updated.path("spec").equals(current.path("spec"))) {
      metadata.put("generation", current.at("/metadata/generation").asLong(1) + 1);
    }
    ObjectNode stored = put(Change.Type.MODIFIED, kind, updated);
    if (isTerminating(stored) && hasFinalizers(current) && !hasFinalizers(stored)) {
      return remove(kind, namespace, name, false);
    }
    return stored;
  }

  @Override
  public synchronized void updateIfPresent(
      ResourceKind kind, String namespace, String name, UnaryOperator<ObjectNode> change) {
    if (find(kind, namespace, name).isPresent()) {
      update(kind, namespace, name, change);
    }
  }

  @Override
  public void bind(ObjectNode pod, String node) {
    updateIfPresent(
        ResourceKinds.POD,
        Json.namespace(pod),
        Json.name(pod),
        each -> {
          each.withObjectProperty("spec").put("nodeName", node);
          Conditions.set(each.withObjectProperty("status"), "PodScheduled", "True", "", "");
          return each;
        });
  }

  @Override
  public synchronized void end(ObjectNode pod) {
    find(ResourceKinds.POD, Json.namespace(pod), Json.name(pod))
        .filter(current -> Json.uid(current).equals(Json.uid(pod)))
        .ifPresent(
            current -> remove(ResourceKinds.POD, Json.namespace(pod), Json.name(pod), false));
  }

  @Override
  public synchronized void removeIfPresent(ResourceKind kind, String namespace, String name) {
    if (find(kind, namespace, name).isPresent()) {
      remove(kind, namespace, name, false);
    }
  }

  /**
   * Deletes an object, its dependents unless they are to be orphaned, and its contents. An object
   * with finalizers stays until they are removed, and a pod that runs on a node elsewhere until the
   * kubelet of the node removes it.
   */
  synchronized ObjectNode delete(
      ResourceKind kind, String namespace, String name, boolean orphanDependents) {
    ObjectNode object = get(kind, namespace, name);
    boolean endsOnNode = !hasNodes && isPod(kind) && isOnNode(object);
    if (!endsOnNode && !hasFinalizers(object)) {
      return remove(kind, namespace, name, orphanDependents);
    }
    if (isTerminating(object)) {
      return object;
    }
    ObjectNode terminating = object.deepCopy();
    terminating.withObjectProperty("metadata").put(DELETION, now());
    if (!kind.equals(ResourceKinds.NAMESPACE)) {
      return put(Change.Type.MODIFIED, kind, terminating);
    }
    terminating.withObjectProperty("status").put("phase", "Terminating");
    ObjectNode stored = put(Change.Type.MODIFIED, kind, terminating);
    deleteAll(candidate -> Json.namespace(candidate).equals(name));
    return stored;
  }

  private static boolean hasFinalizers(JsonNode object) {
    return !object.at("/metadata/finalizers").isEmpty();
  }

  /** The kinds of objects that are deleted with others are made of the objects. */
  private static boolean isPod(ResourceKind kind) {
    return kind.group().isEmpty() && kind.plural().equals(ResourceKinds.POD.plural());
  }

  private static boolean isOnNode(JsonNode pod) {
    String phase = Json.text(pod, "/status/phase");
    return !Json.text(pod, "/spec/nodeName").isEmpty()
        && !phase.equals("Succeeded")
        && !phase.equals("Failed");
  }

  /** Whether an object was deleted and remains only until its kubelet has removed it. */
  static boolean isTerminating(JsonNode object) {
    return !Json.text(object, "/metadata/" + DELETION).isEmpty();
  }

  ObjectNode complete(ResourceKind kind, ObjectNode object) {
    return Defaults.complete(kind, object, hasNodes);
  }

  /** Removes an object at once, its dependents unless they are to be orphaned, and its contents. */
  synchronized ObjectNode remove(
      ResourceKind kind, String namespace, String name, boolean orphanDependents) {
    ObjectNode object = get(kind, namespace, name);
    table(kind).remove(new Name(namespace, name));
    ObjectNode last = object.deepCopy();
    last.withObjectProperty("metadata").put("resourceVersion", Long.toString(++resourceVersion));
    publish(new Change(Change.Type.DELETED, kind, resourceVersion, last, object));
    if (kind.equals(ResourceKinds.NAMESPACE)) {
      deleteAll(candidate -> Json.namespace(candidate).equals(name));
    }
    if (kind.equals(ResourceKinds.CRD)) {
      ResourceKinds.definedBy(object).forEach(this::deleteAll);
    }
    if (!orphanDependents) {
      String uid = Json.uid(object);
      deleteAll(
          candidate ->
              Json.elements(candidate, "/metadata/ownerReferences")
                  .anyMatch(owner -> Json.text(owner, "/uid").equals(uid)));
    }
    return object;
  }

  private void deleteAll(ResourceKind kind) {
    list(kind, "")
        .forEach(object -> delete(kind, Json.namespace(object), Json.name(object), false));
  }

  private void deleteAll(Predicate<JsonNode> condition) {
    record Doomed(Id id, ObjectNode object) {}
    List<Doomed> doomed = new ArrayList<>();
    objects.forEach(
        (id, table) ->
            table.values().stream()
                .filter(condition)
                .forEach(object -> doomed.add(new Doomed(id, object))));
    for (Doomed each : doomed) {
      ResourceKind kind = kindOf(each.id(), each.object());
      String namespace = Json.namespace(each.object());
      // A dependent of a dependent may be gone already.
      if (find(kind, namespace, Json.name(each.object())).isPresent()) {
        delete(kind, namespace, Json.name(each.object()), false);
      }
    }
  }

  private static ResourceKind kindOf(Id id, ObjectNode object) {
    String apiVersion = Json.text(object, "/apiVersion");
    return new ResourceKind(
        id.group(),
        apiVersion.substring(apiVersion.indexOf('/') + 1),
        id.plural(),
        Json.text(object, "/kind"),
        !Json.namespace(object).isEmpty(),
        List.of(),
        false);
  }

  /**
   * Follows the changes of a kind after a resource version; with version 0, every object there is
   * comes first, as if it had just been added.
   */
  synchronized Watch watch(ResourceKind kind, String namespace, long since) {
    List<Change> initial = new ArrayList<>();
    if (since == 0) {
      for (ObjectNode object : list(kind, namespace)) {
        initial.add(
            new Change(
                Change.Type.ADDED,
                kind,
                object.at("/metadata/resourceVersion").asLong(0),
                object,
                null));
      }
    } else {
      if (history.size() == HISTORY && history.getFirst().resourceVersion() > since + 1) {
        throw ApiException.expired(since);
      }
      history.stream()
          .filter(change -> change.resourceVersion() > since && change.isIn(kind, namespace))
          .forEach(initial::add);
    }
    return new Watch(this, kind, namespace, initial, resourceVersion);
  }

  private ObjectNode put(Change.Type type, ResourceKind kind, ObjectNode object) {
    object.withObjectProperty("metadata").put("resourceVersion", Long.toString(++resourceVersion));
    ObjectNode previous = table(kind).put(name(object), object);
    publish(new Change(type, kind, resourceVersion, object, previous));
    return object;
  }

  private void publish(Change change) {
    history.addLast(change);
    if (history.size() > HISTORY) {
      history.removeFirst();
    }
    listeners.forEach(listener -> listener.accept(change));
  }

  private Map<Name, ObjectNode> table(ResourceKind kind) {
    return objects.computeIfAbsent(
        new Id(kind.group(), kind.plural()),
        id -> new TreeMap<>(Comparator.comparing(Name::namespace).thenComparing(Name::name)));
  }

  private static Name name(JsonNode object) {
    return new Name(Json.namespace(object), Json.name(object));
  }

  static String now() {
    return Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
