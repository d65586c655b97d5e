package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/** A store that holds manifests and their names in memory. Thread-safe. */
abstract class HeldManifests implements RegistryClient {
  private final Map<ImageRef, Manifest> tags = new ConcurrentHashMap<>();
  private final Map<Digest, Manifest> manifests = new ConcurrentHashMap<>();

  /** Holds a manifest under its digest, and under its tag if it has one. */
  final void hold(ImageRef image, Digest digest, Manifest manifest) {
    manifests.put(digest, manifest);
    image.tag().ifPresent(tag -> tags.put(image.withoutDigest(), manifest));
  }

  private Optional<Manifest> find(ImageRef image) {
    return image
        .digest()
        .map(digest -> Optional.ofNullable(manifests.get(digest)))
        .orElseGet(() -> Optional.ofNullable(tags.get(image.withImpliedTag())));
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return find(image)
        .map(
            found ->
                Descriptor.of(
                    found.mediaType(), image.digest().orElse(found.digest()), found.size()));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return find(image)
        .orElseThrow(
            () ->
                new RegistryException(
                    Reason.NOT_FOUND, image.registry(), 0, "there is no manifest " + image, null));
  }

  @Override
  public List<String> tags(Repository repository) {
    return tags.keySet().stream()
        .filter(name -> name.repository().equals(repository))
        .flatMap(name -> name.tag().stream())
        .sorted()
        .toList();
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return Optional.of(
        manifests.entrySet().stream()
            .filter(
                one ->
                    one.getValue().subject().filter(of -> of.digest().equals(subject)).isPresent())
            .map(
                one ->
                    Descriptor.builder()
                        .from(one.getValue().referrerDescriptor())
                        .digest(one.getKey())
                        .build())
            .toList());
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return false;
  }

  /** Manifests are written before the indexes that list them. */
  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return find(image).stream()
        .flatMap(manifest -> manifest.children().stream())
        .map(Descriptor::digest)
        .filter(child -> !manifests.containsKey(child))
        .collect(Collectors.toUnmodifiableSet());
  }

  /** Nothing is held open. */
  @Override
  public void close() {}
}
