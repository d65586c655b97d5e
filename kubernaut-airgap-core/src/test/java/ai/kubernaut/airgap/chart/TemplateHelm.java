package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Helm whose one chart is its values and a function from them to manifests. Releases are kept in
 * memory; the charts it installs are kept for tests to look at.
 */
public final class TemplateHelm implements HelmClient {
  private final String values;
  private final BiFunction<Fields, Branch, String> templates;
  private final Map<ReleaseName, List<Release>> releases = new HashMap<>();
  private final List<TemplateConditions> conditions = new ArrayList<>();
  private final List<String> calls = new ArrayList<>();
  private final List<Chart> charts = new ArrayList<>();
  private String metadata = "{apiVersion: v2, name: kubernaut, version: 1.1.0}";
  private Map<List<String>, String> schemas = Map.of();
  private String crds = "";
  private String failure = "";
  private String statusFailure = "";
  private int renders;

  private TemplateHelm(String values, BiFunction<Fields, Branch, String> templates) {
    this.values = values;
    this.templates = templates;
  }

  /** A chart that renders to the same manifests, whatever its values. */
  public static TemplateHelm rendering(String manifests) {
    return new TemplateHelm("", (values, branch) -> manifests);
  }

  /** A chart with values, and what they render to. */
  public static TemplateHelm of(String values, Function<Fields, String> templates) {
    return new TemplateHelm(values, (fields, branch) -> templates.apply(fields));
  }

  /** A chart that renders differently in different branches. */
  public static TemplateHelm branching(
      String values, BiFunction<Fields, Branch, String> templates) {
    return new TemplateHelm(values, templates);
  }

  /** Adds the conditions of a template. */
  public TemplateHelm asking(TemplateConditions asked) {
    conditions.add(asked);
    return this;
  }

  /** Its chart, at a place where nothing is. */
  public static Chart chart() {
    return Chart.at(Path.of("charts/kubernaut"));
  }

  /** Gives the chart another {@code Chart.yaml}. */
  public TemplateHelm about(String chartYaml) {
    metadata = chartYaml;
    return this;
  }

  /** Gives the chart values schemas, by the paths of their values. They refuse nothing. */
  public TemplateHelm withSchemas(Map<List<String>, String> texts) {
    schemas = Map.copyOf(texts);
    return this;
  }

  /** Lets installing and upgrading fail, with a failed release left behind. */
  public TemplateHelm failing(String said) {
    failure = said;
    return this;
  }

  /** Lets reading a release fail once something was installed or upgraded. */
  public TemplateHelm failingStatus(String said) {
    statusFailure = said;
    return this;
  }

  /** Puts a release there. */
  public TemplateHelm with(ReleaseName name, int revision, String status) {
    put(name, revision, status);
    return this;
  }

  /** What was installed, upgraded or removed, in order. */
  public List<String> calls() {
    return List.copyOf(calls);
  }

  /** The charts that were installed or upgraded, in order. */
  public List<Chart> charts() {
    return List.copyOf(charts);
  }

  /** How often the chart was rendered. */
  public int renders() {
    return renders;
  }

  private Release put(ReleaseName name, int revision, String status) {
    Release release =
        Release.builder()
            .name(name)
            .revision(revision)
            .status(status)
            .chart("kubernaut-1.1.0")
            .build();
    releases.computeIfAbsent(name, unused -> new ArrayList<>()).add(release);
    return release;
  }

  @Override
  public List<TemplateConditions> conditions(Chart chart) {
    return List.copyOf(conditions);
  }

  @Override
  public String render(Chart chart, ReleaseName release, Branch branch) {
    renders++;
    return Rewriting.of(chart).apply(templates.apply(ChartValues.of(this, chart).fields(), branch));
  }

  @Override
  public String values(Chart chart) {
    Map<String, @Nullable Object> merged = new LinkedHashMap<>();
    merge(merged, Yaml.readMapping("values.yaml", values, Yaml.DuplicateKeys.LAST_WINS));
    for (ValuesLayer layer : chart.layers()) {
      merge(
          merged,
          layer instanceof ValuesLayer.Json json
              ? Yaml.readMapping(json.key(), json.asValuesFile(), Yaml.DuplicateKeys.LAST_WINS)
              : Yaml.readMapping(((ValuesLayer.File) layer).path(), Yaml.DuplicateKeys.LAST_WINS));
    }
    Fields fields = Fields.of(merged);
    for (Chart.Setting setting : chart.settings()) {
      fields = fields.with(setting.value(), setting.path().toArray(String[]::new));
    }
    for (Chart.Setting setting : chart.stringSettings()) {
      fields = fields.with(setting.value(), setting.path().toArray(String[]::new));
    }
    return Yaml.write(fields.content());
  }

  @Override
  public String metadata(Chart chart) {
    return metadata;
  }

  /** Gives the chart CustomResourceDefinitions. */
  public TemplateHelm withCrds(String documents) {
    crds = documents;
    return this;
  }

  @Override
  public String crds(Chart chart) {
    return crds;
  }

  @Override
  public Map<List<String>, String> schemas(Chart chart) {
    return schemas;
  }

  private static void merge(Map<String, @Nullable Object> into, Map<?, ?> layer) {
    layer.forEach(
        (key, value) -> {
          String name = String.valueOf(key);
          if (value instanceof Map<?, ?> map) {
            Map<String, @Nullable Object> merged = new LinkedHashMap<>();
            if (into.get(name) instanceof Map<?, ?> below) {
              merge(merged, below);
            }
            merge(merged, map);
            into.put(name, merged);
          } else {
            into.put(name, value);
          }
        });
  }

  @Override
  public Release install(Chart chart, ReleaseName release, Duration timeout) {
    return run("install", chart, release, 1);
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    return run("upgrade", chart, release, status(release).orElseThrow().revision() + 1);
  }

  private Release run(String what, Chart chart, ReleaseName release, int revision) {
    charts.add(chart);
    calls.add(what + " " + release.name() + "\n" + render(chart, release));
    if (!failure.isEmpty()) {
      put(release, revision, "failed");
      throw new HelmException("the release could not be installed: " + failure, failure, null);
    }
    return put(release, revision, "deployed");
  }

  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    calls.add("rollback " + release.name() + " to " + revision);
    return put(release, status(release).orElseThrow().revision() + 1, "deployed");
  }

  @Override
  public List<Release> history(ReleaseName release) {
    if (!statusFailure.isEmpty() && !calls.isEmpty()) {
      throw new HelmException(
          "the release could not be read: " + statusFailure, statusFailure, null);
    }
    return List.copyOf(releases.getOrDefault(release, List.of()));
  }

  @Override
  public void uninstall(ReleaseName release) {
    calls.add("uninstall " + release.name());
    releases.remove(release);
  }

  @Override
  public void close() {}
}
