package ai.kubernaut.airgap.prune;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.Attachment;
import ai.kubernaut.airgap.mirror.AttachmentFinder;
import ai.kubernaut.airgap.mirror.MirrorOptions.Attachments;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** What one repository of the mirror has, and what of it is needed. */
final class RepositoryScan {
  private final RegistryClient registries;
  private final Repository repository;
  private final Map<String, Digest> tags = new TreeMap<>();
  private final Set<Digest> needed = new LinkedHashSet<>();
  private final Set<Digest> unneeded = new LinkedHashSet<>();

  /**
   * Scans a repository.
   *
   * @param images the references that are needed, those of other repositories among them
   * @throws ai.kubernaut.airgap.registry.RegistryException when a part cannot be read
   * @throws ai.kubernaut.airgap.registry.InvalidManifestException when a manifest is invalid
   */
  RepositoryScan(RegistryClient registries, Repository repository, Collection<ImageRef> images) {
    this.registries = registries;
    this.repository = repository;
    for (String tag : registries.tags(repository)) {
      digest(repository.tag(tag)).ifPresent(digest -> tags.put(tag, digest));
    }
    for (ImageRef image : images) {
      if (image.repository().equals(repository)) {
        digest(image).ifPresent(this::need);
      }
    }
    // A tag that attaches something is looked at with the image that it belongs to.
    List<Digest> roots = new ArrayList<>();
    tags.forEach(
        (tag, digest) -> {
          if (!needed.contains(digest) && !attaches(tag)) {
            roots.add(digest);
          }
        });
    // Indexes before their platforms, which several may share: registries may keep what an index
    // lists.
    unneeded.addAll(roots);
    roots.forEach(root -> unneeded.addAll(everythingOf(root)));
    unneeded.removeAll(needed);
  }

  private Optional<Digest> digest(ImageRef image) {
    return registries.findManifest(image).map(Descriptor::digest);
  }

  private void need(Digest root) {
    if (!needed.contains(root)) {
      needed.addAll(everythingOf(root));
    }
  }

  /** The manifest, those of its platforms, and all that is attached to them. */
  private Set<Digest> everythingOf(Digest root) {
    ManifestBudget budget = ManifestBudget.ofOneImage();
    ImageContent content =
        ImageContent.read(registries, repository.digest(root), Platforms.all(), budget);
    Set<Digest> all = new LinkedHashSet<>();
    add(all, content);
    for (Attachment attachment :
        AttachmentFinder.find(registries, repository, content, Attachments.ALL, budget)) {
      add(all, attachment.content());
    }
    for (Map.Entry<String, Digest> tag : tags.entrySet()) {
      if (all.stream().anyMatch(digest -> tag.getKey().startsWith(prefix(digest)))) {
        all.add(tag.getValue());
      }
    }
    return all;
  }

  private static void add(Set<Digest> all, ImageContent content) {
    all.add(content.digest());
    all.addAll(content.children().keySet());
  }

  /** The beginning of the tags that attach something to a manifest. */
  private static String prefix(Digest digest) {
    return digest.algorithm() + "-" + digest.hex();
  }

  private static boolean attaches(String tag) {
    return tag.matches("sha(256-[0-9a-f]{64}|512-[0-9a-f]{128})([.].*)?");
  }

  List<StoredManifest> needed() {
    return stored(needed);
  }

  List<StoredManifest> unneeded() {
    return stored(unneeded);
  }

  private List<StoredManifest> stored(Set<Digest> digests) {
    return digests.stream()
        .map(digest -> new StoredManifest(repository, digest, tagsOf(digest)))
        .toList();
  }

  private NavigableSet<String> tagsOf(Digest digest) {
    NavigableSet<String> names = new TreeSet<>();
    tags.forEach(
        (tag, target) -> {
          if (target.equals(digest)) {
            names.add(tag);
          }
        });
    return names;
  }
}
