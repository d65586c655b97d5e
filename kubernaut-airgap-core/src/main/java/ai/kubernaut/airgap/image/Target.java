package ai.kubernaut.airgap.image;

import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The mirror registry, the prefix under which images go there, and how their names are made: the
 * naming rule of the guide, steps 2b and 4b. Immutable.
 *
 * <p>The registry's host of a source falls away, its repository name stays, joined by the
 * separator:
 *
 * <pre>
 * quay.io/kubernaut-ai/gateway:v1.1.0  →  harbor.corp/kubernaut-ai/gateway:v1.1.0        (SLASH)
 * quay.io/kubernaut-ai/gateway:v1.1.0  →  quay.io/myorg/kubernaut-ai-gateway:v1.1.0      (DASH, prefix myorg)
 * </pre>
 */
public final class Target {
  private final String registry;
  private final String prefix;
  private final Separator separator;

  private Target(String registry, String prefix, Separator separator) {
    this.registry = registry;
    this.prefix = prefix;
    this.separator = separator;
  }

  /**
   * A target with the separator {@link Separator#SLASH}.
   *
   * @param text {@code host[:port][/prefix]}, for example {@code harbor.corp:5000} or {@code
   *     quay.io/myorg}
   * @return the target
   * @throws InvalidReferenceException when the host, the port or the prefix is not legal, or the
   *     host is one word without a port, which every node would take for a user of docker.io
   */
  public static Target registry(String text) {
    if (text.contains("@")) {
      throw new InvalidReferenceException(
          "***" + text.substring(text.lastIndexOf('@')),
          "a target registry is written host[:port][/prefix]; credentials are given elsewhere");
    }
    if (text.contains("://")) {
      throw new InvalidReferenceException(
          text, "a target registry is written host[:port][/prefix], without a scheme");
    }
    int slash = text.indexOf('/');
    String registry =
        ReferenceParser.checkRegistry(text, slash < 0 ? text : text.substring(0, slash));
    if (!ReferenceParser.namesRegistry(registry.toLowerCase(Locale.ROOT))) {
      throw new InvalidReferenceException(
          text,
          "'"
              + registry
              + "' in an image's name would be taken for a user of docker.io; write the registry's full host name, or add its port");
    }
    String prefix = slash < 0 ? "" : ReferenceParser.checkPath(text, text.substring(slash + 1));
    return new Target(registry, prefix, Separator.SLASH);
  }

  /**
   * The same target with another separator.
   *
   * @param newSeparator how names are joined
   * @return the changed target
   */
  public Target separator(Separator newSeparator) {
    return new Target(registry, prefix, newSeparator);
  }

  /**
   * The name that an image gets in the mirror. Its tag stays; an untagged image gets {@code
   * latest}, as a pull of it would. A digest falls away where a tag stands, because a reference
   * with both is pulled by digest and its tag ignored; an image that has only a digest keeps it.
   *
   * @param source the image where it is published
   * @return the image in the mirror
   * @throws InvalidReferenceException when the name in the mirror would be longer than registries
   *     allow, or one that docker.io keeps for its own images
   */
  public ImageRef nameOf(ImageRef source) {
    String name = source.repository().name().replace("/", separator.value());
    String full = address() + "/" + name;
    String path = ReferenceParser.checkPath(full, prefix.isEmpty() ? name : prefix + "/" + name);
    if (registry.equals(ReferenceParser.DOCKER_HUB) && !path.contains("/")) {
      throw new InvalidReferenceException(
          full, "docker.io keeps images under a user's name; make the target docker.io/<user>");
    }
    Repository repository = new Repository(registry, path);
    return source
        .tagOrLatest()
        .map(repository::tag)
        .orElseGet(() -> repository.digest(source.digest().orElseThrow()));
  }

  /**
   * The registry's host, with its port when it has one.
   *
   * @return for example {@code harbor.corp:5000}
   */
  public String registry() {
    return registry;
  }

  /**
   * What stands before every repository's name in the mirror.
   *
   * @return for example {@code myorg}, or empty
   */
  public String prefix() {
    return prefix;
  }

  /**
   * How names are joined.
   *
   * @return the separator
   */
  public Separator separator() {
    return separator;
  }

  /**
   * Registry and prefix, as the chart's {@code global.image.registry} takes them.
   *
   * @return for example {@code quay.io/myorg}
   */
  public String address() {
    return prefix.isEmpty() ? registry : registry + "/" + prefix;
  }

  /**
   * Whether a reference lies in this mirror.
   *
   * @param image any image
   * @return true when its registry is this one and its repository's name begins with the prefix
   */
  public boolean holds(ImageRef image) {
    return image.registry().equals(registry)
        && (prefix.isEmpty() || image.repository().name().startsWith(prefix + "/"));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Target that
        && registry.equals(that.registry)
        && prefix.equals(that.prefix)
        && separator == that.separator;
  }

  @Override
  public int hashCode() {
    return Objects.hash(registry, prefix, separator);
  }

  @Override
  public String toString() {
    return address() + " (separator " + separator + ")";
  }
}
