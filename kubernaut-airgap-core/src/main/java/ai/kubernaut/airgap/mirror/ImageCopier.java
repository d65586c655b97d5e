package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;

/**
 * Copies one image in the order that keeps tags whole: blobs, then the manifests of the platforms,
 * then the index, then the tag.
 */
final class ImageCopier {
  private final RegistryClient registries;
  private final BlobCopier blobs;
  private final MirrorEntry entry;
  private int sent;
  private int mounted;
  private int present;
  private long bytes;

  ImageCopier(RegistryClient registries, BlobCopier blobs, MirrorEntry entry) {
    this.registries = registries;
    this.blobs = blobs;
    this.entry = entry;
  }

  void copy(Digest digest) {
    Manifest manifest = registries.readManifest(entry.source().repository().digest(digest));
    copyParts(manifest);
    ImageRef target = entry.target();
    // A target that is named by digest alone is stored by it; a tagged one is complete the moment
    // its tag appears.
    registries.writeManifest(target.tag().isPresent() ? target.withoutDigest() : target, manifest);
  }

  private void copyParts(Manifest manifest) {
    Repository from = entry.source().repository();
    Repository to = entry.target().repository();
    for (Descriptor child : manifest.children()) {
      ImageRef target = to.digest(child.digest());
      if (registries.findManifest(target).isEmpty()) {
        Manifest childManifest = registries.readManifest(from.digest(child.digest()));
        copyParts(childManifest);
        registries.writeManifest(target, childManifest);
      }
    }
    for (Descriptor blob : manifest.blobs()) {
      // Registries do not hold foreign layers: whoever runs the image fetches them from the
      // addresses in the manifest.
      if (blob.urls().isEmpty()) {
        count(blobs.copy(from, to, blob), blob);
      }
    }
  }

  private void count(BlobCopier.Way way, Descriptor blob) {
    switch (way) {
      case SENT -> {
        sent++;
        bytes += blob.size();
      }
      case MOUNTED -> mounted++;
      case PRESENT -> present++;
    }
  }

  MirroredImage result(Digest digest) {
    return MirroredImage.builder()
        .entry(entry)
        .outcome(MirroredImage.Outcome.COPIED)
        .digest(digest)
        .blobsSent(sent)
        .blobsMounted(mounted)
        .blobsPresent(present)
        .bytesSent(bytes)
        .build();
  }
}
