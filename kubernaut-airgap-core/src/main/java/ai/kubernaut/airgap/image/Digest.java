package ai.kubernaut.airgap.image;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A content digest, {@code algorithm:hex}, as the OCI image specification defines it. The
 * registered algorithms {@code sha256} and {@code sha512} are supported. Immutable.
 */
public final class Digest implements Comparable<Digest> {
  private static final Pattern HEX = Pattern.compile("[0-9a-f]+");

  /** The algorithms that the OCI image specification registers and every JDK can compute. */
  public enum Algorithm {
    /** SHA-256, which every registry supports. */
    SHA256("SHA-256", 64),
    /** SHA-512, which registries may support. */
    SHA512("SHA-512", 128);

    private final String javaName;
    private final int hexLength;

    Algorithm(String javaName, int hexLength) {
      this.javaName = javaName;
      this.hexLength = hexLength;
    }

    /**
     * A new, empty hash of this algorithm.
     *
     * @return the hash, for one thread
     */
    public MessageDigest newHash() {
      try {
        return MessageDigest.getInstance(javaName);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(
            "this JVM has no " + javaName + ", which every JVM must have", e);
      }
    }

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private final Algorithm algorithm;
  private final String hex;

  private Digest(Algorithm algorithm, String hex) {
    this.algorithm = algorithm;
    this.hex = hex;
  }

  /**
   * Reads {@code algorithm:hex}.
   *
   * @param text for example {@code sha256:} and 64 lower-case hexadecimal digits
   * @return the digest
   * @throws InvalidReferenceException when the algorithm is unknown or the digits are not those of
   *     the algorithm
   */
  public static Digest parse(String text) {
    int colon = text.indexOf(':');
    if (colon < 0) {
      throw new InvalidReferenceException(
          text, "a digest is written algorithm:hex, for example sha256:…, and this has no ':'");
    }
    Algorithm algorithm = algorithm(text, text.substring(0, colon));
    String hex = text.substring(colon + 1);
    if (hex.length() != algorithm.hexLength || !HEX.matcher(hex).matches()) {
      throw new InvalidReferenceException(
          text,
          "a "
              + algorithm
              + " digest has "
              + algorithm.hexLength
              + " digits 0-9 and a-f, and this has '"
              + hex
              + "' ("
              + hex.length()
              + " characters)");
    }
    return new Digest(algorithm, hex);
  }

  private static Algorithm algorithm(String text, String name) {
    return switch (name) {
      case "sha256" -> Algorithm.SHA256;
      case "sha512" -> Algorithm.SHA512;
      default ->
          throw new InvalidReferenceException(
              text, "the digest algorithm '" + name + "' is not sha256 or sha512");
    };
  }

  /**
   * The SHA-256 digest of some bytes.
   *
   * @param content the bytes
   * @return their digest
   */
  public static Digest sha256(byte[] content) {
    return of(Algorithm.SHA256, Algorithm.SHA256.newHash().digest(content));
  }

  /**
   * The digest of some bytes by the algorithm of this one.
   *
   * @param content the bytes
   * @return their digest, to be compared with this one
   */
  public Digest ofSameAlgorithm(byte[] content) {
    return of(algorithm, algorithm.newHash().digest(content));
  }

  /**
   * A digest from a finished hash.
   *
   * @param algorithm what computed it
   * @param hash its bytes
   * @return the digest
   */
  public static Digest of(Algorithm algorithm, byte[] hash) {
    return new Digest(algorithm, HexFormat.of().formatHex(hash));
  }

  /** {@return the algorithm of the hash} */
  public Algorithm algorithm() {
    return algorithm;
  }

  /** {@return the hash in lower-case hexadecimal digits, without the algorithm} */
  public String hex() {
    return hex;
  }

  /**
   * {@return the algorithm and the first twelve digits, for example {@code sha256:6e2cdb22d6ab}}
   */
  public String abbreviated() {
    return algorithm + ":" + hex.substring(0, 12);
  }

  @Override
  public int compareTo(Digest other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Digest that && algorithm == that.algorithm && hex.equals(that.hex);
  }

  @Override
  public int hashCode() {
    return Objects.hash(algorithm, hex);
  }

  @Override
  public String toString() {
    return algorithm + ":" + hex;
  }
}
