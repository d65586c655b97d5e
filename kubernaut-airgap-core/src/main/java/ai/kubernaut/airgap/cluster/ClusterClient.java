package ai.kubernaut.airgap.cluster;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The port to one cluster. What every method has in common:
 *
 * <ul>
 *   <li>Thread-safe; methods block until the answer is there.
 *   <li>Failures are {@link ClusterException} and its reason is the part that callers may rely on.
 *       Messages name the object as {@code Kind namespace/name}, and never hold the content of
 *       Secrets.
 *   <li>Methods only do what they are called: none creates a namespace, waits, or tries again.
 *   <li>Objects have their kind, their {@code apiVersion} and their {@code
 *       metadata.resourceVersion}, those in lists included. Fields that this library does not know
 *       survive reading and writing.
 * </ul>
 *
 * The contract test {@code ClusterClientContract} (in the test-jar of this module) runs against
 * every adapter, and against a host's own; its enum {@code Ability} lists what the cluster of a
 * test may lack.
 */
public interface ClusterClient extends AutoCloseable {
  /**
   * {@return the address of the API server for messages and reports, as a URL without credentials
   * and without a slash at its end}
   */
  String address();

  /**
   * Whether the cluster serves a type of resource: how an OpenShift cluster is told from another
   * one. This is the first question of every step, so it also tells whether the cluster can be
   * reached at all.
   *
   * @param type the type
   * @return false when the API group, its version, or the type in it is not there
   * @throws ClusterException with UNREACHABLE or UNAUTHORIZED when the cluster cannot be asked
   */
  boolean serves(ResourceType type);

  /**
   * Returns the versions of the cluster.
   *
   * @return the version of Kubernetes, for example {@code v1.33.1}, and the API versions that the
   *     cluster serves, each once, with {@code v1}
   * @throws ClusterException when the request fails
   */
  ClusterVersions versions();

  /**
   * Reads one object.
   *
   * @param type its type
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @return empty when it, its namespace or its type is not there
   * @throws ClusterException when the question cannot be answered
   */
  Optional<KubernetesObject> get(ResourceType type, @Nullable String namespace, String name);

  /**
   * Reads the objects that have some labels.
   *
   * @param type their type
   * @param namespace their namespace; null for all namespaces, or for a type of the whole cluster
   * @param labels the labels that they have to have; all objects when empty
   * @return in the order of their names, also over all namespaces; empty when the namespace or the
   *     type is not there
   * @throws ClusterException when the question cannot be answered
   */
  List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, Map<String, String> labels);

  /**
   * Reads the objects that a label selector selects. By default, all objects are read and compared
   * here; an adapter should let the API server select them.
   *
   * @param type their type
   * @param namespace their namespace; null for all namespaces, or for a type of the whole cluster
   * @param selector selects them
   * @return in the order of their names; empty when the namespace or the type is not there
   * @throws ClusterException when the question cannot be answered
   */
  default List<KubernetesObject> list(
      ResourceType type, @Nullable String namespace, LabelSelector selector) {
    return list(type, namespace, Map.of()).stream()
        .filter(object -> selector.matches(object.labels()))
        .toList();
  }

  /**
   * Creates an object.
   *
   * @param type its type
   * @param object the object, with its namespace when the type has them
   * @return what the cluster made of it
   * @throws ClusterException with ALREADY_EXISTS when there is one of this name, NOT_FOUND when the
   *     namespace is not there
   */
  KubernetesObject create(ResourceType type, KubernetesObject object);

  /**
   * Replaces an object that was read before, with all its fields: those that the new one does not
   * have are removed. Its {@code metadata.resourceVersion} says what it was then. Of several who
   * replace what they have read at the same time, one succeeds.
   *
   * @param type its type
   * @param object the whole object
   * @return what the cluster made of it
   * @throws ClusterException with CONFLICT when it was changed meanwhile, NOT_FOUND when it is
   *     gone; nothing is changed then
   */
  KubernetesObject replace(ResourceType type, KubernetesObject object);

  /**
   * Removes an object that was read before. Its {@code metadata.resourceVersion} and {@code
   * metadata.uid}, where it has them, say what it was then. The cluster removes the objects that it
   * owns, such as the pods of a Job, afterwards.
   *
   * @param type its type
   * @param object the object as it was read
   * @throws ClusterException with CONFLICT when it was changed meanwhile, NOT_FOUND when it is gone
   */
  void delete(ResourceType type, KubernetesObject object);

  /**
   * Reads the end of a container's log.
   *
   * @param namespace the pod's namespace
   * @param pod the pod's name
   * @param container the container's name
   * @param lines at most so many lines
   * @return the lines, each ended by a line feed
   * @throws ClusterException with NOT_FOUND when there is no such pod, INVALID when the container
   *     has not begun
   */
  String log(String namespace, String pod, String container, int lines);

  /**
   * Sends an HTTP GET to a service through the API server, as {@code kubectl port-forward} and
   * {@code curl} would (the guide, step 5).
   *
   * @param namespace the service's namespace
   * @param service its name
   * @param port the number or name of its port
   * @param path a path as {@link HttpPath} allows it, with or without the first slash; it is
   *     encoded
   * @return what the service answered, success or not; 503 when no pod is behind it, 504 when the
   *     pod does not answer in time
   * @throws ClusterException with INVALID, and nothing is sent, when the path is none that {@link
   *     HttpPath} allows; when the API server cannot be asked or does not let the user ask
   */
  ServiceResponse getFromService(String namespace, String service, String port, String path);

  /** Frees connections. Calling it again does nothing. */
  @Override
  void close();
}
