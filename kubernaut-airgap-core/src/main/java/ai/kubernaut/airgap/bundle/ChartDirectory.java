package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.AirgapException;
import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** A chart that is a directory, as an archive. The same files make the same archive. */
final class ChartDirectory {
  /** The limits of {@link ai.kubernaut.airgap.chart.ChartLock#digestOf}. */
  private static final long MAX_BYTES = 256L << 20;

  private static final int MAX_FILES = 10_000;
  private static final int MAX_HEADER = 8 << 10;
  private static final int FILE_MODE = 0644;

  private ChartDirectory() {}

  static byte[] pack(Path directory) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip, "UTF-8")) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      for (Map.Entry<String, Path> file : files(directory).entrySet()) {
        byte[] content = Files.readAllBytes(file.getValue());
        TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
        entry.setSize(content.length);
        entry.setMode(FILE_MODE);
        entry.setModTime(0L);
        entry.setIds(0, 0);
        entry.setNames("", "");
        tar.putArchiveEntry(entry);
        tar.write(content);
        tar.closeArchiveEntry();
      }
    } catch (IOException e) {
      throw new AirgapException(
          "the chart " + directory + " cannot be packed: " + e.getMessage() + "; check its files",
          e);
    }
    return bytes.toByteArray();
  }

  /** What the digest of the chart covers: regular files, links followed. */
  private static Map<String, Path> files(Path directory) throws IOException {
    Map<String, Path> sorted = new TreeMap<>();
    try (Stream<Path> files = Files.walk(directory, FileVisitOption.FOLLOW_LINKS)) {
      for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
        sorted.put(directory.relativize(file).toString().replace('\\', '/'), file);
      }
    }
    return sorted;
  }

  /**
   * Unpacks an archive into a new directory.
   *
   * @param archive read to its end
   * @param into an empty directory
   */
  static void unpack(InputStream archive, Path into) throws IOException {
    try (HeaderLimit limited = new HeaderLimit(new GZIPInputStream(archive));
        TarArchiveInputStream tar = new TarArchiveInputStream(limited, "UTF-8")) {
      int count = 0;
      long bytes = 0;
      while (true) {
        // The library reads long names into memory, whatever their size.
        limited.left = MAX_HEADER;
        TarArchiveEntry entry = tar.getNextEntry();
        limited.left = Long.MAX_VALUE;
        if (entry == null) {
          break;
        }
        if (!SafePath.isSafe(entry.getName())) {
          throw new IOException("its archive has the unsafe path '" + entry.getName() + "'");
        }
        if (!entry.isFile() || entry.isSparse() || entry.isLink() || entry.isSymbolicLink()) {
          throw new IOException("in its archive " + entry.getName() + " is not a regular file");
        }
        bytes += entry.getSize();
        if (++count > MAX_FILES || bytes > MAX_BYTES) {
          throw new IOException("its archive is larger than charts may be");
        }
        Path file = into.resolve(entry.getName());
        Files.createDirectories(file.resolveSibling("."));
        // Fails where the file exists: no name may stand there twice.
        Files.copy(tar, file);
      }
      // The digest of the archive is checked at its end.
      archive.transferTo(OutputStream.nullOutputStream());
    }
  }

  /** Ends a stream that delivers too much before it is told that more is fine. */
  private static final class HeaderLimit extends FilterInputStream {
    private long left;

    HeaderLimit(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      if (left <= 0) {
        throw new IOException("its archive has a header that is too large");
      }
      int count = super.read(buffer, offset, (int) Math.min(length, left));
      left -= Math.max(0, count);
      return count;
    }
  }
}
