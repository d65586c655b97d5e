package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Everything that one image consists of: its root, which is an index or a manifest, the manifests
 * that indexes list, and the configurations and layers that manifests name. Reading it is bounded:
 * by a {@link ManifestBudget}, by the depth of nested indexes, and because each manifest is read
 * once, also where indexes list each other. Immutable.
 *
 * <pre>{@code
 * ImageContent content = ImageContent.read(registries, image, Platforms.all());
 * long size = content.blobs().stream().mapToLong(Descriptor::size).sum();
 * }</pre>
 */
public final class ImageContent {
  /** Far more than any image has. */
  private static final int MAX_DEPTH = 4;

  private static final Set<String> INDEXES = Set.of(Manifest.OCI_INDEX, Manifest.DOCKER_LIST);

  private final Manifest root;
  private final Digest digest;
  private final Map<Digest, Manifest> children;
  private final Set<Digest> omitted;
  private final List<Descriptor> configs;
  private final List<Descriptor> layers;

  private ImageContent(
      Manifest root, Digest digest, Map<Digest, Manifest> children, Set<Digest> omitted) {
    this.root = root;
    this.digest = digest;
    this.children = Collections.unmodifiableMap(children);
    this.omitted = Set.copyOf(omitted);
    Map<Digest, Descriptor> foundConfigs = new LinkedHashMap<>();
    Map<Digest, Descriptor> foundLayers = new LinkedHashMap<>();
    List<Manifest> all = new ArrayList<>(children.values());
    all.add(root);
    for (Manifest manifest : all) {
      manifest
          .config()
          .filter(config -> config.urls().isEmpty())
          .ifPresent(config -> foundConfigs.putIfAbsent(config.digest(), config));
      manifest.layers().stream()
          .filter(layer -> layer.urls().isEmpty())
          .forEach(layer -> foundLayers.putIfAbsent(layer.digest(), layer));
    }
    this.configs = List.copyOf(foundConfigs.values());
    this.layers = List.copyOf(foundLayers.values());
  }

  /**
   * Reads an image with all its platforms, within {@link ManifestBudget#ofOneImage()}.
   *
   * @param registries reads the manifests
   * @param image the image
   * @return its content
   * @throws RegistryException when a manifest cannot be read, with TOO_LARGE when there are too
   *     many
   * @throws InvalidManifestException when a manifest is invalid, or indexes are nested too deeply
   */
  public static ImageContent read(RegistryClient registries, ImageRef image) {
    return read(registries, image, Platforms.all());
  }

  /**
   * Reads an image, within {@link ManifestBudget#ofOneImage()}.
   *
   * @param registries reads the manifests
   * @param image the image
   * @param platforms which of its platforms are wanted
   * @return its content
   * @throws RegistryException when a manifest cannot be read, with TOO_LARGE when there are too
   *     many
   * @throws InvalidManifestException when a manifest is invalid, indexes are nested too deeply, or
   *     the image is for none of the platforms
   */
  public static ImageContent read(RegistryClient registries, ImageRef image, Platforms platforms) {
    return read(registries, image, platforms, ManifestBudget.ofOneImage());
  }

  /**
   * Reads an image.
   *
   * @param registries reads the manifests
   * @param image the image
   * @param platforms which of its platforms are wanted
   * @param budget counts the manifests that are read
   * @return its content
   * @throws RegistryException when a manifest cannot be read, with TOO_LARGE when there are too
   *     many
   * @throws InvalidManifestException when a manifest is invalid, indexes are nested too deeply, or
   *     the image is for none of the platforms
   */
  public static ImageContent read(
      RegistryClient registries, ImageRef image, Platforms platforms, ManifestBudget budget) {
    Walk walk = new Walk(registries, image.repository(), budget);
    Manifest whole = budget.read(registries, image);
    Manifest root = whole.reducedTo(platforms, walk::read);
    walk.omit(registries.omittedManifests(image));
    walk.start(root);
    // The digest that was asked for may be by another algorithm than the manifest's own.
    Digest digest = root.equals(whole) ? image.digest().orElse(root.digest()) : root.digest();
    return new ImageContent(root, digest, walk.manifests, walk.omitted);
  }

