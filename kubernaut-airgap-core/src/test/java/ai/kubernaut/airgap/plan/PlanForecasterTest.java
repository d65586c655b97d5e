package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class PlanForecasterTest {
  private static final String LAYER = "application/vnd.oci.image.layer.v1.tar";

  private final MemoryRegistryClient registries = MemoryRegistryClient.create();
  private final MirrorPlan plan =
      MirrorPlan.builder(Target.registry("harbor.corp"))
          .image(publish("q.io/a:1", "shared", "of a"))
          .image(publish("q.io/b:1", "shared", "of b!"))
          .build();

  /**
   * Publishes an image of one platform with these texts as its layers; the configuration has 2
   * bytes.
   */
  private ImageRef publish(String name, String... layers) {
    ImageRef image = ImageRef.parse(name);
    Descriptor configuration = push(image, "application/vnd.oci.image.config.v1+json", "{}");
    String list =
        Stream.of(layers)
            .map(text -> json(push(image, LAYER, text)))
            .collect(Collectors.joining(","));
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\""
            + Manifest.OCI_MANIFEST
            + "\",\"config\":"
            + json(configuration)
            + ",\"layers\":["
            + list
            + "]}";
    registries.writeManifest(
        image, Manifest.of(Manifest.OCI_MANIFEST, manifest.getBytes(StandardCharsets.UTF_8)));
    return image;
  }

  private Descriptor push(ImageRef image, String mediaType, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    Descriptor blob = Descriptor.of(mediaType, Digest.sha256(content), content.length);
    registries.writeBlob(image.repository(), blob, new ByteArrayInputStream(content));
    return blob;
  }

  private static String json(Descriptor blob) {
    return "{\"mediaType\":\""
        + blob.mediaType()
        + "\",\"digest\":\""
        + blob.digest()
        + "\",\"size\":"
        + blob.size()
        + "}";
  }

  private long manifestSize(String image) {
    return registries.readManifest(ImageRef.parse(image)).size();
  }

  @Test
  void whatImagesShare_countsForEachButOnceInAll() {
    PlanForecast forecast = new PlanForecaster(registries).forecast(plan);

    long a = manifestSize("q.io/a:1") + 2 + 6 + 4;
    long b = manifestSize("q.io/b:1") + 2 + 6 + 5;
    assertThat(forecast.bytesPerImage().values()).containsExactly(a, b);
    assertThat(forecast.uniqueBytes()).isEqualTo(a + b - 2 - 6);
    assertThat(forecast.bytesToSend()).isEqualTo(forecast.uniqueBytes());
  }

  @Test
  void whatTheMirrorHas_isNotSent() {
    push(ImageRef.parse("harbor.corp/b"), LAYER, "shared");

    PlanForecast forecast = new PlanForecaster(registries).forecast(plan);

    assertThat(forecast.bytesToSend()).isEqualTo(forecast.uniqueBytes() - 6);
  }

  @Test
  void aMirroredPlan_hasNothingToSend() {
    new MirrorEngine(registries, MirrorOptions.builder().build(), event -> {})
        .mirror(plan)
        .orElseThrow();

    assertThat(new PlanForecaster(registries).forecast(plan).bytesToSend()).isZero();
  }

  @Test
  void theTime_followsFromTheBandwidth() {
    PlanForecast forecast =
        ImmutablePlanForecast.builder().uniqueBytes(1000).bytesToSend(1000).build();

    assertThat(forecast.timeAt(8000)).isEqualTo(Duration.ofSeconds(1));
    assertThat(forecast.timeAt(3000)).isEqualTo(Duration.ofSeconds(3));
    assertThatThrownBy(() -> forecast.timeAt(0)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void anInterruptEndsTheForecast() {
    Thread caller = Thread.currentThread();
    RegistryClient interrupted =
        (RegistryClient)
            Proxy.newProxyInstance(
                RegistryClient.class.getClassLoader(),
                new Class<?>[] {RegistryClient.class},
                (proxy, method, arguments) -> {
                  caller.interrupt();
                  try {
                    new CountDownLatch(1).await();
                    throw new AssertionError("the request was not interrupted");
                  } catch (InterruptedException e) {
                    throw new RegistryException(
                        RegistryException.Reason.UNREACHABLE, "q.io", 0, "interrupted", e);
                  }
                });

    assertThatThrownBy(() -> new PlanForecaster(interrupted).forecast(plan))
        .isInstanceOfSatisfying(
            CancelledException.class,
            e -> assertThat(e.reason()).isEqualTo(CancelledException.Reason.INTERRUPTED));
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void sourceAndMirrorMayHaveClientsOfTheirOwn() {
    try (MemoryRegistryClient mirror = MemoryRegistryClient.create()) {
      PlanForecast forecast = new PlanForecaster(registries, mirror).forecast(plan);

      assertThat(forecast).isEqualTo(new PlanForecaster(registries).forecast(plan));
      assertThat(forecast.bytesToSend()).isEqualTo(forecast.uniqueBytes());
    }
  }
}
