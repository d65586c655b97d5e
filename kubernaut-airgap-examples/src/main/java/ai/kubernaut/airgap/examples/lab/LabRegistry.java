package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;

/**
 * A registry of the lab: plain HTTP on the loopback address, content in memory, one user. Each
 * local user can connect, so the password should be a new one each time.
 */
final class LabRegistry implements AutoCloseable {
  /** The name of the registry in its own content; clients use the address of the server. */
  private static final String NAME = "lab.example";

  private final MemoryRegistryClient content;
  private final RegistryServer server;
  private final Credentials credentials;

  private LabRegistry(
      MemoryRegistryClient content, RegistryServer server, Credentials credentials) {
    this.content = content;
    this.server = server;
    this.credentials = credentials;
  }

  static LabRegistry start(Credentials credentials) {
    MemoryRegistryClient content = MemoryRegistryClient.create();
    RegistryServer server = RegistryServer.builder(content, NAME).credentials(credentials).start();
    return new LabRegistry(content, server, credentials);
  }

  String host() {
    return server.host();
  }

  Credentials credentials() {
    return credentials;
  }

  /**
   * Deletes a manifest; clients cannot.
   *
   * @param image as clients name it, by tag or by digest
   * @return the manifest that was deleted
   */
  Manifest delete(ImageRef image) {
    Manifest manifest = content.readManifest(stored(image));
    content.deleteManifest(stored(image).repository(), manifest.digest());
    return manifest;
  }

  /**
   * Deletes a blob of an image and keeps its manifests; clients cannot.
   *
   * @param image as clients name it, by tag or by digest
   */
  void deleteBlob(ImageRef image) {
    ImageContent stored = ImageContent.read(content, stored(image), Platforms.all());
    content.deleteBlob(stored(image).repository(), stored.blobs().iterator().next().digest());
  }

  private static ImageRef stored(ImageRef image) {
    Repository repository = Repository.parse(NAME + "/" + image.repository().name());
    return image
        .digest()
        .map(repository::digest)
        .orElseGet(() -> repository.tag(image.tag().orElse("latest")));
  }

  /** Stops the server and releases the content. Calling it again does nothing. */
  @Override
  public void close() {
    server.close();
    content.close();
  }
}
