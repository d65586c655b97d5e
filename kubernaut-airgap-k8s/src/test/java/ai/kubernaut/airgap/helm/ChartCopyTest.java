package ai.kubernaut.airgap.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ChartCopyTest {
  private static final String TEMPLATE =
      "metadata: {annotations: {helm.sh/hook: pre-install}}\nfound: {{ lookup \"v1\" \"Secret\" \"\" \"\" }}\n";
  private static final String PATCHED =
      "metadata: {annotations: {hook.airgap.kubernaut.ai/hook: pre-install}}\nfound: {{ omit (dict) \"v1\" \"Secret\" \"\" \"\" }}\n";

  @TempDir Path directory;

  private Path write(String file, String text) throws IOException {
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    return Files.writeString(path, text);
  }

  private Path chart() throws IOException {
    write("chart/Chart.yaml", "name: x\n");
    write("chart/templates/a.yaml", TEMPLATE);
    return directory.resolve("chart");
  }

  static byte[] archive(Map<String, byte[]> files) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      for (Map.Entry<String, byte[]> file : files.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
        entry.setSize(file.getValue().length);
        tar.putArchiveEntry(entry);
        tar.write(file.getValue());
        tar.closeArchiveEntry();
      }
    }
    return bytes.toByteArray();
  }

  /** Packs a chart of two files. */
  static void pack(Path file, String name, String text, String otherName, String otherText)
      throws IOException {
    Files.write(
        file, archive(Map.of(name, text.getBytes(UTF_8), otherName, otherText.getBytes(UTF_8))));
  }

  private static Map<String, byte[]> packed(String name) {
    Map<String, byte[]> files = new LinkedHashMap<>();
    files.put(name + "/Chart.yaml", "name: x\n".getBytes(UTF_8));
    files.put(name + "/templates/a.yaml", TEMPLATE.getBytes(UTF_8));
    return files;
  }

  private Path tgz(Map<String, byte[]> files) throws IOException {
    return Files.write(directory.resolve("x-1.0.0.tgz"), archive(files));
  }

  private static String read(ChartCopy chart, String file) throws IOException {
    return Files.readString(chart.directory().resolve(file));
  }

  @Test
  void templatesAreChangedInTheCopyAlone() throws IOException {
    Path original = chart();
    write("chart/values.yaml", "note: helm.sh/hook and {{ lookup \"x\" }}\n");
    try (ChartCopy chart =
        ChartCopy.forOfflineRendering(Chart.at(original), List.of(), List.of())) {
      assertThat(read(chart, "templates/a.yaml")).isEqualTo(PATCHED);
      assertThat(read(chart, "values.yaml"))
          .isEqualTo("note: hook.airgap.kubernaut.ai/hook and {{ lookup \"x\" }}\n");
      assertThat(chart.restore(PATCHED)).contains("helm.sh/hook: pre-install");
      assertThat(chart.restore("error in " + chart.directory() + "/a"))
          .isEqualTo("error in the chart/a");
    }
    assertThat(original.resolve("templates/a.yaml")).hasContent(TEMPLATE);
  }

  @Test
  void aCopyToInstallFromIsNotChanged() throws IOException {
    try (ChartCopy chart = ChartCopy.of(chart())) {
      assertThat(read(chart, "templates/a.yaml")).isEqualTo(TEMPLATE);
    }
  }

  @Test
  void symbolicLinksAreFollowed() throws IOException {
    Path original = chart();
    write("migrations/001.sql", "create table x;\n");
    Files.createSymbolicLink(original.resolve("migrations"), Path.of("../migrations"));
    Files.createSymbolicLink(
        original.resolve("templates/b.yaml"), original.resolve("templates/a.yaml"));
    Path link = Files.createSymbolicLink(directory.resolve("link"), original);
    try (ChartCopy chart = ChartCopy.forOfflineRendering(Chart.at(link), List.of(), List.of())) {
      assertThat(read(chart, "migrations/001.sql")).isEqualTo("create table x;\n");
      assertThat(chart.directory().resolve("migrations")).isDirectory();
      assertThat(Files.isSymbolicLink(chart.directory().resolve("migrations"))).isFalse();
      assertThat(read(chart, "templates/b.yaml")).as("patched too").isEqualTo(PATCHED);
    }
    assertThat(original.resolve("templates/a.yaml")).hasContent(TEMPLATE);
  }

  @Test
  void symbolicLinksThatGoRoundInACircleAreRefused() throws IOException {
    Path original = chart();
    Files.createSymbolicLink(original.resolve("templates/again"), original);
    assertThatThrownBy(
            () -> ChartCopy.forOfflineRendering(Chart.at(original), List.of(), List.of()))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining(original.toString())
        .hasMessageContaining("symbolic links go round in a circle at");
  }

  @Test
  void packedChartsAndPackedSubchartsAreUnpacked() throws IOException {
    Map<String, byte[]> inner = packed("inner");
    Map<String, byte[]> middle = packed("middle");
    middle.put("middle/charts/inner-1.0.0.tgz", archive(inner));
    Map<String, byte[]> outer = packed("x");
    outer.put("x/charts/middle-1.0.0.tar.gz", archive(middle));
    outer.put("x/files/data.tgz", "no subchart".getBytes(UTF_8));
    try (ChartCopy chart =
        ChartCopy.forOfflineRendering(Chart.at(tgz(outer)), List.of(), List.of())) {
      assertThat(read(chart, "templates/a.yaml")).isEqualTo(PATCHED);
      assertThat(read(chart, "charts/middle-1.0.0/templates/a.yaml")).isEqualTo(PATCHED);
      assertThat(read(chart, "charts/middle-1.0.0/charts/inner-1.0.0/templates/a.yaml"))
          .isEqualTo(PATCHED);
      assertThat(chart.directory().resolve("charts/middle-1.0.0.tar.gz")).doesNotExist();
      assertThat(read(chart, "files/data.tgz")).isEqualTo("no subchart");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"x/../../evil", "x/templates/../../../evil", "../evil", "x/..\\..\\evil", "x/."})
  void aPathThatLeavesTheChartIsRefused(String path) throws IOException {
    Map<String, byte[]> files = packed("x");
    files.put(path, "evil".getBytes(UTF_8));
    Path archive = tgz(files);
    if (path.equals("../evil")) {
      // The archive's first directory falls away, whatever it is called.
      ChartCopy.forOfflineRendering(Chart.at(archive), List.of(), List.of()).close();
    } else {
      assertThatThrownBy(
              () -> ChartCopy.forOfflineRendering(Chart.at(archive), List.of(), List.of()))
          .isInstanceOf(HelmException.class)
          .hasMessageContaining("which leaves the chart's directory");
    }
  }

  @Test
  void aLinkInAnArchiveBringsNothingIn() throws IOException {
    Path secret = write("secret.txt", "hunter2");
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(bytes))) {
      TarArchiveEntry chart = new TarArchiveEntry("x/Chart.yaml");
      chart.setSize(8);
      tar.putArchiveEntry(chart);
      tar.write("name: x\n".getBytes(UTF_8));
      tar.closeArchiveEntry();
      TarArchiveEntry link = new TarArchiveEntry("x/files/link", TarConstants.LF_SYMLINK);
      link.setLinkName(secret.toString());
      tar.putArchiveEntry(link);
      tar.closeArchiveEntry();
    }
    Path archive = Files.write(directory.resolve("x.tgz"), bytes.toByteArray());
    try (ChartCopy chart = ChartCopy.forOfflineRendering(Chart.at(archive), List.of(), List.of())) {
      assertThat(chart.directory().resolve("files/link")).doesNotExist();
    }
  }

  @Test
  void whatIsNoArchiveOrHoldsNoChartIsRefused() throws IOException {
    Path text = write("text.tgz", "text");
    assertThatThrownBy(() -> ChartCopy.forOfflineRendering(Chart.at(text), List.of(), List.of()))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining(text.toString());
    Path other = tgz(Map.of("x/README.md", "hello".getBytes(UTF_8)));
    assertThatThrownBy(() -> ChartCopy.forOfflineRendering(Chart.at(other), List.of(), List.of()))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining(
            "x-1.0.0.tgz does not contain a chart: its first directory has no Chart.yaml");
  }

  @Test
  void theCopyIsGoneAfterwards() throws IOException {
    Path copy;
    try (ChartCopy chart = ChartCopy.forOfflineRendering(Chart.at(chart()), List.of(), List.of())) {
      copy = chart.directory();
      assertThat(copy).isDirectory();
    }
    assertThat(copy).doesNotExist();
    assertThat(copy.getParent()).doesNotExist();
  }
}
