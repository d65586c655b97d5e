package ai.kubernaut.airgap.registry.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.Skopeo;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class AnonymousRegistryTest extends RegistryClientContract {
  private static DockerRegistry registry;

  @BeforeAll
  static void start() {
    registry = DockerRegistry.builder().deleteEnabled().start();
  }

  @AfterAll
  static void stop() {
    if (registry != null) {
      registry.close();
    }
  }

  @Override
  protected Set<Ability> abilities() {
    return EnumSet.complementOf(EnumSet.of(Ability.REFERRERS));
  }

  @Override
  protected Subject open() {
    return new Subject(
        HttpRegistryClient.builder()
            .plainHttp(registry.host())
            .credentials(CredentialProvider.none())
            .build(),
        registry.host());
  }

  @Test
  void plainHttpHasToBeAllowed() {
    try (HttpRegistryClient strict =
        HttpRegistryClient.builder().credentials(CredentialProvider.none()).build()) {
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> strict.ping(registry.host()));
      assertThat(e.reason()).isEqualTo(Reason.TLS);
      assertThat(e).hasMessageContaining("plainHttp(\"" + registry.host() + "\")");
    }
  }

  @Test
  void skopeoFindsWhatWasWritten() {
    byte[] config =
        "{\"architecture\":\"amd64\",\"os\":\"linux\"}".getBytes(StandardCharsets.UTF_8);
    Repository repository = Repository.parse(registry.host() + "/skopeo/app");
    Descriptor blob =
        Descriptor.of(
            "application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length);
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]}"
                .formatted(Manifest.OCI_MANIFEST, blob.mediaType(), blob.digest(), blob.size())
                .getBytes(StandardCharsets.UTF_8));
    try (RegistryClient client = open().client()) {
      client.writeBlob(repository, blob, new ByteArrayInputStream(config));
      client.writeManifest(repository.tag("v1"), manifest);

      String image = "docker://" + repository;
      assertThat(Skopeo.manifest(image + ":v1")).isEqualTo(manifest.content());
      Skopeo.copy(image + ":v1", image + ":v2");
      assertThat(client.readManifest(repository.tag("v2"))).isEqualTo(manifest);
      assertThat(client.tags(repository)).containsExactly("v1", "v2");
    }
  }
}
