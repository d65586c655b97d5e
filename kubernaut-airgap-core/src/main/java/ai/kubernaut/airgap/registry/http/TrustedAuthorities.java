package ai.kubernaut.airgap.registry.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
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
 * Chooses by host which certificate authorities are trusted: the JVM's, and those given for the
 * host.
 */
final class TrustedAuthorities implements TlsSocketStrategy {
  private final TlsSocketStrategy standard;
  private final Map<String, TlsSocketStrategy> byHost;

  private TrustedAuthorities(TlsSocketStrategy standard, Map<String, TlsSocketStrategy> byHost) {
    this.standard = standard;
    this.byHost = byHost;
  }

  /**
   * Reads the files now, so that a wrong one is found when the client is built.
   *
   * @param files by host, or host and port, that connections are made to
   */
  static TrustedAuthorities load(Map<String, List<Path>> files) {
    try {
      Map<String, TlsSocketStrategy> byHost = new HashMap<>();
      for (Map.Entry<String, List<Path>> entry : files.entrySet()) {
        List<Certificate> certificates = new ArrayList<>();
        for (Path file : entry.getValue()) {
          certificates.addAll(read(file));
        }
        byHost.put(entry.getKey(), strategy(certificates));
      }
      return new TrustedAuthorities(standard(), Map.copyOf(byHost));
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JVM cannot set up TLS: " + e.getMessage(), e);
    }
  }

  private static TlsSocketStrategy standard() throws GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, null, null);
    return new DefaultClientTlsStrategy(context);
  }

  private static TlsSocketStrategy strategy(List<Certificate> more)
      throws GeneralSecurityException, IOException {
    KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
    trusted.load(null, null);
    List<Certificate> all = new ArrayList<>(authoritiesOfJvm());
    all.addAll(more);
    for (int i = 0; i < all.size(); i++) {
      trusted.setCertificateEntry("authority-" + i, all.get(i));
    }
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trustManagers(trusted).getTrustManagers(), null);
    return new DefaultClientTlsStrategy(context);
  }

  private static List<X509Certificate> authoritiesOfJvm() throws GeneralSecurityException {
    List<X509Certificate> authorities = new ArrayList<>();
    for (TrustManager manager : trustManagers(null).getTrustManagers()) {
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

  private static Collection<? extends Certificate> read(Path file) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new RegistryConfigException(file, "there is no such file", e);
    } catch (IOException e) {
      throw new RegistryConfigException(file, "it cannot be read (" + e.getMessage() + ")", e);
    }
    try {
      Collection<? extends Certificate> certificates =
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content));
      if (certificates.isEmpty()) {
        throw new RegistryConfigException(file, "it holds no PEM certificate", null);
      }
      return certificates;
    } catch (CertificateException e) {
      throw new RegistryConfigException(
          file, "it is not a PEM file of X.509 certificates (" + e.getMessage() + ")", e);
    }
  }

  @Override
  public SSLSocket upgrade(
      Socket socket, String target, int port, @Nullable Object attachment, HttpContext context)
      throws IOException {
    String host = name(target);
    TlsSocketStrategy strategy = byHost.get(host + ":" + port);
    if (strategy == null) {
      strategy = byHost.getOrDefault(host, standard);
    }
    return strategy.upgrade(socket, target, port, attachment, context);
  }

  /** The host as references write it: an IPv6 address in brackets. */
  private static String name(String host) {
    String lower = host.toLowerCase(Locale.ROOT);
    return lower.contains(":") && !lower.startsWith("[") ? "[" + lower + "]" : lower;
  }
}
