package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A plan in the words of other tools, for those who must use them (the guide, step 2). */
public final class OtherTools {
  private OtherTools() {}

  /**
   * The commands that copy the images of a plan one by one, with every platform.
   *
   * @param plan the plan
   * @return one {@code skopeo copy} for each image; a plan that knows digests names them, so that
   *     the same bytes are copied
   */
  public static List<String> skopeoCopy(MirrorPlan plan) {
    List<String> commands = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      commands.add(
          "skopeo copy --all --preserve-digests docker://"
              + exact(entry)
              + " docker://"
              + entry.target());
    }
    return List.copyOf(commands);
  }

  /** skopeo takes a tag or a digest, not both. */
  private static ImageRef exact(MirrorEntry entry) {
    ImageRef source = entry.exactSource();
    return source.digest().map(source.repository()::digest).orElse(source);
  }

  /**
   * The file for {@code skopeo sync --src yaml --dest docker}. skopeo keeps the last part of each
   * repository's name, or with {@code --scoped} all of it, registry included, so the layout in the
   * mirror is not that of the plan.
   *
   * @param plan the plan
   * @return a YAML document
   */
  public static String skopeoSync(MirrorPlan plan) {
    Map<String, Map<String, List<String>>> registries = new TreeMap<>();
    for (MirrorEntry entry : plan.entries()) {
      registries
          .computeIfAbsent(entry.source().registry(), registry -> new TreeMap<>())
          .computeIfAbsent(entry.source().repository().name(), name -> new ArrayList<>())
          .add(entry.source().manifestReference());
    }
    Map<String, Object> file = new TreeMap<>();
    registries.forEach((registry, images) -> file.put(registry, Map.of("images", images)));
    return Yaml.write(file);
  }

  /**
   * The command that mirrors what {@link ImageSetConfiguration#write} wrote.
   *
   * @param plan the plan
   * @param version the form that was written
   * @param file where it was written
   * @return one {@code oc mirror} command
   */
  public static String ocMirror(
      MirrorPlan plan, ImageSetConfiguration.Version version, String file) {
    String destination = " docker://" + plan.target().address();
    return version == ImageSetConfiguration.Version.V1ALPHA2
        ? "oc mirror --config=" + file + destination
        : "oc mirror --v2 --config="
            + file
            + " --workspace=file://./kubernaut-mirror"
            + destination;
  }
}
