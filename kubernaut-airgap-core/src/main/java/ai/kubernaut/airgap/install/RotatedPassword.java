package ai.kubernaut.airgap.install;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The content of a Secret in Base64, with another password. */
final class RotatedPassword {
  static final String PLACEHOLDER = "{password}";
  private static final Pattern PLAIN = Pattern.compile("[A-Za-z][A-Za-z0-9_-]*");

  private RotatedPassword() {}

  /** Returns a value with another password; empty if the value has no place for it. */
  static Optional<String> in(@Nullable String base64, String template, String password) {
    return Optional.ofNullable(base64)
        .flatMap(RotatedPassword::decoded)
        .flatMap(text -> withPassword(text, template, password))
        .map(RotatedPassword::base64);
  }

  /**
   * Replaces the password in a text that was made from a template, and keeps the rest.
   *
   * @return empty if the text has no place for it
   */
  static Optional<String> withPassword(String text, String template, String password) {
    if (template.equals(PLACEHOLDER)) {
      return Optional.of(password);
    }
    String line =
        template.lines().filter(each -> each.endsWith(": " + PLACEHOLDER)).findFirst().orElse("");
    if (line.isEmpty()) {
      return Optional.empty();
    }
    String field = line.substring(0, line.length() - PLACEHOLDER.length() - 1);
    Matcher present =
        Pattern.compile("(?m)^(" + Pattern.quote(field) + ")[^\\r\\n]*").matcher(text);
    String value =
        PLAIN.matcher(password).matches()
            ? password
            : "\"" + password.replace("\\", "\\\\").replace("\"", "\\\"") + "\"";
    return present.find()
        ? Optional.of(present.replaceFirst("$1 " + Matcher.quoteReplacement(value)))
        : Optional.empty();
  }

  static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private static Optional<String> decoded(String base64) {
    try {
      return Optional.of(new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
