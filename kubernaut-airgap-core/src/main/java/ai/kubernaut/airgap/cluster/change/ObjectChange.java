package ai.kubernaut.airgap.cluster.change;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * The change of one object. It prints as what happens to which object, never its content.
 *
 * @param type the type of the object
 * @param namespace its namespace; empty for a type of the whole cluster
 * @param name its name
 * @param before the object as it was; empty when there was none
 * @param after the object as it shall be, or has become; empty when there shall be none
 */
public record ObjectChange(
    ResourceType type,
    Optional<String> namespace,
    String name,
    Optional<KubernetesObject> before,
    Optional<KubernetesObject> after) {
  /** What happens to an object. */
  public enum Action {
    /** There was none. */
    CREATE,
    /** Its content changes. */
    UPDATE,
    /** There will be none. */
    REMOVE,
    /** It is already as wanted. */
    NONE
  }

  /** {@return what happens to the object} */
  public Action action() {
    if (ObjectContent.isSame(before, after)) {
      return Action.NONE;
    }
    if (before.isEmpty()) {
      return Action.CREATE;
    }
    return after.isEmpty() ? Action.REMOVE : Action.UPDATE;
  }

  /** {@return the object, for problems and facts} */
  public Subject subject() {
    return new Subject(
        Subject.Kind.OBJECT, type.kind() + " " + namespace.map(in -> in + "/").orElse("") + name);
  }

  /**
   * Returns the change for people: a line for each value that is removed or added, by its path. The
   * data of Secrets is masked, and of long values only the first line is shown.
   *
   * @return several lines, the first with what happens to which object
   */
  public String diff() {
    StringBuilder diff = new StringBuilder(toString()).append('\n');
    Map<String, String> old = shown(before);
    Map<String, String> wanted = shown(after);
    for (String path : ObjectContent.differences(before, after)) {
      line(diff, '-', path, old);
      line(diff, '+', path, wanted);
    }
    return diff.toString();
  }

  private static Map<String, String> shown(Optional<KubernetesObject> object) {
    return object.map(ObjectContent::masked).map(ObjectContent::values).orElse(Map.of());
  }

  private static void line(StringBuilder diff, char sign, String path, Map<String, String> values) {
    String value = values.get(path);
    if (value != null) {
      int end = value.indexOf('\n');
      diff.append("  ")
          .append(sign)
          .append(' ')
          .append(path)
          .append(": ")
          .append(end < 0 ? value : value.substring(0, end) + " …")
          .append('\n');
    }
  }

  /**
   * Returns the wanted object as a manifest, for those who apply it by other means. The data of
   * Secrets is masked.
   *
   * @return a YAML document; empty when the object is removed
   */
  public Optional<String> toYaml() {
    return after
        .map(ObjectContent::masked)
        .map(ObjectContent::of)
        .map(object -> Yaml.write(object.fields().content()));
  }

  /** {@return for example {@code create ConfigMap openshift-config/mirror-ca}} */
  @Override
  public String toString() {
    return action().name().toLowerCase(Locale.ROOT) + " " + subject();
  }
}
