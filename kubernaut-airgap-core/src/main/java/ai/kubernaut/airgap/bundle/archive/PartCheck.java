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

/** Compares the parts of an archive with their list. */
final class PartCheck {
  private static final int BUFFER = 128 << 10;

  private PartCheck() {}

  /** Compares the sizes, and reads only parts that have another one. */
  static List<Problem> sizes(Path directory, PartList list) {
    return run(directory, list, false);
  }

  /** Reads every part and compares it with its checksum. */
  static List<Problem> checksums(Path directory, PartList list) {
    return run(directory, list, true);
  }

  private static List<Problem> run(Path directory, PartList list, boolean content) {
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
        if (size == part.size() && !content) {
          continue;
        }
        Digest actual = digest(file);
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

  private static Digest digest(Path file) throws IOException {
    MessageDigest hash = Digest.Algorithm.SHA256.newHash();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      int count = in.read(buffer);
      while (count > 0) {
        if (Thread.currentThread().isInterrupted()) {
          throw CancelledException.interrupted(
              "checking the bundle was interrupted; nothing was changed", null);
        }
        hash.update(buffer, 0, count);
        count = in.read(buffer);
      }
    }
    return Digest.of(Digest.Algorithm.SHA256, hash.digest());
  }
}
