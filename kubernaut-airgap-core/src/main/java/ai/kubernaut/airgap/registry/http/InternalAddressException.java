package ai.kubernaut.airgap.registry.http;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** A host has an internal address, and the connection was to go to a public one. */
final class InternalAddressException extends UnknownHostException {
  private static final long serialVersionUID = 1L;

  InternalAddressException(String host, InetAddress address) {
    super(host + " has the internal address " + address.getHostAddress());
  }
}
