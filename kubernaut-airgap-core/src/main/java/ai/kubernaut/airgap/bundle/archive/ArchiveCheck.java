package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.BundleException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.outcome.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Checks a complete archive. It is verified by the digests of its blobs and the checksum of its
 * frame, so that each byte is hashed once. The checksums of the parts are computed only if
 * something differs, to tell which parts are damaged.
 */
final class ArchiveCheck {
  private ArchiveCheck() {}

  /**
   * Finds the files of an archive. The parts have to have the sizes of their list.
   *
   * @throws BundleException when a part is missing or has another size, or the archive has anything
   *     that does not belong there
   */
  static ArchiveScan scan(Path directory, PartList list) {
    // What is wrong with the parts explains more than what follows from it.
    requireNone(PartCheck.sizes(directory, list));
    ArchiveScan scan = new ArchiveScan(directory, list);
    scan.run();
    return scan;
  }

  /**
   * Compares the whole content of an archive.
   *
   * @param verified gets the blobs whose content has their digest
   * @throws BundleException when a part is missing, truncated, damaged or in the wrong place, or
   *     the archive has anything that does not belong there
   */
  static ArchiveScan scan(Path directory, PartList list, Set<Digest> verified) {
    ArchiveScan scan;
    try {
      scan = scan(directory, list);
    } catch (BundleException e) {
      requireNone(PartCheck.checksums(directory, list));
      throw e;
    }
    verified.addAll(BlobCheck.verified(directory, list.partSize(), scan.blobs()));
    boolean hasFrame = hasFrame(directory, list, scan);
    if (!hasFrame || verified.size() < scan.blobs().size()) {
      requireNone(PartCheck.checksums(directory, list));
    }
    if (!hasFrame && list.frame().isPresent()) {
      throw Refusal.invalid(
          directory.resolve(PartList.FILE),
          "the list of parts",
          "its checksum of the frame is not that of the archive");
    }
    return scan;
  }

  private static boolean hasFrame(Path directory, PartList list, ArchiveScan scan) {
    try {
      Digest frame = Frame.read(directory, list, scan.blobs().values()).checksum(list.parts());
      return list.frame().filter(frame::equals).isPresent();
    } catch (IOException e) {
      throw Refusal.unreadable(directory, e);
    }
  }

  private static void requireNone(List<Problem> problems) {
    if (!problems.isEmpty()) {
      throw Refusal.of(problems);
    }
  }
}
