package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorOptions.IndexForm;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.preflight.Finding;
import ai.kubernaut.airgap.preflight.Preflight;
import ai.kubernaut.airgap.preflight.PreflightOptions;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Images of which only some platforms are mirrored. */
final class PlatformsTest {
  private static final Target MIRROR = Target.registry("harbor.corp/airgap");
  private static final Platform AMD64 = Platform.of("linux", "amd64");
  private static final Platform ARM64 = Platform.of("linux", "arm64");
  private static final ImageRef IMAGE = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1");
  private static final ImageRef MIRRORED = MIRROR.nameOf(IMAGE);

  private final MemoryRegistryClient memory = MemoryRegistryClient.create();
  private final WatchedClient client = new WatchedClient(memory);
  private MirrorOptions options = MirrorOptions.builder().build();
  private Digest published;

  @BeforeEach
  void publish() {
    TestImages.publish(memory, IMAGE, TestImages.Kind.OCI, List.of(TestImages.bytes(50_000, 1)), 7);
    published = memory.readManifest(IMAGE).digest();
  }

  @AfterEach
  void close() {
    memory.close();
  }

  private static MirrorPlan plan(Platforms platforms) {
    return MirrorPlan.builder(MIRROR).platforms(platforms).image(IMAGE).build();
  }

  private MirrorReport mirror(MirrorPlan plan) {
    return new MirrorEngine(client, options, event -> {}).mirror(plan);
  }

  private Descriptor child(Platform platform) {
    return memory.readManifest(IMAGE).children().stream()
        .filter(child -> child.platform().filter(platform::equals).isPresent())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aChosenPlatformGetsAnIndexOfItsOwnAndTheReportBothDigests() {
    MirroredImage image = mirror(plan(Platforms.of(AMD64))).orElseThrow().images().get(0);

    Manifest index = memory.readManifest(MIRRORED);
    assertThat(index.children()).containsExactly(child(AMD64));
    assertThat(memory.findManifest(MIRRORED.repository().digest(child(ARM64).digest()))).isEmpty();
    for (Descriptor blob :
        memory.readManifest(MIRRORED.repository().digest(child(AMD64).digest())).blobs()) {
      assertThat(memory.findBlob(MIRRORED.repository(), blob.digest())).isPresent();
    }
    assertThat(image.digest()).contains(index.digest());
    assertThat(image.sourceDigest()).contains(published);
    assertThat(image.describe())
        .contains(index.digest().abbreviated(), published.abbreviated(), "fewer platforms");
  }

  @Test
  void everyPlatformChosenLeavesTheDigestAsItIs() {
    MirroredImage image =
        mirror(plan(Platforms.of(AMD64, ARM64, Platform.of("linux", "s390x"))))
            .orElseThrow()
            .images()
            .get(0);

    assertThat(image.digest()).contains(published);
    assertThat(image.digestHasChanged()).isFalse();
  }

  @Test
  void aPlatformWithoutIndexGetsTheName() {
    MirroredImage image = mirror(plan(Platforms.withoutIndex(ARM64))).orElseThrow().images().get(0);

    assertThat(memory.readManifest(MIRRORED).isIndex()).isFalse();
    assertThat(image.digest()).contains(child(ARM64).digest());
  }

  @Test
  void aPlatformThatTheImageDoesNotHaveIsAFailureThatNamesThoseItHas() {
    MirrorReport report = mirror(plan(Platforms.of(Platform.of("linux", "ppc64le"))));

    assertThat(report.failures().get(0).failure().orElseThrow().describe())
        .contains("linux/ppc64le", "linux/amd64, linux/arm64, linux/s390x");
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.MANIFEST_INVALID);
    assertThat(memory.findManifest(MIRRORED)).isEmpty();
  }

  @Test
  void aSecondRunFindsTheReducedImageAndSendsNothing() {
    MirrorPlan plan = plan(Platforms.of(AMD64));
    MirrorReport first = mirror(plan);
    client.forget();

    assertThat(mirror(plan).images().get(0).outcome()).isEqualTo(MirroredImage.Outcome.PRESENT);
    assertThat(client.calls()).noneMatch(call -> call.startsWith("write"));

    client.forget();
    MirrorReport again = mirror(first.plan());
    assertThat(again.images().get(0).outcome()).isEqualTo(MirroredImage.Outcome.PRESENT);
    assertThat(client.calls()).filteredOn(call -> call.startsWith("readManifest")).isEmpty();
  }

  @Test
  void theReportsPlanHasTheNewDigestSoThatChecksAndPinnedReferencesAreRight() {
    ImageRef pinned = IMAGE.withDigest(published);
    MirrorPlan plan =
        MirrorPlan.builder(MIRROR).platforms(Platforms.of(AMD64)).image(pinned).build();

    MirrorPlan carriedOut = mirror(plan).orElseThrow().plan();

    Digest reduced = memory.readManifest(MIRRORED).digest();
    assertThat(carriedOut.pullReferences().get(pinned)).isEqualTo(MIRRORED.withDigest(reduced));
    MirrorEngine engine = new MirrorEngine(client, options, event -> {});
    assertThat(engine.check(carriedOut, CheckDepth.MANIFEST).isOk()).isTrue();
    assertThat(engine.check(carriedOut, CheckDepth.BLOBS).isOk()).isTrue();
  }

