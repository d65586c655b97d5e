package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;

/** Uses another client for each registry. */
record RoutingClient(Map<String, RegistryClient> clients) implements RegistryClient {
  private RegistryClient of(String registry) {
    return Objects.requireNonNull(clients.get(registry), registry);
  }

  private RegistryClient of(Repository repository) {
    return of(repository.registry());
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return of(registry).retainsReferencedContent(registry);
  }

  @Override
  public void ping(String registry) {
    of(registry).ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return of(image.registry()).findManifest(image);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return of(image.registry()).readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    of(image.registry()).writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return of(repository).findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return of(repository).readBlob(repository, blob, offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    of(repository).writeBlob(repository, blob, content);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return of(repository).beginUpload(repository);
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return of(repository).resumeUpload(repository, session);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return of(repository).mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    return of(repository).tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return of(repository).referrers(repository, subject);
  }

  @Override
  public void close() {
    clients.values().forEach(RegistryClient::close);
  }
}
