package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;

/**
 * The objects of a cluster, as its nodes and operators work with them. What is read may be older
 * than the last write, so that each step must give the same result when it is repeated. Objects
 * that were read must not be changed.
 */
interface ClusterObjects {
  Optional<ObjectNode> find(ResourceKind kind, String namespace, String name);

  /** The objects of a kind, in one namespace, or in all for an empty name. */
  List<ObjectNode> list(ResourceKind kind, String namespace);

  /**
   * Creates an object with its status.
   *
   * @throws ApiException with code 409 if it exists
   */
  ObjectNode create(ResourceKind kind, ObjectNode wanted);

  /**
   * Stores what the function makes of a copy of the object, status included; does nothing if there
   * is no such object. The function is called again if somebody else has changed the object.
   */
  void updateIfPresent(
      ResourceKind kind, String namespace, String name, UnaryOperator<ObjectNode> change);

  /** Assigns a pod to a node, as schedulers do. */
  void bind(ObjectNode pod, String node);

  /** Ends a pod that was deleted, as its kubelet does; not another pod of the same name. */
  void end(ObjectNode pod);

  /** Removes an object with its dependents at once. */
  void removeIfPresent(ResourceKind kind, String namespace, String name);

  /** Adds a listener, which is called in the order of the changes and must return at once. */
  void addListener(Consumer<Change> listener);
}
