package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.common.AirgapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The value with which another process continues the uploads of a paused run. */
final class MirrorCheckpointTest {
  private static final Map<String, String> SESSIONS =
      Map.of(
          "harbor.corp/a sha256:aa", "https://harbor.corp/v2/a/blobs/uploads/1?_state=x",
          "harbor.corp/b sha256:bb", "https://harbor.corp/v2/b/blobs/uploads/2");

  private final MirrorCheckpoint checkpoint = MirrorCheckpoint.of(SESSIONS);

  @Test
  void aCheckpointIsReadAsItWasWritten(@TempDir Path directory) throws IOException {
    assertThat(checkpoint).hasToString("2 unfinished uploads");
    assertThat(MirrorCheckpoint.parse(checkpoint.toText()).sessions()).isEqualTo(SESSIONS);
    Path file = directory.resolve("checkpoint");
    checkpoint.save(file);
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    assertThat(MirrorCheckpoint.read(file).sessions()).isEqualTo(SESSIONS);
  }

  @Test
  void damagedLinesOnlyCostTime() {
    String text = checkpoint.toText();
    assertThat(MirrorCheckpoint.parse(text.replace("uploads/1", "uploads/3")).sessions())
        .containsOnlyKeys("harbor.corp/b sha256:bb");
    assertThat(MirrorCheckpoint.parse(text.substring(0, text.length() - 5)).uploads()).isOne();
    assertThat(MirrorCheckpoint.parse("nothing of the kind\n").uploads()).isZero();
  }

  @Test
  void aJournalContinuesTheUploadsOfACheckpoint(@TempDir Path directory) {
    Path file = directory.resolve("journal");
    MirrorOptions options = MirrorOptions.builder().journal(file).resumeFrom(checkpoint).build();
    try (Journal journal = Journal.of(options)) {
      assertThat(journal.isKept()).isTrue();
      assertThat(journal.checkpoint().sessions()).isEqualTo(SESSIONS);
    }
    assertThat(MirrorCheckpoint.read(file).sessions()).isEqualTo(SESSIONS);
  }

  @Test
  void onlyResumableRunsRememberUploads() {
    MirrorOptions plain = MirrorOptions.builder().build();
    assertThat(plain.resumable()).isFalse();
    assertThat(MirrorOptions.builder().resumeFrom(checkpoint).build().resumable()).isTrue();
    try (Journal journal = Journal.of(plain)) {
      assertThat(journal.isKept()).isFalse();
    }
    try (Journal journal = Journal.of(MirrorOptions.builder().resumable(true).build())) {
      assertThat(journal.isKept()).isTrue();
    }
    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> MirrorOptions.builder().journal(Path.of("journal")).resumable(false).build())
        .withMessage("resumable is false; a run with a journal is resumable");
  }

  @Test
  void aFileThatCannotBeUsedIsNamed(@TempDir Path directory) {
    Path absent = directory.resolve("absent").resolve("checkpoint");
    assertThatThrownBy(() -> MirrorCheckpoint.read(absent))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining(absent + " cannot be read");
    assertThatThrownBy(() -> checkpoint.save(absent))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining(absent + " cannot be written");
  }
}
