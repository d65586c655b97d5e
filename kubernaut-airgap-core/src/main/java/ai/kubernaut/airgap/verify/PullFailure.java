package ai.kubernaut.airgap.verify;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the words of kubelets and container runtimes about a failed pull mean, and what to do about
 * it.
 */
final class PullFailure {
  /** Waiting reasons that speak of an image. */
  static final Set<String> REASONS =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ImageInspectError",
          "ErrImageNeverPull",
          "RegistryUnavailable",
          "SignatureValidationFailed");

  private static final List<Map.Entry<String, String>> REMEDIES =
      List.of(
          Map.entry("manifest unknown", "the image is not in the mirror: mirror the plan again"),
          Map.entry("not found", "the image is not in the mirror: mirror the plan again"),
          Map.entry(
              "unauthorized",
              "the node has no valid credentials for the mirror: configure the pull secret again"),
          Map.entry(
              "authentication required",
              "the node has no valid credentials for the mirror: configure the pull secret again"),
          Map.entry(
              "denied",
              "the credentials in the pull secret may not read this repository: let their user read it"),
          Map.entry(
              "x509",
              "the node does not trust the mirror's certificate: give the cluster its CA (additionalTrustedCA)"),
          Map.entry(
              "no such host",
              "the node does not know this host: check the registry's name in the values, and the cluster's DNS"),
          Map.entry(
              "no matching manifest",
              "the image has no variant for the node's platform: mirror every platform"),
          Map.entry(
              "toomanyrequests",
              "the registry limits requests: this is not the mirror, or the mirror is a proxy; check the reference"),
          Map.entry(
              "http: server gave HTTP response to HTTPS client",
              "the mirror speaks plain HTTP: let the node's runtime use it so, or give it TLS"),
          Map.entry(
              "connection refused",
              "nothing answers at the mirror's address: check that the registry runs and that the node reaches it"),
          Map.entry(
              "i/o timeout", "the node does not reach the mirror: check routes and firewalls"));

  private PullFailure() {}

  static String remedy(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    for (Map.Entry<String, String> entry : REMEDIES) {
      if (lower.contains(entry.getKey().toLowerCase(Locale.ROOT))) {
        return entry.getValue();
      }
    }
    return "look at the pod's events, and whether the node can pull this reference";
  }
}
