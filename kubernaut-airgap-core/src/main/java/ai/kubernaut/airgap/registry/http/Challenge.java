package ai.kubernaut.airgap.registry.http;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One challenge of a {@code WWW-Authenticate} header.
 *
 * @param scheme in lower case, for example {@code bearer}
 * @param parameters by their names in lower case
 */
record Challenge(String scheme, Map<String, String> parameters) {
  Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name)).filter(value -> !value.isEmpty());
  }

  /**
   * Reads header values, each of which may hold several challenges (RFC 9110, 11.6.1). What cannot
   * be read is skipped: a challenge after it may be good.
   */
  static List<Challenge> parse(List<String> headers) {
    List<Challenge> challenges = new ArrayList<>();
    for (String header : headers) {
      new Parser(header, challenges).parse();
    }
    return List.copyOf(challenges);
  }

  private static final class Parser {
    private final String text;
    private final List<Challenge> found;
    private int at;

    Parser(String text, List<Challenge> found) {
      this.text = text;
      this.found = found;
    }

    void parse() {
      String scheme = null;
      Map<String, String> parameters = new LinkedHashMap<>();
      while (true) {
        skip(" \t,");
        if (at >= text.length()) {
          break;
        }
        String word = token();
        if (word.isEmpty()) {
          at++;
          continue;
        }
        int afterWord = at;
        skip(" \t");
        if (at < text.length() && text.charAt(at) == '=' && !endsToken68(at)) {
          at++;
          skip(" \t");
          parameters.putIfAbsent(word.toLowerCase(Locale.ROOT), value());
        } else if (scheme != null && at < text.length() && text.charAt(at) == '=') {
          // The padding of a token68, which no registry's scheme uses.
          skip("=");
        } else {
          add(scheme, parameters);
          scheme = word.toLowerCase(Locale.ROOT);
          parameters = new LinkedHashMap<>();
          at = afterWord;
        }
      }
      add(scheme, parameters);
    }

    private void add(@Nullable String scheme, Map<String, String> parameters) {
      if (scheme != null) {
        found.add(new Challenge(scheme, Map.copyOf(parameters)));
      }
    }

    /** Whether the '=' here is padding: nothing but '=', spaces and a comma or the end follows. */
    private boolean endsToken68(int from) {
      int i = from;
      while (i < text.length() && (text.charAt(i) == '=' || text.charAt(i) == ' ')) {
        i++;
      }
      return i >= text.length() || text.charAt(i) == ',';
    }

    private String value() {
      if (at >= text.length() || text.charAt(at) != '"') {
        return token();
      }
      at++;
      StringBuilder value = new StringBuilder();
      while (at < text.length() && text.charAt(at) != '"') {
        if (text.charAt(at) == '\\' && at + 1 < text.length()) {
          at++;
        }
        value.append(text.charAt(at++));
      }
      at++;
      return value.toString();
    }

    private String token() {
      int start = at;
      while (at < text.length() && " \t,=\"".indexOf(text.charAt(at)) < 0) {
        at++;
      }
      return text.substring(start, at);
    }

    private void skip(String characters) {
      while (at < text.length() && characters.indexOf(text.charAt(at)) >= 0) {
        at++;
      }
    }
  }
}
