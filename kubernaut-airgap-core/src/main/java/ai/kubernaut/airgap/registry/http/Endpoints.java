package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Target;
import java.net.URI;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * Knows which endpoint serves a registry, and where plain HTTP is allowed. Options that were given
 * for a host count for every name of that host, and for the endpoint that stands in for it.
 */
final class Endpoints {
  private final Map<String, Target> targets;
  private final Set<String> plainHttp = new HashSet<>();

  /**
   * @param targets the endpoints, by registry as {@link Target#registry()} writes it
   * @param plainHttp the registries, written likewise, that may be asked without TLS
   */
  Endpoints(Map<String, Target> targets, Set<String> plainHttp) {
    this.targets = Map.copyOf(targets);
    for (String host : plainHttp) {
      for (String authority : authorities(host)) {
        this.plainHttp.add(withPort(authority));
      }
    }
  }

  Endpoint of(String registry) {
    String name = Target.registry(registry).registry();
    Target target = targets.get(name);
    if (target == null) {
      target = Target.registry(name);
    }
    return new Endpoint(
        name, target, plainHttp.contains(withPort(Endpoint.authority(target.registry()))));
  }

  /**
   * Returns where the requests for a registry go: host and port as connections are made, those of
   * the endpoint that stands in for the registry included.
   *
   * @param host as {@link Target#registry()} writes it
   */
  Set<String> authorities(String host) {
    Set<String> authorities = new HashSet<>();
    authorities.add(Endpoint.authority(host));
    Target target = targets.get(host);
    if (target != null) {
      authorities.add(Endpoint.authority(target.registry()));
    }
    return authorities;
  }

  /**
   * Returns options of hosts under each host and port that connections are made to.
   *
   * @param byHost by host as {@link Target#registry()} writes it
   */
  Map<String, Map<String, String>> byAuthority(Map<String, Map<String, String>> byHost) {
    Map<String, Map<String, String>> all = new LinkedHashMap<>();
    byHost.forEach(
        (host, options) ->
            authorities(host)
                .forEach(
                    authority ->
                        all.computeIfAbsent(authority, any -> new LinkedHashMap<>())
                            .putAll(options)));
    return all;
  }

  /** Whether a request may go to an address at all: by HTTPS, or by HTTP where that was allowed. */
  boolean allows(URI uri) {
    if ("https".equalsIgnoreCase(uri.getScheme())) {
      return true;
    }
    return "http".equalsIgnoreCase(uri.getScheme())
        && plainHttp.contains(withPort(Endpoint.hostAndPort(uri)));
  }

  private static String withPort(String authority) {
    // The colons of an IPv6 host stand in brackets.
    return authority.substring(authority.lastIndexOf(']') + 1).contains(":")
        ? authority
        : authority + ":80";
  }
}
