package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The owner of objects that a step creates, as an annotation of them, so that an object of the same
 * name that belongs to others is neither changed nor removed.
 *
 * @param annotation the key of the annotation
 * @param owner its value: what the objects are for
 */
public record ObjectOwner(String annotation, String owner) {
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String MANAGER = "kubernaut-airgap";
  private static final int LONGEST_PART = 60;
  private static final int HASH_DIGITS = 8;

  /**
   * Returns a name for an object that no other owner has.
   *
   * @param readable the part of the name for people
   * @return a DNS subdomain: the readable part, shortened where necessary, and a hash of the owner
   */
  public String name(String readable) {
    String legal =
        readable.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    String part = legal.length() > LONGEST_PART ? legal.substring(0, LONGEST_PART) : legal;
    String hash = Digest.sha256(owner.getBytes(StandardCharsets.UTF_8)).hex();
    return part + "-" + hash.substring(0, HASH_DIGITS);
  }

  /**
   * Returns whether an object belongs to this owner.
   *
   * @param object the object
   * @return whether it has the annotation with this owner
   */
  public boolean owns(KubernetesObject object) {
    return owner.equals(object.annotations().get(annotation));
  }

  /**
   * Returns an edit that creates an object of this owner, or changes it. It throws {@link
   * ClusterChangeException} when there is an object of this name that belongs to others.
   *
   * @param type the type of the object
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @param edit given the present object, or one with nothing but its type, name and owner, returns
   *     the wanted one
   * @return the edit
   */
  public ObjectEdit update(
      ResourceType type,
      @Nullable String namespace,
      String name,
      UnaryOperator<KubernetesObject> edit) {
    return ObjectEdit.of(
        type,
        namespace,
        name,
        present -> {
          if (present.isPresent() && !owns(present.get())) {
            throw notOurs(present.get());
          }
          return Optional.of(
              edit.apply(
                  mark(present.orElseGet(() -> KubernetesObject.named(type, namespace, name)))));
        });
  }

  /**
   * Returns a new object of this owner.
   *
   * @param type the type of the object
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @return an object with nothing but its type, name and owner
   */
  public KubernetesObject owned(ResourceType type, @Nullable String namespace, String name) {
    return mark(KubernetesObject.named(type, namespace, name));
  }

  private KubernetesObject mark(KubernetesObject object) {
    return object
        .with(MANAGER, "metadata", "labels", MANAGED_BY)
        .with(owner, "metadata", "annotations", annotation);
  }

  /**
   * Returns an edit that removes an object if it belongs to this owner.
   *
   * @param type the type of the object
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @return the edit
   */
  public ObjectEdit remove(ResourceType type, @Nullable String namespace, String name) {
    return ObjectEdit.of(type, namespace, name, present -> present.filter(object -> !owns(object)));
  }

  private ClusterChangeException notOurs(KubernetesObject present) {
    return new ClusterChangeException(
        List.of(
            Problem.of(
                ProblemCode.OBJECT_NOT_OURS,
                new Subject(Subject.Kind.OBJECT, present.toString()),
                Map.of("owner", owner))));
  }
}
