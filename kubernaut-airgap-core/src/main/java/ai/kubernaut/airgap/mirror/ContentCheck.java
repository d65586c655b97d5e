package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** Checks that the mirror stores everything that its images refer to. Thread-safe. */
final class ContentCheck {
  private final CheckDepth depth;
  private final Set<Digest> verified = ConcurrentHashMap.newKeySet();

  ContentCheck(CheckDepth depth) {
    this.depth = depth;
  }

  /**
   * Returns whether the mirror has everything of an image but what its source omits.
   *
   * @param digest of its root manifest in the mirror
   */
  boolean isComplete(Sides clients, CopyJob job, Digest digest, ManifestBudget budget) {
    try {
      Set<Digest> omitted =
          job.sourceDigest()
              .map(source -> clients.source().omittedManifests(job.source().withDigest(source)))
              .orElse(Set.of());
      return check(clients.target(), job, digest, omitted, budget).isEmpty();
    } catch (InvalidManifestException e) {
      return false;
    } catch (RegistryException e) {
      if (e.reason() == Reason.NOT_FOUND || e.reason() == Reason.DIGEST_MISMATCH) {
        return false;
      }
      throw e;
    }
  }

  /**
   * Checks one image with the platforms that were to be mirrored.
   *
   * @param digest of its root manifest, which exists
   * @param omitted manifests that its index lists and that need not be there
   * @param budget counts its manifests
   * @return a problem when blobs are absent or truncated
   * @throws RegistryException with NOT_FOUND or DIGEST_MISMATCH when a manifest is absent, or
   *     content is damaged
   */
  Optional<Problem> check(
      RegistryClient registries,
      CopyJob job,
      Digest digest,
      Set<Digest> omitted,
      ManifestBudget budget) {
    ImageRef image = job.target();
    if (depth == CheckDepth.MANIFEST && registries.retainsReferencedContent(image.registry())) {
      return Optional.empty();
    }
    Repository repository = image.repository();
    List<String> missing = new ArrayList<>();
    ImageContent content =
        ImageContent.readSparse(
            registries, repository.digest(digest), job.platforms(), omitted, budget);
    for (Descriptor blob : content.blobs()) {
      OptionalLong size = registries.findBlob(repository, blob.digest());
      if (size.isEmpty()) {
        missing.add(blob.digest() + " is absent");
      } else if (size.getAsLong() != blob.size()) {
        missing.add(
            "%s has %d of %d bytes".formatted(blob.digest(), size.getAsLong(), blob.size()));
      } else if (depth == CheckDepth.CONTENT && !verified.contains(blob.digest())) {
        read(registries, repository, blob);
        verified.add(blob.digest());
      }
    }
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR,
                Subject.image(image),
                Map.of("count", String.valueOf(missing.size()), "first", missing.get(0))));
  }

  private static void read(RegistryClient registries, Repository repository, Descriptor blob) {
    try (InputStream content = registries.readBlob(repository, blob, 0)) {
      content.transferTo(OutputStream.nullOutputStream());
    } catch (IOException e) {
      throw new RegistryException(
          Reason.UNREACHABLE,
          repository.registry(),
          0,
          "reading blob %s of %s failed: %s".formatted(blob.digest(), repository, e.getMessage()),
          e);
    }
  }
}
