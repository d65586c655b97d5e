package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The whole disconnected installation, in the lab. */
class LabRunTest {
  @TempDir Path directory;

  @Test
  void theFiveStepsEndWithEveryPodOnAMirroredDigest() {
    CommandLineRun run = CommandLineRun.of("lab");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .containsSubsequence(
            "== Step 1: find every image",
            "15 images",
            "== Step 2: mirror them",
            "15 copied, 0 already there, 0 failed",
            "== Step 3: give the cluster the credentials",
            "has the pull secret on every node",
            "== Step 4: install from the mirror",
            "the chart with the overlay pulls 14 images",
            "Helm has deployed kubernaut-1.1.0",
            "== Step 5: verify that it runs from there",
            "PASSED: 12 pods are up, 14 containers run mirrored digests");
    assertThat(run.out()).doesNotContain("FAIL").doesNotContain("lab-mirror-password");
  }

  @Test
  void anImageThatWasNotMirroredIsNamedWithItsPodAndTheReason() throws Exception {
    CommandLineRun run =
        CommandLineRun.of(
            "lab",
            "--flavour",
            "KUBERNETES",
            "--separator",
            "-",
            "--leave-out",
            "notification",
            "--timeout",
            "15",
            "--report",
            directory.resolve("lab.html"),
            "--report",
            directory.resolve("lab.json"),
            "--report",
            directory.resolve("lab.xml"),
            "--json");

    assertThat(run.status()).as(run.toString()).isEqualTo(1);
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertThat(report.at("/plan/images").findValuesAsText("target"))
        .hasSize(15)
        .allMatch(target -> target.split("/").length == 2);
    assertThat(report.at("/pullSecret/evidence").asText()).isEqualTo("none");
    assertThat(report.at("/pullSecret/secrets").toString())
        .contains("kubernaut-system/kubernaut-mirror", "kubernaut-workflows/kubernaut-mirror");
    JsonNode verification = report.at("/verification");
    assertThat(verification.path("passed").asBoolean()).isFalse();
    List<JsonNode> failed = new ArrayList<>();
    verification.path("checks").forEach(check -> failed.add(check));
    failed.removeIf(check -> !check.path("result").asText().equals("fail"));
    assertThat(failed).hasSize(1);
    assertThat(failed.get(0).path("subject").asText())
        .startsWith("kubernaut-system/notification-controller-");
    assertThat(failed.get(0).path("detail").asText())
        .contains("ImagePullBackOff", "/kubernaut-ai-notification:v1.1.0", "manifest unknown");
    assertThat(failed.get(0).path("remedy").asText()).contains("mirror the plan again");

    assertThat(roots(report))
        .singleElement()
        .asString()
        .matches("IMAGE_NOT_IN_MIRROR 127.0.0.1:\\d+/kubernaut-ai-notification:v1.1.0");
    assertThat(report.path("causes")).isEqualTo(report.at("/diagnosis/causes"));

    assertThat(directory.resolve("lab.json")).hasContent(run.out());
    assertThat(Files.readString(directory.resolve("lab.html")))
        .contains(
            "Plan for 127.0.0.1:",
            "Mirroring to 127.0.0.1:",
            "Pull secret",
            "Installation of release kubernaut",
            "Verification of release kubernaut");
    assertThat(Files.readString(directory.resolve("lab.xml")))
        .contains(
            "manifest unknown",
            "failures=\"%d\""
                .formatted(
                    report.path("problems").findValuesAsText("severity").stream()
                        .filter("ERROR"::equals)
                        .count()));
    JsonNode leftOut = null;
    for (JsonNode image : report.path("chain")) {
      if (image.path("source").asText().contains("/notification:")) {
        leftOut = image;
      } else {
        assertThat(image.path("containers").findValuesAsText("result")).allMatch("pass"::equals);
      }
    }
    assertThat(leftOut).isNotNull();
    assertThat(leftOut.path("containers").findValuesAsText("result")).containsExactly("fail");
  }

  @Test
  void aHostedControlPlaneGetsItsMirrorRulesFromItsAdministrator() {
    CommandLineRun run =
        CommandLineRun.of(
            "lab", "--flavour", "HOSTED", "--separator", "-", "--through-mirror-rules");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .containsSubsequence(
            "the credentials for 127.0.0.1:",
            "the administrator of the management cluster adds the mirror rules of the plan",
            "PASSED: 12 pods are up, 14 containers run mirrored digests");
  }

  @Test
  void aVersionWithKeysOfItsOwnRunsByDigestAlone() {
    CommandLineRun run =
        CommandLineRun.of(
            "lab",
            "--chart-version",
            "2.0",
            "--flavour",
            "KUBERNETES",
            "--separator",
            "-",
            "--pin-digests");

    assertThat(run.status()).as(run.toString()).isZero();
    assertThat(run.out())
        .containsSubsequence(
            "value global.artifacts.source was set to 127.0.0.1:",
            "registry.redhat.io/ubi10/ubi-minimal:10.1 was rewritten to 127.0.0.1:",
            "the chart with the overlay pulls 16 images",
            "PASSED: 13 pods are up, 17 containers run mirrored digests");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ose-cli-rhel9", "postgresql-16", "db-migrate"})
  void anInstallationThatFailsNamesTheImageOfItsHookAsTheOnlyRoot(String image) throws Exception {
    CommandLineRun run =
        CommandLineRun.of("lab", "--leave-out", image, "--timeout", "10", "--json");

    assertThat(run.status()).as(run.toString()).isEqualTo(1);
    JsonNode report = new ObjectMapper().readTree(run.out());
    assertThat(roots(report))
        .as(run.toString())
        .singleElement()
        .asString()
        .startsWith("IMAGE_NOT_IN_MIRROR ")
        .contains("/" + image + ":");
    assertThat(report.at("/causes").findValuesAsText("code")).contains("RELEASE_NOT_DEPLOYED");
  }

  private static List<String> roots(JsonNode report) {
    List<String> roots = new ArrayList<>();
    for (JsonNode cause : report.path("causes")) {
      if (cause.path("root").asBoolean()) {
        roots.add(cause.path("code").asText() + " " + cause.path("subject").asText());
      }
    }
    return roots;
  }
}
