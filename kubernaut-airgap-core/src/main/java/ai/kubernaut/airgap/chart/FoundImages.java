package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Collects what finders find: each image once, with every place that names it. */
final class FoundImages {
  private final Map<ImageRef, Set<ImageReason>> found = new TreeMap<>();

  static FoundImages in(List<RenderedManifest> manifests, List<ImageFinder> finders) {
    FoundImages images = new FoundImages();
    for (RenderedManifest manifest : manifests) {
      for (ImageFinder finder : finders) {
        finder.find(manifest, (path, image) -> images.add(manifest, path, image));
      }
    }
    return images;
  }

  private void add(RenderedManifest manifest, String path, String text) {
    ImageRef image;
    try {
      image = ImageRef.parse(text);
    } catch (InvalidReferenceException e) {
      throw new InvalidReferenceException(
          text, e.reason() + " (it is in " + manifest.object() + " at " + path + ")");
    }
    found
        .computeIfAbsent(image, key -> new LinkedHashSet<>())
        .add(ImageReason.of(manifest.template(), manifest.object().toString(), path));
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  List<ImageUse> uses() {
    List<ImageUse> uses = new ArrayList<>();
    found.forEach((image, reasons) -> uses.add(ImageUse.of(image, List.copyOf(reasons))));
    return List.copyOf(uses);
  }
}
