package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertificateExpiredException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.ConnectTimeoutException;
import org.apache.hc.core5.http.ConnectionRequestTimeoutException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.jspecify.annotations.Nullable;

/**
 * Turns what went wrong into exceptions whose messages say what failed, where, why, and what to do.
 */
final class Failures {
  private static final int MAX_ERROR_BODY = 16 << 10;
  private static final int MAX_ERRORS = 3;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Alerts of a server about the certificate of its client (RFC 8446, 6.2). */
  private static final List<String> CLIENT_ALERTS =
      List.of(
          "bad_certificate",
          "unsupported_certificate",
          "certificate_revoked",
          "certificate_expired",
          "certificate_unknown",
          "unknown_ca",
          "access_denied",
          "certificate_required");

  private final Function<Repository, Optional<Credentials>> credentials;
  private final CredentialSource source;
  private final Duration connectTimeout;
  private final Duration idleTimeout;

  /**
   * @param credentials the credentials that requests for a repository carry
   * @param source describes where credentials were looked for
   */
  Failures(
      Function<Repository, Optional<Credentials>> credentials,
      CredentialSource source,
      Duration connectTimeout,
      Duration idleTimeout) {
    this.credentials = credentials;
    this.source = source;
    this.connectTimeout = connectTimeout;
    this.idleTimeout = idleTimeout;
  }

  RegistryException of(Call call, Reason reason, String why) {
    return of(call, reason, 0, why, null);
  }

  RegistryException of(
      Call call, Reason reason, int status, String why, @Nullable Throwable cause) {
    return new RegistryException(
        reason, call.registry(), status, call.action() + " failed: " + why, cause);
  }

  /** No answer came, or it broke off. */
  RegistryException io(Call call, URI uri, @Nullable Transfer transfer, IOException e) {
    return io(call, uri, transfer, null, e);
  }

  /**
   * No answer came, or it broke off.
   *
   * @param proxy what the request was sent through, null when that is nothing or not known
   */
  RegistryException io(
      Call call, URI uri, @Nullable Transfer transfer, @Nullable ProxyServer proxy, IOException e) {
    Transfer.Stop stop = transfer == null ? null : transfer.stopped();
    if (stop == Transfer.Stop.INTERRUPTED || Thread.currentThread().isInterrupted()) {
      return interrupted(call, e);
    }
    if (stop == Transfer.Stop.CLOSED) {
      return of(call, Reason.UNREACHABLE, 0, "the client was closed while it was under way", e);
    }
    String host = where(call, uri);
    if (transfer != null && stop == Transfer.Stop.TOO_LONG) {
      return of(
          call,
          Reason.UNREACHABLE,
          0,
          host
              + " did not complete its response within "
              + TransferLimits.seconds(transfer.limits().requestTimeout())
              + "; if it needs longer, set requestTimeout(…)",
          e);
    }
    if (transfer != null && stop == Transfer.Stop.TOO_SLOW) {
      return of(
          call,
          Reason.UNREACHABLE,
          0,
          host
              + " transferred fewer than "
              + transfer.limits().bytesPerSecond()
              + " bytes per second for "
              + TransferLimits.seconds(transfer.limits().window())
              + "; if the connection is that slow, set minimumRate(…)",
          e);
    }
    InternalAddressException internal = find(e, InternalAddressException.class);
    if (internal != null) {
      return of(
          call,
          Reason.PROTOCOL,
          0,
          call.endpoint().describe()
              + " names the token service "
              + Text.clean(host)
              + ", which has an internal address, and the registry has none; if that is right, "
              + "allow it with allowInternalTokenService(\""
              + Text.clean(host)
              + "\")",
          e);
    }
    if (find(e, MessageConstraintException.class) != null) {
      return of(
          call,
          Reason.TOO_LARGE,
          0,
          host + " sent more headers, or a longer one, than any registry needs",
          e);
    }
    ProxyRefusedException refusal = find(e, ProxyRefusedException.class);
    if (proxy != null && refusal != null) {
      return refused(call, host, proxy, refusal);
    }
    if (proxy != null && isFromConnecting(e)) {
      String server = "the proxy " + proxy.address();
      return of(
          call,
          Reason.UNREACHABLE,
          0,
          host
              + " is reached through a proxy: "
              + unreachable(server, e)
              + ". If this host needs no proxy, exclude it (NO_PROXY)",
          e);
    }
    host = proxy == null ? host : host + " (through the proxy " + proxy.address() + ")";
    if (find(e, CertificateMissingException.class) != null
        && find(e, SocketTimeoutException.class) == null) {
      return of(
          call,
          Reason.TLS,
          0,
          host
              + " asked for a client certificate, got none that it accepts, and ended the connection ("
              + detail(e)
              + "); give one with clientCertificate(\""
              + Endpoint.hostAndPort(uri)
              + "\", …)",
          e);
    }
    SSLException tls = find(e, SSLException.class);
    if (tls != null && !isBroken(tls)) {
      return of(call, Reason.TLS, 0, tls(uri, host, tls), e);
    }
    if (find(e, ClientProtocolException.class) != null) {
      return of(
          call,
          Reason.PROTOCOL,
          0,
          host
              + " answered something that is not HTTP ("
              + detail(e)
              + "); check the host and the port",
          e);
    }
    return of(call, Reason.UNREACHABLE, 0, unreachable(host, e), e);
  }

