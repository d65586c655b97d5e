package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.io.ProcessLock;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Optional;
import java.util.UUID;

/**
 * The files of a layout. Paths are made of digests and of names given here, never of other text;
 * what a symbolic link leads to is used only inside the layout. A file is complete, and safe on the
 * disk, the moment it has its name.
 */
final class LayoutDirectory {
  /** What this library keeps beside the layout's own files; other tools pass over it. */
  static final String OWN = ".airgap";

  private static final Duration LOCK_TIMEOUT = Duration.ofMinutes(1);

  private final Path root;

  /**
   * @param root a directory that is there, in its real path
   */
  LayoutDirectory(Path root) {
    this.root = root;
  }

  Optional<Path> blob(Digest digest) throws IOException {
    return existing(
        root.resolve("blobs").resolve(digest.algorithm().toString()).resolve(digest.hex()));
  }

  /** The beginning of a blob that may come to an end later. */
  Optional<Path> part(UUID session) throws IOException {
    return existing(root.resolve(OWN).resolve(session + ".part"));
  }

  Path newPart(UUID session) throws IOException {
    Path file = ownDirectory().resolve(session + ".part");
    Files.createFile(file);
    return file;
  }

  /** A part becomes a blob; where the blob is there already, it is the same. */
  void keep(Path part, Digest digest) throws IOException {
    Path directory =
        inside(
            Files.createDirectories(root.resolve("blobs").resolve(digest.algorithm().toString())));
    replace(part, directory.resolve(digest.hex()));
  }

  /** Whether a layout of another kind, or no layout, is here. */
  Optional<byte[]> read(String name, int limit) throws IOException {
    Optional<Path> file = existing(root.resolve(name));
    return file.isEmpty() ? Optional.empty() : Optional.of(read(file.get(), limit));
  }

  byte[] read(Path file, int limit) throws IOException {
    try (InputStream in = Files.newInputStream(file, LinkOption.NOFOLLOW_LINKS)) {
      byte[] content = in.readNBytes(limit + 1);
      if (content.length > limit) {
        throw new FileSystemException(
            file.toString(), null, "it has more than " + limit + " bytes, which is the limit");
      }
      return content;
    }
  }

  /** Writes one of the layout's own files whole, or not at all. */
  void write(String name, byte[] content) throws IOException {
    Path part = newPart(UUID.randomUUID());
    try {
      try (FileChannel out = FileChannel.open(part, StandardOpenOption.WRITE)) {
        ByteBuffer bytes = ByteBuffer.wrap(content);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      }
      replace(part, root.resolve(name));
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private static void replace(Path part, Path file) throws IOException {
    try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
      written.force(true);
    }
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    syncDirectory(file.resolveSibling("."));
  }

  private static void syncDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      // Not every system lets a directory be opened; those keep its entries safe by other means.
      return;
    }
  }

  /** Does work that no other client of this layout does at the same time, in any process. */
  void alone(Action.Work<?> work) throws IOException {
    ProcessLock lock;
    try {
      lock = ProcessLock.acquire(ownDirectory().resolve("lock"), LOCK_TIMEOUT);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (InterruptedIOException) new InterruptedIOException("interrupted").initCause(e);
    }
    try {
      work.run();
    } finally {
      lock.close();
    }
  }

  /** Only its owner can look into it. */
  private Path ownDirectory() throws IOException {
    Path directory = root.resolve(OWN);
    if (!Files.exists(directory, LinkOption.NOFOLLOW_LINKS)) {
      FileAttribute<?>[] ownersOnly =
          root.getFileSystem().supportedFileAttributeViews().contains("posix")
              ? new FileAttribute<?>[] {
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"))
              }
              : new FileAttribute<?>[0];
      // Unlike createDirectory, not disturbed by another process that is quicker.
      Files.createDirectories(directory, ownersOnly);
    }
    return inside(directory);
  }

  private Optional<Path> existing(Path file) throws IOException {
    Path real;
    try {
      real = inside(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
      throw new FileSystemException(file.toString(), null, "it is not a file");
    }
    return Optional.of(real);
  }

  private Path inside(Path path) throws IOException {
    Path real = path.toRealPath();
    if (!real.startsWith(root)) {
      throw new FileSystemException(
          path.toString(), null, "it leads out of the layout, and that is not followed");
    }
    return real;
  }

  @Override
  public String toString() {
    return root.toString();
  }
}
