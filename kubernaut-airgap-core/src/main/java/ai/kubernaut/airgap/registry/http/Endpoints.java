package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Target;
import java.net.URI;
import java.util.Map;
import java.util.Set;

/** Knows which endpoint serves a registry, and where plain HTTP is allowed. */
final class Endpoints {
  private final Map<String, Target> targets;
  private final Set<String> plainHttp;

  Endpoints(Map<String, Target> targets, Set<String> plainHttp) {
    this.targets = Map.copyOf(targets);
    this.plainHttp = Set.copyOf(plainHttp);
  }

  Endpoint of(String registry) {
    String name = Target.registry(registry).registry();
    Target target = targets.get(name);
    if (target == null) {
      target = Target.registry(name);
    }
    return new Endpoint(name, target, plainHttp.contains(target.registry()));
  }

  /** Whether a request may go to an address at all: by HTTPS, or by HTTP where that was allowed. */
  boolean allows(URI uri) {
    if ("https".equalsIgnoreCase(uri.getScheme())) {
      return true;
    }
    return "http".equalsIgnoreCase(uri.getScheme())
        && (plainHttp.contains(Endpoint.hostAndPort(uri))
            || (Endpoint.port(uri) == 80 && plainHttp.contains(uri.getHost() + ":80")));
  }
}
