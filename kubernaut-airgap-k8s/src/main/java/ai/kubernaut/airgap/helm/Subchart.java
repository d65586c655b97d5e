package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A chart in the {@code charts} directory of another chart. Immutable.
 *
 * @param directory where its {@code Chart.yaml} is
 * @param name the name in its {@code Chart.yaml}
 * @param keys the names under which the other chart has its values: the aliases of its dependencies
 *     on this chart, and the name where a dependency has no alias or there is no dependency
 */
record Subchart(Path directory, String name, Set<String> keys) {

  /** Whether a dependency gives the chart another name. */
  boolean hasAlias() {
    return !keys.equals(Set.of(name));
  }

  /** Returns the subcharts of a chart, in the order of their directories. */
  static List<Subchart> of(Path chart) throws IOException {
    Path charts = chart.resolve("charts");
    List<Subchart> subcharts = new ArrayList<>();
    if (Files.isDirectory(charts)) {
      Map<String, Set<String>> keys = dependencyKeys(chart);
      for (Path directory : directories(charts)) {
        if (Files.isRegularFile(directory.resolve("Chart.yaml"))) {
          String name = nameOf(directory);
          subcharts.add(new Subchart(directory, name, keys.getOrDefault(name, Set.of(name))));
        }
      }
    }
    return subcharts;
  }

  /** Returns the name in a chart's {@code Chart.yaml}; empty when it has none. */
  static String nameOf(Path chart) {
    return Fields.of(Yaml.readMapping(chart.resolve("Chart.yaml"), Yaml.DuplicateKeys.LAST_WINS))
        .text("name")
        .orElse("");
  }

  private static Map<String, Set<String>> dependencyKeys(Path chart) {
    Map<String, Set<String>> keys = new HashMap<>();
    for (String file : List.of("Chart.yaml", "requirements.yaml")) {
      if (Files.isRegularFile(chart.resolve(file))) {
        Fields fields =
            Fields.of(Yaml.readMapping(chart.resolve(file), Yaml.DuplicateKeys.LAST_WINS));
        for (Fields dependency : fields.list("dependencies")) {
          String name = dependency.text("name").orElse("");
          keys.computeIfAbsent(name, same -> new LinkedHashSet<>())
              .add(dependency.text("alias").filter(alias -> !alias.isEmpty()).orElse(name));
        }
      }
    }
    return keys;
  }

  private static List<Path> directories(Path directory) throws IOException {
    try (var paths = Files.list(directory)) {
      return paths.filter(Files::isDirectory).sorted().toList();
    }
  }
}
