package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.common.Secret;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.Certificate;
import java.util.Collections;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.X509KeyManager;

/**
 * A private key and its certificate, with which a client authenticates itself to a registry in the
 * TLS handshake (mTLS). It never prints. Immutable.
 *
 * <pre>{@code
 * ClientCertificate certificate = ClientCertificate.ofPem(Path.of("client.cert"), Path.of("client.key"));
 * try (HttpRegistryClient harbor =
 *     HttpRegistryClient.builder().clientCertificate("harbor.corp", certificate).build()) {
 *   harbor.ping("harbor.corp");
 * }
 * }</pre>
 */
public final class ClientCertificate {
  private final X509KeyManager keys;

  private ClientCertificate(X509KeyManager keys) {
    this.keys = keys;
  }

  /**
   * Uses the keys of a key store. If it has several, a key is chosen by the authorities that the
   * server names.
   *
   * @param keys has at least one private key with its certificates; read now, so that later changes
   *     have no effect
   * @param password the password of the keys in it
   * @return the certificate
   * @throws IllegalArgumentException when there is no private key, or the password is wrong
   */
  public static ClientCertificate of(KeyStore keys, Secret password) {
    try {
      boolean found = false;
      for (String alias : Collections.list(keys.aliases())) {
        found |= keys.isKeyEntry(alias);
      }
      if (!found) {
        throw new IllegalArgumentException(
            "the key store cannot be used for a client certificate: it has no private key");
      }
      return new ClientCertificate(manager(keys, password.reveal().toCharArray()));
    } catch (GeneralSecurityException e) {
      throw new IllegalArgumentException(
          "the key store cannot be used for a client certificate: "
              + e.getMessage()
              + "; check the password, and that the store was loaded",
          e);
    }
  }

  /**
   * Reads a certificate and its key from PEM files, as {@code /etc/docker/certs.d} has them.
   *
   * @param certificates the certificate, and after it those of the authorities in between, if any
   * @param key the private key, PKCS #8 and not encrypted ({@code BEGIN PRIVATE KEY})
   * @return the certificate
   * @throws RegistryConfigException when a file is missing or cannot be used, or the key is not the
   *     one of the certificate
   */
  public static ClientCertificate ofPem(Path certificates, Path key) {
    Certificate[] chain = Pem.certificates(certificates).toArray(Certificate[]::new);
    PrivateKey secret = Pem.privateKey(key);
    if (!belongTogether(chain[0].getPublicKey(), secret)) {
      throw new RegistryConfigException(
          key, "its key is not the one of the first certificate in " + certificates, null);
    }
    try {
      KeyStore keys = KeyStore.getInstance("PKCS12");
      keys.load(null, null);
      keys.setKeyEntry("client", secret, new char[0], chain);
      return new ClientCertificate(manager(keys, new char[0]));
    } catch (GeneralSecurityException | IOException e) {
      throw new RegistryConfigException(
          key, "it cannot be used with " + certificates + " (" + e.getMessage() + ")", e);
    }
  }

  private static boolean belongTogether(PublicKey certified, PrivateKey secret) {
    if (!certified.getAlgorithm().equals(secret.getAlgorithm())) {
      return false;
    }
    String algorithm =
        switch (secret.getAlgorithm()) {
          case "EC" -> "SHA256withECDSA";
          case "RSA" -> "SHA256withRSA";
          default -> secret.getAlgorithm();
        };
    byte[] sample = {1, 2, 3};
    try {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(secret);
      signature.update(sample);
      byte[] signed = signature.sign();
      signature.initVerify(certified);
      signature.update(sample);
      return signature.verify(signed);
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static X509KeyManager manager(KeyStore keys, char[] password)
      throws GeneralSecurityException {
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(keys, password);
    for (KeyManager manager : factory.getKeyManagers()) {
      if (manager instanceof X509KeyManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("this JVM has no key manager for X.509");
  }

  X509KeyManager keys() {
    return keys;
  }

  @Override
  public String toString() {
    return "ClientCertificate[***]";
  }
}
