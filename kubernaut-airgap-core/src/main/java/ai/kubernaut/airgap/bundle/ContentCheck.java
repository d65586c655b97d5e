package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** Reads the whole content of a bundle and compares it with its digests. */
final class ContentCheck {
  private static final int BUFFER = 128 << 10;

  private ContentCheck() {}

  static List<Problem> check(Bundle bundle) {
    List<Problem> problems = new ArrayList<>();
    byte[] buffer = new byte[BUFFER];
    for (Descriptor blob : bundle.content()) {
      try {
        read(bundle, blob, buffer).ifPresent(problems::add);
      } catch (RegistryException e) {
        if (Thread.currentThread().isInterrupted()) {
          throw CancelledException.interrupted(
              "checking the bundle was interrupted; nothing was changed", e);
        }
        problems.add(problem(blob, e));
      }
    }
    return problems;
  }

  private static Optional<Problem> read(Bundle bundle, Descriptor blob, byte[] buffer) {
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
