package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class JournalTest {
  private static final Repository REPOSITORY = Repository.parse("harbor.corp/airgap/gateway");
  private static final Digest FIRST = Digest.sha256(new byte[] {1});
  private static final Digest SECOND = Digest.sha256(new byte[] {2});

  private final MemoryRegistryClient registry = MemoryRegistryClient.create();
  @TempDir private Path directory;
  private Path file;

  @BeforeEach
  void choose() {
    file = directory.resolve("journal");
  }

  private BlobUpload upload() {
    return registry.beginUpload(REPOSITORY).orElseThrow();
  }

  @Test
  void uploadsUnderWayAreRememberedAndFinishedOnesForgotten() {
    BlobUpload upload = upload();
    try (Journal journal = Journal.open(file)) {
      journal.sending(REPOSITORY, FIRST, upload());
      journal.sending(REPOSITORY, FIRST, upload);
      journal.sending(REPOSITORY, SECOND, upload());
      journal.ended(REPOSITORY, SECOND);
    }

    for (int i = 0; i < 2; i++) {
      try (Journal journal = Journal.open(file)) {
        assertThat(journal.session(REPOSITORY, FIRST)).isEqualTo(upload.session());
        assertThat(journal.session(REPOSITORY, SECOND)).isEmpty();
      }
    }
    assertThat(file).content().hasLineCount(1);
  }

  @Test
  void aJournalWithNothingInItIsRemoved() {
    try (Journal journal = Journal.open(file)) {
      journal.sending(REPOSITORY, FIRST, upload());
      assertThat(file).isNotEmptyFile();
      journal.ended(REPOSITORY, FIRST);
    }
    assertThat(file).doesNotExist();
  }

  @Test
  void whateverIsTornOffOrDamagedOnlyForgets() throws IOException {
    try (Journal journal = Journal.open(file)) {
      journal.sending(REPOSITORY, FIRST, upload());
      journal.sending(REPOSITORY, SECOND, upload());
    }
    byte[] whole = Files.readAllBytes(file);

    for (int length = 0; length < whole.length; length += 7) {
      Files.write(file, Arrays.copyOf(whole, length));
      Journal.open(file).close();
      byte[] damaged = whole.clone();
      damaged[length] ^= 4;
      Files.write(file, damaged);
      try (Journal journal = Journal.open(file)) {
        int known =
            (int)
                Stream.of(FIRST, SECOND)
                    .filter(digest -> journal.session(REPOSITORY, digest).isPresent())
                    .count();
        assertThat(known).isLessThanOrEqualTo(1);
      }
    }
  }

  @Test
  void aHugeLineIsPassedOver() throws IOException {
    BlobUpload upload = upload();
    try (Journal journal = Journal.open(file)) {
      journal.sending(REPOSITORY, FIRST, upload);
    }
    Files.write(file, new byte[5 << 20], StandardOpenOption.APPEND);
    Files.writeString(file, "\n", StandardOpenOption.APPEND);

    try (Journal journal = Journal.open(file)) {
      assertThat(journal.session(REPOSITORY, FIRST)).isEqualTo(upload.session());
    }
    assertThat(file).hasSize(Files.readString(file, StandardCharsets.US_ASCII).length());
  }

  @Test
  void onlyItsOwnerReadsIt() throws IOException {
    try (Journal journal = Journal.open(file)) {
      journal.sending(REPOSITORY, FIRST, upload());
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void twoRunsDoNotShareOne() {
    try (Journal journal = Journal.open(file)) {
      assertThat(journal.isKept()).isTrue();
      assertThatThrownBy(() -> Journal.open(file))
          .isInstanceOf(AirgapException.class)
          .hasMessageContaining("in use by another run");
    }
  }

  @Test
  void aRefusedRunDoesNotReleaseTheJournalForOtherProcesses() throws Exception {
    try (Journal journal = Journal.open(file)) {
      assertThat(journal.isKept()).isTrue();
      assertThatThrownBy(() -> Journal.open(file)).isInstanceOf(AirgapException.class);

      Process other = ChildJvm.start(OpeningProcess.class, file.toString());

      assertThat(other.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(other.exitValue()).isEqualTo(OpeningProcess.IN_USE);
    }
  }

  /** Opens a journal and reports in its exit status whether another run uses it. */
  static final class OpeningProcess {
    static final int IN_USE = 7;

    private OpeningProcess() {}

    public static void main(String[] arguments) {
      try {
        Journal.open(Path.of(arguments[0])).close();
      } catch (AirgapException e) {
        System.exit(IN_USE);
      }
    }
  }

  @Test
  void anUnusablePathIsTold() {
    assertThatThrownBy(() -> Journal.open(directory.resolve("no/such/directory/journal")))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("check the path");
  }

  @Test
  void anInterruptedThreadStillWritesItsLine() {
    BlobUpload upload = upload();
    try (Journal journal = Journal.open(file)) {
      Thread.currentThread().interrupt();
      journal.sending(REPOSITORY, FIRST, upload);
      assertThat(Thread.interrupted()).isTrue();
    }
    try (Journal journal = Journal.open(file)) {
      assertThat(journal.session(REPOSITORY, FIRST)).isEqualTo(upload.session());
    }
  }
}
