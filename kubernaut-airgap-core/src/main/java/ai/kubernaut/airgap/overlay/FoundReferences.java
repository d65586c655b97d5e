package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The references in the branches of a rendered chart, as they stand there. Immutable. */
final class FoundReferences {
  /**
   * A reference.
   *
   * @param text as it stands there
   * @param reason the place in words for people
   * @param certain whether a pod will pull it; otherwise it is only mentioned
   */
  record Found(String text, ImageReason reason, boolean certain) {}

  private final Map<ReferenceLocation, Found> found;

  private FoundReferences(Map<ReferenceLocation, Found> found) {
    this.found = Collections.unmodifiableMap(found);
  }

  /** Looks for references, with the finders for certain and for mentions. */
  static FoundReferences in(Map<Branch, RenderedChart> branches, List<ImageFinder> finders) {
    Map<ReferenceLocation, Found> found = new LinkedHashMap<>();
    branches.forEach((branch, chart) -> find(found, branch, chart, finders));
    return new FoundReferences(found);
  }

  private static void find(
      Map<ReferenceLocation, Found> found,
      Branch branch,
      RenderedChart chart,
      List<ImageFinder> finders) {
    Map<String, Integer> objects = new HashMap<>();
    for (RenderedManifest manifest : chart.manifests()) {
      int object = objects.merge(manifest.template(), 1, Integer::sum);
      Map<String, Set<String>> certain = find(manifest, finders);
      Map<String, Set<String>> mentioned = find(manifest, List.of(ImageFinder.mentions()));
      // What is an image's place for certain needs not be mentioned as well.
      mentioned.keySet().removeAll(certain.keySet());
      add(found, branch, manifest, object, certain, true);
      add(found, branch, manifest, object, mentioned, false);
    }
  }

  private static Map<String, Set<String>> find(
      RenderedManifest manifest, List<ImageFinder> finders) {
    Map<String, Set<String>> texts = new LinkedHashMap<>();
    for (ImageFinder finder : finders) {
      finder.find(
          manifest,
          (path, text) -> texts.computeIfAbsent(path, key -> new LinkedHashSet<>()).add(text));
    }
    return texts;
  }

  private static void add(
      Map<ReferenceLocation, Found> found,
      Branch branch,
      RenderedManifest manifest,
      int object,
      Map<String, Set<String>> texts,
      boolean certain) {
    texts.forEach(
        (path, atPath) -> {
          int number = 0;
          for (String text : atPath) {
            found.put(
                new ReferenceLocation(branch, manifest.template(), object, path, number++),
                new Found(
                    text,
                    ImageReason.of(manifest.template(), manifest.object().toString(), path),
                    certain));
          }
        });
  }

  /** In the order of the chart. */
  Map<ReferenceLocation, Found> all() {
    return found;
  }

  /** The text at a place; empty when nothing was found there. */
  Optional<String> text(ReferenceLocation place) {
    return Optional.ofNullable(found.get(place)).map(Found::text);
  }

  /** Whether pods pull images at the same places as in another rendering. */
  boolean hasThePlacesOf(FoundReferences other) {
    return certainPlaces().equals(other.certainPlaces());
  }

  /** Returns whether another rendering has the same texts at the same places. */
  boolean hasTheTextsOf(FoundReferences other) {
    return texts().equals(other.texts());
  }

  private Map<ReferenceLocation, String> texts() {
    Map<ReferenceLocation, String> texts = new HashMap<>();
    found.forEach((place, one) -> texts.put(place, one.text()));
    return texts;
  }

  private Set<ReferenceLocation> certainPlaces() {
    Set<ReferenceLocation> places = new LinkedHashSet<>();
    found.forEach(
        (place, one) -> {
          if (one.certain()) {
            places.add(place);
          }
        });
    return places;
  }
}