  /** Whether the first connection failed, which is the one to the proxy where there is one. */
  private static boolean isFromConnecting(IOException e) {
    return find(e, UnknownHostException.class) != null
        || find(e, ConnectTimeoutException.class) != null
        || find(e, NoRouteToHostException.class) != null
        || find(e, ConnectException.class) != null;
  }

  private RegistryException refused(
      Call call, String host, ProxyServer proxy, ProxyRefusedException e) {
    String server = "the proxy " + proxy.address();
    if (e.status() == 407) {
      return of(call, Reason.PROXY, 407, host + " is reached through " + asked(proxy, e), e);
    }
    if (e.status() >= 500) {
      // The registry has not answered, so that the status is not its own.
      return of(
          call,
          Reason.UNREACHABLE,
          0,
          server
              + " could not connect to "
              + host
              + " (it answered "
              + e.status()
              + "); check the name of the registry, and that the proxy can reach it",
          e);
    }
    return of(
        call,
        Reason.PROXY,
        e.status(),
        server
            + " refused to connect to "
            + host
            + " (it answered "
            + e.status()
            + "); have the proxy allow this host and port, or exclude the host from the proxy (NO_PROXY)",
        e);
  }

  /** What to do about a 407. */
  private static String asked(ProxyServer proxy, ProxyRefusedException e) {
    String server = "the proxy " + proxy.address();
    if (!e.schemes().isEmpty() && !e.schemes().contains("basic")) {
      return server
          + ", which accepts only the authentication schemes "
          + Text.clean(String.join(", ", e.schemes()))
          + " (407), and this client supports Basic only; use a local proxy that authenticates itself, or exclude the host from the proxy (NO_PROXY)";
    }
    return proxy
        .user()
        .map(
            user ->
                server
                    + ", which did not accept the credentials of user '"
                    + Text.clean(user)
                    + "' (407); check user and password, whose special characters must be percent-encoded in the address of a proxy")
        .orElseGet(
            () ->
                server
                    + ", which asks for credentials (407); give them in its address, http://USER:PASSWORD@"
                    + proxy.address()
                    + ", or with proxyCredentials(…)");
  }

  RegistryException interrupted(Call call, @Nullable Throwable cause) {
    return of(call, Reason.UNREACHABLE, 0, "the thread was interrupted", cause);
  }

  private String unreachable(String host, IOException e) {
    if (find(e, UnknownHostException.class) != null) {
      return "the host name of "
          + host
          + " is unknown here; check its spelling, the DNS, and whether this machine has to use a proxy";
    }
    if (e instanceof ConnectionRequestTimeoutException) {
      return "all connections to "
          + host
          + " were in use for "
          + idleTimeout.toSeconds()
          + " s; allow more with connectionsPerRegistry(…), or do less at the same time";
    }
    if (find(e, ConnectTimeoutException.class) != null) {
      return host
          + " made no connection within "
          + connectTimeout.toSeconds()
          + " s; check the port and the firewalls on the way";
    }
    if (find(e, NoRouteToHostException.class) != null) {
      return "there is no route to " + host + "; check the network and the firewalls on the way";
    }
    if (find(e, ConnectException.class) != null) {
      return host + " refused the connection; check the port, and that the registry is running";
    }
    if (find(e, SocketTimeoutException.class) != null) {
      return host + " sent nothing for " + idleTimeout.toSeconds() + " s";
    }
    if (find(e, NoHttpResponseException.class) != null) {
      return host + " closed the connection without an answer";
    }
    return "the connection to " + host + " broke (" + detail(e) + ")";
  }

