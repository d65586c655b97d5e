package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.immutables.value.Value;

/** The repositories of a plan in the mirror, with their tags. Immutable. */
@Value.Immutable
public interface MirrorListing extends Outcome<MirrorListing> {
  /**
   * A repository of the mirror.
   *
   * @param name its name
   * @param tags its tags, sorted; empty when the mirror does not have the repository
   * @param planned the images of the plan in it
   */
  record ListedRepository(Repository name, List<String> tags, List<ImageRef> planned) {}

  /** {@return the repositories of the plan, sorted by name} */
  List<ListedRepository> repositories();

  /** {@return an error for each image of the plan that is absent, or cannot be listed} */
  @Override
  List<Problem> problems();

  /**
   * Returns this listing if every image of the plan is there.
   *
   * @return this
   * @throws ProblemsException when an image is absent, or cannot be listed
   */
  @Override
  default MirrorListing orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of(summary(), problems());
    }
    return this;
  }

  /** {@return for example {@code 15 repositories with 17 tags; all 15 images are there}} */
  default String summary() {
    long tags = repositories().stream().mapToLong(each -> each.tags().size()).sum();
    long images = repositories().stream().mapToLong(each -> each.planned().size()).sum();
    return repositories().size()
        + " repositories with "
        + tags
        + " tags; "
        + (isOk()
            ? "all " + images + " images are there"
            : problems().size() + " of " + images + " images have problems");
  }

  /**
   * Lists the tags of each repository of a plan. One that cannot be listed is a problem of its
   * images.
   *
   * @param plan the images
   * @param registries lists the tags, and looks for images that have no tag
   * @return the listing
   */
  static MirrorListing of(MirrorPlan plan, RegistryClient registries) {
    SortedMap<Repository, List<ImageRef>> planned = new TreeMap<>();
    plan.entries().stream()
        .map(MirrorEntry::target)
        .forEach(
            image ->
                planned
                    .computeIfAbsent(image.repository(), repository -> new ArrayList<>())
                    .add(image));
    List<ListedRepository> repositories = new ArrayList<>();
    List<Problem> problems = new ArrayList<>();
    planned.forEach(
        (repository, images) -> {
          List<String> tags = List.of();
          try {
            List<String> listed = registries.tags(repository).stream().sorted().toList();
            tags = listed;
            images.forEach(image -> missing(image, listed, registries).ifPresent(problems::add));
          } catch (RegistryException e) {
            images.forEach(image -> problems.add(ImageProblems.of(image, e)));
          }
          repositories.add(new ListedRepository(repository, tags, List.copyOf(images)));
        });
    return ImmutableMirrorListing.builder().repositories(repositories).problems(problems).build();
  }

  private static Optional<Problem> missing(
      ImageRef image, Collection<String> tags, RegistryClient registries) {
    boolean isThere =
        image.tagOrLatest().map(tags::contains).orElse(false)
            || (image.tagOrLatest().isEmpty() && registries.findManifest(image).isPresent());
    return isThere
        ? Optional.empty()
        : Optional.of(Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(image)));
  }
}
