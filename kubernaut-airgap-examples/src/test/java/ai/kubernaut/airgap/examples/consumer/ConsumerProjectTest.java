package ai.kubernaut.airgap.examples.consumer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.examples.MarkdownDocument;
import ai.kubernaut.airgap.examples.Snippets;
import ai.kubernaut.airgap.examples.cli.OneLayerImage;
import ai.kubernaut.airgap.examples.lab.Lab;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Projects that depend on the library: Maven resolves their class path with the BOM of the library
 * and with that of a framework before it. A program then mirrors an image, asks a cluster and
 * renders a chart with exactly those jars.
 */
@Timeout(300)
final class ConsumerProjectTest {
  private static final Path ROOT = Path.of("..").toAbsolutePath().normalize();
  private static final Path WRAPPER = ROOT.resolve("mvnw");

  @TempDir private static Path directory;

  private static String version = "";
  private static DockerRegistry source;
  private static DockerRegistry mirror;
  private static Lab lab;
  private static Path chart;

  @BeforeAll
  static void startWhatTheProgramUses() throws Exception {
    Path jar = jarOf(Airgap.class);
    assumeTrue(Files.isRegularFile(jar), "the library was compiled, but not packaged");
    version = jar.getFileName().toString().replaceAll("kubernaut-airgap-core-(.*)\\.jar", "$1");
    install("kubernaut-airgap", ROOT);
    install(
        "kubernaut-airgap-core",
        ROOT.resolve("kubernaut-airgap-core"),
        jar,
        jarOf(RegistryClientContract.class));
    install(
        "kubernaut-airgap-k8s",
        ROOT.resolve("kubernaut-airgap-k8s"),
        jarOf(Fabric8ClusterClient.class));
    install(
        "kubernaut-airgap-examples", ROOT.resolve("kubernaut-airgap-examples"), jarOfExamples());
    source = DockerRegistry.start();
    mirror = DockerRegistry.start();
    try (RegistryClient client = HttpRegistryClient.builder().plainHttp(source.host()).build()) {
      OneLayerImage.push(
          client, ImageRef.parse(source.host() + "/consumer/image:v1"), new byte[1000]);
    }
    lab = Lab.builder().flavour(Flavour.KUBERNETES).withoutSource().start();
    chart = Files.createDirectories(directory.resolve("chart/templates")).getParent();
    Files.writeString(
        chart.resolve("Chart.yaml"), "apiVersion: v2\nname: packaged\nversion: 1.0.0\n");
    Files.writeString(
        chart.resolve("templates/map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}}\n");
  }

  @AfterAll
  static void stop() {
    if (lab != null) {
      lab.close();
    }
    for (DockerRegistry registry : new DockerRegistry[] {source, mirror}) {
      if (registry != null) {
        registry.close();
      }
    }
  }

  private static Path jarOf(Class<?> member) throws Exception {
    return Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
  }

  /** The jar of this module, which is packaged after its tests. */
  private static Path jarOfExamples() throws Exception {
    Path jar = directory.resolve("kubernaut-airgap-examples-" + version + ".jar");
    assertThat(
            ToolProvider.findFirst("jar")
                .orElseThrow()
                .run(
                    System.out,
                    System.err,
                    "-cf",
                    jar.toString(),
                    "-C",
                    jarOf(Lab.class).toString(),
                    "."))
        .isZero();
    return jar;
  }

  /** What {@code mvn install} does, into a repository of this test. */
  private static void install(String artifact, Path module, Path... jars) throws IOException {
    Path target =
        Files.createDirectories(
            repository().resolve("ai/kubernaut/airgap").resolve(artifact).resolve(version));
    Files.copy(module.resolve("pom.xml"), target.resolve(artifact + "-" + version + ".pom"));
    for (Path jar : jars) {
      Files.copy(jar, target.resolve(jar.getFileName().toString()));
    }
  }

  private static Path repository() {
    return directory.resolve("repository");
  }

  /** A project with the library, whose versions a BOM before that of the library may replace. */
  private static Path project(String name, String framework) throws IOException {
    String first = framework.isEmpty() ? "" : bom(framework);
    return Files.writeString(
        Files.createDirectories(directory.resolve(name)).resolve("pom.xml"),
        """
        <project xmlns="http://maven.apache.org/POM/4.0.0">
          <modelVersion>4.0.0</modelVersion>
          <groupId>consumer</groupId>
          <artifactId>%s</artifactId>
          <version>1</version>
          <dependencyManagement>
            <dependencies>%s%s</dependencies>
          </dependencyManagement>
          <dependencies>
            <dependency>
              <groupId>ai.kubernaut.airgap</groupId>
              <artifactId>kubernaut-airgap-k8s</artifactId>
            </dependency>
          </dependencies>
          <build>
            <plugins>
              <plugin>
                <artifactId>maven-enforcer-plugin</artifactId>
                <version>%s</version>
                <configuration><rules><dependencyConvergence/></rules></configuration>
              </plugin>
              <plugin>
                <artifactId>maven-dependency-plugin</artifactId>
                <version>%s</version>
              </plugin>
            </plugins>
          </build>
        </project>
        """
            .formatted(
                name,
                first,
                bom("ai.kubernaut.airgap:kubernaut-airgap:" + version),
                pluginVersion("maven-enforcer-plugin"),
                pluginVersion("maven-dependency-plugin")));
  }

  private static String bom(String coordinates) {
    String[] parts = coordinates.split(":", -1);
    return "<dependency><groupId>%s</groupId><artifactId>%s</artifactId><version>%s</version><type>pom</type><scope>import</scope></dependency>"
        .formatted(parts[0], parts[1], parts[2]);
  }

  /** The version that this build uses, so that nothing else has to be fetched. */
  private static String pluginVersion(String plugin) throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    int at = pom.indexOf("<version>", pom.indexOf("<artifactId>" + plugin + "</artifactId>"));
    return pom.substring(at + "<version>".length(), pom.indexOf("</version>", at));
  }

