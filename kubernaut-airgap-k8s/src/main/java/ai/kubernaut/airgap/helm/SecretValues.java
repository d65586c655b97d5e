package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ValuesLayer;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The values given for a chart that are secrets by their names. Helm, schemas and templates quote
 * values in their messages; here they are taken out again. Values of fewer than four characters
 * stay, because they may be part of any word. Immutable.
 */
final class SecretValues {
  private static final int SHORTEST = 4;
  private static final String MASK = "***";

  private static final Pattern SECRET =
      Pattern.compile(
          "(?i).*(pass(word|wd|phrase)?|token|secret|credential|api-?_?key|private-?_?key"
              + "|access-?_?key|license-?_?key|cert|sdkconfig|dsn|connection-?_?string)s?"
              + "(content|data|value|pem)?");

  /** What names a Secret, or a key in it, is none. */
  private static final Pattern NAME = Pattern.compile("(?i)existing.*|.*(name|ref|enabled|create)");

  /** The library that reads YAML for Helm quotes the beginning of a value of the wrong type. */
  private static final Pattern QUOTED_BY_YAML =
      Pattern.compile("(cannot unmarshal !!\\w+ )`[^`]*`");

  private final List<String> values;

  private SecretValues(Set<String> values) {
    // The longest first, because one may be part of another.
    this.values =
        values.stream()
            .filter(value -> value.length() >= SHORTEST)
            .sorted(Comparator.comparingInt(String::length).reversed())
            .toList();
  }

  /** Collects the secrets of a chart's values files, single values and file settings. */
  static SecretValues of(Chart chart) {
    Set<String> found = new LinkedHashSet<>();
    for (ValuesLayer layer : chart.layers()) {
      try {
        collect(List.of(), content(layer), found);
      } catch (InvalidYamlException unreadable) {
        // Helm cannot read it either, so nothing of it is in use.
      }
    }
    List<Chart.Setting> settings = new ArrayList<>(chart.settings());
    settings.addAll(chart.stringSettings());
    for (Chart.Setting setting : settings) {
      collect(setting.path(), setting.value(), found);
      collect(setting.path(), setting.value().replace("\\", ""), found);
    }
    chart
        .fileSettings()
        .forEach(setting -> collect(List.of(setting.key()), text(setting.file()), found));
    return new SecretValues(found);
  }

  private static Map<?, ?> content(ValuesLayer layer) {
    return layer instanceof ValuesLayer.Json json
        ? Yaml.readMapping(json.key(), json.asValuesFile(), Yaml.DuplicateKeys.LAST_WINS)
        : Yaml.readMapping(((ValuesLayer.File) layer).path(), Yaml.DuplicateKeys.LAST_WINS);
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException unreadable) {
      return "";
    }
  }

  private static void collect(List<String> path, @Nullable Object value, Set<String> found) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, child) -> {
            List<String> deeper = new ArrayList<>(path);
            deeper.add(String.valueOf(key));
            collect(deeper, child, found);
          });
    } else if (value instanceof List<?> list) {
      list.forEach(child -> collect(path, child, found));
    } else if (value != null && isSecret(path)) {
      String text = value.toString();
      found.add(text);
      found.add(text.strip());
      Arrays.stream(text.split("\n", -1)).map(String::strip).forEach(found::add);
    }
  }

  /** Returns whether a value is a secret by its name. */
  static boolean isSecret(List<String> path) {
    if (path.isEmpty() || NAME.matcher(path.get(path.size() - 1)).matches()) {
      return false;
    }
    return path.stream().anyMatch(part -> SECRET.matcher(part).matches());
  }

  /** A message without the secrets. */
  String mask(String message) {
    String masked = QUOTED_BY_YAML.matcher(message).replaceAll("$1`" + MASK + "`");
    for (String value : values) {
      masked = masked.replace(value, MASK);
    }
    return masked;
  }
}
