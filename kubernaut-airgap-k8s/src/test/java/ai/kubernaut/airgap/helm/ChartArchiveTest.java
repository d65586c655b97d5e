package ai.kubernaut.airgap.helm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.HelmException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives that say one thing of their sizes and hold another. */
final class ChartArchiveTest {
  @TempDir Path directory;

  /** A header of a tar archive, byte by byte: the library does not write all that it reads. */
  private static byte[] header(String name, long size, char type) {
    byte[] header = new byte[512];
    put(header, 0, name);
    put(header, 100, "0000644\0" + "0000000\0" + "0000000\0");
    put(header, 124, String.format(Locale.ROOT, "%011o\0", size));
    put(header, 136, "00000000000\0");
    put(header, 156, String.valueOf(type));
    put(header, 257, type == 'S' ? "ustar  \0" : "ustar\000");
    if (type == 'S') {
      // One piece of one byte at the end of 700 MiB.
      put(header, 386, String.format(Locale.ROOT, "%011o\0%011o\0", (700L << 20) - 1, 1));
      put(header, 483, String.format(Locale.ROOT, "%011o\0", 700L << 20));
    }
    put(header, 148, "        ");
    int sum = 0;
    for (byte one : header) {
      sum += one & 0xff;
    }
    put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
    return header;
  }

  private static void put(byte[] header, int at, String text) {
    byte[] bytes = text.getBytes(UTF_8);
    System.arraycopy(bytes, 0, header, at, bytes.length);
  }

  private static byte[] padded(byte[] content) {
    return Arrays.copyOf(content, (content.length + 511) / 512 * 512);
  }

  private static byte[] extended(String... records) {
    StringBuilder text = new StringBuilder();
    for (String record : records) {
      int length = record.length() + 2;
      length += String.valueOf(length + String.valueOf(length).length()).length();
      text.append(length).append(' ').append(record).append('\n');
    }
    byte[] content = text.toString().getBytes(UTF_8);
    return joined(header("x/pax", content.length, 'x'), padded(content));
  }

  private static byte[] joined(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }

  private Path zipped(byte[]... parts) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
      gzip.write(header("x/Chart.yaml", 8, '0'));
      gzip.write(padded("name: x\n".getBytes(UTF_8)));
      for (byte[] part : parts) {
        gzip.write(part);
      }
      gzip.write(new byte[1024]);
    }
    return Files.write(directory.resolve("x.tgz"), bytes.toByteArray());
  }

  static Map<String, byte[]> sparseFiles() {
    String size = String.valueOf(700L << 20);
    String last = String.valueOf((700L << 20) - 1);
    byte[] map = padded(("1\n" + last + "\n1\n").getBytes(UTF_8));
    byte[] data = padded(new byte[] {'x'});
    return Map.of(
        "old GNU",
        joined(header("x/files/a", 1, 'S'), data),
        "PAX 0.0",
        joined(
            extended(
                "GNU.sparse.size=" + size,
                "GNU.sparse.numblocks=1",
                "GNU.sparse.offset=" + last,
                "GNU.sparse.numbytes=1"),
            header("x/files/a", 1, '0'),
            data),
        "PAX 0.1",
        joined(
            extended(
                "GNU.sparse.size=" + size,
                "GNU.sparse.numblocks=1",
                "GNU.sparse.map=" + last + ",1",
                "GNU.sparse.name=x/files/a"),
            header("x/files/a", 1, '0'),
            data),
        "PAX 1.0",
        joined(
            extended(
                "GNU.sparse.major=1",
                "GNU.sparse.minor=0",
                "GNU.sparse.name=x/files/a",
                "GNU.sparse.realsize=" + size),
            header("x/files/a", 513, '0'),
            map,
            data),
        "star",
        joined(
            extended("SCHILY.filetype=sparse", "SCHILY.realsize=" + size),
            header("x/files/a", 513, '0'),
            map,
            data));
  }

  @ParameterizedTest
  @ValueSource(strings = {"old GNU", "PAX 0.0", "PAX 0.1", "PAX 1.0", "star"})
  void aSparseFileInAnArchiveIsRefused(String format) throws IOException {
    Path archive = zipped(sparseFiles().get(format));
    assertThat(archive).satisfies(file -> assertThat(Files.size(file)).isLessThan(400));
    assertThatThrownBy(() -> ChartCopy.of(archive))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("x/files/a")
        .hasMessageContaining("sparse");
  }

  static Map<String, byte[]> archivesThatAreTooMuch() {
    int much = 128 << 10;
    byte[][] many = new byte[101][];
    Arrays.fill(many, header("x/files", 0, '5'));
    byte[] a = new byte[much];
    Arrays.fill(a, (byte) 'a');
    byte[] record = a.clone();
    put(record, 0, much + " comment=");
    record[much - 1] = '\n';
    return Map.of(
        "a file", joined(header("x/files/a", much, '0'), a),
        "a long name", joined(header("././@LongLink", much, 'L'), a),
        "a long link", joined(header("././@LongLink", much, 'K'), a),
        "extended headers", joined(header("x/pax", much, 'x'), record),
        "global headers", joined(header("x/pax", much, 'g'), record),
        "the content of a device", joined(header("x/files", much, '3'), a),
        "directories", joined(many));
  }

  private void unpack(Path archive) throws IOException {
    ChartArchive.unpack(
        archive, directory.resolve("chart"), new ChartLimits(64 << 10, 100, 16 << 10));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a file",
        "a long name",
        "a long link",
        "extended headers",
        "global headers",
        "the content of a device",
        "directories"
      })
  void anArchiveThatIsTooMuchIsRefused(String what) throws IOException {
    Path archive = zipped(archivesThatAreTooMuch().get(what));
    assertThatThrownBy(() -> unpack(archive))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds more than");
  }

  @Test
  void aSecondGzipMemberCounts() throws IOException {
    byte[] rest = new byte[128 << 10];
    Path archive = zipped(header("x/files/a", rest.length, '0'));
    ByteArrayOutputStream second = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(second)) {
      gzip.write(rest);
    }
    Files.write(archive, joined(Files.readAllBytes(archive), second.toByteArray()));
    assertThatThrownBy(() -> unpack(archive))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("holds more than");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 300, 2000})
  void aNameThatNoFileMayHaveIsRefused(int length) throws IOException {
    byte[] name =
        length == 1 ? "x/a\0b".getBytes(UTF_8) : ("x/" + "a".repeat(length)).getBytes(UTF_8);
    byte[] named =
        length == 1
            ? extended("path=x/a\0b")
            : joined(header("././@LongLink", name.length, 'L'), padded(name));
    Path archive = zipped(named, header("x/files/a", 0, '0'));
    assertThatThrownBy(() -> ChartCopy.of(archive)).isInstanceOf(HelmException.class);
  }
}
