package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.SSLSocket;
import org.apache.hc.client5.http.impl.io.DefaultManagedHttpClientConnection;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParserFactory;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.impl.io.SocketHolder;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.jspecify.annotations.Nullable;

/**
 * A connection that never logs what goes over it, whatever the application has its loggers do:
 * headers hold credentials, addresses hold signatures, and bodies are large.
 */
final class SilentConnection extends DefaultManagedHttpClientConnection {
  /**
   * How much of an upload goes out between two looks whether the registry has already refused it.
   */
  private static final long EARLY_ANSWER_INTERVAL = 4 << 20;

  private SilentConnection(String id, Http1Config config) {
    super(
        id,
        null,
        null,
        config,
        null,
        null,
        new MonitoringResponseOutOfOrderStrategy(EARLY_ANSWER_INTERVAL),
        null,
        // The client's own parser logs the lines that it cannot read.
        new DefaultHttpResponseParserFactory(config));
  }

  /** Returns a factory for one client. */
  static HttpConnectionFactory<ManagedHttpClientConnection> factory(Http1Config config) {
    AtomicLong number = new AtomicLong();
    return socket -> create("registry-" + number.getAndIncrement(), config, socket);
  }

  private static SilentConnection create(String id, Http1Config config, @Nullable Socket socket)
      throws IOException {
    SilentConnection connection = new SilentConnection(id, config);
    if (socket != null) {
      connection.bind(socket);
    }
    return connection;
  }

  /** Without the wire log that the superclass puts between. */
  @Override
  public void bind(Socket socket) throws IOException {
    bind(new SocketHolder(socket));
  }

  /** Without the wire log that the superclass puts between. */
  @Override
  public void bind(SSLSocket secure, Socket socket) throws IOException {
    bind(new SocketHolder(secure, socket));
  }

  /** Without the header log. */
  @Override
  protected void onRequestSubmitted(ClassicHttpRequest request) {}

  /** Without the header log. */
  @Override
  protected void onResponseReceived(ClassicHttpResponse response) {}
}
