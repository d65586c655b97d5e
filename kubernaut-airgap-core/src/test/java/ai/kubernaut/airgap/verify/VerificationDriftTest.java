package ai.kubernaut.airgap.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class VerificationDriftTest {
  private static final Digest FIRST = Digest.sha256("first".getBytes(UTF_8));
  private static final Digest SECOND = Digest.sha256("second".getBytes(UTF_8));

  @TempDir Path directory;

  private static ContainerOrigin.Builder origin(String pod, Digest running) {
    return ContainerOrigin.builder()
        .namespace("n")
        .pod(pod)
        .podUid("uid-of-" + pod)
        .owner("ReplicaSet/app-1")
        .node("worker-0")
        .container("main")
        .type(ContainerOrigin.Type.MAIN)
        .restarts(1)
        .requested("harbor.corp/app:1")
        .running(running)
        .evidence(ContainerOrigin.Evidence.POD_STATUS)
        .mirror(ImageRef.parse("harbor.corp/app:1"))
        .mirrored(FIRST)
        .source(ImageRef.parse("quay.io/app:1"))
        .planned(FIRST)
        .isRedirected(false)
        .agreement(ContainerOrigin.Agreement.EQUAL);
  }

  private static List<Fact> changes(ContainerOrigin before, ContainerOrigin after) {
    return VerificationDrift.between(List.of(before), List.of(after)).changes();
  }

  @Test
  void nothingHasChangedBetweenEqualReports() {
    List<ContainerOrigin> origins = List.of(origin("a", FIRST).build());
    VerificationDrift drift = VerificationDrift.between(origins, origins);
    assertThat(drift.isChanged()).isFalse();
    assertThat(drift.summary()).isEqualTo("nothing has changed since the earlier verification");
  }

  @Test
  void podsThatAreNewAndGoneAreNamed() {
    List<Fact> changes = changes(origin("a", FIRST).build(), origin("b", FIRST).build());
    assertThat(changes)
        .extracting(Fact::code)
        .containsExactly(FactCode.POD_GONE, FactCode.POD_ADDED);
    assertThat(changes)
        .extracting(Fact::describe)
        .containsExactly("Pod n/a is gone", "Pod n/b is new");
  }

  @Test
  void aPodThatWasCreatedAgainUnderItsNameIsReplacedAndItsRestartsCountAnew() {
    assertThat(
            changes(
                origin("a", FIRST).build(), origin("a", FIRST).podUid("other").restarts(2).build()))
        .extracting(Fact::code)
        .containsExactly(FactCode.POD_REPLACED, FactCode.CONTAINER_RESTARTED);
  }

  @Test
  void restartsAreCounted() {
    assertThat(changes(origin("a", FIRST).build(), origin("a", FIRST).restarts(4).build()))
        .extracting(Fact::describe)
        .containsExactly("container n/a/main was restarted 3 times");
  }

  @Test
  void anotherDigestAndAnotherImageAreNamed() {
    assertThat(
            changes(
                origin("a", FIRST).build(),
                origin("a", SECOND).requested("harbor.corp/app:2").build()))
        .extracting(Fact::code)
        .containsExactly(
            FactCode.CONTAINER_IMAGE_CHANGED,
            FactCode.CONTAINER_DIGEST_CHANGED,
            FactCode.RUNNING_DIGESTS_CHANGED);
  }

  @Test
  void theDigestsOfAnImageAreComparedAlsoWhenItsPodsHaveOtherNames() {
    assertThat(changes(origin("a", FIRST).build(), origin("b", SECOND).build()))
        .extracting(Fact::describe)
        .contains("harbor.corp/app:1 ran as " + FIRST + " and now runs as " + SECOND);
  }

  @Test
  void podsOfJobsComeAndGo() {
    VerificationDrift drift =
        VerificationDrift.between(
            List.of(origin("migration-1", FIRST).owner("Job/migration").build()), List.of());
    assertThat(drift.isChanged()).isFalse();
  }

  private Path write(Object document) throws IOException {
    return Files.writeString(
        directory.resolve("report.json"), new ObjectMapper().writeValueAsString(document));
  }

  @Test
  void theJsonOfAReportIsReadAsItWasWritten() throws IOException {
    ContainerOrigin full = origin("a", FIRST).build();
    ContainerOrigin least =
        ContainerOrigin.builder()
            .namespace("n")
            .pod("b")
            .container("main")
            .type(ContainerOrigin.Type.EPHEMERAL)
            .restarts(0)
            .requested("busybox")
            .evidence(ContainerOrigin.Evidence.NONE)
            .isRedirected(true)
            .agreement(ContainerOrigin.Agreement.NOT_STARTED)
            .build();
    List<Map<String, Object>> origins = List.of(full.toTree(), least.toTree());
    assertThat(VerificationDrift.readOrigins(write(Map.of("origins", origins))))
        .containsExactly(full, least);
    assertThat(
            VerificationDrift.readOrigins(
                write(Map.of("verification", Map.of("origins", origins)))))
        .as("the report of the lab")
        .containsExactly(full, least);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"origins\": {}}",
        "{\"origins\": [1]}",
        "{\"origins\": [{\"pod\": \"a\"}]}",
        "{\"origins\": [{\"namespace\": \"n\", \"pod\": \"a\", \"container\": \"c\", \"type\": \"none\"}]}",
      })
  void whatIsNoReportIsRefused(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("report.json"), text);
    assertThatThrownBy(() -> VerificationDrift.readOrigins(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("invalid report in " + file);
  }

  @Test
  void aFileThatIsNotThereIsNamed() {
    Path file = directory.resolve("none.json");
    assertThatThrownBy(() -> VerificationDrift.readOrigins(file))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("none.json");
  }

  @Test
  void anInvalidDigestIsNamed() throws IOException {
    Map<String, Object> tree = new LinkedHashMap<>(origin("a", FIRST).build().toTree());
    tree.put("running", "sha256:1");
    Path file = write(Map.of("origins", List.of(tree)));
    assertThatThrownBy(() -> VerificationDrift.readOrigins(file))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("element 0 of 'origins'");
  }
}
