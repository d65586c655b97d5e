package ai.kubernaut.airgap.chart;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a list of containers looks like is the same everywhere, so no kind is named here. */
final class ContainerImages implements ImageFinder {
  private static final Set<String> CONTAINERS =
      Set.of("containers", "initContainers", "ephemeralContainers");
  private static final String VOLUMES = "volumes";
  private static final String RELATED_IMAGE = "RELATED_IMAGE_";

  @Override
  public void find(RenderedManifest manifest, Finds finds) {
    // A CustomResourceDefinition describes containers, it runs none.
    if (!manifest.object().kind().equals("CustomResourceDefinition")) {
      walk("", manifest.object().fields().content(), finds);
    }
  }

  private static void walk(String path, @Nullable Object value, Finds finds) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, child) -> {
            String childPath = path.isEmpty() ? key.toString() : path + "." + key;
            if (CONTAINERS.contains(key.toString()) && child instanceof List<?> containers) {
              containers(childPath, containers, finds);
            } else if (key.equals(VOLUMES) && child instanceof List<?> volumes) {
              volumes(childPath, volumes, finds);
            } else {
              walk(childPath, child, finds);
            }
          });
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        walk(path + "[" + i + "]", list.get(i), finds);
      }
    }
  }

  private static void containers(String path, List<?> containers, Finds finds) {
    for (int i = 0; i < containers.size(); i++) {
      if (containers.get(i) instanceof Map<?, ?> container) {
        String at = path + "[" + i + "]";
        if (container.get("image") instanceof String image) {
          finds.add(at + ".image", image.trim());
        }
        if (container.get("env") instanceof List<?> variables) {
          relatedImages(at + ".env", variables, finds);
        }
      }
    }
  }

  /** A volume can be an image, of which nothing is run. */
  private static void volumes(String path, List<?> volumes, Finds finds) {
    for (int i = 0; i < volumes.size(); i++) {
      if (volumes.get(i) instanceof Map<?, ?> volume
          && volume.get("image") instanceof Map<?, ?> image
          && image.get("reference") instanceof String reference) {
        finds.add(path + "[" + i + "].image.reference", reference.trim());
      }
    }
  }

  private static void relatedImages(String path, List<?> variables, Finds finds) {
    for (int i = 0; i < variables.size(); i++) {
      if (variables.get(i) instanceof Map<?, ?> variable
          && variable.get("name") instanceof String name
          && name.startsWith(RELATED_IMAGE)
          && variable.get("value") instanceof String image
          && !image.isBlank()) {
        finds.add(path + "[" + i + "].value", image.trim());
      }
    }
  }
}
