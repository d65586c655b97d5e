package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavadocSnippetsTest {
  private static final Pattern SNIPPET =
      Pattern.compile("<pre>\\{@code\\n(.*?)\\n \\* *}</pre>", Pattern.DOTALL);

  /** What snippets use without declaring it. */
  private static final String VARIABLES =
      "Airgap airgap, MirrorPlan plan, ImageRef image, Path file, String values,"
          + " RegistryClient client, RegistryClient layout, RegistryClient registry,"
          + " RegistryClient registries, Progress progress, ClusterClient cluster,"
          + " KubernetesObject pod, java.security.PrivateKey key";

  private static List<Path> sources() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (String module : List.of("core", "k8s", "examples")) {
      try (Stream<Path> files =
          Files.walk(Path.of("..", "kubernaut-airgap-" + module, "src/main"))) {
        files.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
      }
    }
    return sources;
  }

  @Test
  void everySnippetCompiles(@TempDir Path classes) throws IOException {
    Map<String, String> found = new LinkedHashMap<>();
    for (Path source : sources()) {
      Matcher snippets = SNIPPET.matcher(Files.readString(source));
      while (snippets.find()) {
        found.put(
            source.getFileName() + " " + found.size(),
            snippets.group(1).replaceAll("(?m)^ *\\* ?", ""));
      }
    }
    assertThat(found).hasSizeGreaterThan(10);
    assertThat(Snippets.compile(found, classes, VARIABLES)).isEmpty();
  }
}
