package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.bundle.BundleContents.Attached;
import ai.kubernaut.airgap.bundle.BundleContents.Image;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.Attachment;
import ai.kubernaut.airgap.mirror.AttachmentFinder;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** Writes one bundle: collects what its images consist of, then writes the files and the root. */
final class BundleWriter {
  private final RegistryClient packed;
  private final RegistryClient store;
  private final BundleOptions options;
  private final List<Image> images = new ArrayList<>();
  private final List<Attached> attachments = new ArrayList<>();
  private final Map<Digest, Descriptor> content = new LinkedHashMap<>();
  private final Map<Digest, Descriptor> absent = new LinkedHashMap<>();

  /**
   * @param packed has the images
   * @param store where the bundle is written
   */
  BundleWriter(RegistryClient packed, RegistryClient store, BundleOptions options) {
    this.packed = packed;
    this.store = store;
    this.options = options;
  }

  void add(MirroredImage image) {
    ImageRef name = image.entry().target();
    ManifestBudget budget =
        ManifestBudget.of(
            options.mirror().manifestBytesPerImage(), options.mirror().manifestBytesPerRun());
    ImageContent read =
        ImageContent.read(
            packed, name.withDigest(image.digest().orElseThrow()), Platforms.all(), budget);
    images.add(new Image(name, root(read), read.omitted()));
    add(read);
    for (Attachment attachment :
        AttachmentFinder.find(
            packed, name.repository(), read, options.mirror().attachments(), budget)) {
      Attached attached =
          new Attached(
              name.repository(),
              attachment.tag(),
              attachment.subject(),
              Descriptor.builder()
                  .from(attachment.content().root().referrerDescriptor())
                  .digest(attachment.content().digest())
                  .build());
      if (!attachments.contains(attached)) {
        attachments.add(attached);
      }
      add(attachment.content());
    }
  }

  private static Descriptor root(ImageContent image) {
    return Descriptor.of(image.root().mediaType(), image.digest(), image.root().size());
  }

  private void add(ImageContent image) {
    add(image.digest(), image.root().size());
    image.children().forEach((digest, manifest) -> add(digest, manifest.size()));
    image.blobs().forEach(this::addBlob);
  }

  private void addBlob(Descriptor blob) {
    if (options.base().filter(base -> base.blobs().containsKey(blob.digest())).isPresent()) {
      absent.putIfAbsent(
          blob.digest(), Descriptor.of(BundleFormat.CONTENT, blob.digest(), blob.size()));
    } else {
      add(blob.digest(), blob.size());
    }
  }

  private void add(Digest digest, long size) {
    content.putIfAbsent(digest, Descriptor.of(BundleFormat.CONTENT, digest, size));
  }

  void finish(MirrorPlan plan) {
    Repository home = options.name().repository();
    List<Descriptor> files = new ArrayList<>();
    for (BundleFile file : PlanFiles.pack(plan)) {
      files.add(write(home, file));
    }
    files.add(
        write(
            home,
            new BundleFile(
                BundleFormat.CONTENTS_TITLE,
                BundleFormat.CONTENTS,
                new BundleContents(images, attachments, List.copyOf(absent.values())).toJson())));
    files.add(
        write(
            home,
            new BundleFile(
                BundleFormat.CHECKSUMS_TITLE, BundleFormat.CHECKSUMS, checksums(files))));
    write(home, BundleFormat.EMPTY_CONFIG, BundleFormat.emptyConfig());
    // What is a file too has its title there.
    files.forEach(file -> content.remove(file.digest()));
    files.addAll(content.values());
    Manifest root = BundleFormat.root(files);
    store.writeManifest(options.name(), root);
  }

  /** Lines as {@code sha256sum} writes them, with the paths of an image layout. */
  private byte[] checksums(List<Descriptor> files) {
    StringBuilder lines = new StringBuilder();
    Map<Digest, Descriptor> all = new LinkedHashMap<>();
    files.forEach(file -> all.put(file.digest(), file));
    all.putAll(content);
    for (Digest digest : all.keySet()) {
      if (digest.algorithm() == Digest.Algorithm.SHA256) {
        lines.append(digest.hex()).append("  ").append(BundleFormat.path(digest)).append('\n');
      }
    }
    return lines.toString().getBytes(StandardCharsets.UTF_8);
  }

  private Descriptor write(Repository home, BundleFile file) {
    Descriptor descriptor =
        Descriptor.builder()
            .mediaType(file.mediaType())
            .digest(Digest.sha256(file.content()))
            .size(file.content().length)
            .putAnnotations(BundleFormat.TITLE, file.title())
            .build();
    write(home, descriptor, file.content());
    return descriptor;
  }

  private void write(Repository home, Descriptor descriptor, byte[] bytes) {
    if (!store.findBlob(home, descriptor.digest()).equals(OptionalLong.of(descriptor.size()))) {
      store.writeBlob(home, descriptor, new ByteArrayInputStream(bytes));
    }
  }
}
