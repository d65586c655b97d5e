package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import org.apache.hc.core5.http.HttpEntity;
import org.jspecify.annotations.Nullable;

/** Sends requests with the credentials they need, and follows the registry's redirects. */
final class Session {
  private static final int MAX_REDIRECTS = 5;

  private final Transport transport;
  private final Authorizer authorizer;
  private final Failures failures;

  Session(Transport transport, Authorizer authorizer) {
    this.transport = transport;
    this.authorizer = authorizer;
    this.failures = authorizer.failures();
  }

  /** Sends a request without a body. */
  HttpResponse send(Call call, String method, URI uri, Map<String, String> headers) {
    return send(call, method, uri, headers, null);
  }

  /**
   * Sends a request. After a 401 it is sent once more with fresh credentials, where there are any
   * and the body allows it. The answer has any status.
   */
  HttpResponse send(
      Call call, String method, URI uri, Map<String, String> headers, @Nullable HttpEntity body) {
    String authorization = call.endpoint().isOrigin(uri) ? authorizer.known(call) : null;
    HttpResponse answer = follow(call, method, uri, headers, body, authorization);
    boolean sentAway = body instanceof BlobEntity blob && blob.started();
    if (answer.status() != 401 || sentAway || !call.endpoint().isOrigin(answer.uri())) {
      return answer;
    }
    String fresh;
    try {
      fresh = authorizer.afterRefusal(call, answer.headers("WWW-Authenticate"), authorization);
    } catch (RuntimeException e) {
      answer.close();
      throw e;
    }
    if (fresh == null) {
      return answer;
    }
    answer.discard();
    return follow(call, method, uri, headers, body, fresh);
  }

  private HttpResponse follow(
      Call call,
      String method,
      URI first,
      Map<String, String> headers,
      @Nullable HttpEntity body,
      @Nullable String authorization) {
    URI uri = first;
    String allowed = authorization;
    for (int redirects = 0; redirects <= MAX_REDIRECTS; redirects++) {
      Map<String, String> all = new LinkedHashMap<>(headers);
      if (!call.endpoint().isOrigin(uri)) {
        // Once somewhere else, the credentials stay out even if the way leads back.
        allowed = null;
      }
      if (allowed != null) {
        all.put("Authorization", allowed);
      }
      HttpResponse answer = transport.send(call, failures, method, uri, all, body);
      if (!answer.isRedirect() || !(method.equals("GET") || method.equals("HEAD"))) {
        return answer;
      }
      String location = answer.header("Location").orElseThrow();
      answer.discard();
      uri = resolve(call, uri, location);
    }
    throw failures.of(
        call,
        Reason.PROTOCOL,
        call.endpoint().describe()
            + " redirected more than "
            + MAX_REDIRECTS
            + " times, last to "
            + Text.clean(Endpoint.hostAndPort(uri)));
  }

  /** Reads the value of a {@code Location} header, relative or absolute. */
  URI resolve(Call call, URI base, String location) {
    try {
      URI uri = base.resolve(URI.create(location));
      if (uri.getHost() != null && uri.getScheme() != null) {
        return withoutDowngrade(call, uri);
      }
    } catch (IllegalArgumentException e) {
      // Told below; the parser's own message would repeat the address, which may hold a signature.
    }
    throw unreadable(call);
  }

  /**
   * A registry behind a proxy that ends TLS often believes that it is asked by HTTP, and names
   * itself so. The same host is asked by HTTPS all the same.
   */
  private static URI withoutDowngrade(Call call, URI uri) {
    URI own = call.endpoint().uri("");
    boolean sameHost =
        own.getHost().equalsIgnoreCase(uri.getHost())
            && (uri.getPort() < 0 || uri.getPort() == own.getPort());
    if (sameHost && own.getScheme().equals("https") && "http".equalsIgnoreCase(uri.getScheme())) {
      return own.resolve(
          uri.getRawPath() + (uri.getRawQuery() == null ? "" : "?" + uri.getRawQuery()));
    }
    return uri;
  }

  private RegistryException unreadable(Call call) {
    return failures.of(
        call,
        Reason.PROTOCOL,
        call.endpoint().describe() + " sent a Location that is not an address");
  }

  /**
   * Ends an upload that will not be finished. It would end by itself later, so failures do not
   * matter.
   */
  void abandon(Call call, URI upload) {
    if (Thread.currentThread().isInterrupted()) {
      return;
    }
    try {
      Map<String, String> headers = new LinkedHashMap<>();
      String authorization = call.endpoint().isOrigin(upload) ? authorizer.known(call) : null;
      if (authorization != null) {
        headers.put("Authorization", authorization);
      }
      transport.sendBriefly(call, failures, "DELETE", upload, headers).discard();
    } catch (RegistryException | IllegalStateException e) {
      // Good manners only; what made the upload fail is what the caller has to know.
      return;
    }
  }
}
