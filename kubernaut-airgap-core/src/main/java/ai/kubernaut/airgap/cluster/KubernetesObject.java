package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.outcome.Subject;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * An object of the Kubernetes API, from a cluster or from a manifest. Immutable. It prints as its
 * kind and name, never its content.
 */
public final class KubernetesObject {
  private final Fields fields;

  private KubernetesObject(Fields fields) {
    this.fields = fields;
  }

  /**
   * Wraps an object's content.
   *
   * @param fields everything from {@code apiVersion} on
   * @return the object
   */
  public static KubernetesObject of(Fields fields) {
    return new KubernetesObject(fields);
  }

  /**
   * A new object that has a type and a name and nothing else.
   *
   * @param type the type
   * @param namespace its namespace; null for a type of the whole cluster
   * @param name its name
   * @return the object
   */
  public static KubernetesObject named(ResourceType type, @Nullable String namespace, String name) {
    Fields fields =
        Fields.of(Map.of())
            .with(type.apiVersion(), "apiVersion")
            .with(type.kind(), "kind")
            .with(name, "metadata", "name");
    return new KubernetesObject(
        namespace == null ? fields : fields.with(namespace, "metadata", "namespace"));
  }

  /** {@return the content: all fields, including {@code apiVersion} and {@code kind}} */
  public Fields fields() {
    return fields;
  }

  /**
   * A copy with one value replaced or added.
   *
   * @param value what to put there
   * @param path field names from the outside in
   * @return the changed copy
   */
  public KubernetesObject with(Object value, String... path) {
    return new KubernetesObject(fields.with(value, path));
  }

  /** {@return the API group and version; an empty string if missing} */
  public String apiVersion() {
    return fields.text("apiVersion").orElse("");
  }

  /** {@return the kind; an empty string if missing} */
  public String kind() {
    return fields.text("kind").orElse("");
  }

  /** {@return the name; an empty string if missing} */
  public String name() {
    return fields.text("metadata", "name").orElse("");
  }

  /**
   * {@return the namespace; empty for cluster-scoped objects, and for manifests that leave it to
   * the release}
   */
  public Optional<String> namespace() {
    return fields.text("metadata", "namespace");
  }

  /** {@return the labels, unmodifiable} */
  public Map<String, String> labels() {
    return fields.strings("metadata", "labels");
  }

  /** {@return the annotations, unmodifiable} */
  public Map<String, String> annotations() {
    return fields.strings("metadata", "annotations");
  }

  /** {@return the object as the subject of a problem or a fact} */
  public Subject subject() {
    Subject.Kind kind =
        switch (kind()) {
          case "Pod" -> Subject.Kind.POD;
          case "Job" -> Subject.Kind.JOB;
          case "Deployment" -> Subject.Kind.DEPLOYMENT;
          case "StatefulSet" -> Subject.Kind.STATEFUL_SET;
          case "DaemonSet" -> Subject.Kind.DAEMON_SET;
          case "Service" -> Subject.Kind.SERVICE;
          case "Secret" -> Subject.Kind.SECRET;
          default -> Subject.Kind.OBJECT;
        };
    return kind == Subject.Kind.OBJECT
        ? new Subject(kind, toString())
        : Subject.object(kind, namespace().orElse(null), name());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof KubernetesObject that && fields.equals(that.fields);
  }

  @Override
  public int hashCode() {
    return Objects.hash(fields);
  }

  @Override
  public String toString() {
    return kind() + " " + namespace().map(namespace -> namespace + "/").orElse("") + name();
  }
}
