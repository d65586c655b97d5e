package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the README and the description of the lab show is true. */
class ReadmeTest {
  @TempDir Path classes;

  private static List<String> commands(String section) throws IOException {
    return MarkdownDocument.read("README.md").section(section).blocks("sh");
  }

  @ParameterizedTest
  @ValueSource(strings = {"README.md", "kubernaut-airgap-examples/LAB.md"})
  void everyJavaSnippetCompiles(String document) throws IOException {
    Map<String, String> snippets = new LinkedHashMap<>();
    MarkdownDocument.read(document)
        .blocks("java")
        .forEach(snippet -> snippets.put(document + " " + snippets.size(), snippet));
    assertThat(snippets).isNotEmpty();
    assertThat(Snippets.compile(snippets, classes, "")).isEmpty();
  }

  @Test
  void runIt_isOneCommandThatRunsTheLab() throws IOException {
    assertThat(commands("Run it"))
        .singleElement()
        .satisfies(command -> assertThat(command.lines()).hasSize(1))
        .asString()
        .endsWith("java -jar kubernaut-airgap-examples/target/kubernaut-airgap.jar lab\n");
  }

  @Test
  void testIt_isOneCommandThatRunsEveryTest() throws IOException {
    assertThat(commands("Test it")).containsExactly("./mvnw -B verify\n");
  }
}
