package ai.kubernaut.airgap.image;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The operating system and processor that an image's manifest is for, {@code
 * os/architecture[/variant]}. Immutable.
 */
public final class Platform implements Comparable<Platform> {
  private final String os;
  private final String architecture;
  private final @Nullable String variant;

  private Platform(String os, String architecture, @Nullable String variant) {
    this.os = os;
    this.architecture = architecture;
    this.variant = variant;
  }

  /**
   * A platform without a variant.
   *
   * @param os for example {@code linux}
   * @param architecture for example {@code amd64}
   * @return the platform
   */
  public static Platform of(String os, String architecture) {
    return parse(os + "/" + architecture);
  }

  /**
   * Reads {@code os/architecture[/variant]}.
   *
   * @param text for example {@code linux/amd64} or {@code linux/arm/v7}
   * @return the platform
   * @throws InvalidReferenceException when it has not two or three parts, or one is empty
   */
  public static Platform parse(String text) {
    String[] parts = text.split("/", -1);
    boolean empty = false;
    for (String part : parts) {
      empty |= part.isBlank();
    }
    if (parts.length < 2 || parts.length > 3 || empty) {
      throw new InvalidReferenceException(
          text,
          "a platform is written os/architecture or os/architecture/variant, for example linux/amd64");
    }
    return new Platform(parts[0], parts[1], parts.length == 3 ? parts[2] : null);
  }

  /** {@return the operating system, for example {@code linux}} */
  public String os() {
    return os;
  }

  /** {@return the architecture of the processor as Go names it, for example {@code amd64}} */
  public String architecture() {
    return architecture;
  }

  /** {@return the variant of the processor, for example {@code v8}; empty for most platforms} */
  public Optional<String> variant() {
    return Optional.ofNullable(variant);
  }

  @Override
  public int compareTo(Platform other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Platform that && toString().equals(that.toString());
  }

  @Override
  public int hashCode() {
    return Objects.hash(os, architecture, variant);
  }

  @Override
  public String toString() {
    return os + "/" + architecture + (variant == null ? "" : "/" + variant);
  }
}
