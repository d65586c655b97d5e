package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What is known about a kind of registry without any request: which names it accepts, what has to
 * exist before a push, its other limits, and the source of each of these. A registry may be
 * configured differently: {@link #toBuilder()} adjusts a preset, and a preflight checks the actual
 * registry. Immutable.
 */
@Value.Immutable
public interface RegistryPreset {
  /** {@return the display name, for example {@code Harbor}} */
  String name();

  /** {@return the recommended separator of names; by default a slash} */
  @Value.Default
  default Separator separator() {
    return Separator.SLASH;
  }

  /** {@return the minimum number of components of a repository name; by default 1} */
  @Value.Default
  default int minimumDepth() {
    return 1;
  }

  /** {@return the maximum number of components of a repository name; by default no maximum} */
  OptionalInt maximumDepth();

  /**
   * Returns the source of the minimum and maximum.
   *
   * @return the address of a page, or {@code seen in the field}; empty if there are no limits
   */
  Optional<String> depthSource();

  /** {@return what has to exist before the first push; by default nothing} */
  @Value.Default
  default Prerequisite prerequisite() {
    return Prerequisite.NOTHING;
  }

  /** What has to exist before the first push. */
  enum Prerequisite {
    /** Nothing: the registry creates repositories with the first push. */
    NOTHING,
    /** The first component of the name: a project, an organization or a repository key. */
    FIRST_COMPONENT,
    /** Each repository. */
    EACH_REPOSITORY
  }

  /** {@return other known limits; by default none} */
  List<RegistryLimit> limits();

  /**
   * Creates a target in a registry of this kind, with names that it accepts.
   *
   * @param address {@code host[:port][/prefix]}
   * @return the target, with this preset's separator and depth
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when the address is not valid, or
   *     its path alone has the maximum number of components
   */
  default Target target(String address) {
    Target target = Target.registry(address).separator(separator());
    return maximumDepth().isPresent() ? target.depth(maximumDepth().getAsInt()) : target;
  }

  /**
   * Returns why a registry of this kind does not accept the name of a repository.
   *
   * @param repository the repository
   * @return a sentence for people; empty if the name is accepted
   */
  default Optional<String> objection(Repository repository) {
    int depth = repository.name().split("/", -1).length;
    int most = maximumDepth().orElse(Integer.MAX_VALUE);
    if (depth >= minimumDepth() && depth <= most) {
      return Optional.empty();
    }
    return Optional.of(
        repository
            + " has "
            + components(depth)
            + ", but "
            + name()
            + (depth > most
                ? " accepts at most " + most
                : " requires " + (most == minimumDepth() ? "" : "at least ") + minimumDepth())
            + depthSource().map(source -> " (" + source + ")").orElse(""));
  }

  private static String components(int depth) {
    return depth + (depth == 1 ? " component" : " components");
  }

  /** Checks that the minimum is at least 1 and not greater than the maximum. */
  @Value.Check
  default void check() {
    if (minimumDepth() < 1
        || (maximumDepth().isPresent() && maximumDepth().getAsInt() < minimumDepth())) {
      throw new IllegalArgumentException(
          "names of "
              + minimumDepth()
              + " to "
              + maximumDepth().orElse(Integer.MAX_VALUE)
              + " components are not possible");
    }
  }

  /** {@return a builder with the values of this preset} */
  default Builder toBuilder() {
    return builder().from(this);
  }

  /** {@return a new builder with the defaults; the name is required} */
  static Builder builder() {
    return new Builder();
  }

  /** {@return the preset of Harbor: names joined with slashes, at least two components} */
  static RegistryPreset harbor() {
    return RegistryPresets.HARBOR;
  }

  /**
   * Returns the preset of the service quay.io. Self-managed Quay accepts nested names if
   * configured.
   *
   * @return names joined with dashes, two components
   */
  static RegistryPreset quay() {
    return RegistryPresets.QUAY;
  }

  /** {@return the preset of Docker Hub: names joined with dashes, two components} */
  static RegistryPreset dockerHub() {
    return RegistryPresets.DOCKER_HUB;
  }

  /** {@return the preset of JFrog Artifactory: names joined with slashes} */
  static RegistryPreset artifactory() {
    return RegistryPresets.ARTIFACTORY;
  }

  /** {@return the preset of Sonatype Nexus Repository: names joined with slashes} */
  static RegistryPreset nexus() {
    return RegistryPresets.NEXUS;
  }

  /**
   * Returns the preset of Amazon Elastic Container Registry.
   *
   * @return names joined with slashes; each repository has to exist
   */
  static RegistryPreset ecr() {
    return RegistryPresets.ECR;
  }

  /**
   * Returns the preset of the integrated registry of an OpenShift cluster.
   *
   * @return names joined with dashes, two components: a project and a name
   */
  static RegistryPreset openShift() {
    return RegistryPresets.OPENSHIFT;
  }

  /** {@return all presets, in a fixed order} */
  static List<RegistryPreset> all() {
    return List.of(harbor(), quay(), dockerHub(), artifactory(), nexus(), ecr(), openShift());
  }

  /** Builds a {@link RegistryPreset}. Not thread-safe. */
  final class Builder extends ImmutableRegistryPreset.Builder {
    Builder() {}
  }
}