  /** Lets Maven check that the versions converge, and returns the class path. */
  private static String resolve(Path pom) throws Exception {
    Path classPath = pom.resolveSibling("classpath");
    maven(
        pom,
        "enforcer:enforce",
        "dependency:build-classpath",
        "-Dmdep.outputFile=" + classPath,
        "-Dmdep.includeScope=runtime");
    return Files.readString(classPath);
  }

  private static void maven(Path pom, String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                WRAPPER.toString(),
                "-B",
                "-q",
                "-f",
                pom.toString(),
                "-Dmaven.repo.local=" + repository(),
                "-Dmaven.repo.local.tail="
                    + System.getProperty(
                        "maven.repo.local",
                        Path.of(System.getProperty("user.home"), ".m2/repository").toString()),
                "-Dmaven.repo.local.tail.ignoreAvailability=true"));
    command.addAll(List.of(arguments));
    run(command);
  }

  private static String run(List<String> command) throws Exception {
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.directory(directory.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as("%s%n%s", String.join(" ", command), said).isZero();
    return said;
  }

  private static String runProgram(String classPath, String name) throws Exception {
    return runProgram(
        name,
        java(),
        "-cp",
        jarOf(Consumer.class) + File.pathSeparator + classPath,
        Consumer.class.getName());
  }

  private static String runProgram(String name, String... java) throws Exception {
    List<String> command = new ArrayList<>(List.of(java));
    command.add(1, "-Xmx256m");
    command.addAll(
        List.of(source.host(), mirror.host(), lab.kubeconfig().toString(), chart.toString(), name));
    return run(command);
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java").toString();
  }

  /** Returns the modules that the README names after an option. */
  private static String documented(String option) throws IOException {
    return Files.readString(ROOT.resolve("README.md"))
        .lines()
        .filter(line -> line.contains(option + " "))
        .map(line -> line.replaceAll(".*" + option + " (\\S+).*", "$1"))
        .findFirst()
        .orElseThrow();
  }

  private static void assertRan(String said) {
    assertThat(said)
        .contains(
            "1 images for", "1 copied", "Namespace kube-system", "metadata: {name: packaged}");
  }

  @ParameterizedTest
  @CsvSource({
    "plain, ''",
    "spring-boot-3, org.springframework.boot:spring-boot-dependencies:3.5.7",
    "spring-boot-4, org.springframework.boot:spring-boot-dependencies:4.0.7",
    "quarkus, io.quarkus:quarkus-bom:3.33.2"
  })
  void aProjectRunsWithTheVersionsThatItsBomsChoose(String name, String framework)
      throws Exception {
    String classPath = resolve(project(name, framework));
    assertRan(runProgram(classPath, name));
  }

  @Test
  void theClassLoaderOfTheLibraryIsCollectedOnceEverythingIsClosed() throws Exception {
    String program = jarOf(Consumer.class) + File.pathSeparator + resolve(project("unloaded", ""));

    String said =
        runProgram(
            "unloaded",
            java(),
            // Soft references are cleared at once, as they are when memory is short.
            "-XX:SoftRefLRUPolicyMSPerMB=0",
            "-cp",
            jarOf(Consumer.class).toString(),
            ClassLoaderHost.class.getName(),
            program);
    assertRan(said);
    assertThat(said).contains("class loader collected: true");
  }

  @Test
  void aModularProgramRunsOnTheModulePath() throws Exception {
    String modulePath = resolve(project("modular", ""));
    Path sources = Files.createDirectories(directory.resolve("modular/src"));
    Files.writeString(
        sources.resolve("module-info.java"),
        """
        module consumer {
          requires ai.kubernaut.airgap.core;
          requires ai.kubernaut.airgap.k8s;
        }
        """);
    Path program =
        Files.copy(
            Path.of("src/test/java", Consumer.class.getName().replace('.', '/') + ".java"),
            sources.resolve("Consumer.java"));
    Path classes = directory.resolve("modular/classes");
    assertThat(
            ToolProvider.findFirst("javac")
                .orElseThrow()
                .run(
                    System.out,
                    System.err,
                    "-p",
                    modulePath,
                    "-d",
                    classes.toString(),
                    sources.resolve("module-info.java").toString(),
                    program.toString()))
        .isZero();
    assertRan(
        runProgram(
            "modular",
            java(),
            "-p",
            classes + File.pathSeparator + modulePath,
            "--add-modules",
            documented("java -p modules --add-modules"),
            "-m",
            "consumer/" + Consumer.class.getName()));
  }

  @Test
  void aRuntimeImageNeedsOnlyTheDocumentedModules() throws Exception {
    String classPath = resolve(project("image", ""));
    Path image = directory.resolve("image/runtime");
    assertThat(
            ToolProvider.findFirst("jlink")
                .orElseThrow()
                .run(
                    System.out,
                    System.err,
                    "--add-modules",
                    documented("jlink --add-modules"),
                    "--output",
                    image.toString()))
        .isZero();
    assertRan(
        runProgram(
            "image",
            image.resolve("bin/java").toString(),
            "-cp",
            jarOf(Consumer.class) + File.pathSeparator + classPath,
            Consumer.class.getName()));
  }

  @Test
  void theBomNamesOnlyWhatTheLibraryNeedsAtRunTime() throws Exception {
    String classPath = resolve(project("footprint", ""));
    List<String> jars =
        Stream.of(classPath.split(File.pathSeparator))
            .map(path -> Path.of(path).getFileName().toString())
            .filter(name -> !name.startsWith("kubernetes-"))
            .map(name -> name.replaceAll("-[0-9].*", ""))
            .sorted()
            .toList();
    assertThat(jars)
        .containsExactly(
            "commons-codec",
            "commons-compress",
            "commons-io",
            "commons-lang3",
            "helm-java",
            "httpclient5",
            "httpcore5",
            "httpcore5-h2",
            "jackson-annotations",
            "jackson-core",
            "jackson-databind",
            "jackson-dataformat-yaml",
            "jackson-datatype-jsr310",
            "jib-core",
            "jna-jpms",
            "jna-platform-jpms",
            "jspecify",
            "kubernaut-airgap-core",
            "kubernaut-airgap-k8s",
            "lib-api",
            "linux-amd64",
            "slf4j-api",
            "snakeyaml",
            "snakeyaml-engine",
            "zjsonpatch");
  }

  /** A project with the adapters and the test dependencies of a page, which runs their tests. */
  @Test
  void theContractsRunInAProjectOfTheirOwn() throws Exception {
    MarkdownDocument page = MarkdownDocument.read("docs/own-adapter.md");
    Path pom = project("adapters", "");
    StringBuilder plugins = new StringBuilder();
    for (String plugin :
        List.of("maven-resources-plugin", "maven-compiler-plugin", "maven-surefire-plugin")) {
      plugins.append(
          "<plugin><artifactId>%s</artifactId><version>%s</version></plugin>"
              .formatted(plugin, pluginVersion(plugin)));
    }
    MarkdownDocument lab = MarkdownDocument.read("kubernaut-airgap-examples/LAB.md");
    Files.writeString(
        pom,
        Files.readString(pom)
            .replace(
                "</dependencies>\n  <build>",
                String.join("", page.blocks("xml"))
                    + String.join("", lab.blocks("xml"))
                    + "</dependencies>\n  <build>")
            .replace("</plugins>", plugins + "</plugins>"));
    Path sources = Files.createDirectories(pom.resolveSibling("src/test/java/adapters"));
    for (String block : page.blocks("java")) {
      write(sources, block);
    }
    for (String block : lab.blocks("java")) {
      if (block.contains("@RegisterExtension")) {
        write(sources, block);
      }
    }
    write(
        sources,
        """
        final class LabATest {
          @RegisterExtension static final LabExtension LAB = LabExtension.of(Lab.builder().withoutSource());

          @Test
          void runs(Lab lab) {
            Assertions.assertTrue(Files.exists(lab.kubeconfig()));
            System.setProperty("adapters.kubeconfig", lab.kubeconfig().toString());
          }
        }
        """);
    write(
        sources,
        """
        final class LabBTest {
          @Test
          void theLabOfTheOtherClassIsClosed() {
            Assertions.assertFalse(Files.exists(Path.of(System.getProperty("adapters.kubeconfig"))));
          }
        }
        """);

    maven(
        pom,
        "test",
        "-Dmaven.compiler.release=17",
        "-Dsurefire.runOrder=alphabetical",
        // The rest of this contract takes a minute, and the tests of the adapters run it.
        "-Dtest=Audited*Test,HostCluster*Test,Lab*Test,MirroringTest,HostHelm*Test#rendering*+whatIs*");

    assertThat(report(pom, "AuditedRegistryClientTest"))
        .contains("aMountBringsTheBlobOver")
        .doesNotContain("<skipped");
    assertThat(report(pom, "HostClusterClientTest"))
        .contains("whatIsCreatedIsReadBack", "no ability LOGS", "no ability SERVICES");
    assertThat(report(pom, "HostHelmClientTest"))
        .contains("renderingShowsHooks", "no ability CLUSTER");
    assertThat(report(pom, "MirroringTest")).contains("mustGatherIsMirrored");
  }

  /** Writes a class with the imports that documents leave out. */
  private static void write(Path sources, String declaration) throws IOException {
    Files.writeString(
        sources.resolve(Snippets.nameOf(declaration) + ".java"),
        "package adapters;\n" + Snippets.imports() + declaration);
  }

  private static String report(Path pom, String test) throws IOException {
    return Files.readString(
        pom.resolveSibling("target/surefire-reports/TEST-adapters." + test + ".xml"));
  }
}
