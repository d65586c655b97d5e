package ai.kubernaut.airgap.trust;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.Set;

/** Certificates in PEM. */
final class CaBundle {
  private static final String BEGIN = "-----BEGIN CERTIFICATE-----";

  private CaBundle() {}

  /**
   * Reads certificates.
   *
   * @throws CertificateException when there is none, or one that is not valid now
   */
  static Set<Certificate> parse(String pem) throws CertificateException {
    if (pem.contains("PRIVATE KEY-----")) {
      throw new CertificateException("the file contains a private key");
    }
    if (!pem.contains(BEGIN)) {
      throw new CertificateException("there is no certificate in PEM");
    }
    Set<Certificate> certificates =
        new LinkedHashSet<>(
            CertificateFactory.getInstance("X.509")
                .generateCertificates(
                    new ByteArrayInputStream(
                        pem.substring(pem.indexOf(BEGIN)).getBytes(StandardCharsets.UTF_8))));
    for (Certificate certificate : certificates) {
      ((X509Certificate) certificate).checkValidity();
    }
    return certificates;
  }

  /**
   * The present certificates with those that are missing.
   *
   * @param present what is there; kept byte for byte
   * @param added valid certificates
   */
  static String merge(String present, String added) throws CertificateException {
    Set<Certificate> missing = parse(added);
    try {
      missing.removeAll(
          CertificateFactory.getInstance("X.509")
              .generateCertificates(
                  new ByteArrayInputStream(present.getBytes(StandardCharsets.UTF_8))));
    } catch (CertificateException e) {
      // What cannot be read stays, and what is added follows it.
    }
    StringBuilder merged = new StringBuilder(present);
    for (Certificate certificate : missing) {
      if (merged.length() > 0 && merged.charAt(merged.length() - 1) != '\n') {
        merged.append('\n');
      }
      merged
          .append(BEGIN)
          .append('\n')
          .append(
              Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(certificate.getEncoded()))
          .append("\n-----END CERTIFICATE-----\n");
    }
    return merged.toString();
  }
}
