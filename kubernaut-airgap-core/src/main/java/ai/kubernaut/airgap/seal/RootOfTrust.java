package ai.kubernaut.airgap.seal;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the signatures of images are verified with, as OpenShift's image policies have it. It
 * consists of public keys and certificates only. Immutable.
 */
public final class RootOfTrust {
  private static final int LONGEST = 8192;

  private final String policyType;
  private final String field;
  private final Map<String, Object> content;

  private RootOfTrust(String policyType, String field, Map<String, Object> content) {
    this.policyType = policyType;
    this.field = field;
    this.content = Collections.unmodifiableMap(new LinkedHashMap<>(content));
  }

  /**
   * Trusts the holder of a key, as {@code cosign sign --key} signs.
   *
   * @param key the public key in PEM
   * @param rekorKey the public key of the transparency log in PEM; empty if signatures need no
   *     entry in one
   * @return the root of trust
   * @throws IllegalArgumentException when one is not PEM, or has more than 8,192 characters in
   *     Base64
   */
  public static RootOfTrust publicKey(String key, Optional<String> rekorKey) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("keyData", data("public key", key, "PUBLIC KEY"));
    rekorKey.ifPresent(
        rekor -> content.put("rekorKeyData", data("key of Rekor", rekor, "PUBLIC KEY")));
    return new RootOfTrust("PublicKey", "publicKey", content);
  }

  /**
   * Trusts an identity that a Fulcio has certified, with an entry in a Rekor.
   *
   * @param ca the certificate of the Fulcio in PEM
   * @param rekorKey the public key of the Rekor in PEM
   * @param issuer the URL of the OIDC issuer
   * @param email the email address of the identity
   * @return the root of trust
   * @throws IllegalArgumentException when one is not PEM, or has more than 8,192 characters in
   *     Base64
   */
  public static RootOfTrust fulcio(String ca, String rekorKey, String issuer, String email) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("fulcioCAData", data("CA of Fulcio", ca, "CERTIFICATE"));
    content.put("rekorKeyData", data("key of Rekor", rekorKey, "PUBLIC KEY"));
    content.put("fulcioSubject", Map.of("oidcIssuer", issuer, "signedEmail", email));
    return new RootOfTrust("FulcioCAWithRekor", "fulcioCAWithRekor", content);
  }

  /**
   * Trusts certificates of a public key infrastructure of one's own. The cluster needs the feature
   * gate {@code SigstoreImageVerificationPKI}.
   *
   * @param roots the root certificates in PEM
   * @param intermediates the intermediate certificates in PEM; empty if there are none
   * @param email the email address in the certificate of the signer
   * @return the root of trust
   * @throws IllegalArgumentException when one is not PEM, or has more than 8,192 characters in
   *     Base64
   */
  public static RootOfTrust pki(String roots, Optional<String> intermediates, String email) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("caRootsData", data("root certificates", roots, "CERTIFICATE"));
    intermediates.ifPresent(
        pem ->
            content.put(
                "caIntermediatesData", data("intermediate certificates", pem, "CERTIFICATE")));
    content.put("pkiCertificateSubject", Map.of("email", email));
    return new RootOfTrust("PKI", "pki", content);
  }

  private static String data(String what, String pem, String label) {
    String text = pem.strip() + "\n";
    String encoded = Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    if (!text.startsWith("-----BEGIN " + label + "-----")
        || !text.endsWith("-----END " + label + "-----\n")) {
      throw new IllegalArgumentException(
          "invalid " + what + ": it is not PEM with the label '" + label + "'");
    }
    if (encoded.length() > LONGEST) {
      throw new IllegalArgumentException(
          "invalid %s: in Base64 it has %d characters; OpenShift accepts %d"
              .formatted(what, encoded.length(), LONGEST));
    }
    return encoded;
  }

  /** Whether the cluster needs a feature gate for it. */
  boolean isPki() {
    return policyType.equals("PKI");
  }

  /** The value of {@code rootOfTrust}. */
  Map<String, Object> tree() {
    Map<String, Object> tree = new LinkedHashMap<>();
    tree.put("policyType", policyType);
    tree.put(field, content);
    return tree;
  }

  /** The type of the policy. */
  @Override
  public String toString() {
    return "RootOfTrust " + policyType;
  }
}
