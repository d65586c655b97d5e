package ai.kubernaut.airgap.registry.http;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import org.apache.hc.client5.http.DnsResolver;

/**
 * Which addresses a token service may have. A registry on the internet that names a token service
 * at a loopback, link-local or private address would make this client ask what only this machine
 * can reach, and hand the answer over. Thread-safe.
 */
final class TokenServiceRule {
  private final DnsResolver names;
  private final Predicate<InetAddress> internal;
  private final Set<String> allowed;

  /**
   * @param allowed hosts, with or without a port, that may have internal addresses
   */
  TokenServiceRule(DnsResolver names, Predicate<InetAddress> internal, Set<String> allowed) {
    this.names = names;
    this.internal = internal;
    this.allowed = Set.copyOf(allowed);
  }

  /**
   * Whether a registry may name a token service at an internal address: the application has allowed
   * it, it is the registry's own host, or the registry has internal addresses only itself.
   */
  boolean allowsInternal(Endpoint registry, URI service) {
    String host = Endpoint.hostAndPort(service);
    if (allowed.contains(host) || allowed.contains(Endpoint.host(service))) {
      return true;
    }
    URI own = registry.uri("");
    if (Endpoint.host(own).equals(Endpoint.host(service))) {
      return true;
    }
    try {
      List<InetSocketAddress> addresses = names.resolve(own.getHost(), Endpoint.port(own));
      return !addresses.isEmpty()
          && addresses.stream().allMatch(found -> internal.test(found.getAddress()));
    } catch (UnknownHostException e) {
      // A proxy may know the registry's address; nothing says that it is internal.
      return false;
    }
  }

  /** Checks a host that is written as an address, which needs no resolver. */
  void checkLiteral(String host) throws InternalAddressException {
    String literal = host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    if (literal.contains(":") || literal.matches("[0-9.]+")) {
      try {
        check(host, InetAddress.getByName(literal));
      } catch (InternalAddressException e) {
        throw e;
      } catch (UnknownHostException e) {
        // Not an address then; whoever resolves it says so.
        return;
      }
    }
  }

  private void check(String host, InetAddress address) throws InternalAddressException {
    if (internal.test(address)) {
      throw new InternalAddressException(host, address);
    }
  }

  /** Returns a resolver that refuses hosts with internal addresses. */
  DnsResolver publicOnly() {
    return new DnsResolver() {
      @Override
      public InetAddress[] resolve(String host) throws UnknownHostException {
        InetAddress[] addresses = names.resolve(host);
        for (InetAddress address : addresses) {
          check(host, address);
        }
        return addresses;
      }

      @Override
      public List<InetSocketAddress> resolve(String host, int port) throws UnknownHostException {
        List<InetSocketAddress> addresses = names.resolve(host, port);
        for (InetSocketAddress address : addresses) {
          check(host, address.getAddress());
        }
        return addresses;
      }

      @Override
      public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return names.resolveCanonicalHostname(host);
      }
    };
  }
}