  @Test
  void aMirrorThatRefusesIndexesGetsOnePlatformOnlyWhereTheCallerAllowsIt() {
    int[] refusals = {1};
    client.before(
        call -> {
          if (call.equals("writeManifest " + MIRRORED) && refusals[0]-- > 0) {
            throw new RegistryException(
                Reason.REFUSED, "harbor.corp", 415, call + " failed: no indexes here", null);
          }
        });

    MirrorReport refused = mirror(plan(Platforms.all()));
    assertThat(refused.failures().get(0).failure().orElseThrow().describe())
        .contains("no indexes here", "platformWhereIndexRefused");
    assertThat(refused.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.INDEX_REFUSED);

    refusals[0] = 1;
    options = MirrorOptions.builder().platformWhereIndexRefused(AMD64).build();
    MirrorReport report = mirror(plan(Platforms.all())).orElseThrow();

    assertThat(memory.readManifest(MIRRORED).digest()).isEqualTo(child(AMD64).digest());
    assertThat(report.images().get(0).digestHasChanged()).isTrue();
    assertThat(report.plan().entries().get(0).mirroredDigest()).contains(child(AMD64).digest());
    assertThat(mirror(report.plan()).images().get(0).outcome())
        .isEqualTo(MirroredImage.Outcome.PRESENT);
  }

  private MirrorReport mirror(RegistryClient from, RegistryClient to, Target mirror) {
    MirrorPlan plan =
        MirrorPlan.builder(mirror).platforms(Platforms.of(AMD64)).image(IMAGE).build();
    return new MirrorEngine(from, to, options, event -> {}).mirror(plan);
  }

  private static HttpRegistryClient http(String host) {
    return HttpRegistryClient.builder()
        .credentials(CredentialProvider.none())
        .plainHttp(host)
        .build();
  }

  @Test
  void anIndexKeepsItsBytesWhereTheMirrorAcceptsItWithoutTheOtherPlatforms() {
    options = MirrorOptions.builder().indexForm(IndexForm.AUTO).build();
    try (MemoryRegistryClient accepting = MemoryRegistryClient.acceptingSparseIndexes();
        RegistryServer server = RegistryServer.builder(accepting, "mirror.local").start();
        HttpRegistryClient to = http(server.host())) {
      Target mirror = Target.registry(server.host());
      MirrorReport report = mirror(memory, to, mirror).orElseThrow();

      assertThat(report.images()).allMatch(MirroredImage::isIndexSparse);
      assertThat(report.plan().entries().get(0).mirroredDigest()).contains(published);
      ImageRef there = mirror.nameOf(IMAGE);
      assertThat(to.readManifest(there)).isEqualTo(memory.readManifest(IMAGE));
      assertThat(to.findManifest(there.repository().digest(child(ARM64).digest()))).isEmpty();
      assertThat(mirror(memory, to, mirror).images().get(0).outcome())
          .isEqualTo(MirroredImage.Outcome.PRESENT);
    }
  }

  @Test
  void aRealRegistryThatRefusesSparseIndexesGetsARewrittenOne() {
    try (DockerRegistry registry = DockerRegistry.start();
        HttpRegistryClient to = http(registry.host())) {
      Target mirror = Target.registry(registry.host());
      options = MirrorOptions.builder().indexForm(IndexForm.SPARSE).build();
      assertThat(mirror(memory, to, mirror).problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.SPARSE_INDEX_REFUSED);

      options = MirrorOptions.builder().indexForm(IndexForm.AUTO).build();
      MirroredImage image = mirror(memory, to, mirror).orElseThrow().images().get(0);
      assertThat(image.digestHasChanged()).isTrue();
      assertThat(image.isIndexSparse()).isFalse();
      assertThat(to.readManifest(mirror.nameOf(IMAGE)).children()).containsExactly(child(AMD64));
      assertThat(mirror(memory, to, mirror).images().get(0).outcome())
          .isEqualTo(MirroredImage.Outcome.PRESENT);
    }
  }

  private static Finding sparseIndex(
      RegistryClient registries, Platforms platforms, boolean write) {
    PreflightOptions how = PreflightOptions.builder().mayWrite(write).build();
    return new Preflight(registries, how, event -> {})
        .check(plan(platforms))
        .finding(Capability.SPARSE_INDEX);
  }

  @Test
  void thePreflightFindsWhetherTheMirrorAcceptsSparseIndexes_andTheRunUsesThat() {
    try (MemoryRegistryClient accepting = MemoryRegistryClient.acceptingSparseIndexes()) {
      assertThat(sparseIndex(accepting, Platforms.of(AMD64), true).fact())
          .hasValueSatisfying(
              fact -> assertThat(fact.code()).isEqualTo(FactCode.SPARSE_INDEX_ACCEPTED));
      assertThat(sparseIndex(accepting, Platforms.all(), true).fact())
          .hasValueSatisfying(
              fact -> assertThat(fact.code()).isEqualTo(FactCode.SPARSE_INDEX_NOT_NEEDED));
      assertThat(sparseIndex(accepting, Platforms.of(AMD64), false).fact())
          .hasValueSatisfying(
              fact -> assertThat(fact.code()).isEqualTo(FactCode.SPARSE_INDEX_NOT_CHECKED));
    }
    PreflightReport report =
        new Preflight(memory, PreflightOptions.builder().mayWrite(true).build(), event -> {})
            .check(plan(Platforms.of(AMD64)));
    assertThat(report.finding(Capability.SPARSE_INDEX).fact())
        .hasValueSatisfying(
            fact -> assertThat(fact.code()).isEqualTo(FactCode.SPARSE_INDEX_REJECTED));
    options = MirrorOptions.builder().indexForm(IndexForm.AUTO).preflight(report).build();
    MirrorReport mirrored = mirror(plan(Platforms.of(AMD64))).orElseThrow();
    assertThat(mirrored.images()).allMatch(MirroredImage::digestHasChanged);
    assertThat(client.calls()).filteredOn(("writeManifest " + MIRRORED)::equals).hasSize(1);
  }
}
