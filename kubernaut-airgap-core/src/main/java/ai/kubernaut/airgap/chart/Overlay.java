package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The values that turn a chart's image references to the mirror: what the guide, step 4b, has
 * people write into {@code values-airgap.yaml} by hand. It is made from the values that the chart
 * has, so no key is set that a chart's schema might refuse. Immutable.
 */
public final class Overlay {
  private final Map<String, Object> values;

  private Overlay(Map<String, Object> values) {
    this.values = values;
  }

  /**
   * Makes the overlay for a chart's values.
   *
   * <p>Where the chart builds references from {@code global.image.registry}, {@code .namespace} and
   * {@code .separator}, those three are set. Every value that is a whole reference to one of the
   * images gets the reference to the mirror. Lists are replaced as a whole, since Helm does not
   * merge them.
   *
   * @param chart the merged values of the chart
   * @param target the mirror
   * @param references for each image of the chart the reference by which it is pulled from the
   *     mirror
   * @param pullSecrets names of the pull secrets that pods need, for {@code
   *     global.imagePullSecrets}; may be empty
   * @return the overlay; whether it reaches every image is for the rendered chart to show
   */
  public static Overlay of(
      ChartValues chart,
      Target target,
      Map<ImageRef, ImageRef> references,
      Set<String> pullSecrets) {
    Map<String, Object> values = new LinkedHashMap<>();
    if (replaced(chart.fields().content(), references) instanceof Map<?, ?> wholeReferences) {
      wholeReferences.forEach((key, value) -> values.put(key.toString(), value));
    }
    Map<String, Object> global = new LinkedHashMap<>();
    if (chart.fields().value("global", "image", "registry").isPresent()) {
      global.put("image", builtReferences(chart, target));
    }
    if (!pullSecrets.isEmpty() && chart.fields().value("global", "imagePullSecrets").isPresent()) {
      List<Map<String, String>> names = new ArrayList<>();
      pullSecrets.forEach(name -> names.add(Map.of("name", name)));
      global.put("imagePullSecrets", names);
    }
    if (!global.isEmpty()) {
      if (values.get("global") instanceof Map<?, ?> whole) {
        whole.forEach((key, value) -> global.putIfAbsent(key.toString(), value));
      }
      values.put("global", global);
    }
    return new Overlay(values);
  }

  private static Map<String, Object> builtReferences(ChartValues chart, Target target) {
    Map<String, Object> image = new LinkedHashMap<>();
    image.put("registry", target.address());
    String registry = chart.fields().text("global", "image", "registry").orElse("");
    String namespace = chart.fields().text("global", "image", "namespace").orElse("");
    int slash = registry.indexOf('/');
    String path =
        slash < 0
            ? namespace
            : registry.substring(slash + 1) + (namespace.isEmpty() ? "" : "/" + namespace);
    String joined = path.replace("/", target.separator().value());
    if (!joined.equals(namespace)) {
      image.put("namespace", joined);
    }
    image.put("separator", target.separator().value());
    return image;
  }

  /** The part of a tree that changes when references are replaced; null when nothing does. */
  private static @Nullable Object replaced(
      @Nullable Object value, Map<ImageRef, ImageRef> references) {
    if (value instanceof Map<?, ?> map) {
      Map<String, Object> changed = new LinkedHashMap<>();
      map.forEach(
          (key, child) -> {
            Object changedChild = replaced(child, references);
            if (changedChild != null) {
              changed.put(key.toString(), changedChild);
            }
          });
      return changed.isEmpty() ? null : changed;
    }
    if (value instanceof List<?> list) {
      return replacedList(list, references);
    }
    return value instanceof String text
        ? reference(text).map(references::get).map(ImageRef::toString).orElse(null)
        : null;
  }

  private static @Nullable Object replacedList(List<?> list, Map<ImageRef, ImageRef> references) {
    boolean changed = false;
    List<@Nullable Object> copy = new ArrayList<>();
    for (Object element : list) {
      Object changedElement = replaced(element, references);
      changed |= changedElement != null;
      if (changedElement instanceof Map<?, ?> changedMap && element instanceof Map<?, ?> map) {
        Map<Object, @Nullable Object> whole = new LinkedHashMap<>(map);
        whole.putAll(changedMap);
        copy.add(whole);
      } else {
        copy.add(changedElement != null ? changedElement : element);
      }
    }
    return changed ? copy : null;
  }

  private static Optional<ImageRef> reference(String text) {
    try {
      return Optional.of(ImageRef.parse(text));
    } catch (InvalidReferenceException notAReference) {
      return Optional.empty();
    }
  }

  /**
   * The values.
   *
   * @return a tree as Helm takes it
   */
  public Map<String, Object> values() {
    return values;
  }

  /**
   * The values as a file for {@code helm -f}.
   *
   * @return a YAML document
   */
  public String toYaml() {
    return Yaml.write(values);
  }

  /**
   * Takes single values away from a chart that would stand over this overlay: Helm puts {@code
   * --set} over every file.
   *
   * @param chart the chart and its layers
   * @return the chart without the settings that this overlay makes
   */
  public Chart reachIn(Chart chart) {
    List<Chart.Setting> kept = new ArrayList<>();
    for (Chart.Setting setting : chart.settings()) {
      if (!sets(values, ChartValues.path(setting.key()))) {
        kept.add(setting);
      }
    }
    return ImmutableChart.builder().from(chart).settings(kept).build();
  }

  private static boolean sets(@Nullable Object value, List<String> path) {
    if (path.isEmpty()) {
      return !(value instanceof Map);
    }
    return value instanceof Map<?, ?> map
        && map.containsKey(path.get(0))
        && sets(map.get(path.get(0)), path.subList(1, path.size()));
  }

  @Override
  public String toString() {
    return toYaml();
  }
}
