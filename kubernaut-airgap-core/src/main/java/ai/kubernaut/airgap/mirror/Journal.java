package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.io.ProcessLock;
import ai.kubernaut.airgap.registry.BlobUpload;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the uploads under way, so that a later process can go on with them. What is finished
 * need not be remembered: the registry knows.
 *
 * <p>The file grows by a line for each change ({@link JournalLines}). Lines are not forced to the
 * disk: a killed process loses none, and after a power failure a missing or torn line, which its
 * checksum reveals, costs no more than sending a blob again. There are no credentials in it.
 * Thread-safe.
 */
final class Journal implements AutoCloseable {
  private final @Nullable Path file;
  private final @Nullable ProcessLock lock;
  private final Map<String, String> sessions = new ConcurrentHashMap<>();
  private final boolean isKept;
  private boolean unusable;

  private Journal(@Nullable Path file, @Nullable ProcessLock lock, boolean isKept) {
    this.file = file;
    this.lock = lock;
    this.isKept = isKept;
  }

  /** Opens the journal that the options of a run ask for, with the uploads of its checkpoint. */
  static Journal of(MirrorOptions options) {
    Journal journal =
        options
            .journal()
            .map(Journal::open)
            .orElseGet(() -> new Journal(null, null, options.resumable()));
    options.resumeFrom().ifPresent(journal::add);
    return journal;
  }

  /** Adds the uploads that the journal does not know better. */
  private void add(MirrorCheckpoint checkpoint) {
    checkpoint
        .sessions()
        .forEach(
            (key, session) -> {
              if (sessions.putIfAbsent(key, session) == null) {
                append(JournalLines.upload(key, session));
              }
            });
  }

  /**
   * Opens a journal, and makes it where there is none.
   *
   * @throws AirgapException when it cannot be opened, or another run uses it
   */
  static Journal open(Path file) {
    ProcessLock lock = null;
    boolean opened = false;
    try {
      lock =
          ProcessLock.tryAcquire(file)
              .orElseThrow(
                  () ->
                      new AirgapException(
                          "the journal "
                              + file
                              + " is in use by another run; give each run a journal of its own"));
      protect(file);
      Journal journal = new Journal(file, lock, true);
      journal.read(lock.channel());
      journal.rewrite(lock.channel());
      opened = true;
      return journal;
    } catch (IOException e) {
      throw new AirgapException(
          "the journal "
              + file
              + " cannot be opened: "
              + e
              + "; check the path and its permissions",
          e);
    } finally {
      if (!opened && lock != null) {
        closeQuietly(lock);
      }
    }
  }

  private static void protect(Path file) throws IOException {
    if (Files.getFileStore(file).supportsFileAttributeView("posix")) {
      Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }
  }

  private void read(FileChannel channel) throws IOException {
    // Closing the reader would close the channel.
    BufferedReader lines =
        new BufferedReader(Channels.newReader(channel.position(0), StandardCharsets.ISO_8859_1));
    StringBuilder line = new StringBuilder();
    int c = lines.read();
    while (c >= 0) {
      if (c == '\n') {
        JournalLines.take(line.toString(), sessions);
        line.setLength(0);
      } else if (line.length() <= JournalLines.MAX_LINE) {
        line.append((char) c);
      }
      c = lines.read();
    }
  }

  /** Leaves out what is over. When this breaks off, what is lost is sent again. */
  private void rewrite(FileChannel channel) throws IOException {
    channel.position(0);
    write(channel, JournalLines.write(sessions));
    channel.truncate(channel.position());
  }

  private static void write(FileChannel channel, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.ISO_8859_1));
    while (bytes.hasRemaining()) {
      channel.write(bytes);
    }
  }

  /** Whether uploads are remembered. */
  boolean isKept() {
    return isKept;
  }

  /** Returns the uploads under way. */
  MirrorCheckpoint checkpoint() {
    return MirrorCheckpoint.of(isKept ? sessions : Map.of());
  }

  /** The session of an upload that was not finished. */
  Optional<String> session(Repository repository, Digest digest) {
    return Optional.ofNullable(sessions.get(repository + " " + digest));
  }

  /** An upload has begun, or got further. */
  void sending(Repository repository, Digest digest, BlobUpload upload) {
    String session = upload.session().orElse("");
    boolean oneWord = !session.isEmpty() && session.chars().allMatch(c -> c > ' ' && c < 0x7f);
    if (oneWord && session.length() < JournalLines.MAX_LINE / 2) {
      String key = repository + " " + digest;
      sessions.put(key, session);
      append(JournalLines.upload(key, session));
    } else {
      ended(repository, digest);
    }
  }

  /** An upload is finished, or will not be. */
  void ended(Repository repository, Digest digest) {
    String key = repository + " " + digest;
    if (sessions.remove(key) != null) {
      append(JournalLines.ended(key));
    }
  }

  private synchronized void append(String line) {
    if (lock != null && !unusable) {
      boolean interrupted = Thread.interrupted();
      try {
        // An interrupted thread would close the channel for all.
        write(lock.channel(), line);
      } catch (IOException e) {
        // A journal that cannot be written, as on a full disk, saves nothing, and harms nothing.
        unusable = true;
      } finally {
        if (interrupted) {
          Thread.currentThread().interrupt();
        }
      }
    }
  }

  /** Removes the file when it holds nothing, then releases it for other runs. */
  @Override
  public synchronized void close() {
    if (lock != null && file != null) {
      unusable = true;
      try {
        if (sessions.isEmpty()) {
          Files.deleteIfExists(file);
        }
      } catch (IOException e) {
        // An empty journal does no harm.
        return;
      } finally {
        closeQuietly(lock);
      }
    }
  }

  private static void closeQuietly(ProcessLock lock) {
    try {
      lock.close();
    } catch (IOException e) {
      // Nothing is left to be written.
      return;
    }
  }
}
