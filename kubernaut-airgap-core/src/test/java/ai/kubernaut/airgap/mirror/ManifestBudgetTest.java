package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirroredImage.Outcome;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Manifests are held in memory, so there is a limit to them. */
@Timeout(60)
final class ManifestBudgetTest {
  private static final int ATTACHMENT = 100_000;

  private final MemoryRegistryClient client = MemoryRegistryClient.create();

  @AfterEach
  void close() {
    client.close();
  }

  private ImageRef publish(String name, int attachments) {
    ImageRef image = ImageRef.parse("quay.io/kubernaut-ai/" + name + ":v1");
    Manifest index =
        TestImages.publish(
            client,
            image,
            TestImages.Kind.OCI,
            List.of(TestImages.bytes(1000, 1)),
            name.hashCode());
    for (int i = 0; i < attachments; i++) {
      attach(client, image.repository(), index, name + i);
    }
    return image;
  }

  private static void attach(
      RegistryClient client, Repository repository, Manifest subject, String text) {
    Manifest attachment =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            """
            {"schemaVersion":2,"mediaType":"%s","artifactType":"application/spdx+json","layers":[],
             "subject":{"mediaType":"%s","digest":"%s","size":%d},
             "annotations":{"text":"%s"}}"""
                .formatted(
                    Manifest.OCI_MANIFEST,
                    subject.mediaType(),
                    subject.digest(),
                    subject.size(),
                    text + "x".repeat(ATTACHMENT))
                .getBytes(StandardCharsets.UTF_8));
    client.writeManifest(repository.digest(attachment.digest()), attachment);
  }

  private List<MirroredImage> mirror(MirrorOptions.Builder options, ImageRef... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry("harbor.corp"));
    for (ImageRef image : images) {
      plan.image(image);
    }
    return new MirrorEngine(client, options.imagesAtOnce(1).build(), event -> {})
        .mirror(plan.build())
        .images();
  }

  @Test
  void anImageWithTooManyBytesOfAttachmentsFailsAlone() {
    ImageRef many = publish("many", 8);
    ImageRef few = publish("few", 2);

    List<MirroredImage> images =
        mirror(MirrorOptions.builder().manifestBytesPerImage(5 * ATTACHMENT), many, few);

    assertThat(images.get(0).outcome()).isEqualTo(Outcome.FAILED);
    assertThat(images.get(0).failure().orElseThrow().describe())
        .contains("more than 500000 bytes of manifests")
        .contains("manifestBytesPerImage");
    assertThat(images.get(1).outcome()).isEqualTo(Outcome.COPIED);
    assertThat(images.get(1).attachments()).hasSize(2);
  }

  @Test
  void aRunHoldsNoMoreThanItsBudget() {
    ImageRef[] all = {publish("a", 3), publish("b", 3), publish("c", 3)};

    List<MirroredImage> images =
        mirror(MirrorOptions.builder().manifestBytesPerRun(7 * ATTACHMENT), all);

    assertThat(images)
        .extracting(MirroredImage::outcome)
        .containsExactly(Outcome.COPIED, Outcome.COPIED, Outcome.FAILED);
    assertThat(images.get(2).failure().orElseThrow().describe()).contains("manifestBytesPerRun");
  }

  @Test
  void whatAFailedImageHasUsedIsFreeForTheNext() {
    ImageRef[] all = {publish("a", 6), publish("b", 6), publish("c", 2)};

    List<MirroredImage> images =
        mirror(
            MirrorOptions.builder()
                .manifestBytesPerImage(5 * ATTACHMENT)
                .manifestBytesPerRun(6 * ATTACHMENT),
            all);

    assertThat(images)
        .extracting(MirroredImage::outcome)
        .containsExactly(Outcome.FAILED, Outcome.FAILED, Outcome.COPIED);
  }

  @Test
  void theFailureIsTyped() {
    ManifestBudget budget = ManifestBudget.of(2000, Long.MAX_VALUE);
    ImageRef image = publish("gateway", 0);
    budget.read(client, image);

    assertThatThrownBy(() -> budget.read(client, image))
        .isInstanceOfSatisfying(
            RegistryException.class,
            e -> {
              assertThat(e.reason()).isEqualTo(Reason.TOO_LARGE);
              assertThat(e.registry()).isEqualTo("quay.io");
            });
    assertThat(budget.forImage().read(client, image)).isNotNull();
  }

  @Test
  void budgetsHaveToMakeSense() {
    assertThatThrownBy(() -> MirrorOptions.builder().manifestBytesPerImage(0).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("manifestBytesPerImage is 0");
    assertThatThrownBy(() -> MirrorOptions.builder().manifestBytesPerRun(-1).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("manifestBytesPerRun is -1");
  }
}
