package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.util.Map;

/**
 * A detached signature of a root manifest, as {@code openssl} makes and verifies it. The provider
 * follows from the key, so that keys can be in hardware.
 */
final class RootSignature {
  private static final int MAX_SIGNATURE = 64 << 10;

  private RootSignature() {}

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

  static byte[] sign(byte[] content, PrivateKey key) throws GeneralSecurityException {
    Signature signature = of(key);
    signature.initSign(key);
    signature.update(content);
    return signature.sign();
  }

  /** Whether a signature of content was made with the private key of a public one. */
  static boolean isValid(byte[] content, PublicKey key, byte[] bytes) {
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

  static void sign(byte[] root, PrivateKey key, Path file) {
    try {
      Files.write(file, sign(root, key));
    } catch (GeneralSecurityException | IOException e) {
      throw new AirgapException("the bundle cannot be signed: " + e.getMessage(), e);
    }
  }

  static void require(byte[] root, PublicKey key, Path file) {
    Subject subject = new Subject(Subject.Kind.FILE, file.toString());
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_SIGNATURE);
    } catch (NoSuchFileException e) {
      throw refused(Problem.of(ProblemCode.BUNDLE_SIGNATURE_MISSING, subject));
    } catch (IOException e) {
      throw refused(
          Problem.of(ProblemCode.BUNDLE_UNREADABLE, subject, Map.of("detail", String.valueOf(e))));
    }
    if (!isValid(root, key, bytes)) {
      throw refused(Problem.of(ProblemCode.BUNDLE_SIGNATURE_INVALID, subject));
    }
  }

  static BundleException refused(Problem problem) {
    return new BundleException("the bundle is not trusted", problem);
  }
}
