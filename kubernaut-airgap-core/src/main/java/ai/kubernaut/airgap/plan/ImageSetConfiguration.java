package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The file by which {@code oc mirror} is told what to mirror (the guide, step 2a), for those who
 * come from it or must go on using it.
 */
public final class ImageSetConfiguration {
  /** The forms that {@code oc mirror} reads. */
  public enum Version {
    /** {@code mirror.openshift.io/v1alpha2}, for {@code oc mirror} version 1. */
    V1ALPHA2("mirror.openshift.io/v1alpha2"),
    /** {@code mirror.openshift.io/v2alpha1}, for {@code oc mirror --v2}. */
    V2ALPHA1("mirror.openshift.io/v2alpha1");

    private final String apiVersion;

    Version(String apiVersion) {
      this.apiVersion = apiVersion;
    }
  }

  private static final String KIND = "ImageSetConfiguration";
  private static final String PLACEHOLDER = "<VERSION>";

  private ImageSetConfiguration() {}

  /**
   * Writes the sources of a plan. Images without a tag get {@code latest}, because version 2 passes
   * over those that have none. {@code oc mirror} knows no separators: it lays images out as {@link
   * ai.kubernaut.airgap.image.Separator#SLASH} does.
   *
   * @param plan the plan
   * @param version which form
   * @return a YAML document
   */
  public static String write(MirrorPlan plan, Version version) {
    List<Object> images = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      ImageRef source = entry.source();
      // oc mirror takes a tag or a digest, not both; of the two the digest says exactly what is
      // meant.
      ImageRef named =
          source
              .digest()
              .map(source.repository()::digest)
              .orElseGet(() -> source.withTag(source.tagOrLatest().orElseThrow()));
      images.add(Map.of("name", named.toString()));
    }
    Map<String, Object> file = new LinkedHashMap<>();
    file.put("kind", KIND);
    file.put("apiVersion", version.apiVersion);
    if (version == Version.V1ALPHA2) {
      file.put("storageConfig", Map.of("local", Map.of("path", "./kubernaut-mirror")));
    }
    file.put("mirror", Map.of("additionalImages", images));
    return Yaml.write(file);
  }

  /**
   * Reads the images that a file of either form lists, or the guide's template.
   *
   * @param file the file
   * @param release what stands for {@code <VERSION>} in a template, for example {@code v1.1.0}
   * @return the images in the file's order, each once
   * @throws InvalidPlanException when the file cannot be read, is no such file, has the placeholder
   *     and no release was given, or asks for more than additional images, which only {@code oc
   *     mirror} can resolve
   */
  public static List<ImageRef> read(Path file, Optional<String> release) {
    String text;
    try {
      text = Files.readString(file);
    } catch (IOException e) {
      throw new InvalidPlanException(
          "the ImageSetConfiguration " + file + " cannot be read: " + e, e);
    }
    if (text.contains(PLACEHOLDER) && release.isEmpty()) {
      throw new InvalidPlanException(
          file
              + " is a template with "
              + PLACEHOLDER
              + " in it; give the release to use for it, for example v1.1.0");
    }
    try {
      String complete = release.map(version -> text.replace(PLACEHOLDER, version)).orElse(text);
      return read(
          Fields.of(Yaml.readMapping(file.toString(), complete, Yaml.DuplicateKeys.REFUSED)));
    } catch (AirgapException e) {
      throw new InvalidPlanException(
          "no images can be read from " + file + ": " + e.getMessage(), e);
    }
  }

  private static List<ImageRef> read(Fields file) {
    String apiVersion = file.text("apiVersion").orElse("");
    boolean known = false;
    for (Version version : Version.values()) {
      known |= version.apiVersion.equals(apiVersion);
    }
    if (!known || !file.text("kind").orElse("").equals(KIND)) {
      throw new InvalidPlanException(
          "it must be an ImageSetConfiguration of "
              + Version.V1ALPHA2.apiVersion
              + " or "
              + Version.V2ALPHA1.apiVersion
              + ", and has apiVersion '"
              + apiVersion
              + "'");
    }
    for (String key : file.fields("mirror").content().keySet()) {
      if (!key.equals("additionalImages")) {
        throw new InvalidPlanException(
            "it asks for mirror."
                + key
                + ", which only oc mirror can resolve; only mirror.additionalImages is read here");
      }
    }
    LinkedHashSet<ImageRef> images = new LinkedHashSet<>();
    for (Fields image : file.list("mirror", "additionalImages")) {
      images.add(
          ImageRef.parse(
              image
                  .text("name")
                  .orElseThrow(
                      () ->
                          new InvalidPlanException(
                              "an image in mirror.additionalImages has no name"))));
    }
    return new ArrayList<>(images);
  }
}
