package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ReleaseName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * How a binary is called. The contract of the port is run with a real one, or a stand-in, by the
 * tests of the lab.
 */
final class HelmCliTest {
  @TempDir Path directory;

  private Path chart;

  @BeforeEach
  void writeChart() throws IOException {
    chart = WrittenChart.in(directory.resolve("tiny"), "== templates/x.yaml\nx: y");
  }

  /** Writes a program that knows its version, and otherwise runs a script. */
  private Path binary(String version, String script) throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("helm"),
            "#!/bin/sh\nif [ \"$1\" = version ]; then echo " + version + "; exit; fi\n" + script);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return file;
  }

  @Test
  void secretsAreNotArguments() throws IOException {
    Path seen = directory.resolve("seen");
    Path binary =
        binary(
            "v3.12.0",
            "for a in \"$@\"; do echo \"$a\" >> "
                + seen
                + "; case $a in *.password=*) ls -l \"${a#*=}\" | cut -c1-10 >> "
                + seen
                + "; cat \"${a#*=}\" >> "
                + seen
                + "; esac; done\n");
    try (HelmCli helm = HelmCli.builder().binary(binary).build()) {
      Chart secret = Chart.at(chart).set("db.password", "hunter2\\,still").set("replicas", "2");
      String unused = helm.render(secret, ReleaseName.defaultRelease());
    }
    assertThat(Files.readString(seen))
        .contains("--set\nreplicas=2\n", "--set-file\ndb.password=", "hunter2,still")
        .doesNotContain("password=hunter2");
  }

  @Test
  void aSecretThatIsNotAPlainStringIsRefused() throws IOException {
    try (HelmCli helm = HelmCli.builder().binary(binary("v3.12.0", "")).build()) {
      for (String value : new String[] {"12345", "true", "{a,b}", "a,b=c"}) {
        assertThatThrownBy(
                () ->
                    helm.render(
                        Chart.at(chart).set("db.password", value), ReleaseName.defaultRelease()))
            .isInstanceOf(HelmException.class)
            .hasMessageContaining("db.password")
            .hasMessageContaining("setString")
            .hasMessageNotContaining(value);
      }
    }
  }

  @Test
  void theProcessHasItsOwnDirectoriesAndNothingIsLeft() throws IOException {
    Path seen = directory.resolve("seen");
    Path binary = binary("v4.0.1", "env > " + seen + "\n");
    try (HelmCli helm = HelmCli.builder().binary(binary).build()) {
      String unused = helm.render(Chart.at(chart), ReleaseName.defaultRelease());
    }
    String home =
        Files.readAllLines(seen).stream()
            .filter(line -> line.startsWith("HOME="))
            .findFirst()
            .orElseThrow()
            .substring("HOME=".length());
    assertThat(Path.of(home)).doesNotExist().isNotEqualTo(Path.of(System.getProperty("user.home")));
    assertThat(Files.readString(seen))
        .contains("HELM_PLUGINS=" + home, "TMPDIR=" + home, "KUBECONFIG=" + home);
  }

  @Test
  void anUnsupportedVersionIsNamed() throws IOException {
    for (String version : new String[] {"v2.17.0", "v3.9.4", "whatever"}) {
      Path binary = binary(version, "");
      assertThatThrownBy(() -> HelmCli.builder().binary(binary).build())
          .isInstanceOf(HelmException.class)
          .hasMessageContaining("'" + version + "'")
          .hasMessageContaining("install Helm 3.10 or later");
    }
  }

  @Test
  void aFileThatIsNoBinaryIsNamed() throws IOException {
    Path text = Files.writeString(directory.resolve("text"), "no program");
    for (Path file : new Path[] {text, directory.resolve("missing")}) {
      assertThatThrownBy(() -> HelmCli.builder().binary(file).build())
          .isInstanceOf(HelmException.class)
          .hasMessageContaining(file + " cannot be run");
    }
  }

  @Test
  void whatTheBinaryPrintsAsItsErrorIsTheMessage() throws IOException {
    Path binary =
        binary("v3.12.0", "echo 'WARNING: something' >&2; echo 'Error: it is so' >&2; exit 1\n");
    try (HelmCli helm = HelmCli.builder().binary(binary).build();
        Stream<Path> before = Files.list(directory)) {
      assertThatThrownBy(() -> helm.metadata(Chart.at(chart)))
          .isInstanceOfSatisfying(
              HelmException.class, e -> assertThat(e.helmMessage()).isEqualTo("it is so"));
      assertThat(before).hasSize(2);
    }
  }
}
