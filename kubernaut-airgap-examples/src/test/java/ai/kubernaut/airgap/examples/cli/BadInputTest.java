package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Files that are broken, or meant to break whoever reads them: a clear error that names file and
 * place, soon, and nothing is written.
 */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class BadInputTest {
  private static final String POD =
      "{apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: 'quay.io/acme/app:{{ .Values.tag }}'}]}}\n";

  @TempDir Path directory;

  private Path chart;

  @BeforeEach
  void writeAChart() throws IOException {
    chart = directory.resolve("chart");
    write("chart/Chart.yaml", "apiVersion: v2\nname: small\nversion: 1.0.0\n");
    write("chart/values.yaml", "tag: v1\n");
    write("chart/templates/pod.yaml", POD);
  }

  private Path write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private Map<String, Long> files() throws IOException {
    Map<String, Long> files = new TreeMap<>();
    try (var paths = Files.walk(directory, 3, new FileVisitOption[0])) {
      for (Path path : paths.toList()) {
        files.put(
            path.toString(),
            Files.isSymbolicLink(path) ? -1 : Files.getLastModifiedTime(path).toMillis());
      }
    }
    return files;
  }

  private CommandLineRun plan(Object... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "plan",
                "--offline",
                "--target",
                "harbor.corp",
                "--chart",
                chart,
                "--out",
                directory.resolve("plan.yaml")));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  private void assertRefused(List<String> words, Object... more) throws IOException {
    Map<String, Long> before = files();
    CommandLineRun run = plan(more);
    assertThat(run.status()).as(run.toString()).isEqualTo(6);
    assertThat(run.err()).contains(words).doesNotContain("\tat ").hasSizeLessThan(10_000);
    assertThat(files()).as("nothing is written").isEqualTo(before);
  }

  /** Each level stands ten times for the level below. */
  private static String bomb() {
    StringBuilder text = new StringBuilder("tag: v1\na0: &a0 [x]\n");
    for (int level = 1; level <= 9; level++) {
      text.append(
          "a%d: &a%d [%s]\n".formatted(level, level, ("*a" + (level - 1) + ",").repeat(10)));
    }
    return text.toString();
  }

  static List<List<String>> brokenValues() {
    return List.of(
        List.of("tag: v1\na:\n  b: 1\n c: 2\n", "line 4, column 2"),
        List.of("tag: [v1\n", "line 2, column 1"),
        List.of("tag: v1\n\tb: 1\n", "line 2, column 1"),
        List.of("- tag\n", "it must be a mapping"),
        List.of(bomb(), "aliases"),
        List.of("a: " + "[".repeat(5000), "is not YAML that can be used"));
  }

  @ParameterizedTest
  @MethodSource("brokenValues")
  void aBrokenValuesFile_isNamedWithThePlace(List<String> textAndProblem) throws IOException {
    Path values = write("mine.yaml", textAndProblem.get(0));
    assertRefused(List.of(values.toString(), textAndProblem.get(1)), "--values", values);
  }

  @ParameterizedTest
  @MethodSource("brokenValues")
  void aChartsOwnBrokenValues_areNamedWithThePlace(List<String> textAndProblem) throws IOException {
    write("chart/values.yaml", textAndProblem.get(0));
    assertRefused(List.of("values.yaml", textAndProblem.get(1)));
  }

  @Test
  void aKeyThatStandsTwiceInValues_isTakenAsHelmTakesIt() throws IOException {
    Path values = write("mine.yaml", "tag: v1\ntls: {}\ntag: v2\n");

    assertThat(plan("--values", values).out()).contains("quay.io/acme/app:v2 →");
  }

  static List<List<String>> brokenTemplates() {
    return List.of(
        List.of("{{ fail \"set the policy\" }}", "templates/broken.yaml", "set the policy"),
        List.of("a: {{ .Values.no.such.key }}", "templates/broken.yaml:1", "nil pointer"),
        List.of("a: 1\nb: {{ if }}", "templates/broken.yaml:2", "missing value for if"),
        List.of("a: 1\nb: {{ include \"none\" . }}", "templates/broken.yaml:2", "no template"),
        List.of(
            "{{ define \"r\" }}{{ include \"r\" . }}{{ end }}a: {{ include \"r\" . }}",
            "templates/broken.yaml",
            "error calling include"),
        List.of("kind: A\nmetadata:\n  name: x\n y: z\n", "templates/broken.yaml", "line 3"),
        List.of("kind: A\n" + bomb(), "templates/broken.yaml", "excessive aliasing"),
        List.of(
            "kind: Pod\nmetadata: {name: x}\nspec: {containers: [{image: 'Quay.io/A B'}]}",
            "Pod x at spec.containers[0].image",
            "Quay.io/A B"));
  }

  @ParameterizedTest
  @MethodSource("brokenTemplates")
  void aBrokenTemplate_isNamed(List<String> textAndWords) throws IOException {
    write("chart/templates/broken.yaml", textAndWords.get(0));
    assertRefused(textAndWords.subList(1, textAndWords.size()));
  }

  @Test
  void aValueThatTheSchemaRefuses_isNamedWithWhatToDo() throws IOException {
    write(
        "chart/values.schema.json",
        "{\"type\": \"object\", \"additionalProperties\": false, \"properties\": {\"tag\": {\"type\": \"string\", \"minLength\": 2}}}");
    assertRefused(List.of("tag", "minLength"), "--set-string", "tag=v");
    assertRefused(List.of("tagg", "take it out of the values"), "--set", "tagg=v1");
  }

  @Test
  void symbolicLinksInACircle_areNamed() throws IOException {
    Files.createSymbolicLink(chart.resolve("templates/again"), chart);
    assertRefused(List.of("symbolic links go round in a circle", "templates/again"));
    Files.delete(chart.resolve("templates/again"));
    Files.createSymbolicLink(chart.resolve("one"), chart.resolve("two"));
    Files.createSymbolicLink(chart.resolve("two"), chart.resolve("one"));
    assertRefused(List.of("its symbolic link " + chart, "leads nowhere, or round in a circle"));
  }

  static List<List<String>> brokenPlans() {
    String head =
        "apiVersion: airgap.kubernaut.ai/v1\nkind: MirrorPlan\ntarget: {registry: harbor.corp, separator: /}\n";
    return List.of(
        List.of(head + "images: [\n", "line 5, column 1"),
        List.of(head + "images: []\nimages: []\n", "line 5, column 1", "duplicate key images"),
        List.of(head + "images: []\nimagez: []\n", "'imagez'", "is not known to this version"),
        List.of(bomb(), "aliases"),
        List.of(head + "images: [{source: 'a b', target: x}]", "a b", "U+0020"));
  }

  @ParameterizedTest
  @MethodSource("brokenPlans")
  void aBrokenPlan_isNamedWithThePlace(List<String> textAndWords) throws IOException {
    Path plan = write("broken-plan.yaml", textAndWords.get(0));
    for (String command : List.of("mirror", "plan", "preflight")) {
      CommandLineRun run = CommandLineRun.of(command, "--plan", plan);
      assertThat(run.status()).as(run.toString()).isEqualTo(7);
      assertThat(run.err())
          .contains(plan.toString())
          .contains(textAndWords.subList(1, textAndWords.size()))
          .doesNotContain("\tat ");
    }
  }
}
