package ai.kubernaut.airgap.registry.server;

import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.hc.core5.http.ExceptionListener;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.TimeValue;
import org.jspecify.annotations.Nullable;

/**
 * A registry server that serves the content of a {@link RegistryClient} over the OCI distribution
 * API 1.1, by plain HTTP on the loopback address. The repository {@code app} of this server is the
 * repository {@code app} of one registry of the client, which the builder names.
 *
 * <p>Manifests, blobs, uploads in one or more chunks, cross-repository mounts, tags and referrers
 * are supported. Deleting manifests and blobs is not ({@code 405}), because the client cannot do
 * it. Clients can push only if {@link RegistryClient#beginUpload} of the content supports upload
 * sessions; otherwise uploads are answered with {@code 405}. Blobs are streamed and never held in
 * memory by the server.
 *
 * <p>Thread-safe. Each connection has one thread while it is open; a connection that is idle for
 * two minutes is closed. No thread runs after {@link #close()}.
 */
public final class RegistryServer implements AutoCloseable {
  private static final int IDLE_SECONDS = 120;
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(10);

  private final HttpServer server;
  private final Listener listener;
  private final Connections connections;
  private final String host;

  private RegistryServer(
      HttpServer server, Listener listener, Connections connections, String host) {
    this.server = server;
    this.listener = listener;
    this.connections = connections;
    this.host = host;
  }

  /**
   * Creates a builder of a server without authentication, on a free port, that accepts pushes.
   *
   * @param content the client whose content is served; it stays open when the server closes
   * @param registry the registry of that client, as {@code host} or {@code host:port}; it need not
   *     be the address of the server
   * @return the builder
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException if the registry's name is invalid
   */
  public static Builder builder(RegistryClient content, String registry) {
    Objects.requireNonNull(content, "content");
    Target target = Target.registry(registry);
    if (registry.indexOf('/') >= 0) {
      throw new IllegalArgumentException(
          "registry is '" + registry + "': it must be a host without a path");
    }
    return new Builder(content, target.registry());
  }

  /**
   * Returns the address of this server.
   *
   * @return host and port, as references name a registry, for example {@code 127.0.0.1:43121}
   */
  public String host() {
    return host;
  }

  /**
   * Stops listening, closes all connections and waits for the threads to end: up to 10 seconds for
   * the one that listens, and as long for the others. Transfers that are in progress fail. The
   * content stays open. Calling it again does nothing.
   */
  @Override
  public void close() {
    server.initiateShutdown();
    connections.close();
    server.close(CloseMode.IMMEDIATE);
    try {
      listener.awaitEnd(CLOSE_LIMIT);
      server.awaitTermination(TimeValue.of(CLOSE_LIMIT));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Builds a {@link RegistryServer}. Not thread-safe. */
  public static final class Builder {
    private static final int MAX_PORT = 65535;

    private final RegistryClient content;
    private final String registry;
    private @Nullable Credentials credentials;
    private boolean readOnly;
    private int port;
    private int maxConnections = 256;

    private Builder(RegistryClient content, String registry) {
      this.content = content;
      this.registry = registry;
    }

    /**
     * Requires these credentials by Basic authentication. They travel without encryption over the
     * loopback interface.
     *
     * @param required user and password; default: none, so that every local user has access
     * @return this builder
     */
    public Builder credentials(Credentials required) {
      this.credentials = Objects.requireNonNull(required, "required");
      return this;
    }

    /**
     * Answers every request other than {@code GET} and {@code HEAD} with {@code 405}.
     *
     * @param value whether the content can only be read; default: false
     * @return this builder
     */
    public Builder readOnly(boolean value) {
      this.readOnly = value;
      return this;
    }

    /**
     * Sets the port to listen on.
     *
     * @param value 0 to 65535; default: 0, which chooses a free port
     * @return this builder
     * @throws IllegalArgumentException if the port is out of range
     */
    public Builder port(int value) {
      if (value < 0 || value > MAX_PORT) {
        throw new IllegalArgumentException("port is " + value + ": it must be 0 to " + MAX_PORT);
      }
      this.port = value;
      return this;
    }

    /**
     * Limits the number of open connections, and with it the number of threads. Further connections
     * wait until another one ends.
     *
     * @param value 1 or more; default: 256
     * @return this builder
     * @throws IllegalArgumentException if the value is less than 1
     */
    public Builder maxConnections(int value) {
      if (value < 1) {
        throw new IllegalArgumentException("maxConnections is " + value + ": it must be 1 or more");
      }
      this.maxConnections = value;
      return this;
    }

    /**
     * Starts the server.
     *
     * @return the server, which accepts connections; the caller closes it
     * @throws UncheckedIOException if the port cannot be opened
     */
    public RegistryServer start() {
      InetAddress loopback = InetAddress.getLoopbackAddress();
      Listener listener = new Listener();
      Connections connections = new Connections(maxConnections);
      RequestHandler handler =
          new RequestHandler(
              new Router(content, registry),
              Optional.ofNullable(credentials).map(BasicAuth::new),
              readOnly,
              connections);
      HttpServer server =
          ServerBootstrap.bootstrap()
              .setLocalAddress(loopback)
              .setListenerPort(port)
              .setSocketConfig(
                  SocketConfig.custom()
                      .setTcpNoDelay(true)
                      .setSoTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
                      .build())
              .setServerSocketFactory(listener)
              .setConnectionFactory(connections)
              .setRequestRouter((request, context) -> handler)
              .setExceptionListener(ExceptionListener.NO_OP)
              .create();
      try {
        server.start();
      } catch (IOException e) {
        server.close(CloseMode.IMMEDIATE);
        throw new UncheckedIOException(
            "the registry server cannot listen on port "
                + port
                + " of "
                + loopback.getHostAddress()
                + ": "
                + e.getMessage()
                + "; choose another port, or 0 for a free one",
            e);
      }
      return new RegistryServer(
          server, listener, connections, host(loopback.getHostAddress(), server.getLocalPort()));
    }

    private static String host(String address, int port) {
      return (address.indexOf(':') < 0 ? address : "[" + address + "]") + ":" + port;
    }
  }
}
