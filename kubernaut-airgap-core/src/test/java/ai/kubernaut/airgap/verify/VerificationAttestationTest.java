package ai.kubernaut.airgap.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.attestation.Statement;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PublicKey;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The result of a verification, which is signed and read again without a cluster. */
final class VerificationAttestationTest {
  private static final Instant TIME = Instant.parse("2026-03-01T10:20:30.4Z");
  private static final Digest DIGEST = Digest.sha256("gateway".getBytes(UTF_8));
  private static final Subject POD = new Subject(Subject.Kind.POD, "n/gateway-1");

  @TempDir private Path directory;

  private static KeyPair keys(String algorithm) {
    try {
      return KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  private static VerificationReport report(Check... checks) {
    ContainerOrigin origin =
        ContainerOrigin.builder()
            .namespace("n")
            .pod("gateway-1")
            .container("main")
            .type(ContainerOrigin.Type.MAIN)
            .restarts(0)
            .requested("harbor.corp/gateway:v1")
            .running(DIGEST)
            .evidence(ContainerOrigin.Evidence.POD_STATUS)
            .mirror(ImageRef.parse("harbor.corp/gateway:v1"))
            .mirrored(DIGEST)
            .isRedirected(false)
            .agreement(ContainerOrigin.Agreement.EQUAL)
            .build();
    return VerificationReport.of(
        ReleaseName.of("kubernaut", "n"), List.of(checks), List.of(origin));
  }

  private static Check passed() {
    return Check.of(Check.Kind.POD, Check.Result.PASS, Fact.of(FactCode.POD_READY, POD));
  }

  private static Check failed() {
    return Check.of(
        Check.Kind.POD,
        Check.Result.FAIL,
        Problem.of(ProblemCode.POD_OF_JOB_RUNNING, POD, Map.of("log", "waiting")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RSA", "EC", "Ed25519"})
  void whatWasSignedIsRead(String algorithm) {
    KeyPair keys = keys(algorithm);
    Path file = directory.resolve("release.intoto.json");
    VerificationAttestation attestation = VerificationAttestation.of(report(passed()), TIME);

    attestation.sign(keys.getPrivate(), file);

    VerificationAttestation read = VerificationAttestation.read(file, keys.getPublic());
    assertThat(read).isEqualTo(attestation);
    assertThat(read.isOk()).isTrue();
    assertThat(read.summary())
        .isEqualTo(
            "kubernaut in n was healthy at 2026-03-01T10:20:30Z; 1 of 1 checks passed;"
                + " 1 of 1 containers ran mirrored digests");
  }

  @Test
  void theStatementIsAboutTheDigestsThatRan() throws IOException {
    Statement statement = VerificationAttestation.of(report(passed()), TIME).statement();

    JsonNode json = new ObjectMapper().readTree(statement.content());
    assertThat(json.path("predicateType").asText())
        .isEqualTo("https://airgap.kubernaut.ai/verification/v1");
    assertThat(json.path("subject")).hasSize(1);
    assertThat(json.at("/subject/0/name").asText()).isEqualTo("harbor.corp/gateway:v1");
    assertThat(json.at("/subject/0/digest/sha256").asText()).isEqualTo(DIGEST.hex());
    assertThat(json.at("/predicate/result").asText()).isEqualTo("PASSED");
    assertThat(statement.isAbout(DIGEST)).isTrue();
    assertThat(statement.isAbout(Digest.sha256(new byte[0]))).isFalse();
  }

  @Test
  void aFailedVerificationIsAttestedAsFailed() {
    KeyPair keys = keys("EC");
    Path file = directory.resolve("release.intoto.json");
    VerificationAttestation.of(report(passed(), failed()), TIME).sign(keys.getPrivate(), file);

    VerificationAttestation read = VerificationAttestation.read(file, keys.getPublic());

    assertThat(read.isOk()).isFalse();
    assertThat(read.checks())
        .extracting(VerificationAttestation.AttestedCheck::result)
        .containsExactly("PASS", "FAIL");
    assertThat(read.summary()).contains("was not healthy", "1 of 2 checks passed");
  }

  private static List<Problem> refusal(Path file, PublicKey key) {
    return catchThrowableOfType(
            ProblemsException.class, () -> VerificationAttestation.read(file, key))
        .problems();
  }

  @Test
  void whatOthersSignedOrChangedIsRefused() throws IOException {
    KeyPair keys = keys("EC");
    Path file = directory.resolve("release.intoto.json");
    VerificationAttestation.of(report(failed()), TIME).sign(keys.getPrivate(), file);
    String json = Files.readString(file);

    assertThat(refusal(file, keys("EC").getPublic()))
        .extracting(Problem::code)
        .containsExactly(ProblemCode.ATTESTATION_INVALID);
    for (String forged :
        List.of(
            json.replaceFirst("\"payload\":\"..", "\"payload\":\"AA"),
            json.replaceFirst("\"sig\":\"[^\"]*", "\"sig\":\"\""),
            json.substring(0, json.length() / 2),
            "[]")) {
      Files.writeString(file, forged);
      assertThat(refusal(file, keys.getPublic()))
          .as(forged)
          .extracting(Problem::code)
          .containsExactly(ProblemCode.ATTESTATION_INVALID);
    }
  }

  @Test
  void aStatementAboutSomethingElseIsRefused() {
    KeyPair keys = keys("EC");
    Path file = directory.resolve("other.intoto.json");
    Statement.of("https://slsa.dev/provenance/v1", List.of(), Map.of())
        .sign(keys.getPrivate(), file);
    assertThat(refusal(file, keys.getPublic()).get(0).message())
        .contains("https://slsa.dev/provenance/v1");

    Statement.of(VerificationAttestation.PREDICATE_TYPE, List.of(), Map.of("checks", List.of()))
        .sign(keys.getPrivate(), file);
    assertThat(refusal(file, keys.getPublic()).get(0).message()).contains("release.name");
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path file = directory.resolve("none");
    PublicKey key = keys("EC").getPublic();

    assertThatThrownBy(() -> VerificationAttestation.read(file, key))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining(file.toString());
  }
}
