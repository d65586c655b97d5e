package ai.kubernaut.airgap.registry.http;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** What a builder was told about TLS, for all hosts and for single ones. Not thread-safe. */
final class TlsOptions {
  /** What was said about one host, or about all of them. */
  private static final class Layer {
    final List<Path> files = new ArrayList<>();
    final List<X509Certificate> authorities = new ArrayList<>();
    @Nullable ClientCertificate certificate;
    @Nullable SSLContext context;

    boolean hasOwn() {
      return !files.isEmpty() || !authorities.isEmpty() || certificate != null;
    }
  }

  private static final String ALL = "";

  private final Map<String, Layer> layers = new LinkedHashMap<>();

  private Layer layer(@Nullable String host) {
    return layers.computeIfAbsent(host == null ? ALL : host, any -> new Layer());
  }

  /**
   * @param host null for all hosts
   */
  void trust(@Nullable String host, Path file) {
    layer(host).files.add(file);
  }

  void trust(@Nullable String host, List<X509Certificate> authorities) {
    layer(host).authorities.addAll(authorities);
  }

  void certificate(@Nullable String host, ClientCertificate certificate) {
    layer(host).certificate = certificate;
  }

  void context(@Nullable String host, SSLContext context) {
    layer(host).context = context;
  }

  /**
   * Reads the files now, so that a wrong one is found when the client is built.
   *
   * @throws IllegalArgumentException when a host has a context and something else too
   */
  TlsByHost load(Endpoints endpoints) {
    Map<String, List<Layer>> byAuthority = new LinkedHashMap<>();
    layers.forEach(
        (host, layer) -> {
          if (layer.context != null && layer.hasOwn()) {
            throw new IllegalArgumentException(
                "sslContext is given for "
                    + (host.equals(ALL) ? "all registries" : host)
                    + " together with certificates; put these into the SSLContext");
          }
          if (!host.equals(ALL)) {
            for (String authority : endpoints.authorities(host)) {
              byAuthority.computeIfAbsent(authority, any -> new ArrayList<>()).add(layer);
            }
          }
        });
    Layer all = layer(null);
    Map<String, TlsSettings> settings = new LinkedHashMap<>();
    byAuthority.forEach(
        (authority, own) -> {
          List<Layer> specificFirst = new ArrayList<>(own);
          String host = authority.replaceFirst(":[0-9]+$", "");
          if (!host.equals(authority)) {
            specificFirst.addAll(byAuthority.getOrDefault(host, List.of()));
          }
          specificFirst.add(all);
          settings.put(authority, settings(specificFirst));
        });
    return new TlsByHost(settings(List.of(all)), settings);
  }

  /** A context counts where nothing more specific is said. */
  private static TlsSettings settings(List<Layer> specificFirst) {
    List<X509Certificate> authorities = new ArrayList<>();
    ClientCertificate certificate = null;
    for (Layer layer : specificFirst) {
      if (layer.context != null) {
        if (authorities.isEmpty() && certificate == null) {
          return new TlsSettings(List.of(), null, layer.context);
        }
        break;
      }
      layer.files.forEach(file -> authorities.addAll(Pem.certificates(file)));
      authorities.addAll(layer.authorities);
      if (certificate == null) {
        certificate = layer.certificate;
      }
    }
    return new TlsSettings(List.copyOf(authorities), certificate, null);
  }
}
