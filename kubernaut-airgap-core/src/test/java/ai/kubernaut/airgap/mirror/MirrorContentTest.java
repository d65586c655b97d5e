package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.Skopeo;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What the mirror has, compared with the answers of skopeo to the questions of the guide. */
@Timeout(120)
final class MirrorContentTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0");

  private static DockerRegistry registry;
  private static HttpRegistryClient client;

  @BeforeAll
  static void start() {
    registry = DockerRegistry.start();
    client = HttpRegistryClient.builder().plainHttp(registry.host()).build();
  }

  @AfterAll
  static void stop() {
    if (client != null) {
      client.close();
    }
    if (registry != null) {
      registry.close();
    }
  }

  private static JsonNode skopeo(String... arguments) throws IOException {
    return JSON.readTree(Skopeo.run(arguments));
  }

  private static MirrorPlan plan(Target target, Optional<Digest> digest) {
    return MirrorPlan.builder(target)
        .addEntries(
            MirrorEntry.builder()
                .source(GATEWAY)
                .target(target.nameOf(GATEWAY))
                .digest(digest)
                .build())
        .build();
  }

  private static Manifest publish(RegistryClient registries, ImageRef image) {
    return TestImages.publish(
        registries, image, TestImages.Kind.OCI, List.of(TestImages.bytes(30_000, 1)), 7);
  }

  @ParameterizedTest
  @EnumSource(Separator.class)
  void theTagsAreThoseThatSkopeoLists_forNestedAndFlatNames(Separator separator)
      throws IOException {
    Target target = Target.registry(registry.host() + "/tags").separator(separator);
    ImageRef image = target.nameOf(GATEWAY);
    publish(client, image);
    publish(client, image.withTag("v1.0.0"));

    MirrorListing listing = MirrorListing.of(plan(target, Optional.empty()), client);

    List<String> tags = new ArrayList<>();
    skopeo("list-tags", "--tls-verify=false", "docker://" + image.repository())
        .path("Tags")
        .forEach(tag -> tags.add(tag.asText()));
    assertThat(listing.repositories())
        .containsExactly(
            new MirrorListing.ListedRepository(
                image.repository(), List.of("v1.0.0", "v1.1.0"), List.of(image)));
    assertThat(tags).containsExactlyInAnyOrder("v1.0.0", "v1.1.0");
    assertThat(listing.orElseThrow()).isSameAs(listing);
    assertThat(listing.summary()).isEqualTo("1 repositories with 2 tags; all 1 images are there");
  }

  @Test
  void anImageThatIsAbsentIsAProblem() {
    Target target = Target.registry(registry.host() + "/none");
    MirrorListing listing = MirrorListing.of(plan(target, Optional.empty()), client);
    assertThat(listing.repositories().get(0).tags()).isEmpty();
    assertThat(listing.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_NOT_IN_MIRROR);
    ProblemsException failure = catchThrowableOfType(ProblemsException.class, listing::orElseThrow);
    assertThat(failure).hasMessageContaining("1 of 1 images have problems");
  }

  @Test
  void aRegistryThatCannotBeAskedIsAProblemOfItsImages() {
    MirrorListing listing =
        MirrorListing.of(plan(Target.registry("localhost:1"), Optional.empty()), client);
    assertThat(listing.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.REGISTRY_UNREACHABLE);
  }

  @Test
  void anImageThatIsNamedByDigestAloneIsFound() {
    MemoryRegistryClient memory = MemoryRegistryClient.create();
    Target target = Target.registry("harbor.corp");
    Digest digest = publish(memory, target.nameOf(GATEWAY)).digest();
    ImageRef pinned = GATEWAY.repository().digest(digest);
    MirrorPlan plan =
        MirrorPlan.builder(target)
            .addEntries(MirrorEntry.builder().source(pinned).target(target.nameOf(pinned)).build())
            .build();
    assertThat(MirrorListing.of(plan, memory).problems()).isEmpty();
  }

  private static Digest putConfig(ImageRef image) {
    byte[] config =
        "{\"created\":\"2026-01-02T03:04:05Z\",\"architecture\":\"arm\",\"variant\":\"v7\",\"os\":\"linux\",\"config\":{\"Labels\":{\"org.opencontainers.image.title\":\"gateway\"}},\"rootfs\":{\"type\":\"layers\",\"diff_ids\":[]}}"
            .getBytes(StandardCharsets.UTF_8);
    Descriptor blob =
        Descriptor.of(
            "application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length);
    client.writeBlob(image.repository(), blob, new ByteArrayInputStream(config));
    Manifest manifest =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]}"
                .formatted(Manifest.OCI_MANIFEST, blob.mediaType(), blob.digest(), blob.size())
                .getBytes(StandardCharsets.UTF_8));
    client.writeManifest(image, manifest);
    return manifest.digest();
  }

  @Test
  void anImageOfOnePlatformIsDescribedAsSkopeoDoes() throws IOException {
    ImageRef image = ImageRef.parse(registry.host() + "/one:1");
    Digest digest = putConfig(image);

    ImageInspection inspection = ImageInspection.of(image, client).orElseThrow();

    JsonNode answer = skopeo("inspect", "--tls-verify=false", "docker://" + image);
    PlatformInspection platform = inspection.platforms().get(0);
    assertThat(inspection.digest()).contains(digest);
    assertThat(answer.path("Digest").asText()).isEqualTo(digest.toString());
    assertThat(platform.platform().orElseThrow())
        .hasToString(
            answer.path("Os").asText() + "/" + answer.path("Architecture").asText() + "/v7");
    assertThat(platform.created()).contains(answer.path("Created").asText());
    assertThat(platform.labels())
        .isEqualTo(
            Map.of(
                "org.opencontainers.image.title",
                answer.at("/Labels/org.opencontainers.image.title").asText()));
    assertThat(platform.layers()).isEqualTo(answer.path("Layers").size());
  }

  @Test
  void anIndexIsDescribedWithItsPlatformsAndComparedWithThePlan() throws IOException {
    Target target = Target.registry(registry.host() + "/index");
    ImageRef image = target.nameOf(GATEWAY);
    Manifest index = publish(client, image);
    MirrorPlan plan = plan(target, Optional.of(index.digest()));

    ImageInspection inspection =
        ImageInspection.of(plan.entries().get(0), plan, client).orElseThrow();

    JsonNode raw = JSON.readTree(Skopeo.manifest("docker://" + image));
    assertThat(inspection.mediaType()).contains(raw.path("mediaType").asText());
    assertThat(inspection.platforms())
        .extracting(each -> each.digest().toString())
        .containsExactlyElementsOf(raw.findValuesAsText("digest"));
    assertThat(inspection.platforms())
        .extracting(each -> each.platform().orElseThrow().toString())
        .containsExactly("linux/amd64", "linux/arm64", "linux/s390x");
    assertThat(inspection.isPlanned()).isTrue();
    assertThat(inspection.size())
        .as("the shared layer once")
        .isEqualTo(
            inspection.platforms().stream().mapToLong(PlatformInspection::size).sum() - 2 * 30_000);
    assertThat(inspection.platforms().get(0).layers()).isEqualTo(2);
  }

  @Test
  void anotherDigestThanPlannedIsAProblem() {
    Target target = Target.registry(registry.host() + "/other");
    publish(client, target.nameOf(GATEWAY));
    MirrorPlan plan = plan(target, Optional.of(Digest.sha256(new byte[1])));
    ImageInspection inspection = ImageInspection.of(plan.entries().get(0), plan, client);
    assertThat(inspection.isPlanned()).isFalse();
    assertThat(inspection.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_DIFFERS_IN_MIRROR);
  }

  @Test
  void anImageThatIsNotThereIsAProblemAndNotAnException() {
    ImageInspection inspection =
        ImageInspection.of(ImageRef.parse(registry.host() + "/gone:1"), client);
    assertThat(inspection.digest()).isEmpty();
    assertThat(inspection.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_NOT_IN_MIRROR);
    assertThat(catchThrowableOfType(ProblemsException.class, inspection::orElseThrow))
        .hasMessageContaining("the inspection of");
  }

  @Test
  void absentPartsOfAnImageAreNamed() {
    MemoryRegistryClient memory = MemoryRegistryClient.create();
    ImageRef image = ImageRef.parse("harbor.corp/app:1");
    Manifest whole = publish(memory, image);
    Descriptor absent = whole.children().get(1);
    memory.deleteManifest(image.repository(), absent.digest());
    ImageInspection inspection = ImageInspection.of(image, memory);
    assertThat(inspection.platforms())
        .extracting(PlatformInspection::isPresent)
        .containsExactly(true, false, true);
  }
}
