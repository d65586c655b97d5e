package ai.kubernaut.airgap.image;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A repository of a registry, for example {@code quay.io/kubernaut-ai/gateway}. Immutable; printed
 * and compared in its full form, so that {@code postgres} equals {@code
 * docker.io/library/postgres}.
 */
public final class Repository implements Comparable<Repository> {
  private final String registry;
  private final String name;

  Repository(String registry, String name) {
    this.registry = registry;
    this.name = name;
  }

  /**
   * Reads a repository's name, with or without a registry.
   *
   * @param text for example {@code harbor.corp:5000/kubernaut-ai/gateway} or {@code postgres}
   * @return the repository
   * @throws InvalidReferenceException when the text is no repository's name, or carries a tag or a
   *     digest
   */
  public static Repository parse(String text) {
    return ReferenceParser.repository(text);
  }

  /**
   * Returns the host of the registry, with its port if it has one.
   *
   * @return for example {@code quay.io}, {@code harbor.corp:5000} or {@code [::1]:5000}; {@code
   *     docker.io} for short names
   */
  public String registry() {
    return registry;
  }

  /** {@return the name inside the registry, for example {@code kubernaut-ai/gateway}} */
  public String name() {
    return name;
  }

  /**
   * The image that has a tag in this repository.
   *
   * @param tag the tag
   * @return the reference
   * @throws InvalidReferenceException when the tag is not legal
   */
  public ImageRef tag(String tag) {
    return ImageRef.of(this, ReferenceParser.checkTag(toString() + ":" + tag, tag), null);
  }

  /**
   * The image that has a digest in this repository.
   *
   * @param digest the digest
   * @return the reference
   */
  public ImageRef digest(Digest digest) {
    return ImageRef.of(this, null, digest);
  }

  @Override
  public int compareTo(Repository other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Repository that
        && registry.equals(that.registry)
        && name.equals(that.name);
  }

  @Override
  public int hashCode() {
    return Objects.hash(registry, name);
  }

  @Override
  public String toString() {
    return registry + "/" + name;
  }
}
