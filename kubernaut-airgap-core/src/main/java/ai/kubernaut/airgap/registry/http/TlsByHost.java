package ai.kubernaut.airgap.registry.http;

import java.io.IOException;
import java.net.Socket;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509TrustManager;
import org.apache.hc.client5.http.ssl.DefaultClientTlsStrategy;
import org.apache.hc.client5.http.ssl.TlsSocketStrategy;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Chooses by host which certificate authorities are trusted, the JVM's and those given, and which
 * client certificate is used.
 */
final class TlsByHost implements TlsSocketStrategy {
  private static final String CERTIFICATE_MISSING = TlsByHost.class.getName() + ".missing";

  /**
   * @param keys null when the application has prepared the context
   */
  private record Strategy(TlsSocketStrategy strategy, @Nullable ClientKeys keys) {}

  private final Strategy standard;
  private final Map<String, Strategy> byHost;

  /**
   * @param standard what applies to hosts without settings of their own
   * @param byHost by host, or host and port, that connections are made to
   */
  TlsByHost(TlsSettings standard, Map<String, TlsSettings> byHost) {
    try {
      this.standard = strategy(standard);
      Map<String, Strategy> strategies = new HashMap<>();
      for (Map.Entry<String, TlsSettings> entry : byHost.entrySet()) {
        strategies.put(entry.getKey(), strategy(entry.getValue()));
      }
      this.byHost = Map.copyOf(strategies);
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM cannot set up TLS: " + e.getMessage(), e);
    }
  }

  private static Strategy strategy(TlsSettings settings)
      throws GeneralSecurityException, IOException {
    SSLContext given = settings.context();
    if (given != null) {
      return new Strategy(new DefaultClientTlsStrategy(given), null);
    }
    SSLContext context = SSLContext.getInstance("TLS");
    ClientCertificate certificate = settings.certificate();
    ClientKeys keys = new ClientKeys(certificate == null ? null : certificate.keys());
    context.init(
        new KeyManager[] {keys},
        settings.authorities().isEmpty() ? null : trustManagers(settings.authorities()),
        null);
    return new Strategy(new DefaultClientTlsStrategy(context), keys);
  }

  private static TrustManager[] trustManagers(List<X509Certificate> more)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    List<X509Certificate> all = new ArrayList<>(authoritiesOfJvm());
    all.addAll(more);
    for (int i = 0; i < all.size(); i++) {
      trusted.setCertificateEntry("authority-" + i, all.get(i));
    }
    return trustManagers(trusted).getTrustManagers();
  }

  private static List<X509Certificate> authoritiesOfJvm() throws GeneralSecurityException {
    List<X509Certificate> authorities = new ArrayList<>();
    for (TrustManager manager : trustManagers((KeyStore) null).getTrustManagers()) {
      if (manager instanceof X509TrustManager x509) {
        authorities.addAll(List.of(x509.getAcceptedIssuers()));
      }
    }
    return authorities;
  }

  private static TrustManagerFactory trustManagers(@Nullable KeyStore trusted)
      throws GeneralSecurityException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trusted);
    return factory;
  }

  @Override
  public SSLSocket upgrade(
      Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
      throws IOException {
    String host = name(target);
    Strategy chosen = byHost.get(host + ":" + port);
    if (chosen == null) {
      chosen = byHost.getOrDefault(host, standard);
    }
    SSLSocket secure = chosen.strategy().upgrade(socket, target, port, attachment, context);
    ClientKeys keys = chosen.keys();
    if (keys != null && keys.wasAskedInVain(secure)) {
      context.setAttribute(CERTIFICATE_MISSING, true);
    }
    return secure;
  }

  /**
   * Whether a request was sent over a new connection whose server asked for a client certificate
   * and got none.
   */
  static boolean isCertificateMissing(HttpContext context) {
    return context.getAttribute(CERTIFICATE_MISSING) != null;
  }

  /** The host as references write it: an IPv6 address in brackets. */
  private static String name(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.contains(":") && !lower.startsWith("[") ? "[" + lower + "]" : lower;
  }
}
