package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.io.ScratchDirectory;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * A chart that renders exactly what Helm has stored with a revision of a release, so that an
 * upgrade with it does what {@code helm rollback} does. It has the name and the version of the
 * revision's chart.
 *
 * <p>A rollback runs the hooks for rollbacks, an upgrade those for upgrades. So the events of the
 * hooks are changed; the original ones are kept in an annotation for the next rollback.
 */
final class RollbackChart implements AutoCloseable {
  private static final String EVENTS = "helm.sh/hook";
  private static final String ORIGINAL_EVENTS = "airgap.kubernaut.ai/hook";
  private static final String MARK = "airgap-release:";
  private static final int MAX_BYTES = 64 << 20;
  private static final JsonMapper JSON = new JsonMapper();

  private final ScratchDirectory scratch;

  private RollbackChart(ScratchDirectory scratch) {
    this.scratch = scratch;
  }

  /** Creates a chart from a release as Helm stores it. */
  static RollbackChart of(ObjectNode release) throws IOException {
    RollbackChart chart = new RollbackChart(ScratchDirectory.create());
    try {
      chart.write(release);
      return chart;
    } catch (IOException | RuntimeException e) {
      chart.close();
      throw e;
    }
  }

  /**
   * Creates a chart whose notes contain a revision as Helm stores it: a Secret, with the release as
   * compressed JSON in Base64.
   */
  static RollbackChart reading(String namespace, String release, int revision) throws IOException {
    RollbackChart chart = new RollbackChart(ScratchDirectory.create());
    try {
      chart.writeFile("Chart.yaml", "{apiVersion: v2, name: stored-release, version: 0.0.0}");
      chart.writeFile(
          "templates/NOTES.txt",
          "%s{{ dig \"data\" \"release\" \"\" (lookup \"v1\" \"Secret\" %s %s) }}:"
              .formatted(
                  MARK,
                  JSON.writeValueAsString(namespace),
                  JSON.writeValueAsString("sh.helm.release.v1." + release + ".v" + revision)));
      return chart;
    } catch (IOException | RuntimeException e) {
      chart.close();
      throw e;
    }
  }

  /** Returns what the notes of {@link #reading} contain; empty when there is no such revision. */
  static java.util.Optional<ObjectNode> stored(String notes) throws IOException {
    int begin = notes.indexOf(MARK) + MARK.length();
    String data = notes.substring(begin, notes.indexOf(':', begin));
    if (data.isEmpty()) {
      return java.util.Optional.empty();
    }
    byte[] zipped = Base64.getDecoder().decode(Base64.getDecoder().decode(data));
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      return java.util.Optional.of((ObjectNode) JSON.readTree(in.readNBytes(MAX_BYTES)));
    }
  }

  private void write(ObjectNode release) throws IOException {
    ObjectNode metadata = release.at("/chart/metadata").deepCopy();
    // They were checked when the revision was installed.
    metadata.remove(List.of("dependencies", "kubeVersion"));
    writeFile("Chart.yaml", JSON.writeValueAsString(metadata));
    writeFile("values.yaml", text(release.at("/chart/values")));
    Files.writeString(values(), text(release.at("/config")));
    writeFile("manifest.yaml", release.at("/manifest").asText());
    writeFile("templates/manifest.yaml", "{{ .Files.Get \"manifest.yaml\" }}");
    int number = 0;
    for (JsonNode hook : release.at("/hooks")) {
      String file = "hooks/" + number++ + ".yaml";
      writeFile(file, withUpgradeEvents(hook.at("/manifest").asText()));
      writeFile("templates/" + file, "{{ .Files.Get \"" + file + "\" }}");
    }
  }

  private static String text(JsonNode values) throws IOException {
    return values.isObject() ? JSON.writeValueAsString(values) : "{}";
  }

  private static String withUpgradeEvents(String manifest) {
    Fields hook = Fields.of(Yaml.readMapping("a hook", manifest, Yaml.DuplicateKeys.LAST_WINS));
    String events =
        hook.text("metadata", "annotations", ORIGINAL_EVENTS)
            .or(() -> hook.text("metadata", "annotations", EVENTS))
            .orElse("");
    return Yaml.write(
        hook.with(events, "metadata", "annotations", ORIGINAL_EVENTS)
            .with(upgradeEvents(events), "metadata", "annotations", EVENTS)
            .content());
  }

  private static String upgradeEvents(String events) {
    List<String> changed = new ArrayList<>();
    for (String event : events.split(",", -1)) {
      switch (event.strip()) {
        case "pre-rollback" -> changed.add("pre-upgrade");
        case "post-rollback" -> changed.add("post-upgrade");
        case "pre-upgrade", "post-upgrade" -> {}
        default -> changed.add(event.strip());
      }
    }
    // An event that does not happen to a release that exists.
    return changed.isEmpty() ? "pre-install" : String.join(",", changed);
  }

  private void writeFile(String name, String content) throws IOException {
    Path file = directory().resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, content);
  }

  /** Returns the directory of the chart. */
  Path directory() {
    return scratch.path().resolve("chart");
  }

  /** Returns the file with the values that were given for the revision. */
  Path values() {
    return scratch.path().resolve("values.json");
  }

  @Override
  public void close() {
    scratch.close();
  }
}
