package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * One change of one object.
 *
 * @param object the object after the change; for a deletion the object as it was last
 * @param previous the object before the change; null for a creation
 */
record Change(
    Type type,
    ResourceKind kind,
    long resourceVersion,
    ObjectNode object,
    @Nullable ObjectNode previous) {

  /** The names that a watch uses. */
  enum Type {
    ADDED,
    MODIFIED,
    DELETED
  }

  boolean isIn(ResourceKind wanted, String namespace) {
    return kind.plural().equals(wanted.plural())
        && kind.group().equals(wanted.group())
        && (namespace.isEmpty() || Json.namespace(object).equals(namespace));
  }
}
