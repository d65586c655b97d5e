package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.image.Digest;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.apache.commons.compress.archivers.tar.TarUtils;
import org.apache.commons.compress.archivers.zip.ZipEncodingHelper;

/** The headers of the files in an archive: those of an image layout. */
final class Entries {
  static final int BLOCK = TarConstants.DEFAULT_RCDSIZE;
  static final String VERSION = "oci-layout";
  static final String INDEX = "index.json";

  private static final Pattern BLOB = Pattern.compile("blobs/sha256/([0-9a-f]{64})");
  private static final int FILE_MODE = 0644;

  private Entries() {}

  static String name(Digest blob) {
    return "blobs/" + blob.algorithm() + "/" + blob.hex();
  }

  static Optional<Digest> blob(String name) {
    Matcher blob = BLOB.matcher(name);
    return blob.matches() ? Optional.of(Digest.parse("sha256:" + blob.group(1))) : Optional.empty();
  }

  /** How many bytes a file takes with what fills its last block. */
  static long padded(long size) {
    return (size + BLOCK - 1) / BLOCK * BLOCK;
  }

  static byte[] header(String name, long size) throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name);
    entry.setSize(size);
    entry.setMode(FILE_MODE);
    entry.setModTime(0L);
    entry.setIds(0, 0);
    entry.setNames("", "");
    byte[] block = new byte[BLOCK];
    // Files of more than 8 GiB have their size in the form of GNU tar.
    entry.writeEntryHeader(block, ZipEncodingHelper.getZipEncoding("UTF-8"), true);
    return block;
  }

  static boolean isZero(byte[] block) {
    return Arrays.equals(block, new byte[block.length]);
  }

  /** Reads a header; empty when it is not one. */
  static Optional<TarArchiveEntry> parse(byte[] block) {
    try {
      return isZero(block) || !TarUtils.verifyCheckSum(block)
          ? Optional.empty()
          : Optional.of(
              new TarArchiveEntry(block, ZipEncodingHelper.getZipEncoding("UTF-8"), false));
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  static boolean isUnsafe(String name) {
    return name.startsWith("/")
        || name.indexOf('\\') >= 0
        || name.indexOf(':') >= 0
        || Arrays.asList(name.split("/", -1)).contains("..");
  }

  /** Whether it is a plain file; links, devices and extended headers are not. */
  static boolean isFile(TarArchiveEntry entry) {
    return entry.getLinkFlag() == TarConstants.LF_NORMAL
        || entry.getLinkFlag() == TarConstants.LF_OLDNORM;
  }

  static Path at(Path directory, long position, long partSize) {
    return directory.resolve(PartList.name((int) (position / partSize)));
  }
}
