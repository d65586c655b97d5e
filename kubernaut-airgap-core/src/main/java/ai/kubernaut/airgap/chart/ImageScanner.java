package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Finds the images of containers wherever a pod's specification stands: in workloads of every kind,
 * in hooks, and in the pod templates of custom resources. What a list of containers looks like is
 * the same everywhere, so no kind is named here.
 */
final class ImageScanner {
  private static final Set<String> CONTAINERS =
      Set.of("containers", "initContainers", "ephemeralContainers");

  private final Map<ImageRef, List<ImageReason>> found = new TreeMap<>();

  List<ImageUse> scan(List<RenderedManifest> manifests) {
    manifests.forEach(manifest -> walk(manifest, "", manifest.object().fields().content()));
    List<ImageUse> uses = new ArrayList<>();
    found.forEach((image, reasons) -> uses.add(ImageUse.of(image, List.copyOf(reasons))));
    return List.copyOf(uses);
  }

  static boolean runsPods(KubernetesObject object) {
    ImageScanner scanner = new ImageScanner();
    scanner.walk(RenderedManifest.of("", object), "", object.fields().content());
    return !scanner.found.isEmpty();
  }

  private void walk(RenderedManifest manifest, String path, @Nullable Object value) {
    // A CustomResourceDefinition describes containers, it runs none.
    if (path.isEmpty() && manifest.object().kind().equals("CustomResourceDefinition")) {
      return;
    }
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, child) -> {
            String childPath = path.isEmpty() ? key.toString() : path + "." + key;
            if (CONTAINERS.contains(key.toString()) && child instanceof List<?> containers) {
              addContainers(manifest, childPath, containers);
            } else {
              walk(manifest, childPath, child);
            }
          });
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        walk(manifest, path + "[" + i + "]", list.get(i));
      }
    }
  }

  private void addContainers(RenderedManifest manifest, String path, List<?> containers) {
    for (int i = 0; i < containers.size(); i++) {
      if (containers.get(i) instanceof Map<?, ?> container
          && container.get("image") instanceof String image) {
        String at = path + "[" + i + "].image";
        found
            .computeIfAbsent(parse(manifest, at, image), key -> new ArrayList<>())
            .add(ImageReason.of(manifest.template(), manifest.object().toString(), at));
      }
    }
  }

  private static ImageRef parse(RenderedManifest manifest, String path, String image) {
    try {
      return ImageRef.parse(image.trim());
    } catch (InvalidReferenceException e) {
      throw new InvalidReferenceException(
          image, e.reason() + " (it stands in " + manifest.object() + " at " + path + ")");
    }
  }
}
