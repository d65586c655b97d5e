package ai.kubernaut.airgap.registry.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.util.Arrays;

/** Tells the addresses of a machine or a private network from those of the internet. */
final class InternalAddresses {
  private InternalAddresses() {}

  /**
   * Whether an address is a loopback, link-local, private, shared, unspecified, multicast or
   * broadcast address, also where an IPv6 address carries such an IPv4 address (NAT64, 6to4).
   */
  static boolean isInternal(InetAddress address) {
    if (address.isAnyLocalAddress()
        || address.isLoopbackAddress()
        || address.isLinkLocalAddress()
        || address.isSiteLocalAddress()
        || address.isMulticastAddress()) {
      return true;
    }
    byte[] bytes = address.getAddress();
    return address instanceof Inet6Address ? isInternalV6(bytes) : isInternalV4(bytes);
  }

  private static boolean isInternalV4(byte[] bytes) {
    int first = bytes[0] & 0xff;
    int second = bytes[1] & 0xff;
    return first == 0
        || first == 10
        || first == 127
        || first >= 224
        || (first == 100 && second >= 64 && second < 128)
        || (first == 169 && second == 254)
        || (first == 172 && second >= 16 && second < 32)
        || (first == 192 && second == 168);
  }

  private static boolean isInternalV6(byte[] bytes) {
    boolean uniqueLocal = (bytes[0] & 0xfe) == 0xfc;
    byte[] nat64Prefix = {0, 0x64, (byte) 0xff, (byte) 0x9b, 0, 0, 0, 0, 0, 0, 0, 0};
    boolean nat64 = Arrays.equals(bytes, 0, 12, nat64Prefix, 0, 12);
    boolean sixToFour = bytes[0] == 0x20 && bytes[1] == 0x02;
    return uniqueLocal
        || (nat64 && isInternalV4(Arrays.copyOfRange(bytes, 12, 16)))
        || (sixToFour && isInternalV4(Arrays.copyOfRange(bytes, 2, 6)));
  }
}
