package ai.kubernaut.airgap.cluster.workload;

import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** The messages of kubelets and container runtimes about a failed pull, and what they mean. */
final class PullFailure {
  /** Waiting reasons that are about an image. */
  static final Set<String> REASONS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ImageInspectError",
          "ErrImageNeverPull",
          "RegistryUnavailable",
          "SignatureValidationFailed");

  /** The first entry whose text is part of a message counts. */
  private static final List<Map.Entry<String, ProblemCode>> CODES =
      List.of(
          Map.entry("manifest unknown", ProblemCode.PULL_IMAGE_NOT_FOUND),
          Map.entry("not found", ProblemCode.PULL_IMAGE_NOT_FOUND),
          Map.entry("unauthorized", ProblemCode.PULL_UNAUTHORIZED),
          Map.entry("authentication required", ProblemCode.PULL_UNAUTHORIZED),
          Map.entry("denied", ProblemCode.PULL_DENIED),
          Map.entry("x509", ProblemCode.PULL_CERTIFICATE_UNTRUSTED),
          Map.entry("no such host", ProblemCode.PULL_HOST_UNKNOWN),
          Map.entry("no matching manifest", ProblemCode.PULL_PLATFORM_MISSING),
          Map.entry("toomanyrequests", ProblemCode.PULL_RATE_LIMITED),
          Map.entry("server gave http response to https client", ProblemCode.PULL_PLAIN_HTTP),
          Map.entry("connection refused", ProblemCode.PULL_CONNECTION_REFUSED),
          Map.entry("i/o timeout", ProblemCode.PULL_TIMEOUT),
          Map.entry("handshake timeout", ProblemCode.PULL_TIMEOUT),
          Map.entry("timeout exceeded", ProblemCode.PULL_TIMEOUT),
          Map.entry("deadline exceeded", ProblemCode.PULL_TIMEOUT),
          Map.entry("no route to host", ProblemCode.PULL_TIMEOUT),
          Map.entry("connection reset", ProblemCode.PULL_TIMEOUT),
          Map.entry("forbidden", ProblemCode.PULL_DENIED),
          Map.entry("service unavailable", ProblemCode.PULL_SERVER_FAILED),
          Map.entry("bad gateway", ProblemCode.PULL_SERVER_FAILED),
          Map.entry("gateway time", ProblemCode.PULL_SERVER_FAILED),
          Map.entry("internal server error", ProblemCode.PULL_SERVER_FAILED),
          Map.entry("server misbehaving", ProblemCode.PULL_HOST_UNKNOWN),
          Map.entry("failed to verify certificate", ProblemCode.PULL_CERTIFICATE_UNTRUSTED),
          Map.entry("too many requests", ProblemCode.PULL_RATE_LIMITED));

  /**
   * A registry answers the first request with 200 or 401, before it knows a repository: another
   * answer is not its own.
   */
  private static final Pattern REFUSED_PING =
      Pattern.compile("pinging container registry \\S+ status ?code:? (403|407)");

  private PullFailure() {}

  static ProblemCode code(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    if (REFUSED_PING.matcher(lower).find()) {
      return ProblemCode.PULL_SERVER_FAILED;
    }
    return CODES.stream()
        .filter(entry -> lower.contains(entry.getKey()))
        .findFirst()
        .map(Map.Entry::getValue)
        .orElse(ProblemCode.PULL_FAILED);
  }
}
