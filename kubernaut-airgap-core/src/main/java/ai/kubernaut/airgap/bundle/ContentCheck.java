package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.io.Parallel;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Reads the whole content of a bundle and compares it with its digests. */
final class ContentCheck {
  /** Few, because the medium may be one that reads one file at a time best. */
  private static final int AT_ONCE = 2;

  private static final int BUFFER = 128 << 10;

  private ContentCheck() {}

  /**
   * Checks that the root lists everything that images and attachments consist of, except what the
   * bundle declares to be left out.
   */
  private static List<Problem> checkImages(Bundle bundle) {
    Set<Digest> known = new HashSet<>();
    bundle.content().forEach(one -> known.add(one.digest()));
    bundle.absent().forEach(one -> known.add(one.digest()));
    List<ImageRef> roots = new ArrayList<>();
    bundle.images().forEach((name, digest) -> roots.add(name.repository().digest(digest)));
    bundle
        .attachments()
        .forEach(one -> roots.add(one.repository().digest(one.manifest().digest())));
    List<Problem> problems = new ArrayList<>();
    try (RegistryClient images = bundle.client()) {
      roots.forEach(root -> checkImage(images, root, known, problems));
    }
    return problems;
  }

  private static void checkImage(
      RegistryClient images, ImageRef root, Set<Digest> known, List<Problem> problems) {
    try {
      ImageContent.read(images, root).blobs().stream()
          .filter(blob -> !known.contains(blob.digest()))
          .forEach(blob -> problems.add(missing(blob)));
    } catch (InvalidManifestException e) {
      problems.add(
          Problem.of(
              ProblemCode.BUNDLE_INVALID,
              Subject.image(root),
              Map.of("file", "a manifest", "detail", String.valueOf(e.getMessage()))));
    } catch (RegistryException e) {
      problems.add(
          Problem.of(
                  ProblemCode.BUNDLE_CONTENT_MISSING,
                  Subject.image(root),
                  Map.of("file", "a manifest that its index lists"))
              .causedBy(e));
    }
  }

  static List<Problem> check(Bundle bundle) {
    try {
      List<Problem> problems =
          Parallel.map(
                  AT_ONCE, "airgap-bundle-check", bundle.content(), blob -> check(bundle, blob))
              .stream()
              .flatMap(Optional::stream)
              .toList();
      return problems.isEmpty() ? checkImages(bundle) : problems;
    } catch (InterruptedException e) {
      throw CancelledException.interrupted(
          "checking the bundle was interrupted; nothing was changed", e);
    }
  }

  private static Optional<Problem> check(Bundle bundle, Descriptor blob) {
    try {
      return read(bundle, blob);
    } catch (RegistryException e) {
      return Optional.of(problem(blob, e));
    }
  }

  private static Optional<Problem> read(Bundle bundle, Descriptor blob) {
    OptionalLong size = bundle.store().findBlob(bundle.home(), blob.digest());
    if (size.isEmpty()) {
      return Optional.of(missing(blob));
    }
    if (size.getAsLong() != blob.size()) {
      return Optional.of(
          Problem.of(
              ProblemCode.BUNDLE_CONTENT_TRUNCATED,
              bundle.subject(),
              Map.of(
                  "file",
                  BundleFormat.path(blob.digest()),
                  "actual",
                  String.valueOf(size.getAsLong()),
                  "expected",
                  String.valueOf(blob.size()))));
    }
    if (bundle.store() instanceof VerifiedStore store && store.isVerified(blob.digest())) {
      return Optional.empty();
    }
    byte[] buffer = new byte[(int) Math.min(BUFFER, blob.size() + 1)];
    try (InputStream in = bundle.store().readBlob(bundle.home(), blob, 0)) {
      while (in.read(buffer) >= 0) {
        // The client checks the digest at the end.
      }
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of(
          Problem.of(
              ProblemCode.BUNDLE_UNREADABLE,
              bundle.subject(),
              Map.of("detail", String.valueOf(e.getMessage()))));
    }
  }

  private static Problem missing(Descriptor blob) {
    return Problem.of(
        ProblemCode.BUNDLE_CONTENT_MISSING,
        subject(blob),
        Map.of("file", BundleFormat.path(blob.digest())));
  }

  private static Subject subject(Descriptor blob) {
    String title = Bundle.title(blob);
    return new Subject(
        Subject.Kind.FILE, title.isEmpty() ? BundleFormat.path(blob.digest()) : title);
  }

  static Problem problem(Descriptor blob, RegistryException e) {
    Map<String, String> data =
        Map.of("file", BundleFormat.path(blob.digest()), "detail", String.valueOf(e.getMessage()));
    return switch (e.reason()) {
      case NOT_FOUND -> missing(blob);
      case DIGEST_MISMATCH ->
          Problem.of(ProblemCode.BUNDLE_CONTENT_DAMAGED, subject(blob), data).causedBy(e);
      default -> Problem.of(ProblemCode.BUNDLE_UNREADABLE, subject(blob), data).causedBy(e);
    };
  }
}
