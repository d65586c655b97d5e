package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.registry.Credentials;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import org.apache.hc.core5.http.HttpHost;

/**
 * A proxy that connections are made through.
 *
 * @param host where it is
 * @param credentials what it asks for
 */
record ProxyServer(HttpHost host, Optional<Credentials> credentials) {
  private static final String FORM = "it must be http://[USER:PASSWORD@]HOST[:PORT], or https://…";

  /**
   * Reads the address of a proxy.
   *
   * @param option where the address comes from, for messages
   * @param text with or without a scheme
   * @throws IllegalArgumentException when it is not the address of an HTTP proxy
   */
  static ProxyServer parse(String option, String text) {
    String address = text.strip();
    int scheme = address.indexOf("://");
    String kind = scheme < 0 ? "http" : address.substring(0, scheme).toLowerCase(Locale.ROOT);
    String rest = scheme < 0 ? address : address.substring(scheme + 3);
    // A password may have any character, the '@' before the host is the last one.
    int at = rest.lastIndexOf('@');
    String user = at < 0 ? "" : rest.substring(0, at);
    String authority = rest.substring(at + 1).replaceFirst("/.*$", "");
    if (!kind.equals("http") && !kind.equals("https")) {
      throw new IllegalArgumentException(
          option + " is '" + kind + "://" + authority + "', which is no HTTP proxy; " + FORM);
    }
    URI uri;
    try {
      uri = URI.create("http://" + authority);
    } catch (IllegalArgumentException e) {
      throw invalid(option, authority);
    }
    if (uri.getHost() == null || uri.getPort() > 65535 || uri.getPort() == 0) {
      throw invalid(option, authority);
    }
    int port = uri.getPort() > 0 ? uri.getPort() : kind.equals("http") ? 80 : 443;
    return new ProxyServer(
        new HttpHost(kind, uri.getHost().toLowerCase(Locale.ROOT), port),
        credentials(option, authority, user));
  }

  private static Optional<Credentials> credentials(String option, String authority, String user) {
    if (user.isEmpty()) {
      return Optional.empty();
    }
    int colon = user.indexOf(':');
    try {
      return Optional.of(
          Credentials.of(
              decoded(colon < 0 ? user : user.substring(0, colon)),
              colon < 0 ? "" : decoded(user.substring(colon + 1))));
    } catch (IllegalArgumentException e) {
      // Its message would quote the password.
      throw new IllegalArgumentException(
          option
              + " is '***@"
              + authority
              + "', whose user or password cannot be read; a '%' in it must be written %25");
    }
  }

  private static IllegalArgumentException invalid(String option, String authority) {
    return new IllegalArgumentException(option + " is '" + authority + "'; " + FORM);
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Host and port, for people. */
  String address() {
    return host.toHostString();
  }

  /** The user of the credentials. */
  Optional<String> user() {
    return credentials.map(Credentials::username);
  }

  /** The value of {@code Proxy-Authorization}. */
  Optional<Secret> authorization() {
    return credentials.map(Authorizer::basic).map(Secret::of);
  }
}
