package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpClientConnection;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/**
 * A connection that never logs what goes over it, whatever the application has its loggers do:
 * headers hold credentials, addresses hold signatures, and bodies are large. The client's own
 * connection logs all of it, and cannot be extended in every version of the client.
 */
final class SilentConnection extends DefaultBHttpClientConnection
    implements ManagedHttpClientConnection {
  /**
   * How much of an upload goes out between two looks whether the registry has already refused it.
   */
  private static final long EARLY_ANSWER_INTERVAL = 4 << 20;

  private volatile boolean shutDown;
  private volatile @Nullable Timeout socketTimeout;

  private SilentConnection(Http1Config config) {
    super(
        config,
        null,
        null,
        null,
        null,
        new MonitoringResponseOutOfOrderStrategy(EARLY_ANSWER_INTERVAL),
        null,
        // The client's own parser logs the lines that it cannot read.
        new DefaultHttpResponseParserFactory(config));
  }

  /** Returns a factory for one client. */
  static HttpConnectionFactory<ManagedHttpClientConnection> factory(Http1Config config) {
    return socket -> create(config, socket);
  }

  private static SilentConnection create(Http1Config config, @Nullable Socket socket)
      throws IOException {
    SilentConnection connection = new SilentConnection(config);
    if (socket != null) {
      connection.bind(socket);
    }
    return connection;
  }

  @Override
  public void bind(Socket socket) throws IOException {
    bindUnlessShutDown(new SocketHolder(socket));
  }

  @Override
  public void bind(SSLSocket secure, Socket socket) throws IOException {
    bindUnlessShutDown(new SocketHolder(secure, socket));
  }

  /** A request may be aborted while its connection is being opened. */
  private void bindUnlessShutDown(SocketHolder holder) throws IOException {
    if (shutDown) {
      holder.getSocket().close();
      throw new InterruptedIOException("the connection was closed while it was opened");
    }
    bind(holder);
    socketTimeout = Timeout.ofMilliseconds(holder.getSocket().getSoTimeout());
  }

  @Override
  public @Nullable Socket getSocket() {
    SocketHolder holder = getSocketHolder();
    return holder == null ? null : holder.getSocket();
  }

  @Override
  public @Nullable SSLSession getSSLSession() {
    return getSocket() instanceof SSLSocket secure ? secure.getSession() : null;
  }

  @Override
  public void close(CloseMode mode) {
    shutDown = true;
    super.close(mode);
  }

  @Override
  public void setSocketTimeout(Timeout timeout) {
    super.setSocketTimeout(timeout);
    socketTimeout = timeout;
  }

  /** Connections that wait for their next request have no timeout. */
  @Override
  public void passivate() {
    super.setSocketTimeout(Timeout.ZERO_MILLISECONDS);
  }

  @Override
  public void activate() {
    super.setSocketTimeout(socketTimeout);
  }
}
