package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.retry.NoSleep;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Source and target have clients of their own, and images the same names on both sides. */
@Timeout(120)
final class TwoSidesTest {
  private static final List<byte[]> BASE =
      List.of(TestImages.bytes(300_000, 1), TestImages.bytes(90_000, 2));
  private static final MirrorOptions OPTIONS = MirrorOptions.builder().build();

  @TempDir private Path directory;

  private static List<ImageRef> publish(RegistryClient source, String registry) {
    List<ImageRef> images = new ArrayList<>();
    for (String name : List.of("gateway", "datastorage")) {
      for (TestImages.Kind kind : TestImages.Kind.values()) {
        ImageRef image = ImageRef.parse(registry + "/kubernaut-ai/" + name + ":" + kind);
        TestImages.publish(source, image, kind, BASE, image.hashCode());
        images.add(image);
      }
    }
    return images;
  }

  /** A plan in which every image has the same name in source and target. */
  private static MirrorPlan sameNames(List<ImageRef> images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry(images.get(0).registry()));
    images.forEach(
        image -> plan.addEntries(MirrorEntry.builder().source(image).target(image).build()));
    return plan.build();
  }

  private static MirrorReport mirror(
      RegistryClient source, RegistryClient target, MirrorPlan plan) {
    return new MirrorEngine(source, target, OPTIONS, event -> {}).mirror(plan);
  }

  private static void assertSame(
      RegistryClient source, RegistryClient target, List<ImageRef> images) {
    for (ImageRef image : images) {
      Manifest index = source.readManifest(image);
      assertThat(target.readManifest(image).content()).isEqualTo(index.content());
      for (Descriptor child : index.children()) {
        ImageRef platform = image.repository().digest(child.digest());
        Manifest manifest = source.readManifest(platform);
        assertThat(target.readManifest(platform).content()).isEqualTo(manifest.content());
      }
    }
    assertThat(
            new MirrorEngine(target, OPTIONS, event -> {})
                .check(sameNames(images), CheckDepth.CONTENT)
                .failures())
        .isEmpty();
  }

  @Test
  void fromMemoryToMemory() {
    try (RegistryClient source = MemoryRegistryClient.create();
        RegistryClient target = MemoryRegistryClient.create()) {
      List<ImageRef> images = publish(source, "quay.io");
      WatchedClient from = new WatchedClient(source);
      WatchedClient to = new WatchedClient(target);

      MirrorReport report = mirror(from, to, sameNames(images)).orElseThrow();

      assertSame(source, target, images);
      assertThat(report.images())
          .allMatch(image -> image.outcome() == MirroredImage.Outcome.COPIED);
      assertThat(from.calls()).noneMatch(call -> call.matches("(write|begin|mount|find.*Blob).*"));
      assertThat(to.calls()).noneMatch(call -> call.startsWith("readBlob"));
      assertThat(mirror(from, to, sameNames(images)).images())
          .allMatch(image -> image.outcome() == MirroredImage.Outcome.PRESENT);
    }
  }

  @Test
  void fromALayoutToARegistryAndBackIntoALayout() {
    try (DockerRegistry registry = DockerRegistry.start();
        RegistryClient client =
            HttpRegistryClient.builder()
                .credentials(CredentialProvider.none())
                .plainHttp(registry.host())
                .build();
        RegistryClient layout = LayoutRegistryClient.at(directory.resolve("from"));
        RegistryClient other = LayoutRegistryClient.at(directory.resolve("to"))) {
      List<ImageRef> images = publish(layout, registry.host());

      MirrorReport sent = mirror(layout, client, sameNames(images)).orElseThrow();

      assertSame(layout, client, images);
      assertThat(sent.images().stream().mapToInt(MirroredImage::blobsMounted).sum()).isPositive();

      mirror(client, other, sameNames(images)).orElseThrow();

      assertSame(layout, other, images);
    }
  }

  /** Fails the first call of each kind. */
  private static Consumer<String> unavailableAtFirst(String registry) {
    Set<String> failed = ConcurrentHashMap.newKeySet();
    return call -> {
      if (!call.startsWith("writeBlob") && failed.add(call)) {
        throw new RegistryException(Reason.SERVER, registry, 503, call + " failed", null);
      }
    };
  }

  @Test
  void eachSideIsRetriedAndLimited() {
    try (RegistryClient source = MemoryRegistryClient.create();
        RegistryClient target = MemoryRegistryClient.create()) {
      List<ImageRef> images = publish(source, "quay.io");
      WatchedClient from = new WatchedClient(source);
      WatchedClient to = new WatchedClient(target);
      from.before(unavailableAtFirst("quay.io"));
      to.before(unavailableAtFirst("quay.io"));
      NoSleep sleeper = new NoSleep(0);
      MirrorOptions slow =
          MirrorOptions.builder()
              .limits(Map.of("quay.io", RateLimit.builder().requestsPerSecond(1).build()))
              .build();

      new MirrorEngine(from, to, slow, event -> {}, sleeper)
          .mirror(sameNames(images))
          .orElseThrow();

      assertSame(source, target, images);
      for (WatchedClient side : List.of(from, to)) {
        assertThat(Duration.ofNanos(sleeper.nanoTime()))
            .isGreaterThanOrEqualTo(Duration.ofSeconds(side.calls().size() - 1));
      }
    }
  }

  @Test
  void aHalfSentBlobOfATargetIsResumed() {
    try (RegistryClient source = MemoryRegistryClient.create();
        LayoutRegistryClient target = LayoutRegistryClient.at(directory.resolve("mirror"))) {
      ImageRef image = ImageRef.parse("quay.io/kubernaut-ai/large:v1");
      byte[] large = TestImages.bytes(2 * BlobSender.CHUNK + 1000, 7);
      TestImages.publish(source, image, TestImages.Kind.OCI, List.of(large), 1);
      MirrorOptions journalled =
          MirrorOptions.builder()
              .journal(directory.resolve("journal"))
              .retry(RetryPolicy.none())
              .build();
      BrokenSource broken = new BrokenSource(source, Digest.sha256(large), BlobSender.CHUNK);
      MirrorPlan plan = sameNames(List.of(image));
      assertThat(new MirrorEngine(broken, target, journalled, event -> {}).mirror(plan).failures())
          .hasSize(1);

      MirrorReport report =
          new MirrorEngine(source, target, journalled, event -> {}).mirror(plan).orElseThrow();

      assertThat(report.images().get(0).bytesResumed()).isEqualTo(BlobSender.CHUNK);
      assertSame(source, target, List.of(image));
    }
  }
}
