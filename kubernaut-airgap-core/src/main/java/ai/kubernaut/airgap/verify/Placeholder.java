package ai.kubernaut.airgap.verify;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.regex.Pattern;

/** A value of a Secret that stands for a key that nobody has entered yet. */
public final class Placeholder {
  private static final Pattern PLACEHOLDER =
      Pattern.compile(
          "(?is)\\s*|<.*>|\\$\\{.*}|x{3,}|\\.{3,}|\\*{3,}|todo|tbd|placeholder|change[-_ ]?me|replace[-_ ]?(me|this)"
              + "|(your|my|enter|insert|put)[-_ ].*(key|token|secret|password).*|sk-(x{3,}|\\.{3,}|your.*)");

  private Placeholder() {}

  /**
   * Whether a value is a placeholder, such as {@code <your-key>} or {@code changeme}, or empty.
   *
   * @param base64 the value as it is in the data of a Secret
   * @return false for what looks like a key, and for what is not Base64
   */
  public static boolean isIn(String base64) {
    try {
      String value =
          new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8).strip();
      return value.length() < 200 && PLACEHOLDER.matcher(value).matches();
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
