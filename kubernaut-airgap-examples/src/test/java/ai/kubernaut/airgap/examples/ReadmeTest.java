package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
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
      assertThat(Snippets.compile(snippet, classes, "")).as(snippet).isEmpty();
    }
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
