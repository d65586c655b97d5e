package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Begins uploads and gives them up again, to see which repositories take them. Nothing of an upload
 * that was given up is left; a registry that creates repositories by itself may have created one.
 */
final class UploadProbe {
  private static final Set<Reason> DENIALS =
      Set.of(Reason.UNAUTHORIZED, Reason.FORBIDDEN, Reason.REFUSED);

  private final RegistryClient registries;
  private final List<Repository> accepted = new ArrayList<>();
  private final Map<Repository, RegistryException> refused = new LinkedHashMap<>();
  private boolean unable;
  private long minimumPiece;

  UploadProbe(RegistryClient registries) {
    this.registries = registries;
  }

  /** Tries one repository, once. */
  boolean accepts(Repository repository) {
    if (accepted.contains(repository) || refused.containsKey(repository) || unable) {
      return accepted.contains(repository);
    }
    try {
      Optional<BlobUpload> upload = registries.beginUpload(repository);
      unable = upload.isEmpty();
      if (upload.isPresent()) {
        minimumPiece = Math.max(minimumPiece, upload.get().minimumChunk());
        upload.get().abandon();
        accepted.add(repository);
      }
    } catch (RegistryException e) {
      Interruption.check(e);
      refused.put(repository, e);
    }
    return accepted.contains(repository);
  }

  /** Those that take uploads, in the order they were tried. */
  List<Repository> accepted() {
    return accepted;
  }

  /** Those that have to be created first. */
  List<Repository> missing() {
    return refused(Set.of(Reason.NOT_FOUND));
  }

  /**
   * Those that are refused for a lack of rights, or for what registries answer in place of that.
   */
  List<Repository> denied() {
    return refused(DENIALS);
  }

  private List<Repository> refused(Set<Reason> reasons) {
    return refused.entrySet().stream()
        .filter(one -> reasons.contains(one.getValue().reason()))
        .map(Map.Entry::getKey)
        .toList();
  }

  RegistryException failure(Repository repository) {
    RegistryException failure = refused.get(repository);
    if (failure == null) {
      throw new IllegalArgumentException(repository + " was not refused");
    }
    return failure;
  }

  /** Another failure than a clear refusal, if there was one. */
  Optional<RegistryException> unclear() {
    return refused.values().stream()
        .filter(e -> e.reason() != Reason.NOT_FOUND && !DENIALS.contains(e.reason()))
        .findFirst();
  }

  /** Whether this client cannot begin uploads, so that nothing can be found out. */
  boolean isUnable() {
    return unable;
  }

  /** What the sessions asked for as the least piece, in bytes; 0 when none said anything. */
  long minimumPiece() {
    return minimumPiece;
  }
}
