package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** Collects what finders find in several branches of a chart. Not thread-safe. */
final class BranchedImages {
  private final Map<ImageRef, Map<ImageReason, Set<Branch>>> found = new TreeMap<>();
  private final Set<Branch> branches = new LinkedHashSet<>();

  /**
   * Adds what the finders find in one branch.
   *
   * @return the places and the images there
   */
  Set<List<String>> add(
      Branch branch, List<RenderedManifest> manifests, List<ImageFinder> finders) {
    branches.add(branch);
    Set<List<String>> references = new HashSet<>();
    for (ImageUse use : FoundImages.in(manifests, finders).uses()) {
      for (ImageReason reason : use.reasons()) {
        found
            .computeIfAbsent(use.image(), image -> new LinkedHashMap<>())
            .computeIfAbsent(reason, place -> new LinkedHashSet<>())
            .add(branch);
        references.add(
            List.of(reason.template(), reason.object(), reason.path(), use.image().toString()));
      }
    }
    return references;
  }

  /**
   * Returns the images.
   *
   * @param conditions what a template asks for
   * @return each image with its reasons; a reason that does not hold in every branch names those in
   *     which it does
   */
  List<ImageUse> uses(Function<String, Optional<BranchCombinations>> conditions) {
    Map<String, Set<Branch>> all = new HashMap<>();
    List<ImageUse> uses = new ArrayList<>();
    found.forEach(
        (image, reasons) -> {
          List<ImageReason> places = new ArrayList<>();
          reasons.forEach(
              (reason, in) -> {
                Set<Branch> every =
                    all.computeIfAbsent(
                        reason.template(), template -> seen(conditions, template, branches));
                Set<Branch> here = seen(conditions, reason.template(), in);
                places.add(here.equals(every) ? reason : reason.in(List.copyOf(here)));
              });
          uses.add(ImageUse.of(image, places));
        });
    return List.copyOf(uses);
  }

  private static Set<Branch> seen(
      Function<String, Optional<BranchCombinations>> conditions,
      String template,
      Set<Branch> branches) {
    Set<Branch> seen = new LinkedHashSet<>();
    for (Branch branch : branches) {
      seen.add(conditions.apply(template).map(known -> known.seen(branch)).orElse(branch));
    }
    return seen;
  }
}
