package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.util.List;

/** A proxy does not pass a request on. */
final class ProxyRefusedException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int status;
  private final String[] schemes;

  /**
   * @param schemes the authentication schemes that the proxy offers
   */
  ProxyRefusedException(int status, List<String> schemes) {
    super("the proxy answered " + status);
    this.status = status;
    this.schemes = schemes.toArray(new String[0]);
  }

  int status() {
    return status;
  }

  List<String> schemes() {
    return List.of(schemes);
  }
}
