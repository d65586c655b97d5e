package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import java.util.regex.Pattern;
import org.immutables.value.Value;

/** A Helm release's name and the namespace it lives in. Immutable. */
@Value.Immutable
public interface ReleaseName {
  /** {@return the name of the release, for example {@code kubernaut}} */
  @Value.Parameter
  String name();

  /** {@return the namespace, for example {@code kubernaut-system}} */
  @Value.Parameter
  String namespace();

  /** {@return the release of the guide: {@code kubernaut} in {@code kubernaut-system}} */
  static ReleaseName defaultRelease() {
    return of(KubernautProfile.RELEASE, KubernautProfile.NAMESPACE);
  }

  /**
   * A release's name.
   *
   * @param name the release, at most 53 characters
   * @param namespace the namespace, at most 63 characters
   * @return the name
   * @throws IllegalArgumentException when one is not lower-case letters, digits and dashes
   */
  static ReleaseName of(String name, String namespace) {
    return ImmutableReleaseName.of(name, namespace);
  }

  /** Checks both names by the rules of Helm and Kubernetes. */
  @Value.Check
  default void check() {
    Pattern label = Pattern.compile("[a-z0-9]([a-z0-9-]*[a-z0-9])?");
    if (name().length() > 53 || !label.matcher(name()).matches()) {
      throw new IllegalArgumentException(
          "release name '"
              + name()
              + "' is not 1 to 53 lower-case letters, digits and dashes, with a letter or digit at both ends");
    }
    if (namespace().length() > 63 || !label.matcher(namespace()).matches()) {
      throw new IllegalArgumentException(
          "namespace '"
              + namespace()
              + "' is not 1 to 63 lower-case letters, digits and dashes, with a letter or digit at both ends");
    }
  }
}
