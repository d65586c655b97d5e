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

  /**
   * Every platform, and with them the image's own digest.
   *
   * @return the choice that is made where nothing is said
   */
  public static Platforms all() {
    return ALL;
  }

  /**
   * Some platforms: the index is written anew, and lists these only.
   *
   * @param platforms at least one; one without a variant stands for all its variants
   * @return the choice
   * @throws IllegalArgumentException when there is none
   */
  public static Platforms of(Platform... platforms) {
    return of(Arrays.asList(platforms));
  }

  /**
   * The same with a list.
   *
   * @param platforms at least one; one without a variant stands for all its variants
   * @return the choice
   * @throws IllegalArgumentException when there is none
   */
  public static Platforms of(List<Platform> platforms) {
    if (platforms.isEmpty()) {
      throw new IllegalArgumentException("name at least one platform, for example linux/amd64");
    }
    return new Platforms(List.copyOf(new TreeSet<>(platforms)), false);
  }

  /**
   * One platform without any index, for registries that take none: the platform's manifest gets the
   * name that the index had.
   *
   * @param platform which one
   * @return the choice
   */
  public static Platforms withoutIndex(Platform platform) {
    return new Platforms(List.of(platform), true);
  }

  /**
   * Whether nothing is left out.
   *
   * @return true for {@link #all()}
   */
  public boolean isAll() {
    return chosen.isEmpty();
  }

  /**
   * Whether the index is left out too.
   *
   * @return true for {@link #withoutIndex}
   */
  public boolean isWithoutIndex() {
    return withoutIndex;
  }

  /**
   * The platforms by name.
   *
   * @return sorted; empty for all
   */
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
