package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.RewriteReason;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Tells why the references of a chart cannot be set by values, from what probing has found.
 * Immutable.
 *
 * @param pinned whether every reference is rewritten for its digest
 * @param candidates the values that may be parts of references
 * @param patterns how each reference is made; those that could not be determined are not in it
 * @param refused the values that the chart refuses to change
 * @param unknown the values whose effect could not be determined
 */
record RewriteReasons(
    boolean pinned,
    Candidates candidates,
    Map<ReferenceLocation, ReferencePattern> patterns,
    Set<StringValue> refused,
    Set<StringValue> unknown) {

  /** Returns the same when the chart refuses more values. */
  RewriteReasons withRefused(Set<StringValue> more) {
    Set<StringValue> all = new HashSet<>(refused);
    all.addAll(more);
    return new RewriteReasons(pinned, candidates, patterns, all, unknown);
  }

  /**
   * Returns why a reference is rewritten.
   *
   * @param place where it stands
   * @param reference as the chart renders it without an overlay
   */
  RewriteReason of(ReferenceLocation place, String reference) {
    if (pinned) {
      return RewriteReason.PINNED;
    }
    ReferencePattern pattern = patterns.get(place);
    if (pattern == null) {
      return RewriteReason.EFFECT_UNKNOWN;
    }
    List<StringValue> slots = pattern.values();
    Set<StringValue> concerned = new HashSet<>(slots);
    // Separators occur in nearly every reference; alone they say nothing about it.
    candidates.in(reference).stream()
        .filter(value -> !slots.isEmpty() || !value.isPunctuation())
        .forEach(concerned::add);
    if (concerned.isEmpty()) {
      return RewriteReason.NO_VALUE;
    }
    if (concerned.stream().anyMatch(refused::contains)) {
      return RewriteReason.VALUE_REFUSED;
    }
    if (concerned.stream().anyMatch(unknown::contains)) {
      return RewriteReason.EFFECT_UNKNOWN;
    }
    return slots.isEmpty() ? RewriteReason.VALUE_WITHOUT_EFFECT : RewriteReason.NO_SOLUTION;
  }

  /** Returns why a reference is rewritten that the overlay changes in an unexpected way. */
  RewriteReason ofUnexpected() {
    return pinned ? RewriteReason.PINNED : RewriteReason.EFFECT_UNKNOWN;
  }
}
