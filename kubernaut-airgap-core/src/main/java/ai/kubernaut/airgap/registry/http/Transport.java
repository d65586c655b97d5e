package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.DefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.routing.HttpRoutePlanner;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Sends single requests over pooled connections: no redirects, no cookies, no second tries. */
final class Transport {
  /** What a response's headers may have; the library's own limit is none. */
  private static final Http1Config HEADERS =
      Http1Config.custom().setMaxLineLength(32 << 10).setMaxHeaderCount(200).build();

  private final Endpoints endpoints;
  private final Transfers transfers = new Transfers();
  private final TokenServiceRule tokenServices;
  private final Proxies proxies;

  /** Servers that ask for a client certificate and also answer without one. */
  private final Set<HttpHost> withoutCertificate = ConcurrentHashMap.newKeySet();

  private final ExtraHeaders extraHeaders;
  private final String userAgent;
  private final CloseableHttpClient client;

  /** Connects to public addresses only, and uses no proxy. */
  private final CloseableHttpClient publicClient;

  private final TransferLimits limits;
  private final TransferLimits briefLimits;
  private final RequestConfig patient;
  private final RequestConfig brief;

  Transport(
      Endpoints endpoints,
      TlsSocketStrategy tls,
      Duration connectTimeout,
      Duration idleTimeout,
      TransferLimits limits,
      int connectionsPerRegistry,
      DnsResolver resolver,
      TokenServiceRule tokenServices,
      Proxies proxies,
      ExtraHeaders extraHeaders,
      String userAgent) {
    this.endpoints = endpoints;
    this.proxies = proxies;
    this.extraHeaders = extraHeaders;
    this.userAgent = userAgent;
    this.tokenServices = tokenServices;
    this.limits = limits;
    this.briefLimits = limits.within(connectTimeout);
    Timeout connect = Timeout.of(connectTimeout);
    Timeout idle = Timeout.of(idleTimeout);
    this.patient = requestConfig(idle, idle);
    this.brief = requestConfig(connect, connect);
    ConnectionConfig connections =
        ConnectionConfig.custom().setConnectTimeout(connect).setSocketTimeout(idle).build();
    this.client = client(tls, connections, connectionsPerRegistry, resolver, proxies.planner());
    this.publicClient =
        client(
            tls,
            connections,
            connectionsPerRegistry,
            tokenServices.publicOnly(),
            new DefaultRoutePlanner(null));
  }

  private CloseableHttpClient client(
      TlsSocketStrategy tls,
      ConnectionConfig connections,
      int connectionsPerRegistry,
      DnsResolver resolver,
      HttpRoutePlanner routes) {
    return HttpClients.custom()
        .setConnectionManager(
            PoolingHttpClientConnectionManagerBuilder.create()
                .setTlsSocketStrategy(tls)
                .setDnsResolver(resolver)
                .setConnectionFactory(SilentConnection.factory(HEADERS))
                .setMaxConnPerRoute(connectionsPerRegistry)
                // The limit is meant for each registry alone.
                .setMaxConnTotal(Integer.MAX_VALUE)
                .setDefaultConnectionConfig(connections)
                .setDefaultSocketConfig(
                    SocketConfig.custom()
                        .setSoTimeout(connections.getSocketTimeout())
                        .setTcpNoDelay(true)
                        .build())
                .build())
        .setDefaultRequestConfig(patient)
        .setRoutePlanner(routes)
        .setRequestExecutor(new SealedRequest.Executor())
        .setUserAgent(userAgent)
        .disableAuthCaching()
        .disableAutomaticRetries()
        .disableConnectionState()
        .disableContentCompression()
        .disableCookieManagement()
        .disableRedirectHandling()
        .build();
  }

  private static RequestConfig requestConfig(Timeout lease, Timeout response) {
    return RequestConfig.custom()
        .setConnectionRequestTimeout(lease)
        .setResponseTimeout(response)
        .setAuthenticationEnabled(false)
        .setRedirectsEnabled(false)
        .setContentCompressionEnabled(false)
        .setExpectContinueEnabled(false)
        .setProtocolUpgradeEnabled(false)
        .build();
  }

  /**
   * Sends one request to a registry, or to where a registry sent it on, where the scheme allows.
   */
  HttpResponse send(
      Call call,
      Failures failures,
      String method,
      URI uri,
      Map<String, String> headers,
      @Nullable HttpEntity body) {
    checkScheme(call, failures, uri);
    return execute(client, call, failures, method, uri, headers, body, patient);
  }

