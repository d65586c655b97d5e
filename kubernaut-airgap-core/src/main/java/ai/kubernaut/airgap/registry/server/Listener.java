package ai.kubernaut.airgap.registry.server;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ServerSocketFactory;

/**
 * The listening socket of one server. It knows the thread that accepts connections, because the
 * port is free again only when that thread has left the call.
 */
final class Listener extends ServerSocketFactory {
  private final AtomicReference<Thread> acceptor = new AtomicReference<>();

  @Override
  public ServerSocket createServerSocket(int port) throws IOException {
    return createServerSocket(port, 0);
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog) throws IOException {
    return createServerSocket(port, backlog, InetAddress.getLoopbackAddress());
  }

  @Override
  public ServerSocket createServerSocket(int port, int backlog, InetAddress address)
      throws IOException {
    return new ServerSocket(port, backlog, address) {
      @Override
      public Socket accept() throws IOException {
        acceptor.set(Thread.currentThread());
        return super.accept();
      }
    };
  }

  /** Waits until the thread that accepts connections has ended. */
  void awaitEnd(Duration limit) throws InterruptedException {
    Thread thread = acceptor.get();
    if (thread != null) {
      thread.join(limit.toMillis());
    }
  }
}
