package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Looks for references in texts. It would rather find too much than too little: what it finds is
 * shown to people, not mirrored unasked.
 */
final class MentionedImages implements ImageFinder {
  /** A name, a tag and a digest, each as long as it may be, and room to spare. */
  private static final int LONGEST = 1000;

  // Every repetition has a limit, and a reference can begin only where a word does: texts of
  // many megabytes take time in proportion to their length, and no deep stack.
  private static final String LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";

  /** A name with dots, or with a port what else a registry can be called. */
  private static final String HOST =
      ("(?:(?:(?:LABEL\\.){1,20}[a-z]{2,63}|localhost)(?::[0-9]{1,5})?"
              + "|(?:LABEL|(?:[0-9]{1,3}\\.){3}[0-9]{1,3}|\\[[0-9a-f:.]{2,45}]):[0-9]{4,5})")
          .replace("LABEL", LABEL);

  private static final String PATH =
      "(?:/[a-z0-9]{1,128}(?:(?:\\.|__?|-{1,8})[a-z0-9]{1,128}){0,32}){1,16}";
  private static final String DIGEST = "@sha(?:256|512):[0-9a-f]{64,128}";
  private static final String TAG_OR_DIGEST =
      "(?::\\w[\\w.-]{0,127}+(?!/)(?:" + DIGEST + ")?|" + DIGEST + ")";

  /**
   * A reference with a registry in running text; of addresses with a scheme, only those that speak
   * of images, which then need no tag.
   */
  private static final Pattern REFERENCE =
      Pattern.compile(
          ("(?:(?:(?<=oci://)|(?<=docker://))HOST(PATH)TAG?+(?![/:\\w])"
                  + "|(?<![\\w./:@-])HOST(PATH)TAG)")
              .replace("HOST", HOST)
              .replace("PATH", PATH)
              .replace("TAG", TAG_OR_DIGEST));

  /** What has the form of a reference and is something else. */
  private static final Pattern LOOKALIKE =
      Pattern.compile(
          // Labels and taints of Kubernetes; no registry lives there.
          "[a-z0-9.-]{0,250}\\bkubernetes\\.io/.*"
              // Taints in general.
              + "|.*:(?:NoSchedule|NoExecute|PreferNoSchedule)"
              // A group and a version of an API, and a kind.
              + "|[^/]*/v[0-9]+(?:(?:alpha|beta)[0-9]+)?:.*"
              // A line of a source file, or a file.
              + "|.*\\.(?:go|java|py|rs|c|js|ts|rb|sh|html|json|ya?ml|md|txt|git|png|svg|jpe?g|gif|ico)(?::.*)?");

  /**
   * {@code image: …} in YAML or JSON inside a text, and {@code --image=…} or {@code --image …}
   * among arguments.
   */
  private static final Pattern UNDER_IMAGE_KEY =
      Pattern.compile(
          "(?i)(?:(?<![\\w-])(?:--?[\\w-]{0,200}?image[=\\s]|[\\w-]{0,200}?image[\"']?\\s{0,100}[:=]))"
              + "\\s{0,100}[\"']?([^\\s\"',;]{1,1000})");

  /** The base of a Containerfile. */
  private static final Pattern FROM = Pattern.compile("(?m)^FROM[ \\t]{1,100}(\\S{1,1000})");

  /** Among arguments, one word after an option for images is an image. */
  private static final Pattern IMAGE_OPTION =
      Pattern.compile("(?:^|\\s)--[\\w-]{0,200}?image[=\\s]([a-z][a-z0-9._-]{1,127})(?=$|\\s)");

  /** Keys that speak of something about images, and not of one. */
  private static final Pattern ABOUT_IMAGES =
      Pattern.compile(
          "(?i)images?[-_./]?(?:registr|repo|prefix|namespace|pull|secret|dir|path|size|title"
              + "|source|vendor|licen|policy|type|format|cache|upload|tag)");

  private static final Pattern WORD =
      Pattern.compile("[a-z][a-z0-9]{1,60}(?:[._-][a-z0-9]{1,60}){0,4}");

  /** Words under a key that speaks of an image, which name none. */
  private static final Set<String> NO_IMAGES =
      Set.of(
          "true",
          "false",
          "yes",
          "no",
          "on",
          "off",
          "null",
          "nil",
          "none",
          "auto",
          "default",
          "latest",
          "always",
          "never",
          "enabled",
          "disabled",
          "scratch",
          "custom",
          "image");

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
    if (key.toLowerCase(Locale.ROOT).contains("image") && !ABOUT_IMAGES.matcher(key).find()) {
      String trimmed = text.trim();
      named(trimmed)
          .or(
              () ->
                  key.toLowerCase(Locale.ROOT).endsWith("image") ? word(trimmed) : Optional.empty())
          .ifPresent(image -> finds.add(path, image));
    }
    findAll(UNDER_IMAGE_KEY, text, found -> named(found.group(1)), path, finds);
    findAll(FROM, text, found -> named(found.group(1)), path, finds);
    findAll(IMAGE_OPTION, text, found -> word(found.group(1)), path, finds);
    findAll(REFERENCE, text, found -> legal(withoutEnd(found.group())), path, finds);
  }

  private static void findAll(
      Pattern pattern,
      String text,
      Function<MatchResult, Optional<String>> image,
      String path,
      Finds finds) {
    Matcher matcher = pattern.matcher(text);
    while (matcher.find()) {
      image.apply(matcher).ifPresent(found -> finds.add(path, found));
    }
  }

  /** A full stop or a dash at the end belongs to the sentence. */
  private static String withoutEnd(String reference) {
    String image = reference;
    while (image.endsWith(".") || image.endsWith("-")) {
      image = image.substring(0, image.length() - 1);
    }
    return image;
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

  /** One word, where only an image can stand. */
  private static Optional<String> word(String text) {
    return WORD.matcher(text).matches() && !NO_IMAGES.contains(text)
        ? legal(text)
        : Optional.empty();
  }

  private static Optional<String> legal(String text) {
    try {
      return text.length() > LONGEST || LOOKALIKE.matcher(text).matches()
          ? Optional.empty()
          : Optional.of(ImageRef.parse(text)).map(image -> text);
    } catch (InvalidReferenceException noImage) {
      return Optional.empty();
    }
  }
}
