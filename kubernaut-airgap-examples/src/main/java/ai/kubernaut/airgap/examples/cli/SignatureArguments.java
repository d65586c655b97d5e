package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.bundle.Bundle;
import java.nio.file.Path;
import java.security.PublicKey;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Who has to have signed a bundle. */
final class SignatureArguments {
  /** The name of the signature in the directory of a bundle. */
  static final String FILE = "bundle.sig";

  @Option(
      names = "--verify-key",
      paramLabel = "FILE",
      description = "Require that the bundle was signed with this public key, a PEM file.")
  @Nullable Path key;

  @Option(
      names = "--signature",
      paramLabel = "FILE",
      description = "The signature. Default: bundle.sig in the directory of the bundle")
  @Nullable Path signature;

  /** The key that another option needs. */
  PublicKey key(String option) {
    if (key == null) {
      throw new IllegalArgumentException(option + " needs a key to verify with: --verify-key FILE");
    }
    return KeyFiles.publicKey(key);
  }

  Bundle verified(Bundle bundle, Path directory) {
    return key == null
        ? bundle
        : bundle.requireSignature(
            KeyFiles.publicKey(key), signature == null ? directory.resolve(FILE) : signature);
  }
}
