package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;

/** What the POM files promise to those who publish the project or depend on it. */
final class BuildFilesTest {
  /** Maven runs the tests of a module in the directory of the module. */
  private static final Path PROJECT = Path.of("..").toAbsolutePath().normalize();

  private static Document pom(String module) throws Exception {
    return DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(PROJECT.resolve(module).resolve("pom.xml").toFile());
  }

  private static String text(String path, Object item) throws Exception {
    return XPathFactory.newInstance().newXPath().evaluate(path, item);
  }

  /** Returns the direct dependencies, as {@code group:artifact[:type] scope}. */
  private static Set<String> dependencies(Document pom) throws Exception {
    NodeList elements =
        (NodeList)
            XPathFactory.newInstance()
                .newXPath()
                .evaluate("/project/dependencies/dependency", pom, XPathConstants.NODESET);
    Set<String> dependencies = new LinkedHashSet<>();
    for (int i = 0; i < elements.getLength(); i++) {
      String type = text("type", elements.item(i));
      String scope = text("scope", elements.item(i));
      dependencies.add(
          text("groupId", elements.item(i))
              + ":"
              + text("artifactId", elements.item(i))
              + (type.isEmpty() ? "" : ":" + type)
              + " "
              + (scope.isEmpty() ? "compile" : scope));
    }
    return dependencies;
  }

  /** Returns the rows of the table of a module, with the same text as {@link #dependencies}. */
  private static List<String> documented(String heading) throws IOException {
    String note = Files.readString(PROJECT.resolve("docs/dependencies.md"));
    int start = note.indexOf("\n## " + heading + "\n");
    assertThat(start).as("docs/dependencies.md has the heading '%s'", heading).isNotNegative();
    int end = note.indexOf("\n## ", start + 1);
    String section = note.substring(start, end < 0 ? note.length() : end);
    List<String> rows = new ArrayList<>();
    Pattern.compile("(?m)^\\| `([^`]+)` \\| (\\w+) \\| [^|]{10,} \\| [^|]{5,} \\|$")
        .matcher(section)
        .results()
        .map((MatchResult row) -> row.group(1) + " " + row.group(2))
        .forEach(rows::add);
    return rows;
  }

  @ParameterizedTest
  @ValueSource(strings = {"kubernaut-airgap-core", "kubernaut-airgap-k8s"})
  void eachPackageSaysSinceWhichVersionItExists(String module) throws IOException {
    try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src/main/java"))) {
      List<Path> packages =
          files.filter(file -> file.endsWith("package-info.java")).sorted().toList();
      assertThat(packages)
          .isNotEmpty()
          .allSatisfy(
              file ->
                  assertThat(Files.readString(file))
                      .containsPattern("(?m)^ \\* @since \\d+\\.\\d+\\.\\d+$"));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "kubernaut-airgap-core", "kubernaut-airgap-k8s", "kubernaut-airgap-examples"})
  void theNoteExplainsEachDirectDependency(String module) throws Exception {
    assertThat(documented(module.isEmpty() ? "All modules" : module))
        .containsExactlyInAnyOrderElementsOf(dependencies(pom(module)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"core", "k8s", "examples"})
  void eachModuleHasAModuleName(String module) throws Exception {
    assertThat(text("/project/properties/module.name", pom("kubernaut-airgap-" + module)))
        .isEqualTo("ai.kubernaut.airgap." + module);
    assertThat(
            text(
                "//plugin[artifactId='maven-jar-plugin']//execution[id='default-jar']"
                    + "//Automatic-Module-Name",
                pom("")))
        .isEqualTo("${module.name}");
  }

  /** Two modules with the same package cannot both be on the module path. */
  @Test
  void noTwoModulesHaveTheSamePackage() throws IOException {
    Set<String> packages = new LinkedHashSet<>();
    for (String module : List.of("core", "k8s", "examples")) {
      Path sources = PROJECT.resolve("kubernaut-airgap-" + module + "/src/main/java");
      try (Stream<Path> files = Files.walk(sources)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .filter(file -> !file.endsWith("module-info.java"))
            .map(file -> sources.relativize(file).getParent().toString())
            .distinct()
            .forEach(name -> assertThat(packages.add(name)).as(name).isTrue());
      }
    }
    assertThat(packages).hasSizeGreaterThan(10);
  }

  @Test
  void theModuleExportsAllPackages() throws IOException {
    Path sources = PROJECT.resolve("kubernaut-airgap-core/src/main/java");
    List<String> packages;
    try (Stream<Path> files = Files.walk(sources)) {
      packages =
          files
              .filter(file -> file.endsWith("package-info.java"))
              .map(file -> sources.relativize(file).getParent().toString().replace('/', '.'))
              .toList();
    }
    assertThat(Files.readAllLines(sources.resolve("module-info.java")))
        .filteredOn(line -> line.startsWith("  exports "))
        .map(line -> line.replaceAll("  exports (.*);", "$1"))
        .containsExactlyInAnyOrderElementsOf(packages);
  }

  @Test
  void thePomHasWhatARepositoryRequires() throws Exception {
    Document pom = pom("");
    for (String required :
        List.of(
            "name",
            "description",
            "url",
            "licenses/license/url",
            "developers/developer/name",
            "developers/developer/organization",
            "scm/connection",
            "scm/url")) {
      assertThat(text("/project/" + required, pom)).as(required).isNotBlank();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "README.md",
        "CONTRIBUTING.md",
        "docs/steps.md",
        "docs/dependencies.md",
        "docs/own-adapter.md",
        "docs/plan-in-ci.md",
        "docs/two-sided-transfer.md",
        "docs/scheduled-verification.md",
        "docs/embed-in-a-service.md",
        "docs/upgrade-notes.md",
        "docs/decisions/README.md",
        "kubernaut-airgap-examples/LAB.md",
        "kubernaut-airgap-examples/BENCHMARK.md"
      })
  void linksInTheDocumentsLeadToFiles(String document) throws IOException {
    Path file = PROJECT.resolve(document);
    Pattern.compile("\\]\\(([^)#:]+)\\)")
        .matcher(Files.readString(file))
        .results()
        .map(link -> file.resolveSibling(link.group(1)))
        .forEach(target -> assertThat(target).exists());
  }
}
