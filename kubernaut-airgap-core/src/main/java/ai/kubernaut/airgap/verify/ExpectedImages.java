package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
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
  private final Map<ImageRef, MirrorEntry> entries = new HashMap<>();
  private final Map<ImageRef, Set<Digest>> digests = new HashMap<>();

  /**
   * Reads the plan.
   *
   * @param registries asked for the digests of the platforms; null when only the plan can tell
   */
  ExpectedImages(MirrorPlan plan, @Nullable RegistryClient registries) {
    this.plan = plan;
    this.target = plan.target();
    this.registries = registries;
    plan.entries().forEach(entry -> entries.put(entry.pullReference(), entry));
  }

  /** Looks at one container: the reference it was given, and what the node says that it runs. */
  private Check check(String subject, String image, String imageId) {
    Check.Builder check = Check.builder().kind(Check.Kind.IMAGE).subject(subject);
    Optional<ImageRef> reference = parse(image);
    MirrorEntry entry = reference.map(this::entry).orElse(null);
    if (entry == null) {
      boolean inMirror = reference.filter(target::contains).isPresent();
      return check
          .result(Check.Result.FAIL)
          .detail(
              "runs "
                  + image
                  + (inMirror
                      ? ", which is in the mirror's place but not in the plan"
                      : ", which does not come from " + target.address()))
          .remedy("install from the mirror again, so that the overlay sets this reference")
          .build();
    }
    int at = imageId.lastIndexOf('@');
    if (at < 0) {
      return check
          .result(Check.Result.SKIPPED)
          .detail(image + "; the node names no digest of the registry ('" + imageId + "')")
          .build();
    }
    Digest running = Digest.parse(imageId.substring(at + 1));
    Set<Digest> expected =
        digests.computeIfAbsent(entry.pullReference(), unknown -> expected(entry));
    if (expected.contains(running)) {
      return check
          .result(Check.Result.PASS)
          .detail(entry.target() + " " + running.abbreviated())
          .build();
    }
    if (registries == null) {
      return check
          .result(Check.Result.SKIPPED)
          .detail(
              image
                  + "; its digest "
                  + running.abbreviated()
                  + " cannot be compared with the mirror: no registry client was given")
          .build();
    }
    return check
        .result(Check.Result.FAIL)
        .detail("runs " + running + " of " + image + ", and the mirrored image is " + expected)
        .remedy(
            "the tag was mirrored anew after the node pulled it, or came from elsewhere: restart the pod with imagePullPolicy Always")
        .build();
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

  private Set<Digest> expected(MirrorEntry entry) {
    Set<Digest> expected = new HashSet<>();
    Optional<Digest> digest = plan.expectedDigest(entry);
    digest.ifPresent(expected::add);
    if (registries == null) {
      return expected;
    }
    ImageRef mirrored = digest.map(entry.target()::withDigest).orElse(entry.target());
    Manifest manifest = registries.readManifest(mirrored);
    expected.add(manifest.digest());
    for (Descriptor child : manifest.children()) {
      expected.add(child.digest());
    }
    return expected;
  }

  private static Optional<ImageRef> parse(String image) {
    try {
      return Optional.of(ImageRef.parse(image).withImpliedTag());
    } catch (InvalidReferenceException e) {
      return Optional.empty();
    }
  }

  /**
   * As {@link #check}, but a mirror that cannot be asked makes this one check fail instead of all
   * of them.
   */
  Check checkOrFail(String subject, String image, String imageId) {
    try {
      return check(subject, image, imageId);
    } catch (AirgapException e) {
      return Check.builder()
          .kind(Check.Kind.IMAGE)
          .subject(subject)
          .result(Check.Result.FAIL)
          .detail("runs " + image + ", but its digest cannot be compared: " + e.getMessage())
          .remedy("let this machine read the mirror, or mirror the image again")
          .build();
    }
  }
}
