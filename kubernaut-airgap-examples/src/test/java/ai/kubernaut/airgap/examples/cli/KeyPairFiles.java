package ai.kubernaut.airgap.examples.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.Key;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Keys for signatures, in the form that {@code openssl} writes. */
public final class KeyPairFiles {
  private KeyPairFiles() {}

  /** Writes a key pair as PEM files; returns the private and the public one. */
  public static List<Path> write(String algorithm, Path directory, String name) throws IOException {
    KeyPair pair;
    try {
      pair = KeyPairGenerator.getInstance(algorithm).generateKeyPair();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
    List<Path> files = new ArrayList<>();
    for (Key key : List.of(pair.getPrivate(), pair.getPublic())) {
      String kind = key instanceof PrivateKey ? "PRIVATE KEY" : "PUBLIC KEY";
      files.add(
          Files.writeString(
              directory.resolve(name + (key instanceof PrivateKey ? ".key" : ".pub")),
              "-----BEGIN %s-----\n%s\n-----END %s-----\n"
                  .formatted(
                      kind, Base64.getMimeEncoder().encodeToString(key.getEncoded()), kind)));
    }
    return files;
  }
}
