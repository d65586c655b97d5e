package ai.kubernaut.airgap.examples.lab;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Looks for secrets in texts: as they are, and as JSON, HTML, URLs, Base64 and hex have them. */
final class SecretNeedles {
  private final Map<String, List<String>> needles = new LinkedHashMap<>();

  void add(String name, String secret) {
    if (secret.length() < 12) {
      throw new IllegalArgumentException(name + ": too short to be found by itself");
    }
    List<String> forms = new ArrayList<>();
    forms.add(secret);
    forms.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
    forms.add(secret.replace("&", "&amp;"));
    forms.add(secret.replace("/", "\\/"));
    StringBuilder hex = new StringBuilder();
    for (byte b : secret.getBytes(StandardCharsets.UTF_8)) {
      hex.append(String.format("%02x", b));
    }
    forms.add(hex.toString());
    // What precedes it shifts the digits; the first and the last ones depend on its neighbours.
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = ("x".repeat(shift) + secret).getBytes(StandardCharsets.UTF_8);
      for (Base64.Encoder encoder : List.of(Base64.getEncoder(), Base64.getUrlEncoder())) {
        String digits = encoder.withoutPadding().encodeToString(shifted);
        String inner = digits.substring(shift == 0 ? 0 : 4, digits.length() / 4 * 4 - 4);
        forms.add(inner);
        forms.add(encoder.withoutPadding().encodeToString(inner.getBytes(StandardCharsets.UTF_8)));
      }
    }
    needles.put(name, forms.stream().distinct().toList());
  }

  int size() {
    return needles.size();
  }

  /** The names of the secrets that a text has, each with what stands around it. */
  List<String> in(String text) {
    List<String> found = new ArrayList<>();
    needles.forEach(
        (name, forms) ->
            forms.stream()
                .filter(text::contains)
                .findFirst()
                .ifPresent(
                    form -> {
                      int at = text.indexOf(form);
                      int end = Math.min(text.length(), at + form.length() + 40);
                      found.add(name + ": …" + text.substring(Math.max(0, at - 120), end) + "…");
                    }));
    return found;
  }
}
