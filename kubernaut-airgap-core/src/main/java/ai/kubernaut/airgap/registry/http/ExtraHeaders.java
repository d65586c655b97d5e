package ai.kubernaut.airgap.registry.http;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Headers that requests to single hosts carry. They may hold secrets, and never print. */
final class ExtraHeaders {
  /** Headers that the client sets by itself, or that belong to one connection. */
  private static final Set<String> RESERVED =
      Set.of(
          "accept",
          "authorization",
          "connection",
          "content-length",
          "content-range",
          "content-type",
          "expect",
          "host",
          "proxy-authorization",
          "range",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "user-agent");

  private final Map<String, Map<String, String>> byHost;

  /**
   * @param byHost by host, or host and port, that requests are sent to
   */
  ExtraHeaders(Map<String, Map<String, String>> byHost) {
    this.byHost = Map.copyOf(byHost);
  }

  /**
   * Checks a header.
   *
   * @throws IllegalArgumentException when it cannot be sent; the message does not have the value
   */
  static void check(String name, String value) {
    if (!name.matches("[!#$%&'*+.^_`|~0-9A-Za-z-]+")) {
      throw new IllegalArgumentException(
          "header is '" + Text.clean(name) + "', which is not the name of a header");
    }
    if (RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "header is '" + name + "', which the client sets itself; use another option for it");
    }
    if (!value.equals(value.strip()) || value.chars().anyMatch(c -> c < ' ' || c > '~')) {
      throw new IllegalArgumentException(
          "the value of header '"
              + name
              + "' must consist of printable ASCII characters, without spaces around it");
    }
  }

  /** The headers of a request, with those of the host that it is sent to. */
  Map<String, String> addTo(Map<String, String> headers, URI uri) {
    if (byHost.isEmpty()) {
      return headers;
    }
    String host = Endpoint.host(uri);
    Map<String, String> all = new LinkedHashMap<>(byHost.getOrDefault(host, Map.of()));
    all.putAll(byHost.getOrDefault(host + ":" + Endpoint.port(uri), Map.of()));
    all.putAll(headers);
    return all;
  }
}
