package ai.kubernaut.airgap.chart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Values that are laid over those below, maps key by key. Immutable. */
public sealed interface ValuesLayer {
  /**
   * A values file.
   *
   * @param path where it is
   */
  record File(Path path) implements ValuesLayer {}

  /**
   * One JSON value. It may be a secret, and does not print.
   *
   * @param key the path of the value, with dots
   * @param json the value
   */
  record Json(String key, String json) implements ValuesLayer {
    private static final ObjectReader JSON =
        new ObjectMapper().reader().with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);
    private static final ObjectWriter TEXT = new ObjectMapper().writer();

    /**
     * Checks that it can be laid over values.
     *
     * @param key the path of the value, with dots
     * @param json the value
     * @throws IllegalArgumentException when it is no JSON, or the key names an element of a list
     */
    public Json {
      if (ChartValues.path(key).stream().anyMatch(part -> part.isEmpty() || part.contains("["))) {
        throw new IllegalArgumentException(
            "a JSON value cannot be set at '"
                + key
                + "': give names with dots between them, and a list as a whole");
      }
      try {
        if (JSON.readTree(json).isMissingNode()) {
          throw new IllegalArgumentException("the JSON value for " + key + " is empty");
        }
      } catch (JsonProcessingException e) {
        // The parser's own message would repeat what may be a secret.
        throw new IllegalArgumentException(
            "the value for "
                + key
                + (e.getLocation() == null
                    ? " is more than JSON's limits allow: it is nested too deeply, or has a number or a text that is too long"
                    : " is not valid JSON, at line "
                        + e.getLocation().getLineNr()
                        + " column "
                        + e.getLocation().getColumnNr()));
      }
    }

    static Json of(String key, String json) {
      return new Json(key, json);
    }

    /**
     * The value at its place, as the content of a values file.
     *
     * @return a JSON document
     */
    public String asValuesFile() {
      List<String> path = new ArrayList<>(ChartValues.path(key));
      Collections.reverse(path);
      String nested = json;
      for (String part : path) {
        nested = "{" + quoted(part) + ":" + nested + "}";
      }
      return nested;
    }

    private static String quoted(String text) {
      try {
        return TEXT.writeValueAsString(text);
      } catch (JsonProcessingException e) {
        throw new IllegalStateException("a text that JSON cannot hold", e);
      }
    }

    @Override
    public String toString() {
      return "Json[" + key + "]";
    }
  }
}
