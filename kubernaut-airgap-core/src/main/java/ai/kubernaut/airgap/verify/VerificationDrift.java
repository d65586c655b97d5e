package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.outcome.Fact;
import java.nio.file.Path;
import java.util.List;
import org.immutables.value.Value;

/**
 * What has changed in a release between two verifications. The pods of Jobs do not count, because
 * they come and go. Immutable.
 */
@Value.Immutable
public interface VerificationDrift {
  /** {@return the changes, sorted by what they are about} */
  @Value.Parameter
  List<Fact> changes();

  /**
   * Compares the containers of two verifications.
   *
   * @param before the origins of the earlier verification
   * @param after the origins of the later verification
   * @return pods that are new, gone or replaced, containers that were restarted or that run another
   *     image, and images that run with other digests
   */
  static VerificationDrift between(List<ContainerOrigin> before, List<ContainerOrigin> after) {
    return ImmutableVerificationDrift.of(new OriginComparison(before, after).changes());
  }

  /**
   * Reads the origins of an earlier verification.
   *
   * @param file the JSON of a verification, or of a run of the lab
   * @return the origins
   * @throws ai.kubernaut.airgap.yaml.InvalidYamlException when the file cannot be read, or is not
   *     JSON
   * @throws IllegalArgumentException when it is not such a report
   */
  static List<ContainerOrigin> readOrigins(Path file) {
    return OriginFile.read(file);
  }

  /** {@return whether anything has changed} */
  default boolean isChanged() {
    return !changes().isEmpty();
  }

  /** {@return for example {@code 3 changes since the earlier verification}} */
  default String summary() {
    return isChanged()
        ? changes().size() + " changes since the earlier verification"
        : "nothing has changed since the earlier verification";
  }
}
