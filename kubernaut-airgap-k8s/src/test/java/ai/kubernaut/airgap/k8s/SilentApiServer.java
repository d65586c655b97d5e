package ai.kubernaut.airgap.k8s;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;

/** A server that the operating system accepts connections for, and that never says anything. */
public final class SilentApiServer implements AutoCloseable {
  private final ServerSocket socket;

  private SilentApiServer(ServerSocket socket) {
    this.socket = socket;
  }

  /** Starts one on the loopback address. */
  public static SilentApiServer start() throws IOException {
    return new SilentApiServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()));
  }

  /** Writes a kubeconfig for it. */
  public Path kubeconfig(Path directory, String scheme) throws IOException {
    return Files.writeString(
        directory.resolve("silent-kubeconfig"),
        """
        apiVersion: v1
        kind: Config
        current-context: c
        clusters: [{name: c, cluster: {server: "%s://127.0.0.1:%d"}}]
        contexts: [{name: c, context: {cluster: c, user: u}}]
        users: [{name: u, user: {token: hunter2}}]
        """
            .formatted(scheme, socket.getLocalPort()));
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
