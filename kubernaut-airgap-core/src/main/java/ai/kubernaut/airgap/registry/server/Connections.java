package ai.kubernaut.airgap.registry.server;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultBHttpServerConnection;
import org.apache.hc.core5.http.io.HttpConnectionFactory;
import org.apache.hc.core5.io.CloseMode;

/**
 * The open connections of one server. The server has one thread for each, so the limit on
 * connections also limits its threads: the listener waits here when there are too many.
 */
final class Connections implements HttpConnectionFactory<DefaultBHttpServerConnection> {
  private static final Http1Config LIMITS =
      Http1Config.custom().setMaxLineLength(16 << 10).setMaxHeaderCount(100).build();

  private final Semaphore free;
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  Connections(int limit) {
    this.free = new Semaphore(limit);
  }

  @Override
  public DefaultBHttpServerConnection createConnection(Socket socket) throws IOException {
    try {
      free.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the server is closed");
    }
    Connection connection = new Connection();
    open.add(connection);
    try {
      connection.bind(socket);
    } catch (IOException e) {
      connection.close(CloseMode.IMMEDIATE);
      throw e;
    }
    if (closed) {
      connection.close(CloseMode.IMMEDIATE);
      throw new IOException("the server is closed");
    }
    return connection;
  }

  /** Returns whether clients should close their connections, because no further one fits. */
  boolean isFull() {
    return free.availablePermits() == 0;
  }

  /** Closes all connections, and those that are still created. */
  void close() {
    closed = true;
    open.forEach(connection -> connection.close(CloseMode.IMMEDIATE));
  }

  private final class Connection extends DefaultBHttpServerConnection {
    Connection() {
      super("http", LIMITS, null, null, null, null, PlainHttpParser::new, null);
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        release();
      }
    }

    @Override
    public void close(CloseMode mode) {
      try {
        super.close(mode);
      } finally {
        release();
      }
    }

    private void release() {
      if (open.remove(this)) {
        free.release();
      }
    }
  }
}
