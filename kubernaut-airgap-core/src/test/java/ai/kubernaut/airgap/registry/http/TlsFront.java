package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import javax.net.ssl.SSLServerSocket;

/** Ends the TLS of connections to a server that has none. */
final class TlsFront implements AutoCloseable {
  private final SSLServerSocket server;
  private final String target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ExecutorService threads = Executors.newCachedThreadPool();

  private TlsFront(SSLServerSocket server, String target) {
    this.server = server;
    this.target = target;
    threads.execute(this::accept);
  }

  static TlsFront start(TestCertificates certificates, String target) throws IOException {
    return new TlsFront(
        (SSLServerSocket)
            certificates
                .sslContext()
                .getServerSocketFactory()
                .createServerSocket(0, 10, InetAddress.getLoopbackAddress()),
        target);
  }

  String host() {
    return "127.0.0.1:" + server.getLocalPort();
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket client = server.accept();
        int colon = target.lastIndexOf(':');
        Socket behind =
            new Socket(
                InetAddress.getLoopbackAddress(), Integer.parseInt(target.substring(colon + 1)));
        sockets.add(client);
        sockets.add(behind);
        threads.execute(() -> pump(client, behind));
        threads.execute(() -> pump(behind, client));
      } catch (IOException e) {
        // Closed: the test is over.
        return;
      }
    }
  }

  private static void pump(Socket from, Socket to) {
    byte[] buffer = new byte[8192];
    try (from;
        to;
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream()) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        out.write(buffer, 0, read);
        out.flush();
      }
    } catch (IOException e) {
      // One side has closed its connection; the other one follows.
      return;
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    for (Socket socket : sockets) {
      socket.close();
    }
    threads.shutdownNow();
  }
}
