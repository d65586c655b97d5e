package ai.kubernaut.airgap.examples.lab.cluster;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.Certificate;
import java.security.cert.CertificateEncodingException;
import java.security.cert.CertificateFactory;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * A certificate of the API server, generated for each cluster, or of a webhook. TLS it must be:
 * Helm sends no token over plain HTTP. The JDK can make keys and signatures but no certificates, so
 * the structure around them, X.509 in DER, is put together here.
 */
final class SelfSignedCertificate {
  private static final int INTEGER = 0x02;
  private static final int BIT_STRING = 0x03;
  private static final int OCTET_STRING = 0x04;
  private static final int OBJECT_IDENTIFIER = 0x06;
  private static final int UTF8_STRING = 0x0c;
  private static final int GENERALIZED_TIME = 0x18;
  private static final int SEQUENCE = 0x30;
  private static final int SET = 0x31;
  private static final int VERSION_FIELD = 0xa0;
  private static final int EXTENSIONS_FIELD = 0xa3;
  private static final int DNS_NAME = 0x82;
  private static final int IP_ADDRESS = 0x87;

  /** Object identifiers in the encoding of DER, in hexadecimal digits. */
  private static final String ECDSA_WITH_SHA256 = "2a8648ce3d040302";

  private static final String COMMON_NAME = "550403";
  private static final String SUBJECT_ALTERNATIVE_NAME = "551d11";

  private final KeyPair keys;
  private final Certificate certificate;

  private SelfSignedCertificate(KeyPair keys, Certificate certificate) {
    this.keys = keys;
    this.certificate = certificate;
  }

  /** Makes a certificate for an IP address, valid from an hour ago for a year. */
  static SelfSignedCertificate forAddress(byte[] address) {
    return create(der(IP_ADDRESS, address), Duration.ofDays(365));
  }

  /**
   * Makes a certificate for host names.
   *
   * @param validity how long it is valid from now on; negative for one that has expired
   */
  static SelfSignedCertificate forNames(List<String> names, Duration validity) {
    byte[][] encoded =
        names.stream()
            .map(name -> der(DNS_NAME, name.getBytes(StandardCharsets.US_ASCII)))
            .toArray(byte[][]::new);
    return create(join(encoded), validity);
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      joined.writeBytes(part);
    }
    return joined.toByteArray();
  }

  private static SelfSignedCertificate create(byte[] names, Duration validity) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      KeyPair keys = generator.generateKeyPair();
      byte[] content = content(keys.getPublic().getEncoded(), names, validity);
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(keys.getPrivate());
      signature.update(content);
      byte[] signed =
          der(SEQUENCE, content, algorithm(), der(BIT_STRING, new byte[1], signature.sign()));
      return new SelfSignedCertificate(
          keys,
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(signed)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("this JDK cannot make an EC certificate", e);
    }
  }

  /** What a server needs to use it. */
  SSLContext serverContext() {
    try {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      store.load(null, null);
      store.setKeyEntry("lab", keys.getPrivate(), new char[0], new Certificate[] {certificate});
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(store, new char[0]);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), null, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new IllegalStateException("this JDK cannot serve TLS", e);
    }
  }

  /** What a client needs to trust it. */
  String pem() {
    try {
      return pem("CERTIFICATE", certificate.getEncoded());
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was read cannot be written", e);
    }
  }

  /** The private key. */
  String keyPem() {
    return pem("PRIVATE KEY", keys.getPrivate().getEncoded());
  }

  private static String pem(String type, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content));
  }

  private static byte[] content(byte[] publicKey, byte[] names, Duration validity) {
    Instant end = Instant.now().plus(validity);
    Instant begin = (validity.isNegative() ? end : Instant.now()).minus(1, ChronoUnit.HOURS);
    byte[] name =
        der(
            SEQUENCE,
            der(
                SET,
                der(
                    SEQUENCE,
                    identifier(COMMON_NAME),
                    der(UTF8_STRING, "kubernaut-airgap-lab".getBytes(StandardCharsets.UTF_8)))));
    byte[] alternativeNames =
        der(
            SEQUENCE,
            identifier(SUBJECT_ALTERNATIVE_NAME),
            der(OCTET_STRING, der(SEQUENCE, names)));
    return der(
        SEQUENCE,
        der(VERSION_FIELD, der(INTEGER, new byte[] {2})),
        der(INTEGER, new BigInteger(64, new SecureRandom()).add(BigInteger.ONE).toByteArray()),
        algorithm(),
        name,
        der(SEQUENCE, time(begin), time(end)),
        name,
        publicKey,
        der(EXTENSIONS_FIELD, der(SEQUENCE, alternativeNames)));
  }

  private static byte[] identifier(String digits) {
    return der(OBJECT_IDENTIFIER, HexFormat.of().parseHex(digits));
  }

  private static byte[] algorithm() {
    return der(SEQUENCE, identifier(ECDSA_WITH_SHA256));
  }

  private static byte[] time(Instant instant) {
    String text =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(instant);
    return der(GENERALIZED_TIME, text.getBytes(StandardCharsets.US_ASCII));
  }

  /** A tag, the length, the parts one after the other. */
  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    int length = content.size();
    if (length < 0x80) {
      out.write(length);
    } else {
      byte[] digits = BigInteger.valueOf(length).toByteArray();
      int skip = digits[0] == 0 ? 1 : 0;
      out.write(0x80 | digits.length - skip);
      out.write(digits, skip, digits.length - skip);
    }
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
