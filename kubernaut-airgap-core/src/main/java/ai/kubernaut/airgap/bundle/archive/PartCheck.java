package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * Compares the parts of an archive with their list. The parts are read once: the checksum of a part
 * is computed in a thread of its own while the digests of the blobs are. Not thread-safe.
 */
final class PartCheck implements AutoCloseable {
  private static final int BUFFER = 1 << 20;

  private final Path directory;
  private final PartList list;
  private final @Nullable BlobHashes blobs;
  private final Background hashing = new Background("airgap-bundle-checksum");
  private byte[] buffer = new byte[BUFFER];
  private byte[] other = new byte[BUFFER];

  /**
   * @param blobs gets the content of the parts; null to compare only their sizes
   */
  PartCheck(Path directory, PartList list, @Nullable BlobHashes blobs) {
    this.directory = directory;
    this.list = list;
    this.blobs = blobs;
  }

  List<Problem> run() {
    List<PartList.Part> parts = list.parts();
    Map<Digest, String> names = new HashMap<>();
    for (int i = 0; i < parts.size(); i++) {
      names.put(parts.get(i).digest(), PartList.name(i));
    }
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < parts.size(); i++) {
      String name = PartList.name(i);
      Path file = directory.resolve(name);
      PartList.Part part = parts.get(i);
      try {
        if (!Files.isRegularFile(file)) {
          problems.add(
              Refusal.problem(ProblemCode.BUNDLE_PART_MISSING, file, Map.of("file", name)));
          continue;
        }
        long size = Files.size(file);
        if (size == part.size() && blobs == null) {
          continue;
        }
        Digest actual = digest(file, i * list.partSize());
        if (actual.equals(part.digest())) {
          continue;
        }
        problems.add(problem(file, name, part, size, names.getOrDefault(actual, "")));
      } catch (IOException e) {
        problems.addAll(Refusal.unreadable(file, e).problems());
      }
    }
    return problems;
  }

  private static Problem problem(
      Path file, String name, PartList.Part part, long size, String other) {
    if (!other.isEmpty()) {
      return Refusal.problem(
          ProblemCode.BUNDLE_PARTS_OUT_OF_ORDER, file, Map.of("file", name, "other", other));
    }
    return size < part.size()
        ? Refusal.problem(
            ProblemCode.BUNDLE_PART_TRUNCATED,
            file,
            Map.of(
                "file",
                name,
                "actual",
                String.valueOf(size),
                "expected",
                String.valueOf(part.size())))
        : Refusal.problem(ProblemCode.BUNDLE_PART_DAMAGED, file, Map.of("file", name));
  }

  private Digest digest(Path file, long start) throws IOException {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    long position = start;
    try (InputStream in = Files.newInputStream(file)) {
      int count = in.readNBytes(buffer, 0, BUFFER);
      while (count > 0) {
        byte[] bytes = buffer;
        int length = count;
        hashing.start(Executors.callable(() -> hash.update(bytes, 0, length)));
        if (blobs != null) {
          blobs.update(position, bytes, length);
        }
        if (Thread.interrupted()) {
          throw CancelledException.interrupted(
              "checking the bundle was interrupted; nothing was changed", null);
        }
        position += count;
        buffer = other;
        other = bytes;
        count = in.readNBytes(buffer, 0, BUFFER);
      }
      hashing.await();
    }
    return Digest.of(Digest.Algorithm.SHA256, hash.digest());
  }

  @Override
  public void close() {
    hashing.close();
  }
}
