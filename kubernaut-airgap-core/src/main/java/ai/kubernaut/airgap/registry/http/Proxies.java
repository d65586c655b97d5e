package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.Credentials;
import java.net.URI;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/** Chooses the proxy of a request. Immutable. */
final class Proxies {
  private final HttpRoutePlanner planner;
  private final Map<HttpHost, ProxyServer> servers;
  private final Optional<Credentials> credentials;

  private Proxies(
      HttpRoutePlanner planner,
      Map<HttpHost, ProxyServer> servers,
      Optional<Credentials> credentials) {
    this.planner = planner;
    this.servers = servers;
    this.credentials = credentials;
  }

  /** The proxies that the system properties of the JVM name. */
  static Proxies ofJvm() {
    return new Proxies(new SystemDefaultRoutePlanner(null), Map.of(), Optional.empty());
  }

  /** One proxy for all hosts but the exceptions. */
  static Proxies of(ProxyServer proxy, NoProxy exceptions) {
    return of(proxy, proxy, exceptions);
  }

  /**
   * Reads {@code HTTPS_PROXY}, {@code HTTP_PROXY} and {@code NO_PROXY}; names in lower case count
   * too.
   *
   * @return empty when no proxy is named
   */
  static Optional<Proxies> ofEnvironment(Map<String, String> environment) {
    // In a CGI program the variable is a header of the request.
    boolean cgi = environment.containsKey("REQUEST_METHOD");
    ProxyServer http = cgi ? null : server(environment, "HTTP_PROXY");
    ProxyServer https = server(environment, "HTTPS_PROXY");
    if (http == null && https == null) {
      return Optional.empty();
    }
    return Optional.of(of(http, https, new NoProxy(value(environment, "NO_PROXY"))));
  }

  private static @Nullable ProxyServer server(Map<String, String> environment, String variable) {
    String value = value(environment, variable);
    return value.isEmpty() ? null : ProxyServer.parse(variable, value);
  }

  private static String value(Map<String, String> environment, String variable) {
    String value = environment.getOrDefault(variable, "");
    return value.isEmpty()
        ? environment.getOrDefault(variable.toLowerCase(Locale.ROOT), "")
        : value;
  }

  private static Proxies of(
      @Nullable ProxyServer http, @Nullable ProxyServer https, NoProxy exceptions) {
    Map<HttpHost, ProxyServer> servers = new HashMap<>();
    for (ProxyServer server : new @Nullable ProxyServer[] {http, https}) {
      if (server != null) {
        servers.merge(
            server.host(), server, (one, other) -> other.user().isPresent() ? other : one);
      }
    }
    return new Proxies(
        new DefaultRoutePlanner(null) {
          @Override
          protected @Nullable HttpHost determineProxy(HttpHost target, HttpContext context) {
            boolean plain = target.getSchemeName().equals("http");
            ProxyServer server = plain ? http : https;
            int port = target.getPort() > 0 ? target.getPort() : plain ? 80 : 443;
            return server == null || exceptions.matches(target.getHostName(), port)
                ? null
                : server.host();
          }
        },
        Map.copyOf(servers),
        Optional.empty());
  }

  /** The same with credentials for proxies whose address has none. */
  Proxies withCredentials(Credentials more) {
    return new Proxies(planner, servers, Optional.of(more));
  }

  HttpRoutePlanner planner() {
    return planner;
  }

  /**
   * Returns the proxy that a request is sent through.
   *
   * @return null when it is sent directly
   * @throws HttpException when the host cannot be used
   */
  @Nullable ProxyServer proxyFor(URI uri) throws HttpException {
    HttpHost proxy =
        planner
            .determineRoute(
                new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort()),
                HttpClientContext.create())
            .getProxyHost();
    if (proxy == null) {
      return null;
    }
    ProxyServer known = servers.get(proxy);
    return known == null || known.credentials().isEmpty()
        ? new ProxyServer(proxy, credentials)
        : known;
  }
}
