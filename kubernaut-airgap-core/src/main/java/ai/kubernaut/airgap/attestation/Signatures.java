package ai.kubernaut.airgap.attestation;

import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;

/**
 * Signatures as {@code openssl} creates and verifies them, with the algorithm that belongs to the
 * key: SHA-256 with RSA or ECDSA, or EdDSA. The key determines the JCA provider, so that keys can
 * be in hardware. Thread-safe.
 */
public final class Signatures {
  private Signatures() {}

  private static Signature of(Key key) throws GeneralSecurityException {
    return Signature.getInstance(
        switch (key.getAlgorithm()) {
          case "RSA" -> "SHA256withRSA";
          case "EC" -> "SHA256withECDSA";
          case "EdDSA", "Ed25519", "Ed448" -> "EdDSA";
          default ->
              throw new GeneralSecurityException(
                  "keys of the algorithm "
                      + key.getAlgorithm()
                      + " are not supported; use RSA, EC or EdDSA");
        });
  }

  /**
   * Signs content.
   *
   * @param content the bytes to sign
   * @param key an RSA, EC or EdDSA key of any JCA provider
   * @return the signature
   * @throws GeneralSecurityException when the key cannot be used
   */
  public static byte[] sign(byte[] content, PrivateKey key) throws GeneralSecurityException {
    Signature signature = of(key);
    signature.initSign(key);
    signature.update(content);
    return signature.sign();
  }

  /**
   * Returns whether a signature of content was created with the private key of a public one.
   *
   * @param content what was signed
   * @param key an RSA, EC or EdDSA key
   * @param bytes the signature
   * @return false also for bytes that are no signature
   */
  public static boolean isValid(byte[] content, PublicKey key, byte[] bytes) {
    try {
      Signature signature = of(key);
      signature.initVerify(key);
      signature.update(content);
      return signature.verify(bytes);
    } catch (GeneralSecurityException e) {
      // It is one by another algorithm, or none at all.
      return false;
    }
  }
}
