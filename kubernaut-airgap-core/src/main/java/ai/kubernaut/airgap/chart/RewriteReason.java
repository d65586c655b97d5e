package ai.kubernaut.airgap.chart;

/** Why a reference is rewritten instead of being set by values. */
public enum RewriteReason {
  /** Images are pulled by digest, as the caller requested. */
  PINNED("images are pulled by digest, as requested"),

  /**
   * No value occurs in the reference, neither one of the chart's values nor a default of its
   * schemas; values without letters and digits, as separators are, do not count.
   */
  NO_VALUE("no value of the chart occurs in it"),

  /** The chart or its schema refuses other texts for a value that occurs in the reference. */
  VALUE_REFUSED("the chart or its schema refuses to change a value that occurs in it"),

  /** Values occur in the reference, but it stays the same when they change. */
  VALUE_WITHOUT_EFFECT("values that occur in it do not change it"),

  /**
   * Which part of the reference the values make could not be determined: they change which images
   * there are, or change the reference in other ways than by their texts, or too many renderings of
   * the chart would have been necessary.
   */
  EFFECT_UNKNOWN("how values change it could not be determined"),

  /**
   * Values make parts of the reference, but no texts for them give the reference in the mirror, at
   * least not together with the other references that they make.
   */
  NO_SOLUTION("the values that make it cannot make the reference in the mirror");

  private final String explanation;

  RewriteReason(String explanation) {
    this.explanation = explanation;
  }

  /** Returns the reason as a clause for people. */
  String explanation() {
    return explanation;
  }
}
