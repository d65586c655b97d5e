package ai.kubernaut.airgap.image;

/**
 * How the parts of a source's repository name are joined in the mirror (the guide, step 4b). What
 * it is for the chart, it is for every other image, so that one registry is laid out in one way.
 */
public enum Separator {
  /**
   * {@code mirror/kubernaut-ai/gateway}: Harbor, Artifactory and other registries with nested
   * repositories.
   */
  SLASH("/"),
  /**
   * {@code mirror/kubernaut-ai-gateway}: quay.io, Docker Hub, the OpenShift integrated registry.
   */
  DASH("-");

  private final String value;

  Separator(String value) {
    this.value = value;
  }

  /**
   * Reads {@code /} or {@code -}.
   *
   * @param text the character, as the chart's {@code global.image.separator} takes it
   * @return the separator
   * @throws InvalidReferenceException when it is neither
   */
  public static Separator parse(String text) {
    for (Separator separator : values()) {
      if (separator.value.equals(text)) {
        return separator;
      }
    }
    throw new InvalidReferenceException(
        text, "a separator is '/' for nested registries or '-' for flat ones");
  }

  /**
   * {@return the character for the value {@code global.image.separator} of the chart: {@code /} or
   * {@code -}}
   */
  public String value() {
    return value;
  }

  /** The same as {@link #value()}. */
  @Override
  public String toString() {
    return value;
  }
}
