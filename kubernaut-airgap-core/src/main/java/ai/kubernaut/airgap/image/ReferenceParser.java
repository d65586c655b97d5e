package ai.kubernaut.airgap.image;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The grammar of image references that the distribution project defines and every registry follows.
 * jib's parser knows no IPv6 hosts and gives one message for every mistake, so the few rules stand
 * here, each with its own message.
 */
final class ReferenceParser {
  static final String DOCKER_HUB = "docker.io";
  private static final int MAX_NAME = 255;
  private static final Pattern HOST_LABEL =
      Pattern.compile("[a-zA-Z0-9]([a-zA-Z0-9-]*[a-zA-Z0-9])?");
  private static final Pattern IPV6 = Pattern.compile("[0-9a-fA-F:]*:[0-9a-fA-F:.]*");
  private static final Pattern COMPONENT = Pattern.compile("[a-z0-9]+((\\.|_|__|-+)[a-z0-9]+)*");
  private static final Pattern TAG = Pattern.compile("[\\w][\\w.-]{0,127}", Pattern.UNICODE_CASE);
  private static final Pattern DIGITS = Pattern.compile("[0-9]{1,5}");
  private static final Pattern BARE_SHA256 = Pattern.compile("[0-9a-f]{64}");

  private ReferenceParser() {}

  static ImageRef image(String text) {
    checkCharacters(text);
    String rest = text;
    Digest digest = null;
    int at = rest.indexOf('@');
    if (at >= 0) {
      digest = digest(text, rest.substring(at + 1));
      rest = rest.substring(0, at);
    }
    String tag = null;
    int colon = rest.lastIndexOf(':');
    if (colon > rest.lastIndexOf('/') && colon > rest.lastIndexOf(']')) {
      tag = checkTag(text, rest.substring(colon + 1));
      rest = rest.substring(0, colon);
    }
    return ImageRef.of(name(text, rest), tag, digest);
  }

  static Repository repository(String text) {
    ImageRef image = image(text);
    if (image.tag().isPresent() || image.digest().isPresent()) {
      throw new InvalidReferenceException(text, "a repository's name carries no tag and no digest");
    }
    return image.repository();
  }

  static String checkTag(String text, String tag) {
    if (tag.isEmpty()) {
      throw new InvalidReferenceException(text, "nothing follows the ':' of the tag");
    }
    if (!TAG.matcher(tag).matches()) {
      throw new InvalidReferenceException(
          text,
          "the tag '"
              + tag
              + "' is not 1 to 128 letters, digits, '_', '.' and '-' that begin with a letter, a digit or '_'");
    }
    return tag;
  }

  /**
   * Checks {@code host[:port]} with an IPv6 host in brackets, and gives back docker.io for its
   * older names.
   */
  static String checkRegistry(String text, String registry) {
    String host = registry;
    String port = null;
    if (registry.startsWith("[")) {
      int end = registry.indexOf(']');
      if (end < 0) {
        throw new InvalidReferenceException(text, "the '[' of an IPv6 host has no ']'");
      }
      host = registry.substring(1, end);
      if (!isIpv6(host)) {
        throw new InvalidReferenceException(
            text, "'" + host + "' in brackets is not an IPv6 address");
      }
      String after = registry.substring(end + 1);
      if (!after.isEmpty()) {
        if (after.charAt(0) != ':') {
          throw new InvalidReferenceException(
              text, "after the ']' of an IPv6 host comes ':' and a port, not '" + after + "'");
        }
        port = after.substring(1);
      }
    } else {
      int colon = registry.indexOf(':');
      if (colon >= 0) {
        host = registry.substring(0, colon);
        port = registry.substring(colon + 1);
      }
      checkHostName(text, host);
    }
    checkPort(text, port);
    String lower = registry.toLowerCase(Locale.ROOT);
    if (lower.equals("index.docker.io") || lower.equals("registry-1.docker.io")) {
      return DOCKER_HUB;
    }
    // Where only its upper-case letters tell a host from a user of docker.io, they have to stay.
    return namesRegistry(lower) ? lower : registry;
  }

