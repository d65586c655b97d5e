package ai.kubernaut.airgap.examples.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.jar.Attributes;
import java.util.jar.JarFile;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A host that renders a chart with the embedded Helm, in each form in which Java programs are
 * delivered. Nothing is left in its temporary directory.
 */
@Timeout(120)
class PackagedHostTest {
  private static final String SPRING_BOOT_LOADER = "spring-boot-loader-";

  @TempDir Path directory;

  private Path temporary;
  private String chart;

  /** The host. */
  static final class Host {
    private Host() {}

    public static void main(String[] arguments) {
      try (HelmClient helm = HelmJavaClient.create()) {
        System.out.println(
            helm.render(Chart.at(Path.of(arguments[0])), ReleaseName.defaultRelease()));
      }
    }
  }

  @BeforeEach
  void writeChart() throws IOException {
    temporary = Files.createDirectory(directory.resolve("tmp"));
    Path templates = Files.createDirectories(directory.resolve("chart/templates"));
    Files.writeString(
        templates.resolveSibling("Chart.yaml"), "apiVersion: v2\nname: packaged\nversion: 1.0.0\n");
    Files.writeString(
        templates.resolve("map.yaml"),
        "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: {{ .Chart.Name }}}\n");
    chart = templates.getParent().toString();
  }

  private static List<Path> classPath(boolean withLoader) {
    return Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
        .map(Path::of)
        .filter(Files::exists)
        .filter(path -> withLoader == path.getFileName().toString().startsWith(SPRING_BOOT_LOADER))
        .toList();
  }

  private void seeRendered(String... arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djava.io.tmpdir=" + temporary));
    command.addAll(List.of(arguments));
    command.add(chart);
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
    assertThat(said).contains("metadata: {name: packaged}");
    try (Stream<Path> left = Files.list(temporary)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void aClassPathOfFiles() throws Exception {
    String files =
        String.join(File.pathSeparator, classPath(false).stream().map(Path::toString).toList());
    seeRendered("-cp", files, Host.class.getName());
  }

  @Test
  void aShadedJar() throws Exception {
    Path shaded = directory.resolve("shaded.jar");
    Set<String> seen = new HashSet<>();
    try (JarOutputStream jar =
        new JarOutputStream(Files.newOutputStream(shaded), manifest(Host.class.getName()))) {
      for (Path path : classPath(false)) {
        copy(path, "", jar, seen);
      }
    }
    seeRendered("-jar", shaded.toString());
  }

  @Test
  void anExecutableJarOfSpringBoot() throws Exception {
    Manifest manifest = manifest("org.springframework.boot.loader.launch.JarLauncher");
    manifest.getMainAttributes().putValue("Start-Class", Host.class.getName());
    Path executable = directory.resolve("executable.jar");
    Set<String> seen = new HashSet<>();
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(executable), manifest)) {
      for (Path loader : classPath(true)) {
        copy(loader, "", jar, seen);
      }
      int number = 0;
      for (Path path : classPath(false)) {
        if (path.endsWith("test-classes")) {
          jar.putNextEntry(new ZipEntry("BOOT-INF/classes/"));
          copy(path, "BOOT-INF/classes/", jar, seen);
        } else {
          store("BOOT-INF/lib/" + number++ + ".jar", jarOf(path), jar);
        }
      }
    }
    seeRendered("-jar", executable.toString());
  }

  private static Manifest manifest(String mainClass) {
    Manifest manifest = new Manifest();
    manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
    manifest.getMainAttributes().put(Attributes.Name.MAIN_CLASS, mainClass);
    return manifest;
  }

  /** Adds the entries of a jar or the files of a directory; the first of a name wins. */
  private static void copy(Path from, String prefix, JarOutputStream to, Set<String> seen)
      throws IOException {
    seen.add(JarFile.MANIFEST_NAME);
    if (Files.isDirectory(from)) {
      try (Stream<Path> files = Files.walk(from)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          add(prefix + from.relativize(file), Files.readAllBytes(file), to, seen);
        }
      }
      return;
    }
    try (ZipFile jar = new ZipFile(from.toFile())) {
      for (ZipEntry entry : jar.stream().filter(entry -> !entry.isDirectory()).toList()) {
        add(prefix + entry.getName(), jar.getInputStream(entry).readAllBytes(), to, seen);
      }
    }
  }

  private static void add(String name, byte[] content, JarOutputStream to, Set<String> seen)
      throws IOException {
    if (seen.add(name)) {
      to.putNextEntry(new ZipEntry(name));
      to.write(content);
    }
  }

  private static byte[] jarOf(Path path) throws IOException {
    if (Files.isRegularFile(path)) {
      return Files.readAllBytes(path);
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = bytes;
        JarOutputStream jar = new JarOutputStream(out, manifest("none"))) {
      copy(path, "", jar, new HashSet<>());
    }
    return bytes.toByteArray();
  }

  /** Adds a nested jar, which has to be stored without compression. */
  private static void store(String name, byte[] content, JarOutputStream to) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(content);
    ZipEntry entry = new ZipEntry(name);
    entry.setMethod(ZipEntry.STORED);
    entry.setSize(content.length);
    entry.setCrc(crc.getValue());
    to.putNextEntry(entry);
    to.write(content);
  }
}
