package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.common.AirgapException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/** Keys in PEM files, as openssl writes them. */
final class KeyFiles {
  private static final List<String> ALGORITHMS = List.of("EdDSA", "EC", "RSA");

  private KeyFiles() {}

  /** Makes a key of an encoded one. */
  private interface Decoder<T> {
    T decode(KeyFactory factory) throws GeneralSecurityException;
  }

  static PrivateKey privateKey(Path file) {
    PKCS8EncodedKeySpec key = new PKCS8EncodedKeySpec(pem(file, "PRIVATE KEY"));
    return decode(file, factory -> factory.generatePrivate(key));
  }

  static PublicKey publicKey(Path file) {
    X509EncodedKeySpec key = new X509EncodedKeySpec(pem(file, "PUBLIC KEY"));
    return decode(file, factory -> factory.generatePublic(key));
  }

  private static <T> T decode(Path file, Decoder<T> decoder) {
    GeneralSecurityException failure = new GeneralSecurityException("no algorithm");
    for (String algorithm : ALGORITHMS) {
      try {
        return decoder.decode(KeyFactory.getInstance(algorithm));
      } catch (GeneralSecurityException e) {
        failure = e;
      }
    }
    throw new AirgapException(file + " has no key of RSA, EC or EdDSA", failure);
  }

  private static byte[] pem(Path file, String kind) {
    try {
      String text = Files.readString(file);
      String begin = "-----BEGIN " + kind + "-----";
      int start = text.indexOf(begin);
      int end = text.indexOf("-----END " + kind + "-----");
      if (start < 0 || end < start) {
        throw new AirgapException(
            file + " has no '" + kind + "' in PEM form; openssl genpkey and openssl pkey write it");
      }
      return Base64.getMimeDecoder().decode(text.substring(start + begin.length(), end).strip());
    } catch (IOException | IllegalArgumentException e) {
      throw new AirgapException("cannot read the key in " + file + ": " + e.getMessage(), e);
    }
  }
}
