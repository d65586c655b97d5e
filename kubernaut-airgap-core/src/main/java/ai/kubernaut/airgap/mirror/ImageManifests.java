package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Every manifest of one image, in the order in which a registry takes them: what an index lists
 * before the index.
 */
final class ImageManifests {
  /** Far more than any image has; a hostile registry could make up indexes without end. */
  private static final int MAX_DEPTH = 4;

  private final RegistryClient registries;
  private final Repository repository;
  private final Map<Digest, Manifest> children = new LinkedHashMap<>();
  private final Manifest root;
  private final Digest rootDigest;
  private final Set<Descriptor> blobs;

  private ImageManifests(
      RegistryClient registries, Repository repository, Digest digest, Platforms platforms) {
    this.registries = registries;
    this.repository = repository;
    Manifest whole = read(digest);
    this.root = whole.reducedTo(platforms, this::read);
    // The manifest's own is SHA-256, and it may have been asked for by another.
    this.rootDigest = root.equals(whole) ? digest : root.digest();
    readChildren(root, 1);
    this.blobs = blobsOfAll();
  }

  /**
   * Reads the manifests of an image.
   *
   * @param digest of the index, or of the manifest where the image has one platform only
   */
  static ImageManifests read(RegistryClient registries, Repository repository, Digest digest) {
    return read(registries, repository, digest, Platforms.all());
  }

  /**
   * The same for some platforms only.
   *
   * @throws InvalidManifestException when there are several, and none of them is wanted
   */
  static ImageManifests read(
      RegistryClient registries, Repository repository, Digest digest, Platforms platforms) {
    return new ImageManifests(registries, repository, digest, platforms);
  }

  private Manifest read(Digest digest) {
    return registries.readManifest(repository.digest(digest));
  }

  private void readChildren(Manifest manifest, int depth) {
    for (Descriptor child : manifest.children()) {
      if (depth >= MAX_DEPTH) {
        throw new InvalidManifestException(
            "an image in "
                + repository
                + " has indexes of indexes, more than "
                + MAX_DEPTH
                + " deep, which no image needs");
      }
      if (!children.containsKey(child.digest())) {
        Manifest read = read(child.digest());
        readChildren(read, depth + 1);
        children.put(child.digest(), read);
      }
    }
  }

  /** The index, or the only manifest. */
  Manifest root() {
    return root;
  }

  /** The digest that it was asked for by, or a new one where platforms are left out. */
  Digest digest() {
    return rootDigest;
  }

  /** All but the root, each after what it lists. */
  Map<Digest, Manifest> children() {
    return children;
  }

  /**
   * The blobs that a registry has to hold for the image. Foreign layers are not among them: whoever
   * runs the image fetches those from the addresses in the manifest.
   */
  Set<Descriptor> blobs() {
    return blobs;
  }

  private Set<Descriptor> blobsOfAll() {
    Map<Digest, Descriptor> found = new LinkedHashMap<>();
    List<Manifest> all = new ArrayList<>(children.values());
    all.add(root);
    for (Manifest manifest : all) {
      for (Descriptor blob : manifest.blobs()) {
        if (blob.urls().isEmpty()) {
          found.putIfAbsent(blob.digest(), blob);
        }
      }
    }
    return Collections.unmodifiableSet(new LinkedHashSet<>(found.values()));
  }
}
