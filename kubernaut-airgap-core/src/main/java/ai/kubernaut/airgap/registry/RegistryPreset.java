package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.immutables.value.Value;

/**
 * What is known of a kind of registry before it is asked: how names are best made, how deep they
 * may be, what it does not do, and where each of that is known from. A registry may be set up in
 * another way; {@link #toBuilder()} adjusts a preset, and a preflight finds out what holds.
 * Immutable.
 */
@Value.Immutable
public interface RegistryPreset {
  /**
   * What people call it.
   *
   * @return for example {@code Harbor}
   */
  String name();

  /**
   * How names are best joined.
   *
   * @return by default with slashes
   */
  @Value.Default
  default Separator separator() {
    return Separator.SLASH;
  }

  /**
   * How many components a repository's name has at least.
   *
   * @return by default 1
   */
  @Value.Default
  default int minimumDepth() {
    return 1;
  }

  /**
   * How many components a repository's name may have.
   *
   * @return by default empty: as many as the length of a name allows
   */
  OptionalInt maximumDepth();

  /**
   * Where the depths are known from.
   *
   * @return the address of a page, or {@code seen in the field}; empty where names have no limits
   */
  Optional<String> depthSource();

  /**
   * What has to be there before anything can be pushed.
   *
   * @return by default nothing
   */
  @Value.Default
  default Prerequisite prerequisite() {
    return Prerequisite.NOTHING;
  }

  /** What has to be there before anything can be pushed. */
  enum Prerequisite {
    /** Repositories come about with the first push. */
    NOTHING,
    /** What the first component names: a project, an organisation, a repository key. */
    FIRST_COMPONENT,
    /** Each repository by itself. */
    EACH_REPOSITORY
  }

  /**
   * What else is known.
   *
   * @return by default nothing
   */
  List<RegistryLimit> limits();

  /**
   * A mirror in a registry of this kind, with names that fit it.
   *
   * @param address {@code host[:port][/prefix]}
   * @return the target, with this preset's separator and depth
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when the address is not legal, or
   *     its path alone is as deep as names may be
   */
  default Target target(String address) {
    Target target = Target.registry(address).separator(separator());
    return maximumDepth().isPresent() ? target.depth(maximumDepth().getAsInt()) : target;
  }

  /**
   * What a registry of this kind would have against a repository's name.
   *
   * @param repository the repository
   * @return a clause for people; empty when the name fits
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
            + ", and "
            + name()
            + (depth > most
                ? " takes at most " + most
                : " wants " + minimumDepth() + (most == minimumDepth() ? "" : " or more"))
            + depthSource().map(source -> " (" + source + ")").orElse(""));
  }

  private static String components(int depth) {
    return depth + (depth == 1 ? " component" : " components");
  }

  /** Checks that the depths can be kept. */
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

  /**
   * A builder with this preset's values.
   *
   * @return the builder
   */
  default Builder toBuilder() {
    return builder().from(this);
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults, without a name
   */
  static Builder builder() {
    return new Builder();
  }

  /**
   * Harbor.
   *
   * @return names joined with slashes, two components or more
   */
  static RegistryPreset harbor() {
    return RegistryPresets.HARBOR;
  }

  /**
   * The service quay.io. A Quay of one's own takes nested names where it is set up so.
   *
   * @return names joined with dashes, two components
   */
  static RegistryPreset quay() {
    return RegistryPresets.QUAY;
  }

  /**
   * Docker Hub.
   *
   * @return names joined with dashes, two components
   */
  static RegistryPreset dockerHub() {
    return RegistryPresets.DOCKER_HUB;
  }

  /**
   * JFrog Artifactory.
   *
   * @return names joined with slashes
   */
  static RegistryPreset artifactory() {
    return RegistryPresets.ARTIFACTORY;
  }

  /**
   * Sonatype Nexus Repository.
   *
   * @return names joined with slashes
   */
  static RegistryPreset nexus() {
    return RegistryPresets.NEXUS;
  }

  /**
   * Amazon Elastic Container Registry.
   *
   * @return names joined with slashes; each repository has to be there
   */
  static RegistryPreset ecr() {
    return RegistryPresets.ECR;
  }

  /**
   * The integrated registry of an OpenShift cluster.
   *
   * @return names joined with dashes, a project and a name
   */
  static RegistryPreset openShift() {
    return RegistryPresets.OPENSHIFT;
  }

  /**
   * Every preset.
   *
   * @return in the order of this list
   */
  static List<RegistryPreset> all() {
    return List.of(harbor(), quay(), dockerHub(), artifactory(), nexus(), ecr(), openShift());
  }

  /** Builds a {@link RegistryPreset}. Not thread-safe. */
  final class Builder extends ImmutableRegistryPreset.Builder {
    Builder() {}
  }
}
