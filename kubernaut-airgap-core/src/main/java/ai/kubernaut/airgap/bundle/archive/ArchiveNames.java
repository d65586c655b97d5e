package ai.kubernaut.airgap.bundle.archive;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The names in an archive, which its {@code index.json} has. Not thread-safe. */
final class ArchiveNames {
  private static final String REF_NAME = "org.opencontainers.image.ref.name";

  private final Map<ImageRef, Descriptor> tags = new LinkedHashMap<>();
  private final Map<Digest, Referrer> referrers = new LinkedHashMap<>();
  private final Map<Digest, String> mediaTypes = new LinkedHashMap<>();

  private record Referrer(ImageRef name, Digest subject, Descriptor manifest) {}

  static ArchiveNames parse(byte[] index) {
    ArchiveNames names = new ArchiveNames();
    for (Descriptor child : Manifest.of(Manifest.OCI_INDEX, index).children()) {
      String name = child.annotations().getOrDefault(REF_NAME, "");
      image(name).ifPresent(image -> names.tags.put(image, plain(child)));
    }
    return names;
  }

  private static Optional<ImageRef> image(String name) {
    try {
      return Optional.of(
          name.indexOf('/') < 0 ? Bundle.repository().tag(name) : ImageRef.parse(name));
    } catch (InvalidReferenceException e) {
      // Other names are no images' names.
      return Optional.empty();
    }
  }

  private static Descriptor plain(Descriptor descriptor) {
    return Descriptor.of(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  byte[] index() {
    List<Descriptor> entries = new ArrayList<>();
    tags.forEach((name, manifest) -> entries.add(named(name, manifest)));
    referrers.values().forEach(one -> entries.add(named(one.name(), plain(one.manifest()))));
    return Manifest.index(entries).content();
  }

  private static Descriptor named(ImageRef name, Descriptor manifest) {
    String written =
        name.repository().equals(Bundle.repository())
            ? name.tag().orElseGet(name::toString)
            : name.toString();
    return Descriptor.builder().from(manifest).putAnnotations(REF_NAME, written).build();
  }

  void put(ImageRef image, Manifest manifest, Digest digest) {
    Descriptor descriptor = Descriptor.of(manifest.mediaType(), digest, manifest.size());
    mediaTypes.put(digest, manifest.mediaType());
    image.tag().ifPresent(tag -> tags.put(image.withoutDigest(), descriptor));
    manifest
        .subject()
        .ifPresent(
            subject ->
                referrers.put(
                    digest,
                    new Referrer(
                        image.repository().digest(digest),
                        subject.digest(),
                        Descriptor.builder()
                            .from(manifest.referrerDescriptor())
                            .digest(digest)
                            .build())));
  }

  /** What is known of a manifest: its media type matters, and a tag is only known here. */
  Optional<Descriptor> find(ImageRef image) {
    return image.digest().isPresent()
        ? Optional.empty()
        : Optional.ofNullable(tags.get(image.withImpliedTag()));
  }

  Optional<String> mediaType(Digest digest) {
    return Optional.ofNullable(mediaTypes.get(digest))
        .or(
            () ->
                tags.values().stream()
                    .filter(one -> one.digest().equals(digest))
                    .map(Descriptor::mediaType)
                    .findFirst());
  }

  List<ImageRef> tagged() {
    return List.copyOf(tags.keySet());
  }

  List<Descriptor> referrers(Digest subject) {
    return referrers.values().stream()
        .filter(one -> one.subject().equals(subject))
        .map(Referrer::manifest)
        .toList();
  }
}
