package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which images may run, and by which digests. A runtime reports the digest of the index or that of
 * its platform's manifest, so both are right; the mirror tells the latter.
 */
final class ExpectedImages {
  private final MirrorPlan plan;
  private final Target target;
  private final @Nullable RegistryClient registries;
  private final ClusterClient cluster;
  private final Map<ImageRef, MirrorEntry> entries = new HashMap<>();
  private final Map<ImageRef, Set<Digest>> digests = new HashMap<>();
  private @Nullable MirrorRules rules;

  /**
   * Reads the plan.
   *
   * @param registries asked for the digests of the platforms; null when only the plan can tell
   * @param cluster asked for its mirror rules when a pod has a reference outside the mirror
   */
  ExpectedImages(MirrorPlan plan, @Nullable RegistryClient registries, ClusterClient cluster) {
    this.plan = plan;
    this.target = plan.target();
    this.registries = registries;
    this.cluster = cluster;
    plan.entries().forEach(entry -> entries.put(entry.pullReference(), entry));
  }

  /**
   * Checks one container.
   *
   * @param image the reference in the pod
   * @param imageId the image that the node reports for the container
   */
  private Check check(Subject subject, String image, String imageId) {
    Optional<ImageRef> reference = parse(image);
    MirrorEntry named = reference.map(this::entry).orElse(null);
    MirrorEntry entry = named == null ? reference.map(this::redirected).orElse(null) : named;
    if (entry == null) {
      boolean inMirror = reference.filter(target::contains).isPresent();
      return failed(
          Problem.of(
              inMirror ? ProblemCode.IMAGE_NOT_PLANNED : ProblemCode.IMAGE_FROM_ELSEWHERE,
              subject,
              Map.of("image", image, "mirror", target.address())));
    }
    int at = imageId.lastIndexOf('@');
    if (at < 0) {
      return found(
          Check.Result.SKIPPED,
          Fact.of(
              FactCode.IMAGE_DIGEST_NOT_REPORTED,
              subject,
              Map.of("image", image, "imageId", imageId)));
    }
    Digest running = Digest.parse(imageId.substring(at + 1));
    Set<Digest> expected =
        digests.computeIfAbsent(entry.pullReference(), unknown -> expected(entry));
    if (expected.contains(running)) {
      return found(
          Check.Result.PASS,
          Fact.of(
              named == null ? FactCode.IMAGE_REDIRECTED : FactCode.IMAGE_MIRRORED,
              subject,
              Map.of(
                  "reference",
                  image,
                  "image",
                  entry.target().toString(),
                  "digest",
                  running.abbreviated())));
    }
    if (registries == null) {
      return found(
          Check.Result.SKIPPED,
          Fact.of(
              FactCode.IMAGE_DIGEST_NOT_COMPARED,
              subject,
              Map.of("image", image, "digest", running.abbreviated())));
    }
    return failed(
        Problem.of(
            ProblemCode.IMAGE_DIGEST_DIFFERS,
            subject,
            Map.of(
                "running", running.toString(), "image", image, "expected", expected.toString())));
  }

  private static Check found(Check.Result result, Fact fact) {
    return Check.of(Check.Kind.IMAGE, result, fact);
  }

  private static Check failed(Problem problem) {
    return Check.of(Check.Kind.IMAGE, Check.Result.FAIL, problem);
  }

  /**
   * The entry that a reference is for. One by digest alone may be pinned; whether the digest is
   * that of the mirrored image is looked at with what runs.
   */
  private @Nullable MirrorEntry entry(ImageRef reference) {
    MirrorEntry exact = entries.get(reference);
    if (exact != null || reference.tag().isPresent()) {
      return exact;
    }
    List<MirrorEntry> ofRepository =
        entries.values().stream()
            .filter(entry -> entry.target().repository().equals(reference.repository()))
            .toList();
    return ofRepository.stream()
        .filter(entry -> plan.expectedDigest(entry).equals(reference.digest()))
        .findFirst()
        .or(
            () ->
                ofRepository.stream()
                    .filter(entry -> plan.expectedDigest(entry).isEmpty())
                    .findFirst())
        .orElse(null);
  }

  /** The entry that mirror rules lead to, at the first location in the mirror. */
  private @Nullable MirrorEntry redirected(ImageRef reference) {
    if (target.contains(reference)) {
      return null;
    }
    if (rules == null) {
      rules = MirrorRules.inCluster(cluster);
    }
    return rules.locations(reference).stream()
        .filter(target::contains)
        .findFirst()
        .map(this::entry)
        .orElse(null);
  }

  private Set<Digest> expected(MirrorEntry entry) {
    Set<Digest> expected = new HashSet<>();
    Optional<Digest> digest = plan.expectedDigest(entry);
    digest.ifPresent(expected::add);
    if (registries == null) {
      return expected;
    }
    ImageRef mirrored = digest.map(entry.target()::withDigest).orElse(entry.target());
    expected.addAll(ImageContent.readDigests(registries, mirrored));
    return expected;
  }

  private static Optional<ImageRef> parse(String image) {
    try {
      return Optional.of(ImageRef.parse(image).withImpliedTag());
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
  }

  /** As {@link #check}, but a mirror that cannot be read fails this check and no other. */
  Check checkOrFail(Subject subject, String image, String imageId) {
    try {
      return check(subject, image, imageId);
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException e) {
      return failed(
          Problem.of(
                  ProblemCode.IMAGE_DIGEST_UNVERIFIED,
                  subject,
                  Map.of("image", image, "detail", e.getMessage()))
              .causedBy(e));
    }
  }
}