  /** Sends one request that gives up soon: for what is good manners but not needed. */
  HttpResponse sendBriefly(
      Call call, Failures failures, String method, URI uri, Map<String, String> headers) {
    checkScheme(call, failures, uri);
    return execute(client, call, failures, method, uri, headers, null, brief);
  }

  /**
   * Sends one request to a token service, where its scheme and its address allow. Whether
   * credentials may go there is the caller's part.
   */
  HttpResponse ask(
      Call call,
      Failures failures,
      String method,
      URI uri,
      Map<String, String> headers,
      @Nullable HttpEntity body) {
    if (!endpoints.allows(uri)) {
      throw failures.of(
          call,
          Reason.PROTOCOL,
          call.endpoint().describe()
              + " names a token service without HTTPS, "
              + Text.clean(Endpoint.hostAndPort(uri))
              + "; if that is acceptable here, allow it with plainHttp(\""
              + Text.clean(Endpoint.hostAndPort(uri))
              + "\")");
    }
    CloseableHttpClient allowed = client;
    if (!tokenServices.allowsInternal(call.endpoint(), uri)) {
      try {
        // A proxy resolves the host by itself, so that its address cannot be known here.
        tokenServices.checkLiteral(uri.getHost());
      } catch (InternalAddressException e) {
        throw failures.io(call, uri, null, e);
      }
      if (proxyFor(call, failures, uri) == null) {
        allowed = publicClient;
      }
    }
    return execute(allowed, call, failures, method, uri, headers, body, patient);
  }

  private @Nullable ProxyServer proxyFor(Call call, Failures failures, URI uri) {
    try {
      return proxies.proxyFor(uri);
    } catch (HttpException e) {
      throw failures.io(call, uri, null, new ClientProtocolException(e));
    }
  }

  private static HttpHost host(URI uri) {
    return new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
  }

  private void checkScheme(Call call, Failures failures, URI uri) {
    if (!endpoints.allows(uri)) {
      throw failures.of(
          call,
          Reason.PROTOCOL,
          "it leads to "
              + Text.clean(uri.getScheme() + "://" + Endpoint.hostAndPort(uri))
              + ", which is not HTTPS; if that is acceptable here, allow it with plainHttp(\""
              + Text.clean(Endpoint.hostAndPort(uri))
              + "\")");
    }
  }

  private HttpResponse execute(
      CloseableHttpClient client,
      Call call,
      Failures failures,
      String method,
      URI uri,
      Map<String, String> headers,
      @Nullable HttpEntity body,
      RequestConfig config) {
    if (Thread.currentThread().isInterrupted()) {
      throw failures.interrupted(call, null);
    }
    ProxyServer proxy = proxyFor(call, failures, uri);
    SealedRequest sealed = new SealedRequest(method, uri, extraHeaders.addTo(headers, uri), proxy);
    HttpUriRequestBase request = sealed.shown();
    request.setConfig(config);
    Transfer transfer = transfers.begin(request, config == brief ? briefLimits : limits);
    request.setEntity(body instanceof BlobEntity ? new MeteredEntity(body, transfer) : body);
    HttpClientContext context = sealed.context();
    HttpResponse answer = null;
    try {
      ClassicHttpResponse response = client.executeOpen(host(uri), request, context);
      answer = new HttpResponse(response, transfer, uri);
      if (TlsByHost.isCertificateMissing(context)) {
        withoutCertificate.add(host(uri));
      }
      return answer;
    } catch (IOException e) {
      throw failures.io(
          call,
          uri,
          transfer,
          proxy,
          TlsByHost.isCertificateMissing(context) && !withoutCertificate.contains(host(uri))
              ? new CertificateMissingException(e)
              : e);
    } catch (IllegalStateException e) {
      // The pool cancels the request for a connection when the thread is interrupted.
      if (transfer.stopped() == null && !(e instanceof CancellationException)) {
        throw e;
      }
      throw failures.io(call, uri, transfer, new IOException(e));
    } finally {
      transfer.leave();
      if (answer == null) {
        transfer.end();
      }
    }
  }

  RegistryException broken(Call call, Failures failures, HttpResponse answer, IOException e) {
    return failures.io(call, answer.uri(), answer.transfer(), e);
  }

  void close() {
    transfers.close();
    client.close(CloseMode.IMMEDIATE);
    publicClient.close(CloseMode.IMMEDIATE);
  }
}
