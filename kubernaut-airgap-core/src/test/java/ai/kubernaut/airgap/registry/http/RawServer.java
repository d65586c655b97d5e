package ai.kubernaut.airgap.registry.http;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** A server that a test writes byte by byte, for answers that no decent server gives. */
public final class RawServer implements AutoCloseable {
  /** Serves one connection, which is closed when it returns or throws an {@link IOException}. */
  public interface Script {
    void serve(Connection connection) throws IOException, InterruptedException;
  }

  /** One connection of a client. */
  public record Connection(InputStream in, OutputStream out, CountDownLatch closed) {
    /** Reads up to the empty line that ends a request's headers. */
    public String readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          throw new SocketException("the client has gone");
        }
        head.append((char) next);
      }
      return head.toString();
    }
  }

  private final ServerSocket server;
  private final Script script;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final CountDownLatch closed = new CountDownLatch(1);

  private RawServer(ServerSocket server, Script script) {
    this.server = server;
    this.script = script;
    threads.execute(this::accept);
  }

  /** Starts a server on a free port of the loopback interface. */
  public static RawServer start(Script script) {
    try {
      ServerSocket server = new ServerSocket();
      // Small buffers, so that a slow reader is noticed soon.
      server.setReceiveBufferSize(64 << 10);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      return new RawServer(server, script);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The host and port, as references name them. */
  public String host() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        sockets.add(socket);
        threads.execute(() -> serve(socket));
      } catch (IOException e) {
        // Closed: the test is over.
        return;
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      script.serve(
          new Connection(
              new BufferedInputStream(socket.getInputStream(), 1024),
              socket.getOutputStream(),
              closed));
    } catch (IOException e) {
      // The client has had enough, as it should.
      return;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
    try {
      server.close();
      for (Socket socket : sockets) {
        socket.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    threads.shutdownNow();
    try {
      threads.awaitTermination(5, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
