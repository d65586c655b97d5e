package ai.kubernaut.airgap.verify;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;

/** Reads X.509 certificates, and judges them without a network. */
final class Certificates {
  private static final int DNS_NAME = 2;

  private Certificates() {}

  /**
   * Decodes certificates in PEM that are encoded in Base64.
   *
   * @return never empty
   * @throws CertificateException when there is none, or one cannot be read
   */
  static List<X509Certificate> decode(String base64) throws CertificateException {
    byte[] pem;
    try {
      pem = Base64.getMimeDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new CertificateException("it is not Base64", e);
    }
    if (!new String(pem, StandardCharsets.ISO_8859_1).contains("-----BEGIN CERTIFICATE-----")) {
      throw new CertificateException("it has no certificate in PEM");
    }
    List<X509Certificate> certificates = new ArrayList<>();
    try {
      for (Certificate certificate :
          CertificateFactory.getInstance("X.509")
              .generateCertificates(new ByteArrayInputStream(pem))) {
        certificates.add((X509Certificate) certificate);
      }
    } catch (CertificateException e) {
      throw new CertificateException("it has a certificate that cannot be read", e);
    }
    if (certificates.isEmpty()) {
      throw new CertificateException("it has no certificate in PEM");
    }
    return certificates;
  }

  /** Returns what is wrong with the dates of a certificate. */
  static Optional<String> expiry(X509Certificate certificate, Instant now) {
    Instant begin = certificate.getNotBefore().toInstant();
    Instant end = certificate.getNotAfter().toInstant();
    if (now.isAfter(end)) {
      return Optional.of("it has expired at " + end);
    }
    return now.isBefore(begin) ? Optional.of("it is not valid before " + begin) : Optional.empty();
  }

  /** Returns whether one of the authorities has signed a certificate, or is it. */
  static boolean isSignedBy(X509Certificate certificate, Collection<X509Certificate> authorities) {
    return authorities.stream().anyMatch(authority -> isSignedBy(certificate, authority));
  }

  private static boolean isSignedBy(X509Certificate certificate, X509Certificate authority) {
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  /** Returns whether a certificate names a host, also by a wildcard. */
  static boolean isFor(X509Certificate certificate, String host) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .filter(name -> Integer.valueOf(DNS_NAME).equals(name.get(0)))
              .map(name -> String.valueOf(name.get(1)))
              .anyMatch(
                  name ->
                      name.equalsIgnoreCase(host)
                          || (name.startsWith("*.")
                              && name.substring(1)
                                  .equalsIgnoreCase(host.substring(host.indexOf('.')))));
    } catch (CertificateException e) {
      return false;
    }
  }
}
