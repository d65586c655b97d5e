package ai.kubernaut.airgap.io;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * An exclusive lock on a file, against other threads of this JVM and against other processes. The
 * operating system releases it when the process ends, however it ends.
 *
 * <p>A POSIX file lock belongs to the process, and closing any channel of the file releases it.
 * Therefore at most one channel of a locked file is open in this JVM: other threads wait before
 * they open one. The holder must not open the file a second time; it reads and writes through
 * {@link #channel()}.
 *
 * <p>The holder may delete the file. A lock that is acquired afterwards is one of a new file.
 *
 * <p>Thread-safe; any thread may close the lock.
 */
public final class ProcessLock implements AutoCloseable {
  private static final long POLL_MILLIS = 5;

  // File locks belong to the process, so the record of them does too. An entry lasts as long as a
  // thread holds the lock or waits for it.
  private static final Map<Path, Gate> GATES = new ConcurrentHashMap<>();

  private final Path file;
  private final Gate gate;
  private final FileChannel channel;
  private boolean closed;

  private ProcessLock(Path file, Gate gate, FileChannel channel) {
    this.file = file;
    this.gate = gate;
    this.channel = channel;
  }

  /**
   * Acquires the lock if no other thread or process holds it.
   *
   * @param file the file to lock; created, readable by its owner only, when it does not exist. A
   *     symbolic link is refused
   * @return the lock; empty when it is held elsewhere
   * @throws IOException when the file cannot be created or opened
   */
  public static Optional<ProcessLock> tryAcquire(Path file) throws IOException {
    try {
      return Optional.ofNullable(acquireUntil(file, System.nanoTime(), true));
    } catch (InterruptedException e) {
      throw new IllegalStateException("an attempt without waiting was interrupted", e);
    }
  }

  /**
   * Acquires the lock of an existing file without waiting. The file is not created, so its holder
   * can delete it, and the directory around it, at the same time.
   *
   * @param file the file to lock. A symbolic link is refused
   * @return empty when another thread or process holds the lock
   * @throws NoSuchFileException when the file does not exist
   * @throws IOException when the file cannot be opened
   */
  static Optional<ProcessLock> tryAcquireExisting(Path file) throws IOException {
    try {
      return Optional.ofNullable(acquireUntil(file, System.nanoTime(), false));
    } catch (InterruptedException e) {
      throw new IllegalStateException("an attempt without waiting was interrupted", e);
    }
  }

  /**
   * Acquires the lock, and waits while another thread or process holds it.
   *
   * @param file the file to lock; created, readable by its owner only, when it does not exist. A
   *     symbolic link is refused
   * @param timeout how long to wait at most
   * @return the lock
   * @throws FileSystemException when the lock is still held elsewhere after the timeout
   * @throws IOException when the file cannot be created or opened
   * @throws InterruptedException when the thread is interrupted while it waits
   */
  public static ProcessLock acquire(Path file, Duration timeout)
      throws IOException, InterruptedException {
    ProcessLock lock = acquireUntil(file, System.nanoTime() + timeout.toNanos(), true);
    if (lock == null) {
      throw new FileSystemException(
          file.toString(),
          null,
          "another process or thread has held this lock for "
              + timeout.toSeconds()
              + " s; wait until it has finished, then try again");
    }
    return lock;
  }

  private static @Nullable ProcessLock acquireUntil(Path file, long end, boolean creates)
      throws IOException, InterruptedException {
    while (true) {
      Path real = realPath(file);
      Gate gate = Gate.enter(real, end);
      if (gate == null) {
        return null;
      }
      FileChannel channel = null;
      boolean acquired = false;
      try {
        // Creating a file opens and closes it, so this too is for one thread at a time.
        if (creates) {
          create(real);
        }
        Object identity = identity(real);
        if (identity == null && !creates) {
          throw new NoSuchFileException(real.toString());
        }
        channel = open(real);
        // The holder may delete the file at any time. An open file keeps its identity to itself,
        // so what had the same one before and after it was opened is the file that was opened.
        if (channel != null && isOf(real, identity)) {
          if (!lock(channel, end)) {
            return null;
          }
          if (isOf(real, identity)) {
            acquired = true;
            return new ProcessLock(real, gate, channel);
          }
        }
      } finally {
        if (!acquired) {
          release(real, gate, channel);
        }
      }
    }
  }

  private static Path realPath(Path file) throws IOException {
    if (Files.isSymbolicLink(file)) {
      throw new FileSystemException(
          file.toString(), null, "this is a symbolic link, which is not followed; remove it");
    }
    Path absolute = file.toAbsolutePath();
    Path parent = absolute.getParent();
    Path name = absolute.getFileName();
    return parent == null || name == null ? absolute : parent.toRealPath().resolve(name);
  }

  private static void create(Path file) throws IOException {
    try {
      Files.createFile(file, ownerOnly(file));
    } catch (FileAlreadyExistsException e) {
      // It exists most of the time.
      return;
    }
  }

  private static FileAttribute<?>[] ownerOnly(Path file) {
    return file.getFileSystem().supportedFileAttributeViews().contains("posix")
        ? new FileAttribute<?>[] {
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
        }
        : new FileAttribute<?>[0];
  }

  /** What tells the file from another one of the same name; null when it does not exist. */
  private static @Nullable Object identity(Path file) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      // Windows has no file keys, and does not reuse the name of a deleted file that is open.
      return Objects.requireNonNullElse(attributes.fileKey(), file);
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean isOf(Path file, @Nullable Object identity) throws IOException {
    return identity != null && identity.equals(identity(file));
  }

  private static @Nullable FileChannel open(Path file) throws IOException {
    try {
      return FileChannel.open(
          file,
          Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  private static boolean lock(FileChannel channel, long end)
      throws IOException, InterruptedException {
    while (!tryLock(channel)) {
      if (System.nanoTime() - end >= 0) {
        return false;
      }
      Thread.sleep(POLL_MILLIS);
    }
    return true;
  }

  private static boolean tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock() != null;
    } catch (OverlappingFileLockException e) {
      // Locked in this JVM by other means than this class.
      return false;
    }
  }

  /**
   * Returns the channel of the locked file, for reading and writing. The lock closes it.
   *
   * @return the only channel of the file in this JVM
   */
  public FileChannel channel() {
    return channel;
  }

  private static void release(Path file, Gate gate, @Nullable FileChannel channel)
      throws IOException {
    try {
      if (channel != null) {
        channel.close();
      }
    } finally {
      gate.leave(file);
    }
  }

  /** Releases the lock. Calling it again does nothing. */
  @Override
  public synchronized void close() throws IOException {
    if (!closed) {
      closed = true;
      release(file, gate, channel);
    }
  }

  /** Admits one thread of this JVM at a time to a file. */
  private static final class Gate {
    private final Semaphore free = new Semaphore(1);
    private int users;

    /** Returns null when the file is not free in time. */
    static @Nullable Gate enter(Path file, long end) throws InterruptedException {
      Gate gate =
          Objects.requireNonNull(
              GATES.compute(
                  file,
                  (path, known) -> {
                    Gate used = known == null ? new Gate() : known;
                    used.users++;
                    return used;
                  }));
      boolean entered = false;
      try {
        long nanos = end - System.nanoTime();
        entered =
            nanos <= 0 ? gate.free.tryAcquire() : gate.free.tryAcquire(nanos, TimeUnit.NANOSECONDS);
        return entered ? gate : null;
      } finally {
        if (!entered) {
          forget(file);
        }
      }
    }

    void leave(Path file) {
      free.release();
      forget(file);
    }

    private static void forget(Path file) {
      GATES.computeIfPresent(
          file,
          (path, known) -> {
            known.users--;
            return known.users == 0 ? null : known;
          });
    }
  }
}
