package ai.kubernaut.airgap.overlay;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;

/**
 * How a chart makes a reference: texts of its own, and between them the texts of values. Immutable.
 *
 * @param parts from left to right
 */
record ReferencePattern(List<Part> parts) {
  /** A piece of a reference. */
  sealed interface Part {}

  /**
   * A text of the chart's own.
   *
   * @param text the text
   */
  record Literal(String text) implements Part {}

  /**
   * The place of a value's text.
   *
   * @param value the value
   */
  record Slot(StringValue value) implements Part {}

  /**
   * A reference in whose text the texts of some values stand at known places.
   *
   * @param reference the reference as rendered
   * @param slots for each beginning of a value's text the value
   * @return empty when the places overlap or hold other texts
   */
  static Optional<ReferencePattern> of(String reference, NavigableMap<Integer, StringValue> slots) {
    List<Part> parts = new ArrayList<>();
    int at = 0;
    for (Map.Entry<Integer, StringValue> slot : slots.entrySet()) {
      int begin = slot.getKey();
      String text = slot.getValue().text();
      if (begin < at || !reference.startsWith(text, begin)) {
        return Optional.empty();
      }
      if (begin > at) {
        parts.add(new Literal(reference.substring(at, begin)));
      }
      parts.add(new Slot(slot.getValue()));
      at = begin + text.length();
    }
    if (at < reference.length()) {
      parts.add(new Literal(reference.substring(at)));
    }
    return Optional.of(new ReferencePattern(List.copyOf(parts)));
  }

  /** The values whose texts stand in it. */
  List<StringValue> values() {
    List<StringValue> values = new ArrayList<>();
    for (Part part : parts) {
      if (part instanceof Slot slot) {
        values.add(slot.value());
      }
    }
    return values;
  }

  /** The reference when some of the values have other texts. */
  String with(Map<StringValue, String> texts) {
    StringBuilder reference = new StringBuilder();
    for (Part part : parts) {
      if (part instanceof Slot slot) {
        reference.append(texts.getOrDefault(slot.value(), slot.value().text()));
      } else if (part instanceof Literal literal) {
        reference.append(literal.text());
      }
    }
    return reference.toString();
  }
}
