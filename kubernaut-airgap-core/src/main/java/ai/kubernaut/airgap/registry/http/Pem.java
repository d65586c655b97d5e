package ai.kubernaut.airgap.registry.http;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads certificates and keys in PEM form. */
final class Pem {
  private static final Pattern KEY =
      Pattern.compile("-----BEGIN ([A-Z ]*PRIVATE KEY)-----([^-]*)-----END \\1-----");

  private Pem() {}

  static List<X509Certificate> certificates(Path file) {
    byte[] content = read(file);
    try {
      return certificates(content);
    } catch (CertificateException e) {
      throw new RegistryConfigException(file, String.valueOf(e.getMessage()), e);
    }
  }

  /**
   * Reads certificates.
   *
   * @return never empty
   * @throws CertificateException with a clause that says why it is not possible
   */
  static List<X509Certificate> certificates(byte[] content) throws CertificateException {
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Certificate each :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(content))) {
        certificates.add((X509Certificate) each);
      }
    } catch (CertificateException e) {
      throw new CertificateException(
          "it is not a PEM file of X.509 certificates (" + e.getMessage() + ")", e);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("it holds no PEM certificate");
    }
    return certificates;
  }

  static PrivateKey privateKey(Path file) {
    Matcher matcher = KEY.matcher(new String(read(file), StandardCharsets.ISO_8859_1));
    if (!matcher.find()) {
      throw new RegistryConfigException(file, "it holds no private key in PEM form", null);
    }
    if (!matcher.group(1).equals("PRIVATE KEY")) {
      throw new RegistryConfigException(
          file,
          "its key is a '"
              + matcher.group(1)
              + "'; convert it to an unencrypted PKCS #8 key with 'openssl pkcs8 -topk8 -nocrypt'",
          null);
    }
    byte[] encoded;
    try {
      encoded = Base64.getMimeDecoder().decode(matcher.group(2));
    } catch (IllegalArgumentException e) {
      // Its message would quote the key.
      throw new RegistryConfigException(file, "its private key is not Base64", null);
    }
    return Stream.of("EC", "RSA", "EdDSA")
        .flatMap(algorithm -> privateKey(algorithm, encoded).stream())
        .findFirst()
        .orElseThrow(
            () ->
                new RegistryConfigException(
                    file, "its private key is not a PKCS #8 key of EC, RSA or EdDSA", null));
  }

  /** Empty when it is a key of another algorithm, or none. */
  private static Optional<PrivateKey> privateKey(String algorithm, byte[] encoded) {
    try {
      return Optional.of(
          KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded)));
    } catch (InvalidKeySpecException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JVM cannot read keys: " + e.getMessage(), e);
    }
  }

  private static byte[] read(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      throw new RegistryConfigException(file, "there is no such file", e);
    } catch (IOException e) {
      throw new RegistryConfigException(file, "it cannot be read (" + e.getMessage() + ")", e);
    }
  }
}
