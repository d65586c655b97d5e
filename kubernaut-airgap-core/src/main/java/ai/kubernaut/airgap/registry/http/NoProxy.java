package ai.kubernaut.airgap.registry.http;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The hosts that are reached without the proxy, matched as {@code golang.org/x/net/http/httpproxy}
 * does it, and so docker, podman, skopeo and kubelet:
 *
 * <ul>
 *   <li>{@code corp.example} is the host and all hosts below it; {@code .corp.example} and {@code
 *       *.corp.example} are only those below it.
 *   <li>{@code 10.0.0.1} is an address; {@code 10.0.0.0/8} are those with the prefix. They match
 *       hosts that are written as addresses; no name is resolved.
 *   <li>With {@code :443} after a host or an address, only that port matches.
 *   <li>{@code *} is every host.
 *   <li>{@code localhost} and loopback addresses are always reached without the proxy.
 * </ul>
 *
 * Immutable.
 */
final class NoProxy {
  private interface Matcher {
    boolean matches(String host, String port, byte @Nullable [] address);
  }

  private final List<Matcher> matchers = new ArrayList<>();

  /**
   * @param entries separated by commas
   */
  NoProxy(String entries) {
    for (String part : entries.split(",", -1)) {
      String entry = part.strip().toLowerCase(Locale.ROOT);
      if (entry.equals("*")) {
        matchers.add((host, port, address) -> true);
      } else if (!entry.isEmpty()) {
        add(entry);
      }
    }
  }

  private void add(String entry) {
    int slash = entry.indexOf('/');
    byte[] network = slash < 0 ? null : address(entry.substring(0, slash));
    if (network != null && entry.substring(slash + 1).matches("[0-9]{1,3}")) {
      int bits = Integer.parseInt(entry.substring(slash + 1));
      if (bits <= network.length * 8) {
        matchers.add((host, port, address) -> address != null && within(address, network, bits));
        return;
      }
    }
    String host = entry;
    String port = "";
    int colon = entry.lastIndexOf(':');
    boolean bracketed = entry.startsWith("[");
    if (colon >= 0 && (bracketed ? entry.charAt(colon - 1) == ']' : entry.indexOf(':') == colon)) {
      host = entry.substring(0, colon);
      port = entry.substring(colon + 1);
    }
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    }
    if (host.isEmpty()) {
      return;
    }
    byte[] address = address(host);
    String onPort = port;
    if (address != null) {
      matchers.add(
          (asked, askedPort, askedAddress) ->
              askedAddress != null
                  && within(askedAddress, address, address.length * 8)
                  && (onPort.isEmpty() || onPort.equals(askedPort)));
      return;
    }
    String name = host.startsWith("*.") ? host.substring(1) : host;
    boolean itself = !name.startsWith(".");
    String suffix = itself ? "." + name : name;
    matchers.add(
        (asked, askedPort, askedAddress) ->
            (asked.endsWith(suffix) || (itself && asked.equals(name)))
                && (onPort.isEmpty() || onPort.equals(askedPort)));
  }

  /** Whether two addresses of the same kind begin with the same bits. */
  private static boolean within(byte[] address, byte[] network, int bits) {
    if (address.length != network.length) {
      return false;
    }
    for (int i = 0; i < bits; i++) {
      int mask = 0x80 >> (i % 8);
      if ((address[i / 8] & mask) != (network[i / 8] & mask)) {
        return false;
      }
    }
    return true;
  }

  /**
   * Whether requests to a host go without the proxy.
   *
   * @param host a name, or an address with or without brackets
   */
  boolean matches(String host, int port) {
    String name = host.strip().toLowerCase(Locale.ROOT);
    if (name.startsWith("[") && name.endsWith("]")) {
      name = name.substring(1, name.length() - 1);
    }
    byte[] address = address(name);
    if (name.equals("localhost") || (address != null && isLoopback(address))) {
      return true;
    }
    for (Matcher matcher : matchers) {
      if (matcher.matches(name, String.valueOf(port), address)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLoopback(byte[] address) {
    try {
      return InetAddress.getByAddress(address).isLoopbackAddress();
    } catch (UnknownHostException e) {
      return false;
    }
  }

  /** An address that is written as one; an IPv4 address also where IPv6 notation carries it. */
  private static byte @Nullable [] address(String text) {
    String byte4 = "(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])";
    boolean v4 = text.matches(byte4 + "(\\." + byte4 + "){3}");
    boolean v6 = text.contains(":") && text.matches("[0-9a-f:.]+");
    if (!v4 && !v6) {
      return null;
    }
    try {
      // An address in this form is parsed and not resolved.
      return InetAddress.getByName(text).getAddress();
    } catch (UnknownHostException e) {
      return null;
    }
  }
}
