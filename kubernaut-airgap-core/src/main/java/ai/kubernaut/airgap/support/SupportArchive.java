package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.io.PrivateFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Support bundles as tar.gz files. Nothing is extracted to the disk. */
final class SupportArchive {
  private static final String DIRECTORY = "support-bundle/";
  private static final int MAX_ENTRIES = 200_000;

  private SupportArchive() {}

  /**
   * Writes a bundle completely or not at all. Only the owner can read it.
   *
   * @throws SupportBundleException when the file cannot be written; an existing one is as before
   */
  static void write(BundleFiles files, Instant collected, Path file) {
    try {
      PrivateFile.write(file, out -> write(files.contents(), collected, out));
    } catch (IOException e) {
      throw new SupportBundleException(
          "cannot write the support bundle "
              + file
              + ": "
              + e.getMessage()
              + "; check the directory and its permissions",
          e);
    }
  }

  private static void write(Map<String, byte[]> contents, Instant collected, OutputStream out)
      throws IOException {
    try (TarArchiveOutputStream tar =
        new TarArchiveOutputStream(new GZIPOutputStream(out), "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, byte[]> each : contents.entrySet()) {
        TarArchiveEntry entry = new TarArchiveEntry(DIRECTORY + each.getKey());
        entry.setSize(each.getValue().length);
        entry.setModTime(collected.toEpochMilli());
        entry.setMode(0600);
        tar.putArchiveEntry(entry);
        tar.write(each.getValue());
        tar.closeArchiveEntry();
      }
    }
  }

  /**
   * Reads a bundle.
   *
   * @param limit the largest size of all files together, in bytes
   * @throws SupportBundleException when the file cannot be read, or is no support bundle
   */
  static BundleFiles read(Path file, long limit) {
    BundleFiles files = new BundleFiles(limit);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file));
        TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(in), "UTF-8")) {
      int count = 0;
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        if (++count > MAX_ENTRIES) {
          throw new IOException("it has more than " + MAX_ENTRIES + " entries");
        }
        if (entry.isFile() && entry.getName().startsWith(DIRECTORY)) {
          long size = entry.getSize();
          if (size > limit || !files.add(name(entry), tar.readNBytes((int) size))) {
            throw new IOException("its files have more than " + limit + " bytes");
          }
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      throw unreadable(file, e);
    }
    return files;
  }

  private static String name(TarArchiveEntry entry) {
    return entry.getName().substring(DIRECTORY.length());
  }

  static AirgapException unreadable(Path file, Exception e) {
    return new SupportBundleException(
        "cannot read the support bundle "
            + file
            + ": "
            + e.getMessage()
            + "; give a file that diagnose --support-bundle has written",
        e);
  }
}
