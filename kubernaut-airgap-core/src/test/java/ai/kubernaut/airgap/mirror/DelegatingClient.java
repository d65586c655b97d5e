package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Another client as it is, but without uploads that can be continued; for tests that change one
 * method.
 */
public class DelegatingClient implements RegistryClient {
  private final RegistryClient client;

  /** Wraps a client. */
  public DelegatingClient(RegistryClient client) {
    this.client = client;
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return client.mountBlob(repository, digest, from);
  }

  @Override
  public void ping(String registry) {
    client.ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return client.findManifest(image);
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    client.deleteManifest(repository, digest);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return client.readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    client.writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return client.findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return client.readBlob(repository, blob, offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    client.writeBlob(repository, blob, content);
  }

  @Override
  public List<String> tags(Repository repository) {
    return client.tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return client.referrers(repository, subject);
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return client.omittedManifests(image);
  }

  @Override
  public void close() {
    client.close();
  }
}
