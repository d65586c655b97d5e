package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A layout's {@code index.json}: which images it has, under which names. What other tools wrote
 * there stays as it is. Immutable.
 */
final class LayoutIndex {
  static final String FILE = "index.json";

  /** The name of an image, by the OCI image specification. */
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  /** The whole name, where the tools of containerd put the tag alone in the other one. */
  private static final String CONTAINERD_NAME = "io.containerd.image.name";

  private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}");

  private final Manifest index;
  private final List<Entry> entries;
  private final @Nullable Repository shortNames;

  /**
   * @param name the image's name; empty where it has none, or one that is none of an image
   * @param descriptor its manifest
   */
  record Entry(Optional<ImageRef> name, Descriptor descriptor) {
    private boolean isCalled(ImageRef image) {
      return name.isPresent() && name.get().equals(image);
    }
  }

  private LayoutIndex(Manifest index, List<Entry> entries, @Nullable Repository shortNames) {
    this.index = index;
    this.entries = entries;
    this.shortNames = shortNames;
  }

  static byte[] empty() {
    return Manifest.index().content();
  }

  /**
   * Reads the file.
   *
   * @param content what the file holds
   * @param shortNames whose images those are that have a tag for a name; null when nobody's
   */
  static LayoutIndex parse(byte[] content, @Nullable Repository shortNames) {
    try {
      return of(Manifest.of(Manifest.OCI_INDEX, content), shortNames);
    } catch (InvalidManifestException e) {
      throw new InvalidManifestException(FILE + " cannot be used: " + e.getMessage());
    }
  }

  private static LayoutIndex of(Manifest index, @Nullable Repository shortNames) {
    List<Entry> entries =
        index.children().stream()
            .map(child -> new Entry(name(child.annotations(), shortNames), child))
            .toList();
    return new LayoutIndex(index, entries, shortNames);
  }

  private static Optional<ImageRef> name(
      Map<String, String> annotations, @Nullable Repository shortNames) {
    String name = annotations.getOrDefault(REF_NAME, "");
    String wholeName = annotations.getOrDefault(CONTAINERD_NAME, "");
    if (name.isEmpty() && wholeName.isEmpty() && shortNames != null) {
      return Optional.of(shortNames.tag("latest"));
    }
    boolean isTag = TAG.matcher(name).matches();
    if (isTag && wholeName.isEmpty()) {
      return shortNames == null ? Optional.empty() : Optional.of(shortNames.tag(name));
    }
    try {
      return Optional.of(ImageRef.parse(isTag ? wholeName : name));
    } catch (InvalidReferenceException e) {
      // The specification allows other names. They are no images' names, so nobody asks for them.
      return Optional.empty();
    }
  }

  List<Entry> entries() {
    return entries;
  }

  /** The manifest of a name: a tag, or a digest that stands here by itself. */
  Optional<Descriptor> find(ImageRef name) {
    return entries.stream()
        .filter(entry -> entry.isCalled(name))
        .map(Entry::descriptor)
        .findFirst();
  }

  /**
   * The file with an image under a name, which no other one keeps.
   *
   * @param name the whole name
   * @param manifest what it is the name of
   * @param obsolete further entries that fall away
   */
  LayoutIndex with(ImageRef name, Descriptor manifest, Predicate<ImageRef> obsolete) {
    Descriptor named =
        Descriptor.builder().from(manifest).putAnnotations(REF_NAME, written(name)).build();
    Predicate<ImageRef> replaced = obsolete.or(name::equals);
    return of(
        index.withChildren(
            child -> name(child.annotations(), shortNames).filter(replaced).isEmpty(),
            List.of(named)),
        shortNames);
  }

  private String written(ImageRef name) {
    return name.repository().equals(shortNames)
        ? name.tag().orElseGet(name::toString)
        : name.toString();
  }

  byte[] content() {
    return index.content();
  }
}
