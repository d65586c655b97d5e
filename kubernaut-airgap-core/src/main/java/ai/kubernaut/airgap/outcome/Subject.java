package ai.kubernaut.airgap.outcome;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link Problem} or a {@link Fact} is about. Immutable.
 *
 * @param kind what kind of thing it is
 * @param name identifies it among its kind; {@code namespace/name} for objects in a cluster
 */
public record Subject(Kind kind, String name) {
  /** What kind of thing a subject is. Scripts can rely on the names of the constants. */
  public enum Kind {
    /** An image, by its reference. */
    IMAGE(""),
    /** A chart, by its location. */
    CHART("chart "),
    /** A branch of a chart, by its conditions. */
    BRANCH(""),
    /** A registry, by its host. */
    REGISTRY(""),
    /** A repository of a registry. */
    REPOSITORY(""),
    /** A Helm release, by its name. */
    RELEASE("release "),
    /** A cluster, by the address of its API server. */
    CLUSTER("cluster "),
    /** A MachineConfigPool, by its name. */
    POOL("MachineConfigPool "),
    /** A namespace, by its name. */
    NAMESPACE("Namespace "),
    /** A Secret. */
    SECRET("Secret "),
    /** A Deployment. */
    DEPLOYMENT("Deployment "),
    /** A StatefulSet. */
    STATEFUL_SET("StatefulSet "),
    /** A DaemonSet. */
    DAEMON_SET("DaemonSet "),
    /** A Job. */
    JOB("Job "),
    /** A Service. */
    SERVICE("Service "),
    /** A pod. */
    POD("Pod "),
    /** A container of a pod, as {@code namespace/pod/container}. */
    CONTAINER("container "),
    /** Another object of a cluster, as {@code Kind namespace/name}. */
    OBJECT(""),
    /** A value of a chart, by its path. */
    VALUE("value "),
    /** A file, by its path. */
    FILE(""),
    /** A bundle, by its name. */
    BUNDLE("bundle "),
    /** A shard of a partition, by its index. */
    SHARD("shard ");

    private final String label;

    Kind(String label) {
      this.label = label;
    }
  }

  /**
   * Returns an image as subject.
   *
   * @param image the reference of the image
   * @return the subject
   */
  public static Subject image(ImageRef image) {
    return new Subject(Kind.IMAGE, image.toString());
  }

  /**
   * Returns a repository as subject.
   *
   * @param repository the repository
   * @return the subject
   */
  public static Subject repository(Repository repository) {
    return new Subject(Kind.REPOSITORY, repository.toString());
  }

  /**
   * Returns an object in a cluster as subject.
   *
   * @param kind the kind of the object
   * @param namespace the namespace of the object; null for objects without a namespace
   * @param name the name of the object
   * @return the subject
   */
  public static Subject object(Kind kind, @Nullable String namespace, String name) {
    return new Subject(kind, namespace == null ? name : namespace + "/" + name);
  }

  /** Returns how the subject is named in a sentence, for example {@code Secret default/llm}. */
  @Override
  public String toString() {
    return kind.label + name;
  }
}