  private static String tls(URI uri, String host, SSLException e) {
    String authority = Endpoint.hostAndPort(uri);
    String message = String.valueOf(e.getMessage());
    if (message.contains("Unsupported or unrecognized SSL message")
        || message.contains("plaintext connection")) {
      return host
          + " does not speak TLS; if it is a registry that speaks plain HTTP, and that is acceptable here, allow it with plainHttp(\""
          + authority
          + "\")";
    }
    if (message.contains("Received fatal alert: ")
        && CLIENT_ALERTS.stream().anyMatch(message::contains)) {
      return host
          + " did not accept the client certificate, or wants one ("
          + detail(e)
          + "); give one that it trusts with clientCertificate(\""
          + authority
          + "\", …)";
    }
    if (find(e, CertificateExpiredException.class) != null) {
      return "the certificate of " + host + " has expired (" + detail(e) + "); it must be renewed";
    }
    if (find(e, CertPathBuilderException.class) != null || message.contains("PKIX path")) {
      return "the certificate of "
          + host
          + " comes from an authority that is not trusted here; give the authority's certificate with caFile(\""
          + authority
          + "\", file.pem)";
    }
    if (e instanceof SSLPeerUnverifiedException
        || message.contains("No subject alternative")
        || message.contains("No name matching")) {
      return "the certificate of "
          + host
          + " is for another name ("
          + detail(e)
          + "); use a name that it holds";
    }
    return "the TLS handshake with " + host + " failed (" + detail(e) + ")";
  }

  /** Whether TLS failed because the connection below it did, which may pass. */
  private static boolean isBroken(SSLException e) {
    return !(e instanceof SSLPeerUnverifiedException)
        && (find(e, SocketException.class) != null
            || find(e, EOFException.class) != null
            || find(e, SocketTimeoutException.class) != null
            || (!(e instanceof SSLHandshakeException)
                && String.valueOf(e.getMessage()).contains("closed")));
  }

