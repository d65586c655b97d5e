package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.System.Logger.Level;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Predicate;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.impl.bootstrap.HttpServer;
import org.apache.hc.core5.http.impl.bootstrap.ServerBootstrap;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.apache.hc.core5.http.io.entity.EntityTemplate;
import org.apache.hc.core5.http.io.entity.EntityUtils;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.net.URIBuilder;
import org.apache.hc.core5.net.WWWFormCodec;
import org.jspecify.annotations.Nullable;

/**
 * HTTPS in front of a function that answers requests. Built on Apache HttpCore: the JDK's own
 * server leaves Nagle's algorithm on, which costs 40 ms a request, and it can be switched off for
 * the whole JVM only.
 */
final class ApiServer implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger(ApiServer.class.getName());
  private static final String BEARER = "Bearer ";
  private static final Duration BOOKMARK_INTERVAL = Duration.ofSeconds(5);

  private final Function<ApiRequest, ApiResponse> router;
  private final Function<String, Optional<String>> users;
  private final SelfSignedCertificate certificate;
  private final HttpServer server;
  private final Set<Thread> streaming = ConcurrentHashMap.newKeySet();

  private ApiServer(
      Function<ApiRequest, ApiResponse> router,
      Function<String, Optional<String>> users,
      InetAddress address) {
    this.router = router;
    this.users = users;
    this.certificate = SelfSignedCertificate.forAddress(address.getAddress());
    this.server =
        ServerBootstrap.bootstrap()
            .setLocalAddress(address)
            .setListenerPort(0)
            .setSslContext(certificate.serverContext())
            .setSocketConfig(SocketConfig.custom().setTcpNoDelay(true).build())
            .setRequestRouter((request, context) -> (in, out, ignored) -> handle(in, out))
            .setExceptionListener(new QuietListener())
            .create();
  }

  /**
   * Starts it.
   *
   * @param users gives the name of the user who has a token; without a token it is empty
   * @param address the address to listen on, at a free port
   */
  static ApiServer start(
      Function<ApiRequest, ApiResponse> router,
      Function<String, Optional<String>> users,
      InetAddress address) {
    ApiServer server = new ApiServer(router, users, address);
    try {
      server.server.start();
    } catch (IOException e) {
      throw new UncheckedIOException("no port can be opened on " + address, e);
    }
    return server;
  }

  URI url() {
    return URI.create(
        "https://%s:%d".formatted(server.getInetAddress().getHostAddress(), server.getLocalPort()));
  }

  String certificatePem() {
    return certificate.pem();
  }

  @Override
  public void close() {
    server.initiateShutdown();
    streaming.forEach(Thread::interrupt);
    server.close(CloseMode.IMMEDIATE);
  }

  private void handle(ClassicHttpRequest request, ClassicHttpResponse response) throws IOException {
    LOG.log(Level.DEBUG, "{0} {1}", request.getMethod(), request.getRequestUri());
    ApiResponse answer;
    try {
      String user = user(request).orElseThrow(ApiException::unauthorized);
      // A client that gets no WebSocket, and no error either, goes on with an ordinary watch.
      answer =
          request.containsHeader("Upgrade") && isWebSocket(request)
              ? ApiResponse.text("")
              : router.apply(read(user, request));
    } catch (ApiException e) {
      LOG.log(Level.DEBUG, "{0}: {1}", e.code(), e.getMessage());
      answer = ApiResponse.json(e.code(), e.status());
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, request.getMethod() + " " + request.getRequestUri(), e);
      answer = ApiResponse.json(500, ApiException.internal(e.toString()).status());
    }
    write(answer, response);
  }

  private Optional<String> user(ClassicHttpRequest request) {
    Header header = request.getFirstHeader("Authorization");
    return header == null || header.getValue() == null || !header.getValue().startsWith(BEARER)
        ? users.apply("")
        : users.apply(header.getValue().substring(BEARER.length()));
  }

  private static boolean isWebSocket(ClassicHttpRequest request) {
    return "websocket".equalsIgnoreCase(request.getFirstHeader("Upgrade").getValue());
  }

  private static ApiRequest read(String user, ClassicHttpRequest request) throws IOException {
    URI uri;
    try {
      uri = new URI(request.getRequestUri());
    } catch (URISyntaxException e) {
      throw ApiException.badRequest("the path cannot be read: " + e.getMessage());
    }
    List<String> path = new ArrayList<>(new URIBuilder(uri).getPathSegments());
    path.removeIf(String::isEmpty);
    Map<String, String> query = new HashMap<>();
    // Unlike the builder, this takes a plus sign for the blank that it is.
    String encoded = uri.getRawQuery() == null ? "" : uri.getRawQuery();
    for (NameValuePair parameter : WWWFormCodec.parse(encoded, StandardCharsets.UTF_8)) {
      query.put(parameter.getName(), parameter.getValue() == null ? "" : parameter.getValue());
    }
    HttpEntity entity = request.getEntity();
    byte[] body = entity == null ? null : EntityUtils.toByteArray(entity);
    return new ApiRequest(
        user,
        request.getMethod(),
        List.copyOf(path),
        Map.copyOf(query),
        mediaType(entity),
        body == null ? ByteString.EMPTY : ByteString.copyFrom(body));
  }

  private static String mediaType(@Nullable HttpEntity entity) {
    ContentType type = entity == null ? null : ContentType.parseLenient(entity.getContentType());
    return type == null ? "application/json" : type.getMimeType().toLowerCase(Locale.ROOT);
  }

  private void write(ApiResponse answer, ClassicHttpResponse response) {
    if (answer instanceof ApiResponse.Complete complete) {
      response.setCode(complete.code());
      for (String warning : complete.warnings()) {
        response.addHeader(
            "Warning",
            "299 - \"%s\"".formatted(warning.replace("\\", "\\\\").replace("\"", "\\\"")));
      }
      response.setEntity(
          new ByteArrayEntity(
              complete.body().toByteArray(), ContentType.create(complete.contentType())));
    } else if (answer instanceof ApiResponse.Stream stream) {
      response.setCode(200);
      response.setEntity(
          new EntityTemplate(-1, ContentType.APPLICATION_JSON, null, out -> stream(stream, out)));
    }
  }

  private void stream(ApiResponse.Stream stream, OutputStream out) throws IOException {
    Instant end = Instant.now().plus(stream.options().timeout());
    streaming.add(Thread.currentThread());
    try (Watch watch = stream.watch()) {
      for (Change change : watch.initial()) {
        send(out, change, stream.filter());
      }
      if (stream.options().markEndOfInitial()) {
        sendBookmark(out, stream, watch.startVersion(), true);
      }
      out.flush();
      long version = watch.startVersion();
      for (Duration left = stream.options().timeout();
          !left.isNegative();
          left = Duration.between(Instant.now(), end)) {
        Change change =
            watch.next(left.compareTo(BOOKMARK_INTERVAL) < 0 ? left : BOOKMARK_INTERVAL);
        if (change != null) {
          version = change.resourceVersion();
          send(out, change, stream.filter());
        } else if (stream.options().bookmarks()) {
          // It also finds out, by failing, that the client is gone.
          sendBookmark(out, stream, version, false);
        }
        out.flush();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("the cluster is closed");
    } finally {
      streaming.remove(Thread.currentThread());
    }
  }

  /** Sends a change as it looks through the filter: what begins to match has been added. */
  private static void send(OutputStream out, Change change, Predicate<JsonNode> filter)
      throws IOException {
    ObjectNode previous = change.previous();
    boolean matched = previous != null && filter.test(previous);
    boolean matches = filter.test(change.object());
    switch (change.type()) {
      case ADDED, MODIFIED -> {
        if (matches) {
          sendLine(out, matched ? Change.Type.MODIFIED : Change.Type.ADDED, change.object());
        } else if (matched) {
          sendLine(out, Change.Type.DELETED, change.object());
        }
      }
      case DELETED -> {
        if (matches) {
          sendLine(out, Change.Type.DELETED, change.object());
        }
      }
    }
  }

  private static void sendLine(OutputStream out, Change.Type type, ObjectNode object)
      throws IOException {
    ObjectNode line = Json.object().put("type", type.name());
    line.set("object", object);
    sendLine(out, line);
  }

  private static void sendBookmark(
      OutputStream out, ApiResponse.Stream stream, long version, boolean endOfInitial)
      throws IOException {
    ResourceKind kind = stream.watch().kind();
    ObjectNode line = Json.object().put("type", "BOOKMARK");
    ObjectNode metadata =
        line.putObject("object")
            .put("apiVersion", kind.apiVersion())
            .put("kind", kind.kind())
            .putObject("metadata")
            .put("resourceVersion", Long.toString(version));
    if (endOfInitial) {
      metadata.putObject("annotations").put("k8s.io/initial-events-end", "true");
    }
    sendLine(out, line);
  }

  private static void sendLine(OutputStream out, ObjectNode line) throws IOException {
    out.write(Json.bytes(line));
    out.write('\n');
  }
}
