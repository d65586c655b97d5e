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
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which images may run, and by which digests. A runtime reports the digest of the index, that of
 * its platform's manifest, or that of its configuration, so all are right; the mirror tells them.
 */
final class ExpectedImages {
  private final MirrorPlan plan;
  private final Target target;
  private final @Nullable RegistryClient registries;
  private final ClusterClient cluster;
  private final Map<ImageRef, MirrorEntry> entries = new HashMap<>();
  private final Map<ImageRef, MirroredDigests> mirrored = new HashMap<>();
  private final NodeImages nodes;
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
    this.nodes = new NodeImages(cluster);
    plan.entries().forEach(entry -> entries.put(entry.pullReference(), entry));
  }

  /**
   * What was found about a container.
   *
   * @param check empty when the container has not started
   */
  record Finding(ContainerOrigin origin, Optional<Check> check) {}

  /** Checks one container. A mirror that cannot be read fails this check and no other. */
  Finding check(PodContainer container) {
    ContainerOrigin.Builder origin = container.origin();
    Subject subject = container.subject();
    String image = container.image();
    Optional<Digest> reported = digest(container.imageId());
    if (reported.isPresent()) {
      origin.running(reported).evidence(ContainerOrigin.Evidence.POD_STATUS);
    }
    Optional<ImageRef> reference = parse(image);
    MirrorEntry named = reference.map(this::entry).orElse(null);
    try {
      MirrorEntry entry = named == null ? reference.map(this::redirected).orElse(null) : named;
      if (entry != null) {
        origin
            .mirror(entry.target())
            .source(entry.source())
            .planned(entry.digest())
            .isRedirected(named == null);
      }
      boolean inMirror = reference.filter(target::contains).isPresent();
      if (container.imageId().isEmpty() && !container.hasStarted()) {
        // The check of the pod says why nothing runs yet.
        return new Finding(
            origin.agreement(ContainerOrigin.Agreement.NOT_STARTED).build(), Optional.empty());
      }
      if (entry == null || reference.isEmpty()) {
        return finding(
            origin,
            inMirror
                ? ContainerOrigin.Agreement.NOT_PLANNED
                : ContainerOrigin.Agreement.OUTSIDE_MIRROR,
            failed(
                Problem.of(
                    inMirror ? ProblemCode.IMAGE_NOT_PLANNED : ProblemCode.IMAGE_FROM_ELSEWHERE,
                    subject,
                    Map.of("image", image, "mirror", target.address()))));
      }
      return compare(container, origin, reference.get(), entry, reported);
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException e) {
      return finding(
          origin,
          ContainerOrigin.Agreement.NOT_COMPARED,
          failed(
              Problem.of(
                      ProblemCode.IMAGE_DIGEST_UNVERIFIED,
                      subject,
                      Map.of("image", image, "detail", e.getMessage()))
                  .causedBy(e)));
    }
  }

  private static Finding finding(
      ContainerOrigin.Builder origin, ContainerOrigin.Agreement agreement, Check check) {
    return new Finding(origin.agreement(agreement).build(), Optional.of(check));
  }

  private Finding compare(
      PodContainer container,
      ContainerOrigin.Builder origin,
      ImageRef reference,
      MirrorEntry entry,
      Optional<Digest> reported) {
    MirroredDigests expected =
        mirrored.computeIfAbsent(
            entry.pullReference(),
            unknown -> new MirroredDigests(entry.target(), plan.expectedDigest(entry), registries));
    origin.mirrored(expected.mirrored());
    Subject subject = container.subject();
    String image = container.image();
    Optional<Digest> running = reported;
    // Without the mirror, a digest of a configuration cannot be told from a wrong one.
    boolean isBare = registries == null && !container.imageId().contains("@");
    if (running.filter(expected.manifests()::contains).isEmpty() && (running.isEmpty() || isBare)) {
      Optional<Digest> onNode = nodes.digest(container.node(), reference);
      if (onNode.isPresent()) {
        running = onNode;
        origin.running(running).evidence(ContainerOrigin.Evidence.NODE_STATUS);
      }
    }
    if (running.isEmpty()) {
      return finding(
          origin,
          ContainerOrigin.Agreement.NOT_REPORTED,
          failed(
              Problem.of(
                  ProblemCode.IMAGE_DIGEST_NOT_REPORTED,
                  subject,
                  Map.of(
                      "image",
                      image,
                      "imageId",
                      container.imageId(),
                      "reason",
                      nodes.reason(container.node())))));
    }
    Digest digest = running.get();
    ContainerOrigin.Agreement agreement = expected.agreement(digest);
    String how =
        switch (agreement) {
          case PLATFORM_MANIFEST -> "the manifest of a platform";
          case CONFIG -> "the configuration of a platform";
          default -> "";
        };
    return finding(
        origin,
        agreement,
        switch (agreement) {
          case NOT_COMPARED ->
              found(
                  Check.Result.SKIPPED,
                  Fact.of(
                      FactCode.IMAGE_DIGEST_NOT_COMPARED,
                      subject,
                      Map.of("image", image, "digest", digest.abbreviated())));
          case DIFFERS ->
              failed(
                  Problem.of(
                      ProblemCode.IMAGE_DIGEST_DIFFERS,
                      subject,
                      Map.of(
                          "running",
                          digest.toString(),
                          "image",
                          image,
                          "expected",
                          expected.manifests().stream()
                              .map(Digest::toString)
                              .collect(Collectors.joining(" or ")))));
          default ->
              found(
                  Check.Result.PASS,
                  Fact.of(
                      named(reference) ? FactCode.IMAGE_MIRRORED : FactCode.IMAGE_REDIRECTED,
                      subject,
                      Map.of(
                          "reference",
                          image,
                          "image",
                          entry.target().toString(),
                          "digest",
                          digest.abbreviated(),
                          "how",
                          how)));
        });
  }

  /** Whether a reference is one of the plan, by its name in the mirror or at its source. */
  boolean isPlanned(String image) {
    return parse(image)
        .filter(
            reference ->
                entry(reference) != null
                    || plan.entries().stream()
                        .anyMatch(entry -> entry.source().refersToSameImageAs(reference)))
        .isPresent();
  }

  /** Returns a problem when an image has another digest in the mirror than the plan expects. */
  Optional<Check> movedTag(ImageRef image, Digest now) {
    return plan.entries().stream()
        .filter(entry -> entry.target().equals(image))
        .findFirst()
        .flatMap(plan::expectedDigest)
        .filter(planned -> !planned.equals(now))
        .map(
            planned ->
                failed(
                    Problem.of(
                        ProblemCode.IMAGE_DIFFERS_IN_MIRROR,
                        Subject.image(image),
                        Map.of("actual", now.toString(), "expected", planned.toString()))));
  }

  private boolean named(ImageRef reference) {
    return entry(reference) != null;
  }

  /**
   * Reads the digest that a runtime reports: at the end of a reference, or bare, with or without
   * the name of the runtime.
   */
  private static Optional<Digest> digest(String imageId) {
    int at = imageId.lastIndexOf('@');
    int scheme = imageId.indexOf("://");
    String text = imageId.substring(at >= 0 ? at + 1 : scheme >= 0 ? scheme + 3 : 0);
    try {
      return text.isEmpty() ? Optional.empty() : Optional.of(Digest.parse(text));
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
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

  private static Optional<ImageRef> parse(String image) {
    try {
      return Optional.of(ImageRef.parse(image).withImpliedTag());
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
  }
}
