package ai.kubernaut.airgap.registry.http;

import java.io.IOException;

/** A server asked for a client certificate, got none, and ended the connection. */
final class CertificateMissingException extends IOException {
  private static final long serialVersionUID = 1L;

  CertificateMissingException(IOException cause) {
    super(cause.getMessage(), cause);
  }
}
