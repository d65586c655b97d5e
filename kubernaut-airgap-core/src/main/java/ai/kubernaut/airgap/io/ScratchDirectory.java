package ai.kubernaut.airgap.io;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A temporary directory that only its owner can read, and that is gone with everything in it when
 * it is closed.
 *
 * <p>A process that is killed leaves its directories behind. Each has a file that the living
 * process keeps locked, so creating a directory also removes those of the same user whose process
 * is gone: files that may hold secrets do not outlive the next use. Directories of other users and
 * symbolic links are left alone.
 *
 * <pre>{@code
 * try (ScratchDirectory scratch = ScratchDirectory.create()) {
 *   Files.writeString(scratch.path().resolve("values.yaml"), values);
 * }
 * }</pre>
 *
 * <p>Thread-safe; closing again does nothing.
 */
public final class ScratchDirectory implements AutoCloseable {
  private static final String PREFIX = "kubernaut-airgap-";
  private static final String LOCK = ".lock";

  /** The prefix, the process, and something random. */
  private static final Pattern NAME = Pattern.compile(PREFIX + "(\\d+)-.+");

  private static final Set<PosixFilePermission> OWNER_ONLY =
      Set.of(
          PosixFilePermission.OWNER_READ,
          PosixFilePermission.OWNER_WRITE,
          PosixFilePermission.OWNER_EXECUTE);

  private final Path path;
  private final ProcessLock lock;

  private ScratchDirectory(Path path, ProcessLock lock) {
    this.path = path;
    this.lock = lock;
  }

  /**
   * Creates a directory in the temporary directory of this JVM, and removes those of processes that
   * are gone.
   *
   * @return the directory, empty but for a file that begins with a dot
   * @throws IOException when the temporary directory cannot be written to
   */
  public static ScratchDirectory create() throws IOException {
    return create(Path.of(System.getProperty("java.io.tmpdir")).toAbsolutePath());
  }

  static ScratchDirectory create(Path parent) throws IOException {
    while (true) {
      Path path = Files.createTempDirectory(parent, PREFIX + ProcessHandle.current().pid() + "-");
      Optional<ProcessLock> lock = lock(path);
      if (lock.isPresent()) {
        sweep(parent, path);
        return new ScratchDirectory(path, lock.get());
      }
    }
  }

  /** Returns empty when another process met the directory before it was locked, and removes it. */
  private static Optional<ProcessLock> lock(Path directory) throws IOException {
    try {
      return ProcessLock.tryAcquire(directory.resolve(LOCK));
    } catch (NoSuchFileException removed) {
      return Optional.empty();
    }
  }

  /** Removes the directories of processes that are gone. What cannot be removed stays. */
  private static void sweep(Path parent, Path own) {
    try (DirectoryStream<Path> candidates = Files.newDirectoryStream(parent, PREFIX + "*")) {
      for (Path candidate : candidates) {
        try {
          if (isOfAnotherProcess(candidate) && isAlike(candidate, own)) {
            removeIfAbandoned(candidate);
          }
        } catch (IOException notRemoved) {
          // It stays until the next time.
        }
      }
    } catch (IOException | DirectoryIteratorException notListed) {
      // They stay until the next time.
    }
  }

  /**
   * Own directories are in use, or are being removed, also those of another copy of this class in
   * this process.
   */
  private static boolean isOfAnotherProcess(Path candidate) {
    Matcher name = NAME.matcher(candidate.getFileName().toString());
    return name.matches() && !name.group(1).equals(Long.toString(ProcessHandle.current().pid()));
  }

  private static boolean isAlike(Path candidate, Path own) throws IOException {
    if (!Files.isDirectory(candidate, LinkOption.NOFOLLOW_LINKS)
        || !Files.getOwner(candidate, LinkOption.NOFOLLOW_LINKS)
            .equals(Files.getOwner(own, LinkOption.NOFOLLOW_LINKS))) {
      return false;
    }
    PosixFileAttributeView posix =
        Files.getFileAttributeView(
            candidate, PosixFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
    return posix == null || posix.readAttributes().permissions().equals(OWNER_ONLY);
  }

  private static void removeIfAbandoned(Path candidate) throws IOException {
    Path lockFile = candidate.resolve(LOCK);
    if (!Files.isRegularFile(lockFile, LinkOption.NOFOLLOW_LINKS)) {
      return;
    }
    Optional<ProcessLock> lock = ProcessLock.tryAcquireExisting(lockFile);
    if (lock.isPresent()) {
      try {
        remove(candidate);
      } finally {
        lock.get().close();
      }
    }
  }

  /**
   * Removes a directory; links in it are removed and not followed. The lock file is removed last,
   * so that a removal that is cut short can be finished by another process.
   */
  private static void remove(Path directory) throws IOException {
    Path lockFile = directory.resolve(LOCK);
    Files.walkFileTree(
        directory,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            if (!file.equals(lockFile)) {
              Files.deleteIfExists(file);
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult postVisitDirectory(Path visited, @Nullable IOException failure)
              throws IOException {
            if (visited.equals(directory)) {
              Files.deleteIfExists(lockFile);
            }
            Files.deleteIfExists(visited);
            return FileVisitResult.CONTINUE;
          }
        });
  }

  /**
   * The directory.
   *
   * @return an absolute path
   */
  public Path path() {
    return path;
  }

  /**
   * Removes the directory and everything in it.
   *
   * @throws UncheckedIOException when something in it cannot be removed
   */
  @Override
  public void close() {
    try {
      try {
        if (Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
          remove(path);
        }
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(
          "the temporary directory " + path + " could not be removed", e);
    }
  }

  @Override
  public String toString() {
    return "ScratchDirectory[" + path + "]";
  }
}
