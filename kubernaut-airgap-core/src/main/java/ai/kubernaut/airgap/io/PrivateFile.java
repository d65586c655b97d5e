package ai.kubernaut.airgap.io;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Files that only their owner can read, and that are written completely or not at all. */
public final class PrivateFile {
  private PrivateFile() {}

  /** Writes the content of a file. */
  @FunctionalInterface
  public interface Content {
    /**
     * Writes the content.
     *
     * @param out where to; may be closed
     * @throws IOException when the content cannot be written
     */
    void writeTo(OutputStream out) throws IOException;
  }

  /**
   * Checks that a file can be written. An existing file is not changed.
   *
   * @param file the file
   * @throws IOException when its directory does not exist or cannot be written
   */
  public static void check(Path file) throws IOException {
    Files.delete(temporary(file.toAbsolutePath()));
  }

  /**
   * Writes a file, in place of one that exists.
   *
   * @param file the file
   * @param content writes what the file has afterwards
   * @throws IOException when it cannot be written; an existing file is as before then
   */
  public static void write(Path file, Content content) throws IOException {
    Path absolute = file.toAbsolutePath();
    Path temporary = temporary(absolute);
    try {
      try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(temporary))) {
        content.writeTo(out);
      }
      Files.move(
          temporary, absolute, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** Temporary files of java.nio are the owner's alone from the moment they exist. */
  private static Path temporary(Path file) throws IOException {
    Path directory = file.getParent();
    if (directory == null || !Files.isDirectory(directory)) {
      throw new IOException("there is no directory " + directory);
    }
    return Files.createTempFile(directory, "." + file.getFileName(), ".tmp");
  }
}
