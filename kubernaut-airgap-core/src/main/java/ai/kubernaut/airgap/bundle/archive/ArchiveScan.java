package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.registry.Manifest;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;

/** Finds the files of a complete archive by their headers, and refuses every other archive. */
final class ArchiveScan {
  /** Tar programs fill their archives up to a multiple of this. */
  private static final long RECORD = 10_240;

  private static final int MAX_ENTRIES = 1_000_000;

  private final Path directory;
  private final PartList list;
  private final Map<Digest, Location> blobs = new HashMap<>();
  private final Map<String, Location> files = new HashMap<>();
  private final Set<String> names = new HashSet<>();

  ArchiveScan(Path directory, PartList list) {
    this.directory = directory;
    this.list = list;
  }

  /**
   * Where a file is.
   *
   * @param position of its first byte in the archive
   * @param size in bytes
   */
  record Location(long position, long size) {}

  Map<Digest, Location> blobs() {
    return blobs;
  }

  byte[] read(String name) {
    Location file = files.get(name);
    if (file == null) {
      throw Refusal.invalid(directory, "the archive", "it has no " + name);
    }
    if (file.size() > Manifest.MAX_SIZE) {
      throw tooLarge(name, file.size(), file.position());
    }
    try (InputStream in =
        new PartReader(directory, list.partSize(), file.position(), file.size())) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw Refusal.unreadable(directory, e);
    }
  }

  void run() {
    long position = 0;
    while (true) {
      byte[] block = block(position);
      if (Entries.isZero(block)) {
        checkEnd(position);
        break;
      }
      long at = position;
      TarArchiveEntry entry =
          Entries.parse(block)
              .orElseThrow(
                  () ->
                      Refusal.invalid(part(at), "the archive", "there is no header at byte " + at));
      position = add(entry, position);
    }
    if (!new String(read(Entries.VERSION), StandardCharsets.UTF_8).contains("\"1.")) {
      throw Refusal.of(
          ProblemCode.BUNDLE_FORMAT_UNKNOWN,
          directory,
          Map.of("found", "another version of the image layout"));
    }
  }

  private long add(TarArchiveEntry entry, long position) {
    String name = entry.getName();
    if (Entries.isUnsafe(name)) {
      throw Refusal.of(
          ProblemCode.BUNDLE_PATH_UNSAFE, part(position), Map.of("path", printable(name)));
    }
    if (!Entries.isFile(entry)
        || (Entries.blob(name).isEmpty()
            && !name.equals(Entries.VERSION)
            && !name.equals(Entries.INDEX))) {
      throw Refusal.of(
          ProblemCode.BUNDLE_ENTRY_REFUSED,
          part(position),
          Map.of(
              "entry",
              printable(name),
              "type",
              printable(String.valueOf((char) entry.getLinkFlag()))));
    }
    if (!names.add(name)) {
      throw Refusal.of(ProblemCode.BUNDLE_ENTRY_DUPLICATE, part(position), Map.of("entry", name));
    }
    long size = entry.getSize();
    if (size < 0 || size > list.length() || names.size() > MAX_ENTRIES) {
      throw tooLarge(name, size, position);
    }
    long end = position + Entries.BLOCK + Entries.padded(size);
    if (end > list.length()) {
      throw truncated(name);
    }
    Location location = new Location(position + Entries.BLOCK, size);
    Entries.blob(name)
        .ifPresentOrElse(digest -> blobs.put(digest, location), () -> files.put(name, location));
    return end;
  }

  private RuntimeException tooLarge(String name, long size, long position) {
    return Refusal.of(
        ProblemCode.BUNDLE_ENTRY_TOO_LARGE,
        part(position),
        Map.of("entry", name, "size", String.valueOf(size)));
  }

  private RuntimeException truncated(String where) {
    return Refusal.of(ProblemCode.BUNDLE_ARCHIVE_TRUNCATED, directory, Map.of("where", where));
  }

  private static String printable(String text) {
    String plain = text.replaceAll("[^\\x20-\\x7e]", "?");
    return plain.length() <= 100 ? plain : plain.substring(0, 100) + "…";
  }

  private byte[] block(long position) {
    if (position + Entries.BLOCK > list.length()) {
      throw truncated("before its end marker");
    }
    return bytes(position, Entries.BLOCK);
  }

  private byte[] bytes(long position, long count) {
    try (InputStream in = new PartReader(directory, list.partSize(), position, count)) {
      return in.readAllBytes();
    } catch (IOException e) {
      throw Refusal.unreadable(part(position), e);
    }
  }

  private void checkEnd(long position) {
    long left = list.length() - position;
    if (left < 2L * Entries.BLOCK) {
      throw truncated("in its end marker");
    }
    if (left > 2L * Entries.BLOCK + RECORD || !Entries.isZero(bytes(position, left))) {
      throw Refusal.invalid(part(position), "the archive", "something follows its end");
    }
  }

  private Path part(long position) {
    return Entries.at(directory, position, list.partSize());
  }
}
