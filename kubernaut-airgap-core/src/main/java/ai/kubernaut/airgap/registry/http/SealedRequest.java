package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.NameValuePair;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * A request whose secrets the HTTP client does not see until it writes it to the connection: the
 * headers, and the query, which may be a signature or the state of an upload. The client logs its
 * requests in several places, and may do so in more with a later version.
 */
final class SealedRequest {
  private static final String ATTRIBUTE = SealedRequest.class.getName();

  private final HttpUriRequestBase shown;
  private final Map<String, String> headers;
  private final @Nullable String query;
  private final boolean plain;
  private final @Nullable ProxyServer proxy;

  /**
   * @param proxy the proxy that the request is sent through, null when there is none
   */
  SealedRequest(String method, URI uri, Map<String, String> headers, @Nullable ProxyServer proxy) {
    this.plain = "http".equalsIgnoreCase(uri.getScheme());
    this.proxy = proxy;
    this.query = uri.getRawQuery();
    this.headers = new LinkedHashMap<>(headers);
    this.shown = new HttpUriRequestBase(method, withoutQuery(uri));
  }

  private static URI withoutQuery(URI uri) {
    String text = uri.toString();
    int end = text.indexOf('?');
    int fragment = text.indexOf('#');
    if (end < 0 || (fragment >= 0 && fragment < end)) {
      end = fragment;
    }
    return end < 0 ? uri : URI.create(text.substring(0, end));
  }

  /** The request as the client may see it. */
  HttpUriRequestBase shown() {
    return shown;
  }

  /** What the client hands to the {@link Executor} with the request. */
  HttpClientContext context() {
    HttpClientContext context = HttpClientContext.create();
    context.setAttribute(ATTRIBUTE, this);
    return context;
  }

  private void open(ClassicHttpRequest request) {
    headers.forEach(request::setHeader);
    if (query != null) {
      request.setPath(request.getPath() + "?" + query);
    }
  }

  private void close(ClassicHttpRequest request, String path) {
    headers.keySet().forEach(request::removeHeaders);
    request.setPath(path);
  }

  /**
   * Has the proxy itself receive its credentials, and nobody else: with the request for a tunnel,
   * or with each request without TLS.
   */
  private ClassicHttpResponse throughProxy(
      ClassicHttpRequest request, ProxyServer server, Exchange exchange)
      throws IOException, HttpException {
    boolean tunnel = request.getMethod().equals("CONNECT");
    server
        .authorization()
        .ifPresent(value -> request.setHeader(HttpHeaders.PROXY_AUTHORIZATION, value.reveal()));
    try {
      ClassicHttpResponse response = exchange.execute();
      int status = response.getCode();
      // What a proxy answers to the request for a tunnel never counts as the answer of the
      // registry.
      if (tunnel ? status < 200 || status > 299 : status == 407) {
        List<String> challenges =
            Arrays.stream(response.getHeaders(HttpHeaders.PROXY_AUTHENTICATE))
                .map(NameValuePair::getValue)
                .toList();
        throw new ProxyRefusedException(
            status, Challenge.parse(challenges).stream().map(Challenge::scheme).toList());
      }
      return response;
    } finally {
      request.removeHeaders(HttpHeaders.PROXY_AUTHORIZATION);
    }
  }

  private interface Exchange {
    ClassicHttpResponse execute() throws IOException, HttpException;
  }

  /** Writes requests to the connection, their secrets with them. */
  static final class Executor extends HttpRequestExecutor {
    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request,
        HttpClientConnection connection,
        @Nullable HttpResponseInformationCallback information,
        HttpContext context)
        throws IOException, HttpException {
      if (!(context.getAttribute(ATTRIBUTE) instanceof SealedRequest sealed)) {
        return super.execute(request, connection, information, context);
      }
      Exchange exchange = () -> super.execute(request, connection, information, context);
      ProxyServer proxy = sealed.proxy;
      // A proxy on the way is sent a request of the client's own, with the same context.
      if (!request.getMethod().equals(sealed.shown.getMethod())) {
        return proxy == null ? exchange.execute() : sealed.throughProxy(request, proxy, exchange);
      }
      String path = request.getPath();
      sealed.open(request);
      try {
        return proxy != null && sealed.plain
            ? sealed.throughProxy(request, proxy, exchange)
            : exchange.execute();
      } finally {
        sealed.close(request, path);
      }
    }
  }
}