  /** The URI parser knows the grammar of addresses, and asks no name service. */
  private static boolean isIpv6(String host) {
    try {
      return IPV6.matcher(host).matches() && new URI("http://[" + host + "]").getHost() != null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  private static void checkHostName(String text, String host) {
    if (host.isEmpty()) {
      throw new InvalidReferenceException(text, "the registry has no host name");
    }
    for (String label : host.split("\\.", -1)) {
      if (!HOST_LABEL.matcher(label).matches()) {
        throw new InvalidReferenceException(
            text,
            "'"
                + host
                + "' is not a host name: its labels consist of letters, digits and '-', must not start or end with '-', and are separated by single dots");
      }
    }
  }

  private static void checkPort(String text, @Nullable String port) {
    if (port != null
        && (!DIGITS.matcher(port).matches()
            || Integer.parseInt(port) < 1
            || Integer.parseInt(port) > 65535)) {
      throw new InvalidReferenceException(
          text, "the port '" + port + "' is not a number from 1 to 65535");
    }
  }

  private static Repository name(String text, String name) {
    if (name.isEmpty()) {
      throw new InvalidReferenceException(text, "it names no repository");
    }
    int slash = name.indexOf('/');
    if (slash >= 0 && namesRegistry(name.substring(0, slash))) {
      String registry = checkRegistry(text, name.substring(0, slash));
      String path = name.substring(slash + 1);
      return new Repository(
          registry, checkPath(text, registry.equals(DOCKER_HUB) ? official(path) : path));
    }
    if (slash < 0 && name.startsWith("[")) {
      throw new InvalidReferenceException(
          text, "a registry's host alone names no repository; add '/' and the repository");
    }
    if (BARE_SHA256.matcher(name).matches()) {
      throw new InvalidReferenceException(
          text,
          "64 hexadecimal digits alone would be taken for an image's id; write repository@sha256:…");
    }
    return new Repository(DOCKER_HUB, checkPath(text, official(name)));
  }

  /** Docker's rule: the first part is a registry when it could not be a user's name. */
  static boolean namesRegistry(String first) {
    return first.contains(".")
        || first.contains(":")
        || first.equals("localhost")
        || !first.equals(first.toLowerCase(Locale.ROOT));
  }

  private static String official(String path) {
    return path.contains("/") ? path : "library/" + path;
  }

  static String checkPath(String text, String path) {
    if (path.length() > MAX_NAME) {
      throw new InvalidReferenceException(
          text,
          "the repository's name has "
              + path.length()
              + " characters, and "
              + MAX_NAME
              + " is the limit");
    }
    for (String component : path.split("/", -1)) {
      if (component.isEmpty()) {
        throw new InvalidReferenceException(
            text, "the repository's name has an empty part: check for '//', or a '/' at an end");
      }
      if (!component.equals(component.toLowerCase(Locale.ROOT))) {
        throw new InvalidReferenceException(
            text,
            "'" + component + "' has an upper-case letter, and repository names are lower case");
      }
      if (!COMPONENT.matcher(component).matches()) {
        throw new InvalidReferenceException(
            text,
            "'"
                + component
                + "' is not lower-case letters and digits, joined by one '.', one or two '_', or dashes");
      }
    }
    return path;
  }

  private static Digest digest(String text, String digest) {
    try {
      return Digest.parse(digest);
    } catch (InvalidReferenceException e) {
      throw new InvalidReferenceException(text, e.reason());
    }
  }

  private static void checkCharacters(String text) {
    if (text.isEmpty()) {
      throw new InvalidReferenceException(text, "it is empty");
    }
    if (text.contains("://")) {
      throw new InvalidReferenceException(
          text, "an image reference has no scheme; leave out everything up to '://'");
    }
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7f) {
        throw new InvalidReferenceException(
            text,
            String.format(
                "the character U+%04X at position %d may not stand in a reference", (int) c, i));
      }
    }
  }
}
