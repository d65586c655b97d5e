package ai.kubernaut.airgap.k8s;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.CancelledException;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.http.HttpRequest;
import io.fabric8.kubernetes.client.http.HttpResponse;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * Sends requests over fabric8's HTTP client, which adds the credentials of the kubeconfig, and
 * makes failures of what comes back.
 */
final class ApiServer {
  private final KubernetesClient client;
  private final Duration timeout;

  /**
   * Creates it.
   *
   * @param timeout how long one request may take
   */
  ApiServer(KubernetesClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  String address() {
    String url = client.getMasterUrl().toString();
    return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
  }

  static String encode(String part) {
    return URLEncoder.encode(part, StandardCharsets.UTF_8).replace("+", "%20");
  }

  /** What came back. */
  record Answer(int status, String body) {
    boolean isSuccess() {
      return status >= 200 && status < 300;
    }

    /** Whether the API server itself speaks, and not something behind it. */
    boolean isStatusObject() {
      return body.contains("\"kind\"") && body.contains("\"Status\"");
    }
  }

  Answer get(String path) {
    return exchange(request(path).build(), path);
  }

  Answer send(String method, String path, Fields content) {
    String json = client.getKubernetesSerialization().asJson(content.content());
    HttpRequest request = request(path).method(method, "application/json", json).build();
    return exchange(request, path);
  }

  private HttpRequest.Builder request(String path) {
    return client
        .getHttpClient()
        .newHttpRequestBuilder()
        .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
        .uri(URI.create(address() + path));
  }

  private Answer exchange(HttpRequest request, String path) {
    CompletableFuture<HttpResponse<String>> sent =
        client.getHttpClient().sendAsync(request, String.class);
    try {
      HttpResponse<String> response = sent.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
      return new Answer(response.code(), response.body() == null ? "" : response.body());
    } catch (InterruptedException e) {
      sent.cancel(true);
      throw CancelledException.interrupted(
          "interrupted during the request for " + path + " to the API server", e);
    } catch (TimeoutException e) {
      sent.cancel(true);
      throw silent(path, e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof HttpTimeoutException timedOut
          && !(timedOut instanceof HttpConnectTimeoutException)) {
        throw silent(path, timedOut);
      }
      throw unreachable(e.getCause());
    }
  }

  /** The API server has not answered in time. */
  static final class SilentException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    SilentException(Throwable cause) {
      super("no response in time", cause);
    }
  }

  private ClusterException silent(String path, Exception cause) {
    int query = path.indexOf('?');
    return new ClusterException(
        ClusterException.Reason.UNREACHABLE,
        "the API server "
            + address()
            + " has not answered within "
            + timeout
            + " when it was asked for "
            + (query < 0 ? path : path.substring(0, query))
            + "; check that it responds, and what is between here and there, or allow more time",
        new SilentException(cause));
  }

  private ClusterException unreachable(@Nullable Throwable cause) {
    return new ClusterException(
        ClusterException.Reason.UNREACHABLE,
        "the API server " + address() + " cannot be asked: " + why(cause),
        cause);
  }

  private static String why(@Nullable Throwable cause) {
    List<Throwable> chain = new ArrayList<>();
    for (Throwable at = cause; at != null; at = at.getCause()) {
      chain.add(at);
    }
    // A failed connection is wrapped in others, so what says most is looked for first.
    if (has(chain, UnknownHostException.class) || has(chain, UnresolvedAddressException.class)) {
      return "its host name is not known here; check the server in the kubeconfig";
    }
    if (has(chain, SSLException.class)) {
      return "the TLS handshake failed"
          + words(chain)
          + "; check certificate-authority-data in the kubeconfig";
    }
    if (has(chain, ConnectException.class) || has(chain, HttpTimeoutException.class)) {
      return "nothing answers there"
          + words(chain)
          + "; check the address in the kubeconfig, and that the API server runs";
    }
    return has(chain, IOException.class)
        ? "the connection broke" + words(chain)
        : "the connection failed: " + cause;
  }

  private static boolean has(List<Throwable> chain, Class<? extends Throwable> type) {
    return chain.stream().anyMatch(type::isInstance);
  }

  /** The innermost words that there are, in brackets. */
  private static String words(List<Throwable> chain) {
    return chain.stream()
        .map(Throwable::getMessage)
        .filter(message -> message != null && !message.isBlank())
        .reduce((outer, inner) -> inner)
        .map(message -> " (" + message + ")")
        .orElse("");
  }

  /** The JSON object that came back, if the request succeeded. */
  Fields require(Answer answer, String what) {
    check(answer, what);
    Optional<Fields> object = object(answer);
    if (object.isPresent()) {
      return object.get();
    }
    throw new ClusterException(
        ClusterException.Reason.SERVER,
        what + " at " + address() + " brought no JSON object; is this an API server?",
        null);
  }

  /** The JSON object that came back; the parser's own exception would quote it. */
  private Optional<Fields> object(Answer answer) {
    try {
      return client.getKubernetesSerialization().unmarshal(answer.body(), Object.class)
              instanceof Map<?, ?> map
          ? Optional.of(Fields.of(map))
          : Optional.empty();
    } catch (RuntimeException broken) {
      return Optional.empty();
    }
  }

  void check(Answer answer, String what) {
    if (answer.isSuccess()) {
      return;
    }
    String said = said(answer);
    ClusterException.Reason reason = reason(answer.status(), said);
    throw new ClusterException(
        reason,
        what
            + " at "
            + address()
            + " failed with HTTP "
            + answer.status()
            + ": "
            + said
            + advice(reason),
        null);
  }

  private String said(Answer answer) {
    Optional<Fields> status = answer.isStatusObject() ? object(answer) : Optional.empty();
    if (status.isPresent()) {
      return status.get().text("message").orElse("no reason given");
    }
    String body = answer.body().strip();
    return body.isEmpty() ? "no reason given" : body.substring(0, Math.min(body.length(), 300));
  }

  private static ClusterException.Reason reason(int status, String said) {
    return switch (status) {
      case 401 -> ClusterException.Reason.UNAUTHORIZED;
      case 403 -> ClusterException.Reason.FORBIDDEN;
      case 404 -> ClusterException.Reason.NOT_FOUND;
      case 409 ->
          said.contains("already exists")
              ? ClusterException.Reason.ALREADY_EXISTS
              : ClusterException.Reason.CONFLICT;
      case 400, 422 -> ClusterException.Reason.INVALID;
      default -> ClusterException.Reason.SERVER;
    };
  }

  private static String advice(ClusterException.Reason reason) {
    return switch (reason) {
      case UNAUTHORIZED -> "; the kubeconfig's credentials are wrong or have expired, log in again";
      case FORBIDDEN ->
          "; the kubeconfig's user needs more rights, the guide asks for cluster-admin";
      default -> "";
    };
  }
}
