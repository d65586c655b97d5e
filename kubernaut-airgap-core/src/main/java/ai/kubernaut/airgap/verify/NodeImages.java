package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The images that nodes report to have, with all names of each. A node reports only some of its
 * images, by default 50, and the user may not be allowed to read nodes.
 */
final class NodeImages {
  private final ClusterClient cluster;
  private final Map<String, List<Fields>> images = new HashMap<>();
  private final Map<String, String> unreadable = new HashMap<>();

  NodeImages(ClusterClient cluster) {
    this.cluster = cluster;
  }

  /** Returns the digest that a node reports for a reference. */
  Optional<Digest> digest(String node, ImageRef image) {
    if (node.isEmpty()) {
      return Optional.empty();
    }
    for (Fields stored : images.computeIfAbsent(node, this::read)) {
      List<ImageRef> names = names(stored);
      if (names.stream().anyMatch(image::refersToSameImageAs)) {
        return names.stream()
            .filter(name -> name.repository().equals(image.repository()))
            .map(ImageRef::digest)
            .flatMap(Optional::stream)
            .findFirst();
      }
    }
    return Optional.empty();
  }

  /** Returns why the node could not be asked, or that it does not report the image. */
  String reason(String node) {
    return node.isEmpty()
        ? "its pod has no node"
        : unreadable.getOrDefault(node, "the node " + node + " does not report it either");
  }

  private List<Fields> read(String node) {
    try {
      Optional<KubernetesObject> found = cluster.get(ResourceType.NODE, null, node);
      return found.map(object -> object.fields().list("status", "images")).orElse(List.of());
    } catch (ClusterException e) {
      if (e.reason() != ClusterException.Reason.FORBIDDEN) {
        throw e;
      }
      unreadable.put(node, "the user may not read the node " + node);
      return List.of();
    }
  }

  private static List<ImageRef> names(Fields stored) {
    if (!(stored.value("names").orElse(null) instanceof List<?> names)) {
      return List.of();
    }
    return names.stream()
        .filter(Objects::nonNull)
        .map(name -> parse(name.toString()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<ImageRef> parse(String name) {
    try {
      return Optional.of(ImageRef.parse(name));
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
  }
}
