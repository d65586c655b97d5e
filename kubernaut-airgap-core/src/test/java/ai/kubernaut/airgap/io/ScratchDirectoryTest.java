package ai.kubernaut.airgap.io;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import ai.kubernaut.airgap.ChildJvm;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class ScratchDirectoryTest {
  @TempDir Path directory;

  @Test
  void itIsTheOwnersAloneAndGoneAfterwards() throws IOException {
    ScratchDirectory scratch = ScratchDirectory.create(directory);
    Path path = scratch.path();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)))
        .isEqualTo("rwx------");
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve("file"), "kept");
    Files.createDirectories(path.resolve("a/b"));
    Files.createSymbolicLink(path.resolve("a/b/link"), outside);
    Files.createSymbolicLink(path.resolve("a/loop"), path);
    scratch.close();
    assertThatCode(scratch::close).doesNotThrowAnyException();
    assertThat(path).doesNotExist();
    assertThat(directory.resolve("outside/file")).hasContent("kept");
  }

  /** A JVM that has a directory with a secret in it. */
  private Process startChild() throws IOException {
    return new ProcessBuilder(
            ChildJvm.command(List.of("-Djava.io.tmpdir=" + directory), Child.class))
        .redirectError(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  @Test
  void whatAKilledProcessLeavesBehindIsRemoved_andALivingOneKeepsItsOwn() throws Exception {
    Process killed = startChild();
    Process living = startChild();
    try (BufferedReader ofKilled = killed.inputReader(StandardCharsets.UTF_8);
        BufferedReader ofLiving = living.inputReader(StandardCharsets.UTF_8)) {
      Path abandoned = Path.of(Objects.requireNonNull(ofKilled.readLine()));
      Path inUse = Path.of(Objects.requireNonNull(ofLiving.readLine()));
      killed.destroyForcibly().waitFor();
      assertThat(abandoned.resolve("values.yaml")).hasContent("password: hunter2");

      try (ScratchDirectory first = ScratchDirectory.create(directory);
          ScratchDirectory second = ScratchDirectory.create(directory)) {
        assertThat(abandoned).doesNotExist();
        assertThat(inUse.resolve("values.yaml")).exists();
        assertThat(first.path()).as("of this process").exists();
        assertThat(second.path()).exists();
      }
      living.destroyForcibly().waitFor();
      try (ScratchDirectory third = ScratchDirectory.create(directory)) {
        assertThat(inUse).doesNotExist();
        assertThat(third.path()).exists();
      }
    } finally {
      killed.destroyForcibly();
      living.destroyForcibly();
    }
  }

  @Test
  void whatIsNotSurelyAbandonedStays() throws IOException {
    Path outside = Files.createDirectory(directory.resolve("outside"));
    Files.writeString(outside.resolve(".lock"), "");
    Path link =
        Files.createSymbolicLink(directory.resolve("kubernaut-airgap-1000000001-link"), outside);
    Path unlocked =
        Files.createDirectory(directory.resolve("kubernaut-airgap-1000000001-unlocked"));
    Path open = Files.createDirectory(directory.resolve("kubernaut-airgap-1000000001-open"));
    Files.writeString(open.resolve(".lock"), "");
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rwxrwxrwx"));
    Path other = Files.createDirectory(directory.resolve("kubernaut-airgap-notes"));
    Files.writeString(other.resolve(".lock"), "");
    Path lockIsALink =
        Files.createDirectory(directory.resolve("kubernaut-airgap-1000000001-linked"));
    Files.setPosixFilePermissions(lockIsALink, PosixFilePermissions.fromString("rwx------"));
    Files.createSymbolicLink(lockIsALink.resolve(".lock"), outside.resolve(".lock"));
    Path file = Files.writeString(directory.resolve("kubernaut-airgap-1000000001-file"), "");

    ScratchDirectory.create(directory).close();

    assertThat(List.of(link, unlocked, open, other, lockIsALink, file))
        .allMatch(path -> Files.exists(path, LinkOption.NOFOLLOW_LINKS));
    assertThat(outside.resolve(".lock")).exists();
  }

  @Test
  void manyThreadsMayCreateAndRemoveThem() throws Exception {
    List<Thread> threads =
        Stream.generate(() -> new Thread(() -> createMany(directory))).limit(4).toList();
    threads.forEach(Thread::start);
    for (Thread thread : threads) {
      thread.join();
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void manyProcessesMayCreateAndRemoveThem() throws Exception {
    List<Process> children = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      children.add(ChildJvm.start(Creator.class, directory.toString()));
    }
    for (Process child : children) {
      assertThat(child.waitFor()).isZero();
    }
    try (Stream<Path> left = Files.list(directory)) {
      assertThat(left).isEmpty();
    }
  }

  /** A JVM that creates and removes directories where others do the same. */
  static final class Creator {
    private Creator() {}

    public static void main(String[] arguments) {
      for (int i = 0; i < 10; i++) {
        createMany(Path.of(arguments[0]));
      }
    }
  }

  private static void createMany(Path directory) {
    for (int i = 0; i < 50; i++) {
      try (ScratchDirectory scratch = ScratchDirectory.create(directory)) {
        Files.writeString(scratch.path().resolve("file"), "content");
      } catch (IOException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** The child. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws Exception {
      try (ScratchDirectory scratch = ScratchDirectory.create()) {
        Files.writeString(scratch.path().resolve("values.yaml"), "password: hunter2");
        System.out.println(scratch.path());
        System.out.flush();
        Thread.currentThread().join();
      }
    }
  }
}
