package ai.kubernaut.airgap.helm;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The main class of a process that calls Helm. It reads {@link HelmCommand}s from its standard
 * input and ends at its end, also during a command.
 *
 * <p>In the process for rendering, {@code lookup} would read the cluster of the kubeconfig in the
 * environment, and templates can hide the name of that function. So this process has an environment
 * of its own, with a kubeconfig for an API server inside this process. That serves every API and
 * has no objects, so that a lookup finds nothing, as for {@code helm template}.
 */
final class HelmWorker {
  static final String KUBECONFIG = "KUBECONFIG";

  /** The argument of a process whose commands use a real cluster. */
  static final String WITH_CLUSTER = "with-cluster";

  /** What an answer begins with: Helm succeeded, or has failed. */
  static final int SUCCESS = 0;

  static final int FAILURE = 1;

  private static final String NOT_FOUND =
      "{\"kind\":\"Status\",\"apiVersion\":\"v1\",\"status\":\"Failure\",\"reason\":\"NotFound\",\"code\":404}";

  private final BlockingQueue<Optional<HelmCommand>> commands = new LinkedBlockingQueue<>();
  private final AtomicBoolean busy = new AtomicBoolean();

  private HelmWorker() {}

  /**
   * Runs commands until the standard input ends.
   *
   * @param arguments {@link #WITH_CLUSTER}, or none for a process without a cluster
   * @throws IOException when the other side is gone
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    HelmWorker worker = new HelmWorker();
    worker.startReader();
    if (List.of(arguments).contains(WITH_CLUSTER)) {
      worker.runCommands();
    } else {
      worker.runWithoutCluster();
    }
  }

  private void runWithoutCluster() throws IOException, InterruptedException {
    HttpServer emptyCluster = startEmptyCluster();
    try {
      Files.writeString(
          Path.of(System.getenv(KUBECONFIG)), kubeconfig(emptyCluster.getAddress().getPort()));
      runCommands();
    } finally {
      emptyCluster.stop(0);
    }
  }

  private void startReader() {
    DataInputStream in = new DataInputStream(new BufferedInputStream(System.in));
    Thread reader = new Thread(() -> readCommands(in), "commands");
    reader.setDaemon(true);
    reader.start();
  }

  private void runCommands() throws IOException, InterruptedException {
    DataOutputStream out =
        new DataOutputStream(new BufferedOutputStream(new FileOutputStream(FileDescriptor.out)));
    System.setOut(System.err);
    Optional<HelmCommand> command = commands.take();
    while (command.isPresent()) {
      answer(command.get(), out);
      command = commands.take();
    }
  }

  /**
   * Reads commands while others run. The standard input ends during a command only when the process
   * at the other side has ended. A command that never ends must not outlive it.
   */
  private void readCommands(DataInputStream in) {
    Optional<HelmCommand> command;
    do {
      try {
        command = HelmCommand.read(in);
      } catch (IOException otherSideIsGone) {
        command = Optional.empty();
      }
      if (command.isPresent()) {
        busy.set(true);
      } else if (busy.get()) {
        Runtime.getRuntime().halt(1);
      }
      commands.add(command);
    } while (command.isPresent());
  }

  private void answer(HelmCommand command, DataOutputStream out) throws IOException {
    int outcome = SUCCESS;
    String text;
    try {
      text = command.call();
    } catch (IllegalStateException e) {
      outcome = FAILURE;
      text = String.valueOf(e.getMessage());
    }
    busy.set(false);
    out.writeByte(outcome);
    HelmCommand.writeText(out, text);
    out.flush();
  }

  private static HttpServer startEmptyCluster() throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", HelmWorker::serve);
    server.start();
    return server;
  }

  /** Every version of every API exists and has no resources; other requests are not found. */
  private static void serve(HttpExchange exchange) throws IOException {
    String[] parts = exchange.getRequestURI().getPath().split("/", -1);
    boolean core = parts.length == 3 && parts[1].equals("api") && parts[2].equals("v1");
    boolean group = parts.length == 4 && parts[1].equals("apis");
    String version = core ? parts[2] : group ? parts[2] + "/" + parts[3] : "";
    boolean found = version.matches("[a-z0-9.-]+(/[a-z0-9]+)?");
    byte[] body =
        (found
                ? "{\"kind\":\"APIResourceList\",\"apiVersion\":\"v1\",\"groupVersion\":\""
                    + version
                    + "\",\"resources\":[]}"
                : NOT_FOUND)
            .getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(found ? 200 : 404, body.length);
    exchange.getResponseBody().write(body);
    exchange.close();
  }

  private static String kubeconfig(int port) {
    return """
        apiVersion: v1
        kind: Config
        current-context: none
        clusters: [{name: none, cluster: {server: "http://127.0.0.1:%d"}}]
        contexts: [{name: none, context: {cluster: none, user: none}}]
        users: [{name: none, user: {}}]
        """
        .formatted(port);
  }
}