  /**
   * Reads an image with its index as it is, and of the manifests that the index lists only those of
   * some platforms: a sparse index. The others need not exist.
   *
   * @param registries reads the manifests
   * @param image the image
   * @param platforms which of its platforms are wanted
   * @param omitted manifests that are left out beside those of other platforms
   * @param budget counts the manifests that are read
   * @return its content
   * @throws RegistryException when a manifest cannot be read, with TOO_LARGE when there are too
   *     many
   * @throws InvalidManifestException when a manifest is invalid, indexes are nested too deeply, or
   *     the image is for none of the platforms
   */
  public static ImageContent readSparse(
      RegistryClient registries,
      ImageRef image,
      Platforms platforms,
      Set<Digest> omitted,
      ManifestBudget budget) {
    Walk walk = new Walk(registries, image.repository(), budget);
    Manifest root = budget.read(registries, image);
    walk.omit(registries.omittedManifests(image));
    walk.omit(omitted);
    if (!platforms.isAll() && root.isIndex()) {
      Platforms listed = Platforms.of(platforms.chosen());
      Set<Digest> wanted = digests(root.reducedTo(listed, walk::read));
      Set<Digest> others = digests(root);
      others.removeAll(wanted);
      walk.omit(others);
    }
    walk.start(root);
    return new ImageContent(
        root, image.digest().orElse(root.digest()), walk.manifests, walk.omitted);
  }

  private static Set<Digest> digests(Manifest index) {
    Set<Digest> digests = new HashSet<>();
    index.children().forEach(child -> digests.add(child.digest()));
    return digests;
  }

  /**
   * Reads only the root of an image.
   *
   * @param registries reads the manifests
   * @param image the image
   * @param platforms which of its platforms are wanted
   * @return its index with these platforms, or its manifest
   * @throws RegistryException when a manifest cannot be read
   * @throws InvalidManifestException when a manifest is invalid, or the image is for none of the
   *     platforms
   */
  public static Manifest readRoot(RegistryClient registries, ImageRef image, Platforms platforms) {
    ManifestBudget budget = ManifestBudget.ofOneImage();
    Walk walk = new Walk(registries, image.repository(), budget);
    return budget.read(registries, image).reducedTo(platforms, walk::read);
  }

  /**
   * Finds the digests by which a container runtime may report an image. Reads only its indexes.
   *
   * @param registries reads the manifests
   * @param image the image
   * @return the digests of its root and of all manifests that its indexes list
   * @throws RegistryException when an index cannot be read, with TOO_LARGE when there are too many
   * @throws InvalidManifestException when an index is invalid, or indexes are nested too deeply
   */
  public static Set<Digest> readDigests(RegistryClient registries, ImageRef image) {
    ManifestBudget budget = ManifestBudget.ofOneImage();
    Walk walk = new Walk(registries, image.repository(), budget);
    walk.onlyIndexes = true;
    Manifest root = budget.read(registries, image);
    image.digest().ifPresent(walk.seen::add);
    walk.start(root);
    return Set.copyOf(walk.seen);
  }

  /**
   * Finds the digests of the configurations of an image, by which some container runtimes report
   * it. Manifests that an index lists and that are absent are left out.
   *
   * @param registries reads the manifests
   * @param image the image
   * @return the digests of the configurations of its manifests
   * @throws RegistryException when a manifest cannot be read, with TOO_LARGE when there are too
   *     many
   * @throws InvalidManifestException when a manifest is invalid, or indexes are nested too deeply
   */
  public static Set<Digest> readConfigDigests(RegistryClient registries, ImageRef image) {
    ManifestBudget budget = ManifestBudget.ofOneImage();
    Set<Digest> configs = new HashSet<>();
    for (Digest digest : readDigests(registries, image)) {
      try {
        budget
            .read(registries, image.repository().digest(digest))
            .config()
            .map(Descriptor::digest)
            .ifPresent(configs::add);
      } catch (RegistryException e) {
        if (e.reason() != RegistryException.Reason.NOT_FOUND) {
          throw e;
        }
      }
    }
    return Set.copyOf(configs);
  }

