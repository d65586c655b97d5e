package ai.kubernaut.airgap.registry.retry;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryClientContract;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Limits keep the contract of the client that they decorate. */
final class ThrottledClientContractTest extends RegistryClientContract {
  private static final Progress PROGRESS = Progress.of(ProgressEvent.Step.MIRROR, event -> {});

  /** Closes the client that the decorator leaves open. */
  private static final class Owner extends ForwardingRegistryClient {
    private final RegistryClient owned;

    Owner(RegistryClient decorated, RegistryClient owned) {
      super(decorated);
      this.owned = owned;
    }

    @Override
    public void close() {
      owned.close();
    }
  }

  private static RegistryClient decorate(RegistryClient client, Sleeper sleeper) {
    return ThrottledClient.of(
        client,
        Map.of("harbor.corp:5000", RateLimit.builder().requestsPerSecond(2).build()),
        PROGRESS,
        sleeper);
  }

  @Override
  protected Subject open() {
    RegistryClient memory = MemoryRegistryClient.create();
    return new Subject(new Owner(decorate(memory, new NoSleep(0)), memory), "harbor.corp:5000");
  }

  @Test
  void deletionsTakeTheirTurn() {
    Manifest index =
        Manifest.of(
            Manifest.OCI_INDEX,
            ("{\"schemaVersion\":2,\"mediaType\":\"" + Manifest.OCI_INDEX + "\",\"manifests\":[]}")
                .getBytes(StandardCharsets.UTF_8));
    ImageRef image = ImageRef.parse("harbor.corp:5000/app:v1");
    NoSleep sleeper = new NoSleep(0);
    try (RegistryClient memory = MemoryRegistryClient.create()) {
      RegistryClient client = decorate(memory, sleeper);
      client.writeManifest(image, index);

      client.deleteManifest(image.repository(), index.digest());

      assertThat(memory.findManifest(image)).isEmpty();
      assertThat(sleeper.waits()).containsExactly(Duration.ofMillis(500));
    }
  }
}
