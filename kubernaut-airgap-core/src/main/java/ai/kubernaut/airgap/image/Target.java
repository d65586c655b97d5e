package ai.kubernaut.airgap.image;

import java.util.Locale;
import java.util.Objects;
import java.util.OptionalInt;
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
 * quay.io/a/b/c:v1.1.0                 →  quay.io/myorg/a-b-c:v1.1.0                     (SLASH, prefix myorg, depth 2)
 * </pre>
 */
public final class Target {
  private static final int UNLIMITED = Integer.MAX_VALUE;

  private final String registry;
  private final String prefix;
  private final Separator separator;
  private final int depth;

  private Target(String registry, String prefix, Separator separator, int depth) {
    this.registry = registry;
    this.prefix = prefix;
    this.separator = separator;
    this.depth = depth;
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
    return new Target(registry, prefix, Separator.SLASH, UNLIMITED);
  }

  /**
   * The same target with another separator.
   *
   * @param newSeparator how names are joined
   * @return the changed target
   */
  public Target separator(Separator newSeparator) {
    return new Target(registry, prefix, newSeparator, depth);
  }

  /**
   * The same target for a registry that takes no names deeper than this. The parts of a name that
   * are too many are joined to its last one with dashes.
   *
   * @param components how many parts, joined by slashes, a repository's name may have with the
   *     prefix; without this there is no limit
   * @return the changed target
   * @throws InvalidReferenceException when the prefix leaves no part for the image
   */
  public Target depth(int components) {
    int taken = prefixComponents();
    if (components <= taken) {
      throw new InvalidReferenceException(
          address(),
          "names may have "
              + components
              + " components here, and its own path has "
              + taken
              + " already; take a shorter path");
    }
    return new Target(registry, prefix, separator, components);
  }

  private int prefixComponents() {
    return prefix.isEmpty() ? 0 : prefix.split("/", -1).length;
  }

  /**
   * The name that an image gets in the mirror, with the tag or digest that {@link
   * ImageRef#mirroredIn} gives it.
   *
   * @param source the image where it is published
   * @return the image in the mirror
   * @throws InvalidReferenceException when the name in the mirror would be longer than registries
   *     allow, or one that docker.io keeps for its own images
   */
  public ImageRef nameOf(ImageRef source) {
    String name = join(source.repository().name());
    String full = address() + "/" + name;
    String path = ReferenceParser.checkPath(full, prefix.isEmpty() ? name : prefix + "/" + name);
    if (registry.equals(ReferenceParser.DOCKER_HUB) && !path.contains("/")) {
      throw new InvalidReferenceException(
          full, "docker.io keeps images under a user's name; make the target docker.io/<user>");
    }
    return source.mirroredIn(new Repository(registry, path));
  }

  /**
   * The part of a name in the mirror that follows the prefix: a source's name with its parts joined
   * by this target's rule.
   *
   * @param name the name of a repository in its registry, for example {@code kubernaut-ai/gateway}
   * @return for example {@code kubernaut-ai-gateway}
   */
  public String join(String name) {
    if (separator == Separator.DASH) {
      return name.replace('/', '-');
    }
    String[] parts = name.split("/", depth - prefixComponents());
    int last = parts.length - 1;
    parts[last] = parts[last].replace('/', '-');
    return String.join("/", parts);
  }

  /**
   * {@return the host of the registry, with its port if it has one, for example {@code
   * harbor.corp:5000}}
   */
  public String registry() {
    return registry;
  }

  /**
   * {@return the path before the names of all repositories, for example {@code myorg}; may be
   * empty}
   */
  public String prefix() {
    return prefix;
  }

  /** {@return the separator between the components of names} */
  public Separator separator() {
    return separator;
  }

  /**
   * {@return the maximum number of components of a repository name, including those of the prefix;
   * empty if there is no maximum}
   */
  public OptionalInt depth() {
    return depth == UNLIMITED ? OptionalInt.empty() : OptionalInt.of(depth);
  }

  /**
   * {@return registry and prefix, for the value {@code global.image.registry} of the chart, for
   * example {@code quay.io/myorg}}
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
  public boolean contains(ImageRef image) {
    return image.registry().equals(registry)
        && (prefix.isEmpty() || image.repository().name().startsWith(prefix + "/"));
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Target that
        && registry.equals(that.registry)
        && prefix.equals(that.prefix)
        && separator == that.separator
        && depth == that.depth;
  }

  @Override
  public int hashCode() {
    return Objects.hash(registry, prefix, separator, depth);
  }

  @Override
  public String toString() {
    return address()
        + " (separator "
        + separator
        + (depth == UNLIMITED ? "" : ", depth " + depth)
        + ")";
  }
}
