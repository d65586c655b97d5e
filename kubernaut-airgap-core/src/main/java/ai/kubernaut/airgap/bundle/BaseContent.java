package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/** Finds in a mirror what a delta leaves out, before anything is sent. */
final class BaseContent {
  private BaseContent() {}

  /**
   * Finds a repository of the mirror for each blob that is needed and not in the bundle.
   *
   * @throws BundleException when the mirror lacks one, with a problem for each
   */
  static Map<Digest, Repository> find(Bundle bundle, MirrorPlan plan, RegistryClient mirror) {
    if (bundle.absent().isEmpty()) {
      return Map.of();
    }
    Map<Digest, Long> absent = new HashMap<>();
    bundle.absent().forEach(blob -> absent.put(blob.digest(), blob.size()));
    Map<Digest, Set<Repository>> needed = needed(bundle, plan);
    needed.keySet().retainAll(absent.keySet());
    Set<Repository> all = new LinkedHashSet<>();
    plan.entries().forEach(entry -> all.add(entry.target().repository()));
    Map<Digest, Repository> homes = new HashMap<>();
    List<Problem> problems = new ArrayList<>();
    needed.forEach(
        (digest, repositories) -> {
          Set<Repository> candidates = new LinkedHashSet<>(repositories);
          candidates.addAll(all);
          OptionalLong size = OptionalLong.of(absent.getOrDefault(digest, -1L));
          candidates.stream()
              .filter(repository -> mirror.findBlob(repository, digest).equals(size))
              .findFirst()
              .ifPresentOrElse(
                  home -> homes.put(digest, home), () -> problems.add(missing(digest, plan)));
        });
    if (!problems.isEmpty()) {
      throw new BundleException(
          "the base of the bundle is not in %s: %d of %d blobs are missing; nothing was sent"
              .formatted(plan.target().address(), problems.size(), needed.size()),
          problems);
    }
    return homes;
  }

  /** The blobs of the images of a plan and of their attachments, and where they are needed. */
  private static Map<Digest, Set<Repository>> needed(Bundle bundle, MirrorPlan plan) {
    Map<Digest, Set<Repository>> needed = new HashMap<>();
    try (RegistryClient content = bundle.client()) {
      for (MirrorEntry entry : plan.entries()) {
        Repository source = entry.source().repository();
        List<Digest> roots =
            new ArrayList<>(List.of(entry.mirroredDigest().or(entry::digest).orElseThrow()));
        bundle.attachments().stream()
            .filter(attached -> attached.repository().equals(source))
            .forEach(attached -> roots.add(attached.manifest().digest()));
        for (Digest root : roots) {
          for (Descriptor blob :
              ImageContent.read(content, source.digest(root), Platforms.all()).blobs()) {
            needed
                .computeIfAbsent(blob.digest(), any -> new LinkedHashSet<>())
                .add(entry.target().repository());
          }
        }
      }
    }
    return needed;
  }

  private static Problem missing(Digest digest, MirrorPlan plan) {
    return Problem.of(
        ProblemCode.BUNDLE_BASE_MISSING,
        new Subject(Subject.Kind.FILE, BundleFormat.path(digest)),
        Map.of("mirror", plan.target().address()));
  }
}
