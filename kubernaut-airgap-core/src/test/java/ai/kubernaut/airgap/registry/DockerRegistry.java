package ai.kubernaut.airgap.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.HttpsURLConnection;

/**
 * A real registry, the program {@code docker-registry} (CNCF distribution 2.8), on a free port of
 * this machine, with its storage in a temporary directory that {@link #close()} removes. Tests skip
 * where the program is missing, and fail when the environment has {@code AIRGAP_IT_REQUIRED=true}.
 */
public final class DockerRegistry implements AutoCloseable {
  /** The user of registries that want one. */
  public static final String USER = "robot";

  /** That user's password, with the characters that parsers like to trip over. */
  public static final String PASSWORD = "s3cret:with/colon";

  // bcrypt of PASSWORD, as htpasswd -nbB writes it.
  private static final String HTPASSWD =
      USER + ":$2b$05$zHlsQ9eJEWBx1ZlCO1UmyuHhAmEKXLxcMP8TtQ2gwLgSjGvReppGq\n";
  private static final int TRIES = 5;
  private static final long START_SECONDS = 30;

  private final Path directory;
  private final int port;
  private final Process process;
  private final Builder options;
  private final Optional<TestCertificates> certificates;

  private DockerRegistry(
      Path directory,
      int port,
      Process process,
      Builder options,
      Optional<TestCertificates> certificates) {
    this.directory = directory;
    this.port = port;
    this.process = process;
    this.options = options;
    this.certificates = certificates;
  }

  /** Starts one that serves anybody, by plain HTTP. */
  public static DockerRegistry start() {
    return builder().start();
  }

  /** A new builder: plain HTTP, no authentication, nothing can be deleted. */
  public static Builder builder() {
    return new Builder();
  }

  /** Host and port, as references name them. */
  public String host() {
    return "127.0.0.1:" + port;
  }

  /** The authority that signed its certificate, in PEM form; only with TLS. */
  public Path authority() {
    return certificates.orElseThrow().authority();
  }

  /** What the program has logged so far. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it keeps its content. */
  public Path storage() {
    return directory.resolve("storage");
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(5, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor(5, TimeUnit.SECONDS);
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
    delete(directory);
  }

  private static void delete(Path directory) {
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : (Iterable<Path>) files.sorted(Comparator.reverseOrder())::iterator) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private boolean answers() {
    try {
      URI uri = URI.create((options.tls ? "https://" : "http://") + host() + "/v2/");
      HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
      if (connection instanceof HttpsURLConnection https) {
        https.setSSLSocketFactory(certificates.orElseThrow().sslContext().getSocketFactory());
      }
      connection.setConnectTimeout(1000);
      connection.setReadTimeout(5000);
      int status = connection.getResponseCode();
      connection.disconnect();
      return status == 200 || status == 401;
    } catch (IOException e) {
      return false;
    }
  }

  /** Whether it came up; false when it ended, for example because somebody else took the port. */
  private boolean awaitAnswer() throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (System.nanoTime() - end < 0) {
      if (process.waitFor(20, TimeUnit.MILLISECONDS)) {
        return false;
      }
      if (answers()) {
        return true;
      }
    }
    throw new IllegalStateException(
        "docker-registry did not answer within " + START_SECONDS + " s:\n" + log());
  }

  /** What the registry is to be like. */
  public static final class Builder {
    private boolean basicAuth;
    private boolean tls;
    private TestCertificates mutual;
    private boolean delete;
    private TokenService tokens;

    private Builder() {}

    /** Lets in {@link #USER} with {@link #PASSWORD} only. */
    public Builder basicAuth() {
      basicAuth = true;
      return this;
    }

    /** Serves HTTPS, with a certificate of a private authority. */
    public Builder tls() {
      tls = true;
      return this;
    }

    /** Serves HTTPS to clients that have a certificate of the authority. */
    public Builder mutualTls(TestCertificates certificates) {
      tls = true;
      mutual = certificates;
      return this;
    }

    /** Lets in who has a token of a token service. */
    public Builder tokenAuth(TokenService service) {
      tokens = service;
      return this;
    }

    /** Lets blobs and manifests be deleted. */
    public Builder deleteEnabled() {
      delete = true;
      return this;
    }

    /** Starts it and waits until it answers. */
    public DockerRegistry start() {
      Path program = Programs.require("docker-registry");
      try {
        for (int i = 0; i < TRIES; i++) {
          DockerRegistry registry = launch(program);
          boolean up = false;
          try {
            up = registry.awaitAnswer();
            if (up) {
              return registry;
            }
            if (i == TRIES - 1) {
              throw new IllegalStateException("docker-registry does not start:\n" + registry.log());
            }
          } finally {
            if (!up) {
              registry.close();
            }
          }
        }
        throw new IllegalStateException("docker-registry does not start");
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException("interrupted", e);
      }
    }

    private DockerRegistry launch(Path program) throws IOException {
      Path directory = Files.createTempDirectory("docker-registry-");
      int port = freePort();
      Optional<TestCertificates> certificates =
          mutual != null
              ? Optional.of(mutual)
              : tls
                  ? Optional.of(TestCertificates.create(directory.resolve("tls")))
                  : Optional.empty();
      Path config =
          Files.writeString(directory.resolve("config.yml"), config(directory, port, certificates));
      ProcessBuilder command =
          new ProcessBuilder(List.of(program.toString(), "serve", config.toString()))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("log").toFile());
      command.environment().keySet().removeIf(name -> name.startsWith("REGISTRY_"));
      command.environment().put("OTEL_TRACES_EXPORTER", "none");
      return new DockerRegistry(directory, port, command.start(), this, certificates);
    }

    private String config(Path directory, int port, Optional<TestCertificates> certificates)
        throws IOException {
      StringBuilder yaml =
          new StringBuilder()
              .append("version: 0.1\n")
              .append("log: {level: info, accesslog: {disabled: false}}\n")
              .append("storage:\n")
              .append("  filesystem: {rootdirectory: '" + directory.resolve("storage") + "'}\n")
              .append("  delete: {enabled: " + delete + "}\n")
              .append("  maintenance: {uploadpurging: {enabled: false}}\n")
              .append("http:\n")
              .append("  addr: '127.0.0.1:" + port + "'\n");
      if (certificates.isPresent()) {
        yaml.append("  tls:\n")
            .append("    certificate: '" + certificates.get().certificateChainFile() + "'\n")
            .append("    key: '" + certificates.get().privateKeyFile() + "'\n");
        if (mutual != null) {
          yaml.append("    clientcas: ['" + mutual.authority() + "']\n");
        }
      }
      if (basicAuth) {
        Path htpasswd = Files.writeString(directory.resolve("htpasswd"), HTPASSWD);
        yaml.append("auth: {htpasswd: {realm: 'the registry', path: '" + htpasswd + "'}}\n");
      } else if (tokens != null) {
        yaml.append("auth:\n  token:\n")
            .append("    realm: '" + tokens.realm() + "'\n")
            .append("    service: '" + TokenService.SERVICE + "'\n")
            .append("    issuer: '" + TokenService.ISSUER + "'\n")
            .append("    rootcertbundle: '" + tokens.authority() + "'\n");
      }
      return yaml.toString();
    }

    private static int freePort() throws IOException {
      try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      }
    }
  }
}
