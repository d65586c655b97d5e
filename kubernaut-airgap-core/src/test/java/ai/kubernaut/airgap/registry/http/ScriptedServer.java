package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.TestCertificates;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLParameters;

/** A server that answers what a test tells it to, and remembers what it was asked. */
final class ScriptedServer implements AutoCloseable {
  /** Answers one request. */
  interface Handler {
    void answer(HttpExchange exchange) throws IOException;
  }

  /** One request, as it came. */
  record Asked(String method, String uri, Map<String, List<String>> headers) {
    String header(String name) {
      return headers.entrySet().stream()
          .filter(header -> header.getKey().equalsIgnoreCase(name))
          .map(header -> header.getValue().get(0))
          .findFirst()
          .orElse(null);
    }

    @Override
    public String toString() {
      return method + " " + uri;
    }
  }

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Map<String, Handler> handlers = new ConcurrentHashMap<>();
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final CountDownLatch closing = new CountDownLatch(1);

  private ScriptedServer(HttpServer server) {
    this.server = server;
    server.createContext("/", this::handle);
    server.setExecutor(threads);
    server.start();
  }

  static ScriptedServer start() {
    return start("127.0.0.1");
  }

  static ScriptedServer start(String address) {
    try {
      return new ScriptedServer(HttpServer.create(new InetSocketAddress(address, 0), 0));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static ScriptedServer startTls(TestCertificates certificates) {
    return startTls(certificates, "127.0.0.1");
  }

  static ScriptedServer startTls(TestCertificates certificates, String address) {
    try {
      HttpsServer server = HttpsServer.create(new InetSocketAddress(address, 0), 0);
      server.setHttpsConfigurator(new HttpsConfigurator(certificates.sslContext()));
      return new ScriptedServer(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Starts one that serves only clients with a certificate of the authority. */
  static ScriptedServer startMutualTls(TestCertificates certificates) {
    return startMutualTls(certificates, tls -> tls.setNeedClientAuth(true));
  }

  /** Starts one that asks clients for a certificate, and serves those without one, too. */
  static ScriptedServer startOptionalMutualTls(TestCertificates certificates) {
    return startMutualTls(certificates, tls -> tls.setWantClientAuth(true));
  }

  private static ScriptedServer startMutualTls(
      TestCertificates certificates, Consumer<SSLParameters> clients) {
    try {
      HttpsServer server =
          HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.setHttpsConfigurator(
          new HttpsConfigurator(certificates.sslContext()) {
            @Override
            public void configure(HttpsParameters parameters) {
              SSLParameters tls = getSSLContext().getDefaultSSLParameters();
              clients.accept(tls);
              parameters.setSSLParameters(tls);
            }
          });
      return new ScriptedServer(server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String host() {
    return server.getAddress().getAddress().getHostAddress() + ":" + server.getAddress().getPort();
  }

  /** What to do about a method and a path without query. */
  ScriptedServer on(String request, Handler handler) {
    handlers.put(request, handler);
    return this;
  }

  List<Asked> asked() {
    return List.copyOf(asked);
  }

  List<String> requests() {
    return asked.stream().map(Asked::toString).toList();
  }

  private void handle(HttpExchange exchange) throws IOException {
    asked.add(
        new Asked(
            exchange.getRequestMethod(),
            exchange.getRequestURI().toString(),
            Map.copyOf(exchange.getRequestHeaders())));
    Handler handler =
        handlers.get(exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath());
    try (exchange) {
      if (handler == null) {
        status(404).answer(exchange);
      } else {
        handler.answer(exchange);
      }
    }
  }

  /** Waits, in a handler, until the server is closed. */
  void hang() {
    try {
      closing.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  static Handler status(int status, String... headers) {
    return exchange -> {
      headers(exchange, headers);
      exchange.sendResponseHeaders(status, -1);
    };
  }

  static Handler body(int status, String body, String... headers) {
    return body(status, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  static Handler body(int status, byte[] body, String... headers) {
    return exchange -> {
      headers(exchange, headers);
      if (exchange.getRequestMethod().equals("HEAD")) {
        exchange.getResponseHeaders().set("Content-Length", Integer.toString(body.length));
        exchange.sendResponseHeaders(status, -1);
      } else {
        exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        exchange.getResponseBody().write(body);
      }
    };
  }

  /** Reads the request's body and then answers. */
  static Handler afterBody(Handler handler) {
    return exchange -> {
      exchange.getRequestBody().readAllBytes();
      handler.answer(exchange);
    };
  }

  private static void headers(HttpExchange exchange, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
    }
  }

  @Override
  public void close() {
    closing.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
