package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README and the description of the lab show is true. */
class ReadmeTest {
  private static final Pattern BLOCK = Pattern.compile("```(\\w+)\\n(.*?)```", Pattern.DOTALL);

  @TempDir Path classes;

  private static String readme() throws IOException {
    return Files.readString(Path.of("..", "README.md"));
  }

  private static List<String> blocks(String text, String language) {
    List<String> blocks = new ArrayList<>();
    Matcher matcher = BLOCK.matcher(text);
    while (matcher.find()) {
      if (matcher.group(1).equals(language)) {
        blocks.add(matcher.group(2).strip());
      }
    }
    return blocks;
  }

  private static String section(String title) throws IOException {
    String text = readme();
    int begin = text.indexOf("\n## " + title + "\n");
    assertThat(begin).as("the section " + title).isNotNegative();
    int end = text.indexOf("\n## ", begin + 1);
    return text.substring(begin, end < 0 ? text.length() : end);
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "kubernaut-airgap-examples/LAB.md"})
  void everyJavaSnippetCompiles(String document) throws IOException {
    List<String> snippets = blocks(Files.readString(Path.of("..", document)), "java");
    assertThat(snippets).isNotEmpty();
    for (String snippet : snippets) {
      assertThat(compile(snippet)).as(snippet).isEmpty();
    }
  }

  private List<String> compile(String snippet) throws IOException {
    StringBuilder source = new StringBuilder();
    for (String name :
        List.of(
            "ai.kubernaut.airgap.",
            "ai.kubernaut.airgap.chart.",
            "ai.kubernaut.airgap.common.",
            "ai.kubernaut.airgap.examples.lab.",
            "ai.kubernaut.airgap.examples.lab.cluster.",
            "ai.kubernaut.airgap.helm.",
            "ai.kubernaut.airgap.image.",
            "ai.kubernaut.airgap.install.",
            "ai.kubernaut.airgap.k8s.",
            "ai.kubernaut.airgap.mirror.",
            "ai.kubernaut.airgap.overlay.",
            "ai.kubernaut.airgap.plan.",
            "ai.kubernaut.airgap.pullsecret.",
            "ai.kubernaut.airgap.registry.",
            "ai.kubernaut.airgap.registry.http.",
            "ai.kubernaut.airgap.verify.",
            "java.nio.file.",
            "java.util.")) {
      source.append("import ").append(name).append("*;\n");
    }
    source
        .append("class Snippet { void run() throws Exception {\n")
        .append(snippet)
        .append("\n}}\n");
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> problems = new DiagnosticCollector<>();
    JavaFileObject file =
        new SimpleJavaFileObject(URI.create("string:///Snippet.java"), JavaFileObject.Kind.SOURCE) {
          @Override
          public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return source;
          }
        };
    compiler
        .getTask(
            null,
            null,
            problems,
            List.of(
                "-proc:none",
                "-d",
                classes.toString(),
                "-classpath",
                System.getProperty("java.class.path")),
            null,
            List.of(file))
        .call();
    return problems.getDiagnostics().stream()
        .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
        .map(Object::toString)
        .toList();
  }

  @Test
  void runIt_isOneCommandThatRunsTheLab() throws IOException {
    assertThat(blocks(section("Run it"), "sh"))
        .singleElement()
        .satisfies(command -> assertThat(command.lines()).hasSize(1))
        .asString()
        .endsWith("java -jar kubernaut-airgap-examples/target/kubernaut-airgap.jar lab");
  }

  @Test
  void testIt_isOneCommandThatRunsEveryTest() throws IOException {
    assertThat(blocks(section("Test it"), "sh")).containsExactly("./mvnw -B verify");
  }
}
