package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * How one object of a cluster shall become, given what it is. The same edit plans the object again
 * when it has changed since, so it must not depend on anything but the present object.
 *
 * @param type the type of the object
 * @param namespace its namespace; empty for a type of the whole cluster
 * @param name its name
 * @param edit given the present object, or empty when there is none, returns the wanted object;
 *     empty when there shall be none. An edit that would overwrite what belongs to others throws
 *     {@link ClusterChangeException}
 */
public record ObjectEdit(
    ResourceType type,
    Optional<String> namespace,
    String name,
    UnaryOperator<Optional<KubernetesObject>> edit) {
  /**
   * Returns an edit of any kind.
   *
   * @param type the type of the object
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @param edit as in the record
   * @return the edit
   */
  public static ObjectEdit of(
      ResourceType type,
      @Nullable String namespace,
      String name,
      UnaryOperator<Optional<KubernetesObject>> edit) {
    return new ObjectEdit(type, Optional.ofNullable(namespace), name, edit);
  }

  /**
   * Returns an edit that creates a namespace if it is missing. It throws {@link
   * ClusterChangeException} while the namespace is being deleted, because nothing can be created in
   * it then.
   *
   * @param name the name of the namespace
   * @param missing returns the namespace to create
   * @return the edit
   */
  public static ObjectEdit ensureNamespace(String name, Supplier<KubernetesObject> missing) {
    return of(
        ResourceType.NAMESPACE,
        null,
        name,
        present -> {
          if (present.isPresent()
              && present.get().fields().text("metadata", "deletionTimestamp").isPresent()) {
            throw new ClusterChangeException(
                List.of(
                    Problem.of(
                        ProblemCode.NAMESPACE_TERMINATING,
                        new Subject(Subject.Kind.OBJECT, present.get().toString()))));
          }
          return present.or(() -> Optional.of(missing.get()));
        });
  }

  /**
   * Returns an edit that creates the object where it is missing, and changes it where it is
   * present.
   *
   * @param type the type of the object
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @param edit given the present object, or one with nothing but its type and name, returns the
   *     wanted one
   * @return the edit
   */
  public static ObjectEdit update(
      ResourceType type,
      @Nullable String namespace,
      String name,
      UnaryOperator<KubernetesObject> edit) {
    return of(
        type,
        namespace,
        name,
        present ->
            Optional.of(
                edit.apply(
                    present.orElseGet(() -> KubernetesObject.named(type, namespace, name)))));
  }

  /**
   * Returns an edit that removes the object.
   *
   * @param type the type of the object
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @return the edit
   */
  public static ObjectEdit remove(ResourceType type, @Nullable String namespace, String name) {
    return of(type, namespace, name, present -> Optional.empty());
  }

  ObjectChange plan(Optional<KubernetesObject> present) {
    return new ObjectChange(type, namespace, name, present, edit.apply(present));
  }
}
