package ai.kubernaut.airgap.cluster;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The path of an HTTP request to a service, checked and percent-encoded. Paths come from charts,
 * and the API server forwards them with the rights of the kubeconfig's user, so a path must not be
 * able to name anything but a resource of the service. Immutable.
 *
 * <p>A path has at most {@value #MAX_LENGTH} characters. It consists of segments between single
 * slashes; the leading slash may be missing. Refused are {@code .} and {@code ..} as segments,
 * empty segments but the last, backslashes, control characters, queries and fragments, all of them
 * also as percent-escapes, and escapes of escapes. Other characters that a URL does not allow are
 * encoded.
 */
public final class HttpPath {
  /** The most characters a path may have. */
  public static final int MAX_LENGTH = 1024;

  private static final String UNRESERVED = "-._~!$&'()*+,;=:@";

  private final String encoded;

  private HttpPath(String encoded) {
    this.encoded = encoded;
  }

  /**
   * Checks and encodes a path.
   *
   * @param path for example {@code /healthz}; percent-escapes are understood
   * @return the path
   * @throws IllegalArgumentException when the path is not one that may be sent; the message says
   *     why
   */
  public static HttpPath parse(String path) {
    if (path.length() > MAX_LENGTH) {
      throw new IllegalArgumentException("it has more than " + MAX_LENGTH + " characters");
    }
    String relative = path.startsWith("/") ? path.substring(1) : path;
    List<String> segments = new ArrayList<>();
    for (String segment : relative.split("/", -1)) {
      segments.add(decoded(segment));
    }
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i).isEmpty() && i < segments.size() - 1) {
        throw new IllegalArgumentException("it has an empty segment");
      }
      check(segments.get(i));
    }
    StringBuilder encoded = new StringBuilder();
    segments.forEach(segment -> encoded.append('/').append(encoded(segment)));
    return new HttpPath(encoded.toString());
  }

  private static void check(String segment) {
    int parameters = segment.indexOf(';');
    String name = parameters < 0 ? segment : segment.substring(0, parameters);
    if (name.equals(".") || name.equals("..")) {
      throw new IllegalArgumentException("it has the segment '" + name + "'");
    }
    segment
        .chars()
        .forEach(
            c -> {
              if (Character.isISOControl(c)) {
                throw new IllegalArgumentException("it has a control character");
              }
              if ("/\\?#%".indexOf(c) >= 0) {
                throw new IllegalArgumentException("it has the character '" + (char) c + "'");
              }
            });
  }

  private static String decoded(String segment) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < segment.length(); ) {
      if (segment.charAt(i) == '%') {
        bytes.write(escape(segment, i));
        i += 3;
      } else {
        int end = segment.indexOf('%', i);
        String plain = segment.substring(i, end < 0 ? segment.length() : end);
        bytes.writeBytes(plain.getBytes(StandardCharsets.UTF_8));
        i += plain.length();
      }
    }
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes.toByteArray()))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("its percent-escapes are not UTF-8", e);
    }
  }

  private static int escape(String segment, int at) {
    int high = at + 1 < segment.length() ? Character.digit(segment.charAt(at + 1), 16) : -1;
    int low = at + 2 < segment.length() ? Character.digit(segment.charAt(at + 2), 16) : -1;
    if (high < 0 || low < 0) {
      throw new IllegalArgumentException("it has an incomplete percent-escape");
    }
    return high * 16 + low;
  }

  private static String encoded(String segment) {
    StringBuilder encoded = new StringBuilder();
    for (byte octet : segment.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (octet & 0xff);
      boolean plain =
          (c >= 'a' && c <= 'z')
              || (c >= 'A' && c <= 'Z')
              || (c >= '0' && c <= '9')
              || UNRESERVED.indexOf(c) >= 0;
      if (plain) {
        encoded.append(c);
      } else {
        encoded
            .append('%')
            .append(Character.toUpperCase(Character.forDigit(c >> 4, 16)))
            .append(Character.toUpperCase(Character.forDigit(c & 15, 16)));
      }
    }
    return encoded.toString();
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof HttpPath that && encoded.equals(that.encoded);
  }

  @Override
  public int hashCode() {
    return encoded.hashCode();
  }

  /**
   * Returns the path for a request.
   *
   * @return the path with a leading slash, percent-encoded
   */
  @Override
  public String toString() {
    return encoded;
  }
}
