package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Checks that nodes can pull images. Each image is looked up once. Not thread-safe. */
final class ImageLookup {
  private final RegistryClient registries;
  private final MirrorRules rules;
  private final Map<ImageRef, Optional<Problem>> known = new HashMap<>();

  /**
   * Creates a lookup.
   *
   * @param registries is asked for the images
   * @param rules lead the nodes from the name of an image to other locations
   */
  ImageLookup(RegistryClient registries, MirrorRules rules) {
    this.registries = registries;
    this.rules = rules;
  }

  /** Returns the problem with an image; empty when one of its locations has it. */
  Optional<Problem> problem(ImageRef image) {
    return known.computeIfAbsent(image, this::lookUp);
  }

  /** Returns the images, and the other locations from which nodes pull them. */
  Set<ImageRef> locations(Set<ImageRef> images) {
    Set<ImageRef> locations = new LinkedHashSet<>(images);
    images.forEach(image -> locations.addAll(rules.locations(image)));
    return locations;
  }

  private Optional<Problem> lookUp(ImageRef image) {
    List<ImageRef> locations = rules.locations(image);
    Optional<Problem> problem = Optional.of(missing(image, locations));
    for (ImageRef location : locations) {
      try {
        if (registries.findManifest(location).isPresent()) {
          return Optional.empty();
        }
      } catch (RegistryException e) {
        problem = Optional.of(ImageProblems.of(location, e));
      }
    }
    return problem;
  }

  private static Problem missing(ImageRef image, List<ImageRef> locations) {
    return Problem.of(
        ProblemCode.REVISION_IMAGE_MISSING,
        Subject.image(image),
        Map.of(
            "registry",
            String.join(" or ", locations.stream().map(ImageRef::registry).distinct().toList())));
  }
}
