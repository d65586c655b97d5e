package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.attestation.Signatures;
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
import java.security.PrivateKey;
import java.security.PublicKey;
import java.util.Map;

/** A detached signature of a root manifest. */
final class RootSignature {
  private static final int MAX_SIGNATURE = 64 << 10;

  private RootSignature() {}

  static void sign(byte[] root, PrivateKey key, Path file) {
    try {
      Files.write(file, Signatures.sign(root, key));
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
    if (!Signatures.isValid(root, key, bytes)) {
      throw refused(Problem.of(ProblemCode.BUNDLE_SIGNATURE_INVALID, subject));
    }
  }

  static BundleException refused(Problem problem) {
    return new BundleException("the bundle is not trusted", problem);
  }
}