  private static String detail(Throwable e) {
    return Text.clean(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
  }

  private static <T extends Throwable> @Nullable T find(Throwable e, Class<T> type) {
    int depth = 0;
    for (Throwable t = e; t != null && depth < 20; t = t.getCause()) {
      if (type.isInstance(t)) {
        return type.cast(t);
      }
      depth++;
    }
    return null;
  }

  private static String where(Call call, URI uri) {
    String asked = Endpoint.hostAndPort(uri);
    return call.endpoint().isOrigin(uri) ? call.endpoint().authority() : asked;
  }

  /** The registry, or what it sent us to, refused. Reads and closes the answer. */
  RegistryException refused(Call call, HttpResponse answer) {
    Errors errors = errors(answer);
    int status = answer.status();
    Reason reason = reason(status, errors.codes());
    boolean elsewhere = !call.endpoint().isOrigin(answer.uri());
    if (elsewhere) {
      String host = where(call, answer.uri());
      return refused(
          call,
          reason == Reason.UNAUTHORIZED ? Reason.FORBIDDEN : reason,
          status,
          host + ", where the registry sent the request, answered " + status + errors.text(),
          RetryAfter.of(answer));
    }
    String why =
        call.endpoint().describe()
            + " answered "
            + status
            + errors.text()
            + hint(call, answer, reason, errors);
    return refused(call, reason, status, why, RetryAfter.of(answer));
  }

  private static RegistryException refused(
      Call call, Reason reason, int status, String why, @Nullable Duration retryAfter) {
    return new RegistryException(
        reason, call.registry(), status, call.action() + " failed: " + why, null, retryAfter);
  }

  private String hint(Call call, HttpResponse answer, Reason reason, Errors errors) {
    return switch (reason) {
      case UNAUTHORIZED -> ". " + unauthorized(call);
      case FORBIDDEN ->
          ". "
              + user(call)
                  .map(name -> "The user '" + name + "' has no right to do this; ask for it")
                  .orElse("The request went without credentials; " + addCredentials(call));
      case NOT_FOUND ->
          call.scopes().stream().anyMatch(scope -> scope.contains("push"))
              ? ". Check that the repository, or the project it belongs to, exists there"
              : "";
      case RATE_LIMITED ->
          answer
                  .header("Retry-After")
                  .map(after -> ". It asks to try again after " + Text.clean(after))
                  .orElse("")
              + (user(call).isEmpty()
                  ? ". Requests with credentials often have a higher limit"
                  : "");
      case REFUSED ->
          answer.status() == 400 && errors.body().contains("HTTP request to an HTTPS server")
              ? ". It speaks HTTPS: leave out plainHttp(\"" + call.endpoint().authority() + "\")"
              : answer.status() == 413
                  ? ". A proxy in front of the registry often sets this limit"
                  : "";
      default -> "";
    };
  }

  String unauthorized(Call call) {
    return user(call)
        .map(
            name ->
                "The credentials of user '"
                    + name
                    + "' were not accepted, or may not do this; check the password or token, and that the repository exists")
        .orElseGet(() -> "No credentials were found; " + addCredentials(call));
  }

  private String addCredentials(Call call) {
    return source.advice(call.credentialKey());
  }

  private Optional<String> user(Call call) {
    return credentials.apply(call.credentialKey()).map(found -> Text.clean(found.username()));
  }

  static Reason reason(int status, List<String> codes) {
    if (codes.contains("TOOMANYREQUESTS") && status >= 400) {
      return Reason.RATE_LIMITED;
    }
    if (status == 400 && (codes.contains("DIGEST_INVALID") || codes.contains("SIZE_INVALID"))) {
      return Reason.DIGEST_MISMATCH;
    }
    // Some registries answer 404, some 400, to a manifest whose blobs are missing.
    if (status == 404
        && (codes.contains("MANIFEST_BLOB_UNKNOWN") || codes.contains("MANIFEST_INVALID"))) {
      return Reason.REFUSED;
    }
    return switch (status) {
      case 401 -> Reason.UNAUTHORIZED;
      case 403 -> Reason.FORBIDDEN;
      case 404 -> Reason.NOT_FOUND;
      case 408 -> Reason.SERVER;
      case 429 -> Reason.RATE_LIMITED;
      default -> status >= 500 ? Reason.SERVER : status >= 400 ? Reason.REFUSED : Reason.PROTOCOL;
    };
  }

  /** Whether a refusal has to do with rights, or may pass, and so says nothing about abilities. */
  static boolean isRetryOrRight(int status) {
    return status == 401 || status == 403 || reason(status, List.of()).retryable();
  }

  static boolean isJsonOrEmpty(byte[] body) {
    if (new String(body, StandardCharsets.UTF_8).isBlank()) {
      return true;
    }
    try {
      JSON.readTree(body);
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  /** What the body of a refusal says: the errors that the specification defines, or nothing. */
  Errors errors(HttpResponse answer) {
    String body;
    try (answer) {
      body = new String(answer.read(MAX_ERROR_BODY), StandardCharsets.UTF_8);
    } catch (IOException e) {
      body = "";
    }
    List<String> codes = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    JsonNode json = null;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      // Not every proxy answers in JSON; the status says enough then.
      json = null;
    }
    if (json != null && json.path("errors").isArray()) {
      for (JsonNode error : json.path("errors")) {
        String code = error.path("code").asText("").toUpperCase(Locale.ROOT);
        codes.add(code);
        String message = error.path("message").asText("");
        if (texts.size() < MAX_ERRORS) {
          texts.add(Text.clean(message.isEmpty() ? code : code + ": " + message));
        }
      }
    } else if (json != null && json.isObject()) {
      String message = json.path("message").asText(json.path("details").asText(""));
      if (!message.isEmpty()) {
        texts.add(Text.clean(message));
      }
    } else if (!answer.isHtml() && !body.isBlank() && body.length() <= 200) {
      texts.add(Text.clean(body));
    }
    return new Errors(codes, texts, body);
  }

  /**
   * @param codes the errors' codes
   * @param texts codes and messages for people
   * @param body the whole body, for looking into
   */
  record Errors(List<String> codes, List<String> texts, String body) {
    /** In brackets, or empty. */
    String text() {
      return texts.isEmpty() ? "" : " (" + String.join("; ", texts) + ")";
    }
  }
}
