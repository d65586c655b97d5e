package ai.kubernaut.airgap.registry;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A private certificate authority and a certificate that it gave to {@code localhost} and {@code
 * 127.0.0.1}, made anew by the JDK's keytool in a directory of its own.
 */
public final class TestCertificates {
  private static final char[] PASSWORD = "changeit".toCharArray();

  private final Path directory;
  private final KeyStore server;

  private TestCertificates(Path directory, KeyStore server) {
    this.directory = directory;
    this.server = server;
  }

  /** Makes both; takes a second or two. */
  public static TestCertificates create(Path directory) {
    return create(directory, "dns:localhost,ip:127.0.0.1");
  }

  /**
   * Makes both, with a certificate for other names.
   *
   * @param names subject alternative names as keytool writes them, for example {@code dns:a.io}
   */
  public static TestCertificates create(Path directory, String names) {
    try {
      Files.createDirectories(directory);
      keytool(
          directory,
          "-genkeypair",
          "-keystore",
          "ca.p12",
          "-alias",
          "ca",
          "-dname",
          "CN=Test CA",
          "-ext",
          "bc:c=ca:true",
          "-ext",
          "ku:c=keyCertSign");
      keytool(
          directory,
          "-exportcert",
          "-rfc",
          "-keystore",
          "ca.p12",
          "-alias",
          "ca",
          "-file",
          "ca.pem");
      keytool(
          directory,
          "-genkeypair",
          "-keystore",
          "server.p12",
          "-alias",
          "server",
          "-dname",
          "CN=localhost");
      keytool(
          directory,
          "-certreq",
          "-keystore",
          "server.p12",
          "-alias",
          "server",
          "-file",
          "server.csr");
      keytool(
          directory,
          "-gencert",
          "-rfc",
          "-keystore",
          "ca.p12",
          "-alias",
          "ca",
          "-infile",
          "server.csr",
          "-outfile",
          "server.pem",
          "-ext",
          "san=" + names,
          "-ext",
          "eku=serverAuth");
      keytool(
          directory,
          "-importcert",
          "-noprompt",
          "-keystore",
          "server.p12",
          "-alias",
          "ca",
          "-file",
          "ca.pem");
      keytool(
          directory,
          "-importcert",
          "-keystore",
          "server.p12",
          "-alias",
          "server",
          "-file",
          "server.pem");
      KeyStore server = KeyStore.getInstance(directory.resolve("server.p12").toFile(), PASSWORD);
      return new TestCertificates(directory, server);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void keytool(Path directory, String... arguments) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
    command.addAll(Arrays.asList(arguments));
    command.addAll(List.of("-storetype", "PKCS12", "-storepass", new String(PASSWORD)));
    if (arguments[0].equals("-genkeypair")) {
      command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1", "-validity", "30"));
    } else if (arguments[0].equals("-gencert")) {
      command.addAll(List.of("-validity", "30"));
    }
    Path log = directory.resolve("keytool.log");
    Process process =
        new ProcessBuilder(command)
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
        process.destroyForcibly();
        throw new IOException("keytool " + arguments[0] + " failed: " + Files.readString(log));
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException("interrupted", e);
    }
  }

  /** The authority's certificate, in PEM form. */
  public Path authority() {
    return directory.resolve("ca.pem");
  }

  /** The server's certificate. */
  public X509Certificate certificate() {
    try {
      return (X509Certificate) server.getCertificate("server");
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The server's private key. */
  public PrivateKey privateKey() {
    try {
      return (PrivateKey) server.getKey("server", PASSWORD);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The server's certificate and the authority's, in PEM form. */
  public Path certificateChainFile() throws IOException {
    try {
      StringBuilder pem = new StringBuilder();
      for (Certificate certificate : server.getCertificateChain("server")) {
        pem.append(pem("CERTIFICATE", certificate.getEncoded()));
      }
      return Files.writeString(directory.resolve("chain.pem"), pem);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  /** The server's private key, in PEM form. */
  public Path privateKeyFile() throws IOException {
    return Files.writeString(
        directory.resolve("server.key"), pem("PRIVATE KEY", privateKey().getEncoded()));
  }

  /** What a TLS server in this process needs, and a client that trusts the authority. */
  public SSLContext sslContext() {
    try {
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(server, PASSWORD);
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(server);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN "
        + type
        + "-----\n"
        + Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII))
            .encodeToString(content)
        + "\n-----END "
        + type
        + "-----\n";
  }
}
