package ai.kubernaut.airgap.registry.server;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.Skopeo;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** skopeo with the server, and with a registry of the distribution project to compare with. */
@Timeout(120)
final class RegistryServerSkopeoTest {
  @ParameterizedTest
  @EnumSource
  void skopeoCopiesAllPlatformsInAndOutWithTheSameDigests(TestImages.Kind kind) {
    try (DockerRegistry other = DockerRegistry.start();
        RegistryClient otherClient = client(other.host());
        MemoryRegistryClient content = MemoryRegistryClient.create();
        RegistryServer server = RegistryServer.builder(content, "harbor.corp").start()) {
      ImageRef source = ImageRef.parse(other.host() + "/team/source:v1");
      ImageRef copy = ImageRef.parse(other.host() + "/team/copy:v1");
      Manifest index = TestImages.publish(otherClient, source, kind, List.of(new byte[100_000]), 7);

      Skopeo.copy("docker://" + source, "docker://" + server.host() + "/team/app:v1");
      assertComplete(content, ImageRef.parse("harbor.corp/team/app:v1"), index);

      Skopeo.copy("docker://" + server.host() + "/team/app:v1", "docker://" + copy);
      assertComplete(otherClient, copy, index);
    }
  }

  private static RegistryClient client(String host) {
    return HttpRegistryClient.builder()
        .plainHttp(host)
        .credentials(CredentialProvider.none())
        .build();
  }

  private static void assertComplete(RegistryClient client, ImageRef image, Manifest index) {
    Manifest copied = client.readManifest(image);
    assertThat(copied.content()).isEqualTo(index.content());
    assertThat(copied.mediaType()).isEqualTo(index.mediaType());
    assertThat(copied.children()).hasSize(3);
    Repository repository = image.repository();
    for (Descriptor child : copied.children()) {
      Manifest platform = client.readManifest(repository.digest(child.digest()));
      for (Descriptor blob : platform.blobs()) {
        assertThat(client.findBlob(repository, blob.digest())).hasValue(blob.size());
      }
    }
  }

  @Test
  void skopeoSendsCredentials() {
    try (MemoryRegistryClient content = MemoryRegistryClient.create();
        RegistryServer server =
            RegistryServer.builder(content, "harbor.corp")
                .credentials(Credentials.of("robot", "secret"))
                .start()) {
      ImageRef image = ImageRef.parse("harbor.corp/team/app:v1");
      Manifest index =
          TestImages.publish(content, image, TestImages.Kind.OCI, List.of(new byte[1000]), 8);

      byte[] read =
          Skopeo.run(
              "inspect",
              "--raw",
              "--tls-verify=false",
              "--creds=robot:secret",
              "docker://" + server.host() + "/team/app:v1");

      assertThat(read).isEqualTo(index.content());
    }
  }
}
