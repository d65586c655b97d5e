package ai.kubernaut.airgap.registry.server;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpRequestParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;

/**
 * Reads request headers and refuses TLS at once. Clients such as skopeo and jib try TLS first even
 * if plain HTTP is allowed, and wait for an answer; the parser alone would wait for the end of a
 * line that never comes.
 */
final class PlainHttpParser extends DefaultHttpRequestParser {
  /** The first byte of a TLS connection: a record of the type handshake. */
  private static final int TLS_HANDSHAKE = 0x16;

  PlainHttpParser(Http1Config limits) {
    super(limits);
  }

  @Override
  public ClassicHttpRequest parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    try {
      return super.parse(buffer, new PlainInput(in));
    } catch (TlsException e) {
      throw new ProtocolException("This registry speaks plain HTTP, not HTTPS", e);
    }
  }

  private static final class TlsException extends IOException {
    private static final long serialVersionUID = 1L;
  }

  private static final class PlainInput extends FilterInputStream {
    private boolean started;

    PlainInput(InputStream in) {
      super(in);
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      int count = super.read(bytes, offset, length);
      if (!started && count > 0) {
        started = true;
        if (bytes[offset] == TLS_HANDSHAKE) {
          throw new TlsException();
        }
      }
      return count;
    }
  }
}
