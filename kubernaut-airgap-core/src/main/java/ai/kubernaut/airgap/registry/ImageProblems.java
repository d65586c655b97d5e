package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.Map;

/** Describes why an image could not be read or written. */
public final class ImageProblems {
  private ImageProblems() {}

  /**
   * Describes a failure as a problem of an image. Every {@link RegistryException.Reason} has a code
   * of its own; the registry and the message of the exception are the parameters {@code registry}
   * and {@code detail}.
   *
   * @param image the image
   * @param failure what a registry client threw
   * @return the problem, with the failure as its cause
   */
  public static Problem of(ImageRef image, Throwable failure) {
    ProblemCode code =
        failure instanceof RegistryException known
            ? code(known.reason())
            : failure instanceof InvalidManifestException
                ? ProblemCode.MANIFEST_INVALID
                : ProblemCode.IMAGE_FAILED_UNEXPECTEDLY;
    return of(code, image, failure);
  }

  /**
   * Describes a failure with a code that the caller knows.
   *
   * @param code the kind of the problem; its sentences may use {@code registry} and {@code detail}
   * @param image the image
   * @param failure what a registry client threw
   * @return the problem, with the failure as its cause
   */
  public static Problem of(ProblemCode code, ImageRef image, Throwable failure) {
    String registry =
        failure instanceof RegistryException known ? known.registry() : image.registry();
    String detail =
        code == ProblemCode.IMAGE_FAILED_UNEXPECTEDLY
            ? failure.toString()
            : String.valueOf(failure.getMessage());
    return Problem.of(code, Subject.image(image), Map.of("registry", registry, "detail", detail))
        .causedBy(failure);
  }

  private static ProblemCode code(RegistryException.Reason reason) {
    return switch (reason) {
      case UNREACHABLE -> ProblemCode.REGISTRY_UNREACHABLE;
      case TLS -> ProblemCode.REGISTRY_TLS_FAILED;
      case NOT_A_REGISTRY -> ProblemCode.NOT_A_REGISTRY;
      case UNAUTHORIZED -> ProblemCode.REGISTRY_UNAUTHORIZED;
      case FORBIDDEN -> ProblemCode.REGISTRY_FORBIDDEN;
      case NOT_FOUND -> ProblemCode.IMAGE_NOT_FOUND;
      case RATE_LIMITED -> ProblemCode.REGISTRY_RATE_LIMITED;
      case SERVER -> ProblemCode.REGISTRY_FAILED;
      case DIGEST_MISMATCH -> ProblemCode.DIGEST_MISMATCH;
      case REFUSED -> ProblemCode.REGISTRY_REFUSED;
      case PROTOCOL -> ProblemCode.REGISTRY_PROTOCOL_VIOLATED;
      case TOO_LARGE -> ProblemCode.REGISTRY_RESPONSE_TOO_LARGE;
      case PROXY -> ProblemCode.PROXY_REFUSED;
      case NO_CLIENT -> ProblemCode.REGISTRY_WITHOUT_CLIENT;
    };
  }
}
