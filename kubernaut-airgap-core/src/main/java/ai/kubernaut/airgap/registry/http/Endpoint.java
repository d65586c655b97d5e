package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import java.net.URI;
import java.util.Locale;

/**
 * Where a registry's requests really go.
 *
 * @param registry the registry as references name it
 * @param target host and prefix that stand in for it; credentials are looked up by these
 * @param plainHttp whether to do without TLS
 */
record Endpoint(String registry, Target target, boolean plainHttp) {
  private static final String DOCKER_HUB = "docker.io";
  private static final ImageRef ANY = ImageRef.parse("localhost/ping");

  /** Host and port that the connection goes to. */
  String authority() {
    return authority(target.registry());
  }

  /**
   * Host and port that connections for a registry go to.
   *
   * @param registry as {@link Target#registry()} writes it
   */
  static String authority(String registry) {
    return registry.equals(DOCKER_HUB) ? "registry-1.docker.io" : registry;
  }

  /** What people call it: the registry, and the place that stands in for it when there is one. */
  String describe() {
    return target.address().equals(registry)
        ? registry
        : registry + " (asked for at " + target.address() + ")";
  }

  /** An address below {@code /v2/}. */
  URI uri(String path) {
    return URI.create((plainHttp ? "http://" : "https://") + authority() + "/v2/" + path);
  }

  /** The repository's name in the addresses of the endpoint. */
  String nameOf(Repository repository) {
    String prefix = target.prefix();
    return prefix.isEmpty() ? repository.name() : prefix + "/" + repository.name();
  }

  /** The repository that credentials are looked up for: never one of the registry it stands for. */
  Repository credentialKey(Repository repository) {
    return target.nameOf(repository.tag("any")).repository();
  }

  /** What credentials are looked up for when no repository is meant. */
  Repository credentialKey() {
    // docker.io has no repositories of one component.
    return target.address().equals(DOCKER_HUB)
        ? Repository.parse("docker.io/library/ping")
        : target.nameOf(ANY).repository();
  }

  /**
   * Whether an address has the scheme, host and port of this endpoint, so that it may see
   * credentials.
   */
  boolean isOrigin(URI uri) {
    URI own = uri("");
    return own.getScheme().equalsIgnoreCase(uri.getScheme())
        && uri.getHost() != null
        && own.getHost().equalsIgnoreCase(uri.getHost())
        && port(own) == port(uri);
  }

  /** An address' port, the scheme's own one when it has none. */
  static int port(URI uri) {
    return uri.getPort() >= 0 ? uri.getPort() : "http".equalsIgnoreCase(uri.getScheme()) ? 80 : 443;
  }

  /** An address' host in lower case, an IPv6 address in brackets. */
  static String host(URI uri) {
    return String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT);
  }

  /** Host and port as references write them, without the scheme's own port. */
  static String hostAndPort(URI uri) {
    String host = host(uri);
    return uri.getPort() < 0 ? host : host + ":" + uri.getPort();
  }
}
