package ai.kubernaut.airgap.helm;

import java.io.BufferedInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;

/** Unpacks packed charts. What an archive says of its sizes is not believed. */
final class ChartArchive {
  private static final int MAX_NAME = 1024;
  private static final int BUFFER = 1 << 16;

  private ChartArchive() {}

  /**
   * Unpacks a packed chart: one directory at the top, which falls away.
   *
   * @param into where the files go
   * @param limits counts them
   */
  static void unpack(Path archive, Path into, ChartLimits limits) throws IOException {
    try (Budget budget =
            new Budget(
                new GZIPInputStream(new BufferedInputStream(Files.newInputStream(archive))));
        TarArchiveInputStream tar = new TarArchiveInputStream(budget)) {
      while (true) {
        // The library reads long names and extended headers into memory, whatever their size.
        budget.limit(limits.maxHeaderBytes(), limits);
        TarArchiveEntry entry = tar.getNextEntry();
        if (entry == null) {
          break;
        }
        budget.lift();
        limits.countEntry();
        unpack(entry, tar, into, limits);
      }
    }
    if (!Files.isRegularFile(into.resolve("Chart.yaml"))) {
      throw new IOException(
          "the archive "
              + archive.getFileName()
              + " does not contain a chart: its first directory has no Chart.yaml");
    }
  }

  private static void unpack(
      TarArchiveEntry entry, InputStream content, Path into, ChartLimits limits)
      throws IOException {
    if (entry.isSparse()) {
      throw new IOException(
          "its archive holds the sparse file "
              + entry.getName()
              + ", which no chart does; pack it again with helm package");
    }
    // Packed charts hold no links: packing follows them.
    if (!entry.isFile() || entry.isSymbolicLink() || entry.isLink()) {
      copy(content, OutputStream.nullOutputStream(), limits);
      return;
    }
    Path file = file(entry.getName(), into);
    Files.createDirectories(file.getParent());
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      copy(content, out, limits);
    }
  }

  private static Path file(String name, Path into) throws IOException {
    if (name.length() > MAX_NAME) {
      throw new IOException("its archive holds a path of more than " + MAX_NAME + " characters");
    }
    String path = name.replace('\\', '/');
    Path file;
    try {
      file = into.resolve(path.substring(path.indexOf('/') + 1)).normalize();
    } catch (InvalidPathException e) {
      throw new IOException("its archive holds a path that no file may have", e);
    }
    if (!file.startsWith(into) || file.equals(into)) {
      throw new IOException(
          "its archive holds the path " + name + ", which leaves the chart's directory");
    }
    return file;
  }

  private static void copy(InputStream from, OutputStream to, ChartLimits limits)
      throws IOException {
    byte[] buffer = new byte[BUFFER];
    for (int read = from.read(buffer); read >= 0; read = from.read(buffer)) {
      limits.countBytes(read);
      to.write(buffer, 0, read);
    }
  }

  /** Lets so many bytes be read and no more. */
  private static final class Budget extends FilterInputStream {
    private long left = Long.MAX_VALUE;
    private ChartLimits limits = ChartLimits.ofCharts();

    Budget(InputStream in) {
      super(in);
    }

    void limit(long bytes, ChartLimits exceeded) {
      left = bytes;
      limits = exceeded;
    }

    void lift() {
      left = Long.MAX_VALUE;
    }

    @Override
    public int read() throws IOException {
      int read = in.read();
      if (read >= 0) {
        spend(1);
      }
      return read;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int read = in.read(buffer, offset, length);
      if (read > 0) {
        spend(read);
      }
      return read;
    }

    @Override
    public long skip(long bytes) throws IOException {
      long skipped = in.skip(bytes);
      spend(skipped);
      return skipped;
    }

    private void spend(long bytes) throws IOException {
      left -= bytes;
      if (left < 0) {
        throw limits.exceeded();
      }
    }
  }
}
