package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.examples.lab.cluster.ImagePuller;
import ai.kubernaut.airgap.examples.lab.cluster.PullFailure;
import ai.kubernaut.airgap.examples.lab.cluster.PulledImage;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.ConnectException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Pulls as a node of the disconnected cluster: only the mirror can be reached, with nothing but the
 * credentials that the cluster gives the node. It asks for the manifest, for the one of its
 * platform, and for every blob of that.
 */
final class NodePuller implements ImagePuller {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Shorter than tests wait, because a pull may meet a server that is just being closed. */
  private static final Duration SILENCE = Duration.ofSeconds(15);

  private final String mirror;
  private volatile UnaryOperator<HttpRegistryClient.Builder> reach;
  private final Map<String, PulledImage> pulled = new ConcurrentHashMap<>();

  NodePuller(String mirror, UnaryOperator<HttpRegistryClient.Builder> reach) {
    this.mirror = mirror;
    this.reach = reach;
  }

  /** Removes the images from the nodes, and lets them reach registries in another way. */
  void reset(UnaryOperator<HttpRegistryClient.Builder> other) {
    reach = other;
    pulled.clear();
  }

  @Override
  public PulledImage pull(String imageReference, List<String> dockerConfigJsons)
      throws PullFailure {
    return pull(imageReference, dockerConfigJsons, "amd64");
  }

  @Override
  public PulledImage pull(
      String imageReference, List<String> dockerConfigJsons, String architecture)
      throws PullFailure {
    String key = architecture + " " + imageReference;
    PulledImage kept = pulled.get(key);
    if (kept != null) {
      return kept;
    }
    PulledImage fresh = pullFresh(imageReference, dockerConfigJsons, architecture);
    pulled.put(key, fresh);
    return fresh;
  }

  private PulledImage pullFresh(
      String imageReference, List<String> dockerConfigJsons, String architecture)
      throws PullFailure {
    ImageRef image;
    try {
      image = ImageRef.parse(imageReference);
    } catch (InvalidReferenceException e) {
      throw new PullFailure("couldn't parse image name \"" + imageReference + "\": " + e.reason());
    }
    if (!image.registry().equals(mirror)) {
      throw new PullFailure(
          "pinging container registry "
              + image.registry()
              + ": dial tcp: lookup "
              + image.registry()
              + ": no such host");
    }
    Optional<Credentials> credentials = credentials(image.repository(), dockerConfigJsons);
    CredentialProvider provider =
        credentials
            .map(found -> CredentialProvider.forRegistry(mirror, found))
            .orElse(CredentialProvider.none());
    try (RegistryClient registry =
        reach
            .apply(HttpRegistryClient.builder().credentials(provider).idleTimeout(SILENCE))
            .build()) {
      return pull(registry, image, Platform.of("linux", architecture));
    } catch (RegistryException e) {
      throw new PullFailure(inWordsOfRuntimes(e, image));
    } catch (AirgapException e) {
      throw new PullFailure(e.getMessage());
    }
  }

  private static PulledImage pull(RegistryClient registry, ImageRef image, Platform node)
      throws PullFailure {
    Manifest manifest = registry.readManifest(image);
    Manifest own = manifest;
    if (manifest.isIndex()) {
      Digest child =
          manifest.children().stream()
              .filter(candidate -> candidate.platform().filter(node::equals).isPresent())
              .findFirst()
              .orElseThrow(
                  () ->
                      new PullFailure(
                          "no matching manifest for " + node + " in the manifest list entries"))
              .digest();
      own = registry.readManifest(image.repository().digest(child));
    }
    for (Descriptor blob : own.blobs()) {
      if (registry.findBlob(image.repository(), blob.digest()).isEmpty()) {
        throw new PullFailure("blob unknown to registry: " + blob.digest());
      }
    }
    return new PulledImage(image.repository() + "@" + manifest.digest());
  }

  private static String inWordsOfRuntimes(RegistryException e, ImageRef image) {
    return switch (e.reason()) {
      case NOT_FOUND ->
          "reading manifest "
              + image.manifestReference()
              + " in "
              + image.repository()
              + ": manifest unknown";
      case UNAUTHORIZED ->
          "reading manifest "
              + image.manifestReference()
              + " in "
              + image.repository()
              + ": unauthorized: authentication required";
      case FORBIDDEN ->
          "initializing source docker://"
              + image
              + ": pinging container registry "
              + image.registry()
              + ": StatusCode: 403, \"Forbidden\"";
      case RATE_LIMITED -> "reading manifest: toomanyrequests: " + e.getMessage();
      case TLS -> tls(e);
      case SERVER ->
          "reading manifest "
              + image.manifestReference()
              + " in "
              + image.repository()
              + ": received unexpected HTTP status: "
              + status(e.status().orElse(500));
      case UNREACHABLE -> unreachable(e, image);
      default -> e.getMessage();
    };
  }

  private static String status(int code) {
    return switch (code) {
      case 502 -> "502 Bad Gateway";
      case 503 -> "503 Service Unavailable";
      case 504 -> "504 Gateway Timeout";
      default -> code + " Internal Server Error";
    };
  }

  private static String tls(RegistryException e) {
    return has(e, "Unsupported or unrecognized SSL message")
            || String.valueOf(e.getMessage()).contains("plain HTTP")
        ? "http: server gave HTTP response to HTTPS client"
        : "tls: failed to verify certificate: x509: certificate signed by unknown authority";
  }

  private static String unreachable(RegistryException e, ImageRef image) {
    String host = image.registry();
    return causes(e).anyMatch(UnknownHostException.class::isInstance)
        ? "dial tcp: lookup " + host + ": no such host"
        : causes(e).anyMatch(ConnectException.class::isInstance)
            ? "dial tcp " + host + ": connect: connection refused"
            : "dial tcp " + host + ": i/o timeout";
  }

  private static boolean has(Throwable e, String text) {
    return causes(e).anyMatch(cause -> String.valueOf(cause.getMessage()).contains(text));
  }

  private static Stream<Throwable> causes(Throwable e) {
    return Stream.iterate(e, Objects::nonNull, Throwable::getCause);
  }

  private static Optional<Credentials> credentials(
      Repository repository, List<String> dockerConfigJsons) throws PullFailure {
    for (String config : dockerConfigJsons) {
      JsonNode auths = auths(config);
      // The most specific path counts, down to the host alone.
      for (String key = repository.toString();
          !key.isEmpty();
          key = key.contains("/") ? key.substring(0, key.lastIndexOf('/')) : "") {
        String auth = auths.path(key).path("auth").asText("");
        if (!auth.isEmpty()) {
          String pair = new String(Base64.getDecoder().decode(auth), StandardCharsets.UTF_8);
          int colon = pair.indexOf(':');
          return Optional.of(Credentials.of(pair.substring(0, colon), pair.substring(colon + 1)));
        }
      }
    }
    return Optional.empty();
  }

  private static JsonNode auths(String config) throws PullFailure {
    try {
      return JSON.readTree(config).path("auths");
    } catch (JsonProcessingException e) {
      throw new PullFailure("the node's pull secret is not valid JSON");
    }
  }
}
