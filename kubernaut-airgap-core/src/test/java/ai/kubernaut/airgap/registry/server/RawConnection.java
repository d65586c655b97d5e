package ai.kubernaut.airgap.registry.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;

/** A TCP connection to a server, for requests that HTTP clients do not send. */
final class RawConnection {
  private static final int TIMEOUT_MILLIS = 20_000;

  private RawConnection() {}

  static Socket open(String host) throws IOException {
    int colon = host.lastIndexOf(':');
    Socket socket =
        new Socket(host.substring(0, colon), Integer.parseInt(host.substring(colon + 1)));
    socket.setSoTimeout(TIMEOUT_MILLIS);
    return socket;
  }

  /**
   * Sends some bytes, then no more, and returns everything that the server sends until it closes or
   * resets the connection.
   */
  static String exchange(String host, String sent) {
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    try (Socket socket = open(host)) {
      socket.getOutputStream().write(sent.getBytes(StandardCharsets.ISO_8859_1));
      socket.shutdownOutput();
      InputStream in = socket.getInputStream();
      for (int c = in.read(); c >= 0; c = in.read()) {
        received.write(c);
      }
    } catch (SocketTimeoutException e) {
      throw new UncheckedIOException("the server keeps the connection open", e);
    } catch (SocketException e) {
      return received.toString(StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return received.toString(StandardCharsets.ISO_8859_1);
  }
}