  /** {@return the index, or the manifest of an image without one} */
  public Manifest root() {
    return root;
  }

  /**
   * {@return the digest that the image was read by; that of the root when platforms are missing}
   */
  public Digest digest() {
    return digest;
  }

  /** {@return all manifests but the root by digest, each after those that it lists} */
  public Map<Digest, Manifest> children() {
    return children;
  }

  /** {@return the manifests that the index lists and that were left out} */
  public Set<Digest> omitted() {
    return omitted;
  }

  /** {@return whether the index lists manifests that were left out} */
  public boolean isSparse() {
    return !omitted.isEmpty();
  }

  /**
   * Returns the image with an index that lists only what was read.
   *
   * @return this one when nothing was left out
   */
  public ImageContent rewritten() {
    if (!isSparse()) {
      return this;
    }
    Manifest reduced = root.withChildren(child -> !omitted.contains(child.digest()), List.of());
    return new ImageContent(reduced, reduced.digest(), children, Set.of());
  }

  /** {@return the configurations of the manifests, each once} */
  public List<Descriptor> configs() {
    return configs;
  }

  /** {@return the layers of the manifests, each once; without foreign layers, which have URLs} */
  public List<Descriptor> layers() {
    return layers;
  }

  /** {@return the configurations and layers: the blobs that a registry has to store} */
  public Set<Descriptor> blobs() {
    Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    configs.forEach(config -> blobs.put(config.digest(), config));
    layers.forEach(layer -> blobs.putIfAbsent(layer.digest(), layer));
    return Collections.unmodifiableSet(new LinkedHashSet<>(blobs.values()));
  }

  /**
   * {@return the sizes of all manifests and of the {@link #blobs}, in bytes by digest: what a
   * registry stores for the image}
   */
  public Map<Digest, Long> sizes() {
    Map<Digest, Long> sizes = new LinkedHashMap<>();
    sizes.put(digest, (long) root.size());
    children.forEach((child, manifest) -> sizes.put(child, (long) manifest.size()));
    blobs().forEach(blob -> sizes.put(blob.digest(), blob.size()));
    return Collections.unmodifiableMap(sizes);
  }

  /** Reads what indexes list. */
  private static final class Walk {
    private final RegistryClient registries;
    private final Repository repository;
    private final ManifestBudget budget;
    private final Map<Digest, Manifest> manifests = new LinkedHashMap<>();
    private final Set<Digest> seen = new HashSet<>();
    private final Set<Digest> leftOut = new HashSet<>();
    private final Set<Digest> omitted = new HashSet<>();
    private boolean onlyIndexes;

    Walk(RegistryClient registries, Repository repository, ManifestBudget budget) {
      this.registries = registries;
      this.repository = repository;
      this.budget = budget;
    }

    void omit(Set<Digest> manifests) {
      leftOut.addAll(manifests);
    }

    Manifest read(Digest digest) {
      return budget.read(registries, repository.digest(digest));
    }

    void start(Manifest root) {
      seen.add(root.digest());
      descend(root, 1);
    }

    private void descend(Manifest manifest, int depth) {
      for (Descriptor child : manifest.children()) {
        if (depth >= MAX_DEPTH) {
          throw new InvalidManifestException(
              "an image in "
                  + repository
                  + " has indexes of indexes, more than "
                  + MAX_DEPTH
                  + " deep, which no image needs");
        }
        if (leftOut.contains(child.digest())) {
          omitted.add(child.digest());
        } else if (seen.add(child.digest())
            && (!onlyIndexes || INDEXES.contains(child.mediaType()))) {
          Manifest read = read(child.digest());
          descend(read, depth + 1);
          manifests.put(child.digest(), read);
        }
      }
    }
  }
}
