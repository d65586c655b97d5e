package ai.kubernaut.airgap.image;

import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which platforms of an image with several are wanted. Leaving platforms out changes the image's
 * digest, so signatures of the whole no longer fit it. Images that are no index are for one
 * platform, and stay as they are. Immutable.
 */
public final class Platforms {
  private static final Platforms ALL = new Platforms(List.of(), false);

  private final List<Platform> chosen;
  private final boolean withoutIndex;

  private Platforms(List<Platform> chosen, boolean withoutIndex) {
    this.chosen = chosen;
    this.withoutIndex = withoutIndex;
  }

  /** {@return all platforms, so that images keep their digests; this is the default} */
  public static Platforms all() {
    return ALL;
  }

  /**
   * Selects some platforms. Images get a new index that lists only these.
   *
   * @param platforms at least one; a platform without a variant selects all its variants
   * @return the selection
   * @throws IllegalArgumentException when there is none
   */
  public static Platforms of(Platform... platforms) {
    return of(Arrays.asList(platforms));
  }

  /**
   * Selects some platforms. Images get a new index that lists only these.
   *
   * @param platforms at least one; a platform without a variant selects all its variants
   * @return the selection
   * @throws IllegalArgumentException when there is none
   */
  public static Platforms of(List<Platform> platforms) {
    if (platforms.isEmpty()) {
      throw new IllegalArgumentException("name at least one platform, for example linux/amd64");
    }
    return new Platforms(List.copyOf(new TreeSet<>(platforms)), false);
  }

  /**
   * Selects one platform without an index, for registries that do not accept indexes. The manifest
   * of the platform gets the name of the index.
   *
   * @param platform the platform
   * @return the selection
   */
  public static Platforms withoutIndex(Platform platform) {
    return new Platforms(List.of(platform), true);
  }

  /** {@return whether all platforms are mirrored, as with {@link #all()}} */
  public boolean isAll() {
    return chosen.isEmpty();
  }

  /** {@return whether images are mirrored without their index, as with {@link #withoutIndex}} */
  public boolean isWithoutIndex() {
    return withoutIndex;
  }

  /** {@return the selected platforms, sorted; empty for all platforms} */
  public List<Platform> chosen() {
    return chosen;
  }

  /**
   * Whether a platform is wanted.
   *
   * @param platform what an index lists
   * @return true when it, or it without its variant, was chosen, or all are
   */
  public boolean include(Platform platform) {
    return isAll()
        || chosen.contains(platform)
        || chosen.contains(Platform.of(platform.os(), platform.architecture()));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Platforms that
        && chosen.equals(that.chosen)
        && withoutIndex == that.withoutIndex;
  }

  @Override
  public int hashCode() {
    return 31 * chosen.hashCode() + Boolean.hashCode(withoutIndex);
  }

  /** For example {@code linux/amd64, linux/arm64}, {@code linux/amd64 alone}, or {@code all}. */
  @Override
  public String toString() {
    if (isAll()) {
      return "all";
    }
    return chosen.stream().map(Platform::toString).collect(Collectors.joining(", "))
        + (withoutIndex ? " alone" : "");
  }
}
