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
 * Starts uploads and cancels them, to find out which repositories accept them. A cancelled upload
 * leaves no content; a registry that creates repositories by itself may have created one.
 */
final class UploadProbe {
  private static final Set<Reason> DENIALS =
      Set.of(Reason.UNAUTHORIZED, Reason.FORBIDDEN, Reason.REFUSED);

  private final RegistryClient registries;
  private final List<Repository> accepted = new ArrayList<>();
  private final Map<Repository, RegistryException> failures = new LinkedHashMap<>();
  private boolean unsupported;
  private long minimumChunk;

  UploadProbe(RegistryClient registries) {
    this.registries = registries;
  }

  /** Returns whether a repository accepts an upload. Each repository is tried once. */
  boolean accepts(Repository repository) {
    if (accepted.contains(repository) || failures.containsKey(repository) || unsupported) {
      return accepted.contains(repository);
    }
    try {
      Optional<BlobUpload> upload = registries.beginUpload(repository);
      unsupported = upload.isEmpty();
      if (upload.isPresent()) {
        minimumChunk = Math.max(minimumChunk, upload.get().minimumChunk());
        upload.get().abandon();
        accepted.add(repository);
      }
    } catch (RegistryException e) {
      Interrupts.check(e);
      failures.put(repository, e);
    }
    return accepted.contains(repository);
  }

  /** Returns the repositories that accept uploads, in the order in which they were tried. */
  List<Repository> accepted() {
    return accepted;
  }

  /** Returns the repositories that do not exist, or whose project does not exist. */
  List<Repository> missing() {
    return failed(Set.of(Reason.NOT_FOUND));
  }

  /** Returns the repositories for which the registry reports, or may mean, a missing permission. */
  List<Repository> denied() {
    return failed(DENIALS);
  }

  private List<Repository> failed(Set<Reason> reasons) {
    return failures.entrySet().stream()
        .filter(one -> reasons.contains(one.getValue().reason()))
        .map(Map.Entry::getKey)
        .toList();
  }

  /** Returns the failure of a repository that does not accept uploads. */
  RegistryException failure(Repository repository) {
    RegistryException failure = failures.get(repository);
    if (failure == null) {
      throw new IllegalArgumentException(repository + " accepts uploads");
    }
    return failure;
  }

  /** Returns a failure that says nothing about existence or permissions, if there was one. */
  Optional<RegistryException> otherFailure() {
    return failures.values().stream()
        .filter(e -> e.reason() != Reason.NOT_FOUND && !DENIALS.contains(e.reason()))
        .findFirst();
  }

  /** Returns whether the client cannot start an upload, so that nothing can be found out. */
  boolean isUnsupported() {
    return unsupported;
  }

  /** Returns the minimum chunk size that uploads ask for, in bytes; 0 if they ask for none. */
  long minimumChunk() {
    return minimumChunk;
  }
}
