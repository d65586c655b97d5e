package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.Map;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClients;
import org.apache.hc.client5.http.impl.io.ManagedHttpClientConnectionFactory;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.client5.http.impl.routing.SystemDefaultRoutePlanner;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.impl.io.MonitoringResponseOutOfOrderStrategy;
import org.apache.hc.core5.http.io.SocketConfig;
import org.apache.hc.core5.io.CloseMode;
import org.apache.hc.core5.util.Timeout;
import org.jspecify.annotations.Nullable;

/** Sends single requests over pooled connections: no redirects, no cookies, no second tries. */
final class Transport {
  private static final String USER_AGENT = "kubernaut-airgap";

  /**
   * How much of an upload goes out between two looks whether the registry has already refused it.
   */
  private static final long EARLY_ANSWER_INTERVAL = 4 << 20;

  private final Endpoints endpoints;
  private final Transfers transfers = new Transfers();
  private final CloseableHttpClient client;
  private final RequestConfig patient;
  private final RequestConfig brief;

  Transport(
      Endpoints endpoints,
      TlsSocketStrategy tls,
      Duration connectTimeout,
      Duration idleTimeout,
      int connectionsPerRegistry,
      DnsResolver resolver) {
    this.endpoints = endpoints;
    Timeout connect = Timeout.of(connectTimeout);
    Timeout idle = Timeout.of(idleTimeout);
    this.patient = requestConfig(idle, idle);
    this.brief = requestConfig(connect, connect);
    this.client =
        HttpClients.custom()
            .setConnectionManager(
                PoolingHttpClientConnectionManagerBuilder.create()
                    .setTlsSocketStrategy(tls)
                    .setDnsResolver(resolver)
                    .setConnectionFactory(
                        ManagedHttpClientConnectionFactory.builder()
                            .responseOutOfOrderStrategy(
                                new MonitoringResponseOutOfOrderStrategy(EARLY_ANSWER_INTERVAL))
                            .build())
                    .setMaxConnPerRoute(connectionsPerRegistry)
                    // The limit is meant for each registry alone.
                    .setMaxConnTotal(Integer.MAX_VALUE)
                    .setDefaultConnectionConfig(
                        ConnectionConfig.custom()
                            .setConnectTimeout(connect)
                            .setSocketTimeout(idle)
                            .build())
                    .setDefaultSocketConfig(
                        SocketConfig.custom().setSoTimeout(idle).setTcpNoDelay(true).build())
                    .build())
            .setDefaultRequestConfig(patient)
            .setRoutePlanner(new SystemDefaultRoutePlanner(null))
            .setUserAgent(USER_AGENT)
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
  Answer send(
      Call call,
      Failures failures,
      String method,
      URI uri,
      Map<String, String> headers,
      @Nullable HttpEntity body) {
    checkScheme(call, failures, uri);
    return execute(call, failures, method, uri, headers, body, patient);
  }

  /** Sends one request that gives up soon: for what is good manners but not needed. */
  Answer sendBriefly(
      Call call, Failures failures, String method, URI uri, Map<String, String> headers) {
    checkScheme(call, failures, uri);
    return execute(call, failures, method, uri, headers, null, brief);
  }

  /**
   * Sends one request to a token service. Whether credentials may go there is the caller's part.
   */
  Answer ask(
      Call call,
      Failures failures,
      String method,
      URI uri,
      Map<String, String> headers,
      @Nullable HttpEntity body) {
    return execute(call, failures, method, uri, headers, body, patient);
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

  private Answer execute(
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
    HttpUriRequestBase request = new HttpUriRequestBase(method, uri);
    request.setConfig(config);
    headers.forEach(request::setHeader);
    request.setEntity(body);
    Transfer transfer = transfers.begin(request);
    Answer answer = null;
    try {
      HttpHost host = new HttpHost(uri.getScheme(), uri.getHost(), uri.getPort());
      ClassicHttpResponse response = client.executeOpen(host, request, HttpClientContext.create());
      answer = new Answer(response, transfer, uri);
      return answer;
    } catch (IOException e) {
      throw failures.io(call, uri, transfer, e);
    } catch (IllegalStateException e) {
      if (transfer.stopped() == null) {
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

  RegistryException broken(Call call, Failures failures, Answer answer, IOException e) {
    return failures.io(call, answer.uri(), answer.transfer(), e);
  }

  void close() {
    transfers.close();
    client.close(CloseMode.IMMEDIATE);
  }
}
