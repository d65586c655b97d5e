package ai.kubernaut.airgap.examples.benchmark;

import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * A fresh {@code docker-registry} on loopback, with its storage in a directory that goes when it is
 * closed.
 */
final class LocalRegistry implements AutoCloseable {
  private static final int CHECKS = 200;

  private final Path directory;
  private final String host;
  private final Process process;

  private LocalRegistry(Path directory, String host, Process process) {
    this.directory = directory;
    this.host = host;
    this.process = process;
  }

  static LocalRegistry start(Function<String, RegistryClient> clientFor)
      throws IOException, InterruptedException {
    Path directory = Files.createTempDirectory("kubernaut-airgap-benchmark-");
    int port;
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    String host = "127.0.0.1:" + port;
    Path configuration =
        Files.writeString(
            directory.resolve("config.yml"),
            """
            version: 0.1
            log: {level: error, accesslog: {disabled: true}}
            storage: {filesystem: {rootdirectory: %s}}
            http: {addr: '%s'}
            """
                .formatted(directory.resolve("storage"), host));
    Process process =
        new ProcessBuilder(List.of("docker-registry", "serve", configuration.toString()))
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("log").toFile())
            .start();
    LocalRegistry registry = new LocalRegistry(directory, host, process);
    try (RegistryClient client = clientFor.apply(host)) {
      registry.awaitAnswer(client);
    }
    return registry;
  }

  private void awaitAnswer(RegistryClient client) throws IOException, InterruptedException {
    for (int check = 0; check < CHECKS; check++) {
      try {
        client.ping(host);
        return;
      } catch (RegistryException notYet) {
        if (process.waitFor(50, TimeUnit.MILLISECONDS)) {
          break;
        }
      }
    }
    String log = Files.readString(directory.resolve("log"));
    close();
    throw new IllegalStateException("docker-registry did not start: " + log);
  }

  long pid() {
    return process.pid();
  }

  String host() {
    return host;
  }

  @Override
  public void close() {
    process.destroy();
    try (Stream<Path> files = Files.walk(directory)) {
      process.waitFor(10, TimeUnit.SECONDS);
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(
          "the registry's directory " + directory + " could not be removed", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
