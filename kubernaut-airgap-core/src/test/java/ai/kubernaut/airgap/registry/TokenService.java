package ai.kubernaut.airgap.registry;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Signature;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * A token service such as registries with Bearer authentication have: it gives {@link
 * DockerRegistry#USER} every right asked for, and others the right to pull. An identity token is
 * the user's password too.
 */
public final class TokenService implements AutoCloseable {
  static final String SERVICE = "test registry";
  static final String ISSUER = "test token service";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final TestCertificates certificates;
  private final List<String> requests = new CopyOnWriteArrayList<>();
  private volatile long lifetimeSeconds = 300;

  private TokenService(HttpServer server, TestCertificates certificates) {
    this.server = server;
    this.certificates = certificates;
  }

  /** Starts one; its keys go into a directory. */
  public static TokenService start(Path directory) {
    try {
      HttpServer server =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      TokenService service = new TokenService(server, TestCertificates.create(directory));
      server.createContext("/token", service::handle);
      server.setExecutor(service.threads);
      server.start();
      return service;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where tokens are to be had. */
  public String realm() {
    return "http://" + host() + "/token";
  }

  /** Its host and port. It speaks plain HTTP. */
  public String host() {
    return "127.0.0.1:" + server.getAddress().getPort();
  }

  Path authority() {
    return certificates.authority();
  }

  /** Each request for a token: method, user or {@code -}, and the scopes. */
  public List<String> requests() {
    return List.copyOf(requests);
  }

  /** How long the tokens from now on are good for. */
  public void lifetimeSeconds(long seconds) {
    lifetimeSeconds = seconds;
  }

  private void handle(HttpExchange exchange) throws IOException {
    try (exchange) {
      String fields =
          exchange.getRequestMethod().equals("POST")
              ? new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)
              : exchange.getRequestURI().getRawQuery();
      List<String> scopes = new ArrayList<>();
      for (String scope : values(fields, "scope")) {
        scopes.addAll(List.of(scope.split(" ", -1)));
      }
      String basic = exchange.getRequestHeaders().getFirst("Authorization");
      List<String> refresh = values(fields, "refresh_token");
      boolean known =
          refresh.contains(DockerRegistry.PASSWORD)
              || ("Basic "
                      + Base64.getEncoder()
                          .encodeToString(
                              (DockerRegistry.USER + ":" + DockerRegistry.PASSWORD)
                                  .getBytes(StandardCharsets.UTF_8)))
                  .equals(basic);
      requests.add(
          exchange.getRequestMethod() + " " + (known ? DockerRegistry.USER : "-") + " " + scopes);
      byte[] answer;
      if (!known && (basic != null || !refresh.isEmpty())) {
        answer =
            "{\"details\":\"incorrect username or password\"}".getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(401, answer.length);
      } else {
        answer =
            JSON.writeValueAsBytes(
                Map.of("token", token(scopes, known), "expires_in", lifetimeSeconds));
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, answer.length);
      }
      exchange.getResponseBody().write(answer);
    }
  }

  private static List<String> values(String fields, String name) {
    List<String> values = new ArrayList<>();
    for (String field : String.valueOf(fields).split("&", -1)) {
      if (field.startsWith(name + "=")) {
        values.add(URLDecoder.decode(field.substring(name.length() + 1), StandardCharsets.UTF_8));
      }
    }
    return values;
  }

  private String token(List<String> scopes, boolean known) throws IOException {
    List<Map<String, Object>> access = new ArrayList<>();
    for (String scope : scopes) {
      String[] parts = scope.split(":", 3);
      List<String> actions =
          List.of(parts[2].split(",", -1)).stream()
              .filter(action -> known || action.equals("pull"))
              .toList();
      access.add(Map.of("type", parts[0], "name", parts[1], "actions", actions));
    }
    long now = Instant.now().getEpochSecond();
    try {
      String head =
          encode(
              JSON.writeValueAsBytes(
                  Map.of(
                      "typ",
                      "JWT",
                      "alg",
                      "ES256",
                      "x5c",
                      List.of(
                          Base64.getEncoder()
                              .encodeToString(certificates.certificate().getEncoded())))));
      String claims =
          encode(
              JSON.writeValueAsBytes(
                  Map.of(
                      "iss",
                      ISSUER,
                      "aud",
                      SERVICE,
                      "sub",
                      known ? DockerRegistry.USER : "",
                      "exp",
                      now + lifetimeSeconds,
                      "nbf",
                      now - 10,
                      "iat",
                      now,
                      "jti",
                      UUID.randomUUID().toString(),
                      "access",
                      access)));
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(certificates.privateKey());
      signature.update((head + "." + claims).getBytes(StandardCharsets.US_ASCII));
      return head + "." + claims + "." + encode(signature.sign());
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String encode(byte[] bytes) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdownNow();
  }
}
