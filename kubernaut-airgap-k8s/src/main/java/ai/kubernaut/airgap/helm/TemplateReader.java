package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.TemplateConditions;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds out what the templates of a chart ask about the cluster. Partial templates count for every
 * template that includes one of their definitions, directly or through other partial templates.
 *
 * <p>A template may assemble the name of an API version or of a partial template. So every constant
 * that looks like an API version counts, wherever it stands, when the chart asks for API versions
 * at all; and a template that includes what is no constant, nor a file beside it, counts as
 * including everything. Text that is passed to {@code tpl} is not read.
 */
final class TemplateReader {
  private static final Pattern API_VERSION =
      Pattern.compile("([a-z0-9]([a-z0-9.-]*[a-z0-9])?/v[0-9][a-z0-9]*)(/[A-Z][A-Za-z0-9]*)?");

  /** A definition or an inclusion, and its name when that is a constant. */
  private static final Pattern DEFINE =
      Pattern.compile("(?:^|[^\\w.$-])(?:define|block)\\s+\"([^\"]+)\"");

  private static final Pattern INCLUDE =
      Pattern.compile("(?:^|[^\\w.$-])(?:include|template|block)\\s+(?:\"([^\"]+)\")?");

  /** A file beside the template, as charts include it for checksums. */
  private static final Pattern INCLUDED_FILE =
      Pattern.compile(
          "include\\s+\\(\\s*print\\s+\\$?\\.Template\\.BasePath\\s+\"(/[^\"]+)\"\\s*\\)");

  /** What stands in the actions of one template file. */
  private record Asked(
      boolean partial,
      Set<String> apiVersions,
      Set<KubernetesVersion> thresholds,
      Set<String> lookups,
      Set<String> defines,
      Set<String> includes,
      boolean includesAnything) {}

  private final SortedMap<String, Asked> files = new TreeMap<>();
  private final Map<String, String> definedIn = new HashMap<>();
  private final boolean asksForApiVersions;

  private TemplateReader(Map<String, String> templates) {
    this.asksForApiVersions =
        templates.values().stream().anyMatch(text -> text.contains("APIVersions"));
    templates.forEach(
        (path, text) -> {
          Asked asked = read(path, text);
          files.put(path, asked);
          asked.defines().forEach(name -> definedIn.put(name, path));
        });
  }

  /**
   * Reads templates.
   *
   * @param templates the text of each template by its path in the chart
   * @param known gives the API versions that every cluster serves, if a template asks for any
   * @param defaultVersion the Kubernetes version that templates see by default
   * @return the conditions of each template that renders objects and asks for anything
   */
  static List<TemplateConditions> conditions(
      Map<String, String> templates,
      Supplier<List<String>> known,
      KubernetesVersion defaultVersion) {
    TemplateReader reader = new TemplateReader(templates);
    return reader.files.entrySet().stream()
        .filter(file -> !file.getValue().partial() && !file.getKey().endsWith("/NOTES.txt"))
        .map(file -> reader.conditions(file.getKey(), known, defaultVersion))
        .filter(
            asked ->
                !asked.apiVersions().isEmpty()
                    || !asked.kubeVersions().isEmpty()
                    || !asked.lookups().isEmpty())
        .toList();
  }

  private TemplateConditions conditions(
      String path, Supplier<List<String>> known, KubernetesVersion defaultVersion) {
    Set<String> apiVersions = new TreeSet<>();
    Set<KubernetesVersion> thresholds = new TreeSet<>();
    Set<String> lookups = new LinkedHashSet<>();
    for (String reached : reachedFrom(path)) {
      Asked asked = files.get(reached);
      if (asked != null) {
        apiVersions.addAll(asked.apiVersions());
        thresholds.addAll(asked.thresholds());
        lookups.addAll(asked.lookups());
      }
    }
    if (!apiVersions.isEmpty()) {
      known.get().forEach(apiVersions::remove);
    }
    return TemplateConditions.of(
        path,
        List.copyOf(apiVersions),
        KubernetesVersion.onAllSidesOf(thresholds, defaultVersion).stream()
            .map(KubernetesVersion::toString)
            .toList(),
        List.copyOf(lookups));
  }

  private Set<String> reachedFrom(String path) {
    Set<String> reached = new LinkedHashSet<>();
    Deque<String> open = new ArrayDeque<>(List.of(path));
    while (!open.isEmpty()) {
      String next = open.pop();
      Asked asked = files.get(next);
      if (asked != null && reached.add(next)) {
        if (asked.includesAnything()) {
          return files.keySet();
        }
        asked.includes().forEach(name -> open.push(definedIn.getOrDefault(name, name)));
      }
    }
    return reached;
  }

  private Asked read(String path, String text) {
    String name = path.substring(path.lastIndexOf('/') + 1);
    List<String> actions = TemplateText.actions(text);
    Asked asked =
        new Asked(
            name.startsWith("_"),
            new TreeSet<>(),
            new TreeSet<>(),
            new LinkedHashSet<>(TemplateText.lookups(text)),
            new TreeSet<>(),
            new TreeSet<>(),
            actions.stream().anyMatch(TemplateReader::includesAnything));
    for (String action : actions) {
      DEFINE.matcher(action).results().forEach(found -> asked.defines().add(found.group(1)));
      INCLUDE
          .matcher(action)
          .results()
          .filter(found -> found.group(1) != null)
          .forEach(found -> asked.includes().add(found.group(1)));
      String beside = path.substring(0, path.lastIndexOf("templates/") + "templates".length());
      INCLUDED_FILE
          .matcher(action)
          .results()
          .forEach(found -> asked.includes().add(beside + found.group(1)));
      asked.thresholds().addAll(KubernetesVersion.comparedIn(action));
      if (asksForApiVersions) {
        TemplateText.constants(action).forEach(constant -> addApiVersion(asked, constant));
      }
    }
    return asked;
  }

  private static void addApiVersion(Asked asked, String constant) {
    Matcher matcher = API_VERSION.matcher(constant);
    if (matcher.matches()) {
      asked.apiVersions().add(matcher.group(1));
    }
  }

  private static boolean includesAnything(String action) {
    String others = INCLUDED_FILE.matcher(action).replaceAll("");
    return INCLUDE.matcher(others).results().anyMatch(found -> found.group(1) == null);
  }
}
