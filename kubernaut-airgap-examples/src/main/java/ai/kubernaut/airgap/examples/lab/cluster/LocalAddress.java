package ai.kubernaut.airgap.examples.lab.cluster;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.URI;

/** The address of this machine at which a server can reach it. */
final class LocalAddress {
  private static final int HTTPS = 443;

  private LocalAddress() {}

  /**
   * Finds the address from which a server is reached. For a server on this machine it is the first
   * IPv4 address that is not a loopback address, because API servers forward requests to no other;
   * without one, it is the loopback address.
   */
  static InetAddress towards(URI server) {
    // Connecting a datagram socket chooses a route; nothing is sent.
    try (DatagramSocket socket = new DatagramSocket()) {
      socket.connect(
          new InetSocketAddress(server.getHost(), server.getPort() < 0 ? HTTPS : server.getPort()));
      InetAddress address = socket.getLocalAddress();
      return address.isLoopbackAddress() ? ofInterface() : address;
    } catch (IOException | UncheckedIOException e) {
      // The API server is behind a proxy, or cannot be reached, which the first request tells.
      return InetAddress.getLoopbackAddress();
    }
  }

  private static InetAddress ofInterface() throws SocketException {
    return NetworkInterface.networkInterfaces()
        .flatMap(NetworkInterface::inetAddresses)
        .filter(Inet4Address.class::isInstance)
        .filter(address -> !address.isLoopbackAddress() && !address.isLinkLocalAddress())
        .findFirst()
        .orElse(InetAddress.getLoopbackAddress());
  }
}
