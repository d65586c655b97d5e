package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.DelegatingClient;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanForecaster;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The one walk over an image. */
@Timeout(60)
final class ImageContentTest {
  private static final ImageRef IMAGE = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1");

  private final MemoryRegistryClient registries = MemoryRegistryClient.create();

  @AfterEach
  void close() {
    registries.close();
  }

  private Manifest publish() {
    return TestImages.publish(
        registries,
        IMAGE,
        TestImages.Kind.OCI,
        List.of("shared".getBytes(StandardCharsets.UTF_8)),
        1);
  }

  /** Publishes an index under the tag {@code v1}. */
  private Manifest publish(Descriptor... children) {
    Manifest index = Manifest.index(children);
    registries.writeManifest(IMAGE, index);
    return index;
  }

  @Test
  void anImageConsistsOfItsManifestsConfigurationsAndLayers() {
    Manifest index = publish();

    ImageContent content = ImageContent.read(registries, IMAGE);

    assertThat(content.root()).isEqualTo(index);
    assertThat(content.digest()).isEqualTo(index.digest());
    assertThat(content.children().keySet())
        .containsExactlyElementsOf(index.children().stream().map(Descriptor::digest).toList());
    assertThat(content.configs()).hasSize(3);
    assertThat(content.layers()).as("the shared layer once").hasSize(1 + 3);
    assertThat(content.blobs())
        .containsExactlyElementsOf(
            Stream.concat(content.configs().stream(), content.layers().stream()).toList());
  }

  @Test
  void onlyTheWantedPlatformsAreRead() {
    Manifest index = publish();

    ImageContent content =
        ImageContent.read(registries, IMAGE, Platforms.of(Platform.parse("linux/arm64")));

    assertThat(content.children()).hasSize(1);
    assertThat(content.digest()).isEqualTo(content.root().digest()).isNotEqualTo(index.digest());
    assertThat(
            ImageContent.readRoot(registries, IMAGE, Platforms.of(Platform.parse("linux/arm64"))))
        .isEqualTo(content.root());
  }

  @Test
  void nestedIndexesComeAfterWhatTheyList() {
    Manifest inner = publish();
    registries.writeManifest(IMAGE.repository().digest(inner.digest()), inner);
    publish(inner.descriptor());

    ImageContent content = ImageContent.read(registries, IMAGE);

    assertThat(content.children()).hasSize(4);
    assertThat(new ArrayList<>(content.children().values()).get(3)).isEqualTo(inner);
    assertThat(ImageContent.readDigests(registries, IMAGE))
        .contains(content.root().digest())
        .containsAll(content.children().keySet())
        .hasSize(5);
  }

  @Test
  void theDigestsOfAnImageAreFoundThoughItsPlatformsWereNotMirrored() {
    Digest absent = Digest.sha256("absent".getBytes(StandardCharsets.UTF_8));
    Map<ImageRef, Manifest> stored = new HashMap<>();
    Manifest index = Manifest.index(Descriptor.of(Manifest.OCI_MANIFEST, absent, 10));
    stored.put(IMAGE, index);

    assertThat(ImageContent.readDigests(answering(stored), IMAGE))
        .containsExactlyInAnyOrder(index.digest(), absent);
  }

  /** A registry that answers with these manifests, and verifies nothing. */
  private RegistryClient answering(Map<ImageRef, Manifest> manifests) {
    return new DelegatingClient(registries) {
      @Override
      public Manifest readManifest(ImageRef image) {
        return Objects.requireNonNull(manifests.get(image), image.toString());
      }
    };
  }

  @Test
  void indexesThatListEachOtherAreReadOnce() {
    Digest first = Digest.sha256("first".getBytes(StandardCharsets.UTF_8));
    Digest second = Digest.sha256("second".getBytes(StandardCharsets.UTF_8));
    Map<ImageRef, Manifest> circle = new HashMap<>();
    circle.put(IMAGE, Manifest.index(Descriptor.of(Manifest.OCI_INDEX, first, 10)));
    circle.put(
        IMAGE.repository().digest(first),
        Manifest.index(Descriptor.of(Manifest.OCI_INDEX, second, 10)));
    circle.put(
        IMAGE.repository().digest(second),
        Manifest.index(Descriptor.of(Manifest.OCI_INDEX, first, 10)));

    ImageContent content = ImageContent.read(answering(circle), IMAGE);

    assertThat(content.children().keySet()).containsExactly(second, first);
  }

  @Test
  void aForecastEndsWhereIndexesAreNestedWithoutEnd() {
    Manifest index = publish();
    for (int i = 0; i < 4; i++) {
      registries.writeManifest(IMAGE.repository().digest(index.digest()), index);
      index = publish(index.descriptor());
    }
    MirrorPlan plan = MirrorPlan.builder(Target.registry("harbor.corp")).image(IMAGE).build();

    assertThatThrownBy(() -> new PlanForecaster(registries).forecast(plan))
        .isInstanceOf(InvalidManifestException.class)
        .hasMessageContaining("more than 4 deep");
  }

  @Test
  void anImageWithTooManyManifestsIsNotRead() {
    publish();

    assertThatThrownBy(
            () ->
                ImageContent.read(
                    registries, IMAGE, Platforms.all(), ManifestBudget.of(3 * 1024, 1 << 20)))
        .isInstanceOfSatisfying(
            RegistryException.class, e -> assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE));
  }

  @Test
  void anIndexIsWrittenWithAllThatItsDescriptorsHave() {
    Descriptor child =
        Descriptor.builder()
            .mediaType(Manifest.OCI_MANIFEST)
            .digest(Digest.sha256(new byte[0]))
            .size(7)
            .platform(Platform.parse("linux/arm/v7"))
            .artifactType("text/spdx")
            .putAnnotations("of", "a test")
            .addUrls("https://example.org/manifest")
            .build();

    Descriptor read = Manifest.index(child).children().get(0);

    assertThat(read).isEqualTo(child);
    assertThat(read.artifactType()).isEqualTo(child.artifactType());
    assertThat(read.annotations()).isEqualTo(child.annotations());
  }

  @Test
  void anIndexKeepsWhatThisLibraryDoesNotKnow() {
    Manifest index =
        Manifest.of(
            Manifest.OCI_INDEX,
            """
            {"other":1,"manifests":[{"mediaType":"a/b","digest":"%s","size":0,"data":"e30="}],
             "annotations":{"of":"another tool"}}"""
                .formatted(Digest.sha256(new byte[0]))
                .getBytes(StandardCharsets.UTF_8));

    Manifest changed =
        index.withChildren(
            child -> true,
            List.of(Descriptor.of(Manifest.OCI_MANIFEST, Digest.sha256(new byte[] {1}), 1)));

    assertThat(new String(changed.content(), StandardCharsets.UTF_8))
        .contains("\"other\":1", "\"data\":\"e30=\"", "another tool");
    assertThat(changed.children()).hasSize(2);
    assertThat(index.withChildren(child -> true, List.of())).isSameAs(index);
  }
}
