package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for references in texts. It would rather find too much than too little: what it finds is
 * shown to people, not mirrored unasked.
 */
final class MentionedImages implements ImageFinder {
  private static final String HOST =
      "(?:(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\\.)+[a-z]{2,}|localhost)(?::[0-9]{1,5})?";
  private static final String PATH = "(?:/[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*)+";
  private static final String TAG_OR_DIGEST =
      "(?::\\w[\\w.-]{0,127}(?:@sha(?:256|512):[0-9a-f]{64,128})?|@sha(?:256|512):[0-9a-f]{64,128})";

  /**
   * A reference with a registry in running text; of addresses with a scheme, only those that speak
   * of images.
   */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?:(?<=oci://)|(?<=docker://)|(?<![\\w./:@-]))" + HOST + PATH + TAG_OR_DIGEST);

  /**
   * {@code image: …} in YAML or JSON inside a text, and {@code --image=…} or {@code --image …}
   * among arguments.
   */
  private static final Pattern UNDER_IMAGE_KEY =
      Pattern.compile(
          "(?i)(?:\\b[\\w-]*image[\"']?\\s*[:=]|--[\\w-]*image\\s)\\s*[\"']?([^\\s\"',;]+)");

  /**
   * Parts of objects that speak of the object and not of what it runs; data of Secrets is Base64.
   */
  private static final Set<String> PASSED_OVER = Set.of("managedFields", "status");

  @Override
  public void find(RenderedManifest manifest, Finds finds) {
    if (!manifest.object().kind().equals("CustomResourceDefinition")) {
      walk("", "", manifest.object().fields().content(), finds);
    }
  }

  private static void walk(String path, String key, @Nullable Object value, Finds finds) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (childKey, child) -> {
            if (!PASSED_OVER.contains(childKey.toString())) {
              // The name of an environment variable is the key of its value.
              String speaking =
                  childKey.equals("value") && map.get("name") instanceof String name
                      ? name
                      : childKey.toString();
              walk(
                  path.isEmpty() ? childKey.toString() : path + "." + childKey,
                  speaking,
                  child,
                  finds);
            }
          });
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        walk(path + "[" + i + "]", key, list.get(i), finds);
      }
    } else if (value instanceof String text) {
      search(path, key, text, finds);
    }
  }

  private static void search(String path, String key, String text, Finds finds) {
    if (key.toLowerCase(Locale.ROOT).contains("image")) {
      named(text.trim()).ifPresent(image -> finds.add(path, image));
    }
    Matcher keyed = UNDER_IMAGE_KEY.matcher(text);
    while (keyed.find()) {
      named(keyed.group(1)).ifPresent(image -> finds.add(path, image));
    }
    Matcher reference = REFERENCE.matcher(text);
    while (reference.find()) {
      String image = reference.group();
      while (image.endsWith(".") || image.endsWith("-")) {
        image = image.substring(0, image.length() - 1);
      }
      legal(image).ifPresent(found -> finds.add(path, found));
    }
  }

  /**
   * What stands under a key that speaks of an image need not have a registry, but one word could be
   * anything.
   */
  private static Optional<String> named(String text) {
    return text.indexOf(':') > 0 || text.indexOf('/') > 0 || text.indexOf('@') > 0
        ? legal(text)
        : Optional.empty();
  }

  private static Optional<String> legal(String text) {
    try {
      ImageRef.parse(text);
      return Optional.of(text);
    } catch (InvalidReferenceException noImage) {
      return Optional.empty();
    }
  }
}
