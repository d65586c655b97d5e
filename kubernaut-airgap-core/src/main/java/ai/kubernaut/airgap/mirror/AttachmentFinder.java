package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.MirrorOptions.Attachments;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/** Finds what is attached to one image, to its platforms' manifests, and to what it has found. */
public final class AttachmentFinder {
  private static final int MAX_ATTACHMENTS = 1000;
  private static final List<String> ALL_SUFFIXES = List.of(".sig", ".att", ".sbom");
  private static final List<String> SIGNATURE_SUFFIXES = List.of(".sig");
  private static final Set<String> SIGNATURE_TYPES =
      Set.of(
          "application/vnd.dev.cosign.artifact.sig.v1+json",
          "application/vnd.dev.cosign.simplesigning.v1+json",
          "application/vnd.dev.sigstore.bundle.v0.3+json",
          "application/vnd.cncf.notary.signature");

  private final RegistryClient registries;
  private final Repository repository;
  private final ManifestBudget budget;
  private final Attachments wanted;
  private final Predicate<String> tags;
  private final List<Attachment> found = new ArrayList<>();
  private final Deque<Digest> subjects = new ArrayDeque<>();
  private final Set<Digest> seen = new HashSet<>();
  private boolean knowsReferrers = true;

  private AttachmentFinder(
      RegistryClient registries, Repository repository, Attachments wanted, ManifestBudget budget) {
    this.registries = registries;
    this.budget = budget;
    this.repository = repository;
    this.wanted = wanted;
    this.tags = tags();
  }

  /**
   * Finds what is attached to an image.
   *
   * @param registries reads the attachments
   * @param repository where the image is
   * @param image the content of the image
   * @param wanted which attachments are wanted
   * @param budget counts the manifests that are read
   * @return the attachments, each after its subject
   * @throws ai.kubernaut.airgap.registry.RegistryException when they cannot be read
   * @throws InvalidManifestException when there are too many, or one is invalid
   */
  public static List<Attachment> find(
      RegistryClient registries,
      Repository repository,
      ImageContent image,
      Attachments wanted,
      ManifestBudget budget) {
    if (wanted == Attachments.NONE) {
      return List.of();
    }
    AttachmentFinder finder = new AttachmentFinder(registries, repository, wanted, budget);
    finder.addSubjects(image);
    while (!finder.subjects.isEmpty()) {
      finder.findFor(finder.subjects.remove());
    }
    return List.copyOf(finder.found);
  }

  /** One list in place of four questions for each manifest. */
  private Predicate<String> tags() {
    try {
      return Set.copyOf(registries.tags(repository))::contains;
    } catch (RegistryException e) {
      if (e.reason().retryable()) {
        throw e;
      }
      // Some registries let pull what they do not let list: ask for each tag.
      return tag -> true;
    }
  }

  private void addSubjects(ImageContent content) {
    List<Digest> digests = new ArrayList<>(content.children().keySet());
    digests.add(content.digest());
    for (Digest digest : digests) {
      if (seen.add(digest)) {
        subjects.add(digest);
      }
    }
  }

  private void findFor(Digest subject) {
    String base = FallbackTag.name(subject);
    for (String suffix : wanted == Attachments.ALL ? ALL_SUFFIXES : SIGNATURE_SUFFIXES) {
      existing(base + suffix)
          .ifPresent(digest -> add(subject, Optional.of(base + suffix), read(digest)));
    }
    for (Digest referrer : referrers(subject, base)) {
      ImageContent content = read(referrer);
      // What is listed may be something else: an index under the fallback tag is not always one of
      // referrers.
      boolean attached = FallbackTag.isReferrer(subject, content.root());
      if (attached && (wanted == Attachments.ALL || isSignature(content.root()))) {
        add(subject, Optional.empty(), content);
      }
    }
  }

  private static boolean isSignature(Manifest manifest) {
    return manifest.artifactType().filter(SIGNATURE_TYPES::contains).isPresent();
  }

  private Optional<Digest> existing(String tag) {
    return tags.test(tag)
        ? registries.findManifest(repository.tag(tag)).map(Descriptor::digest)
        : Optional.empty();
  }

  private ImageContent read(Digest digest) {
    return ImageContent.read(registries, repository.digest(digest), Platforms.all(), budget);
  }

  private List<Digest> referrers(Digest subject, String fallbackTag) {
    Optional<List<Descriptor>> listed =
        knowsReferrers ? registries.referrers(repository, subject) : Optional.empty();
    knowsReferrers = listed.isPresent();
    List<Digest> digests =
        listed
            .orElseGet(
                () ->
                    tags.test(fallbackTag)
                        ? new FallbackTag(registries, repository, budget).listed(subject)
                        : List.of())
            .stream()
            .map(Descriptor::digest)
            .distinct()
            .toList();
    if (digests.size() > MAX_ATTACHMENTS) {
      throw tooMany();
    }
    return digests;
  }

  private void add(Digest subject, Optional<String> tag, ImageContent content) {
    found.add(new Attachment(subject, tag, content));
    if (found.size() > MAX_ATTACHMENTS) {
      throw tooMany();
    }
    addSubjects(content);
  }

  private InvalidManifestException tooMany() {
    return new InvalidManifestException(
        repository + " has more than " + MAX_ATTACHMENTS + " attachments of one image");
  }
}
