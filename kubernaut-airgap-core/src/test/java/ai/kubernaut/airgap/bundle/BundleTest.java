package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.Skopeo;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A bundle in a directory: what left is what arrives. */
@Timeout(120)
final class BundleTest {
  private static final MirrorOptions OPTIONS = MirrorOptions.builder().build();
  private static final String MIRROR = "harbor.corp";

  @TempDir private Path directory;
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private final MemoryRegistryClient target = MemoryRegistryClient.create();
  private Path carried;
  private MirrorPlan plan;

  @BeforeEach
  void publish() throws IOException {
    Site.publish(source);
    plan = Site.plan(source, directory.resolve("home"), MIRROR);
    carried = directory.resolve("carried");
  }

  private LayoutRegistryClient layout() {
    return LayoutRegistryClient.at(carried, Bundle.repository());
  }

  private BundleReport create(MirrorPlan wanted) {
    try (LayoutRegistryClient store = layout()) {
      return new Bundler(source, store, event -> {})
          .create(wanted, BundleOptions.builder().build())
          .orElseThrow();
    }
  }

  private MirrorReport load(Bundle bundle, MirrorPlan wanted) {
    return new BundleLoader(target, event -> {}).load(bundle, wanted, OPTIONS);
  }

  private void assertSameManifests(MirrorPlan wanted) {
    for (MirrorEntry entry : wanted.entries()) {
      Manifest original = source.readManifest(entry.source());
      assertThat(target.readManifest(entry.target())).isEqualTo(original);
      for (Descriptor child : original.children()) {
        Manifest one = target.readManifest(entry.target().repository().digest(child.digest()));
        assertThat(one.content())
            .isEqualTo(
                source.readManifest(entry.source().repository().digest(child.digest())).content());
      }
    }
  }

  @Test
  void imagesAttachmentsPlanAndChartArriveAsTheyLeft() {
    BundleReport created = create(plan);
    assertThat(created.facts())
        .extracting(Fact::code)
        .containsExactly(FactCode.BUNDLE_ROOM_UNKNOWN);
    assertThat(created.summary())
        .contains("the bundle is complete: 2 images, 2 attachments, 6 files");

    Path elsewhere = directory.resolve("elsewhere");
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      assertThat(bundle.digest()).isEqualTo(created.bundle().orElseThrow().digest());
      assertThat(bundle.files())
          .containsOnlyKeys(
              "plan.yaml",
              "chart/kubernaut.tar.gz",
              "files/1-values.yaml",
              "files/2-sdk.yaml",
              "contents.json",
              "SHA256SUMS");
      MirrorPlan unpacked = bundle.unpackPlan(elsewhere);
      assertThat(unpacked.chart().orElseThrow().location())
          .isEqualTo(elsewhere.resolve("chart/kubernaut"));
      assertThat(bundle.unpackPlan(elsewhere)).isEqualTo(unpacked);
      assertThat(load(bundle, unpacked).isOk()).isTrue();
      assertSameManifests(plan);
      ImageRef mirrored = plan.entries().get(0).target();
      assertThat(
              target.referrers(mirrored.repository(), source.readManifest(Site.GATEWAY).digest()))
          .hasValueSatisfying(referrers -> assertThat(referrers).hasSize(1));
      assertThat(target.tags(mirrored.repository()))
          .anyMatch(tag -> tag.startsWith("sha256-") && tag.endsWith(".sig"));
      assertThat(load(bundle, unpacked).bytesSent()).isZero();
    }
  }

  @Test
  void theTargetIsChosenWhereTheBundleIsLoaded_alsoSeveral_andAPartOfTheImages() {
    create(plan);
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      MirrorPlan unpacked = bundle.unpackPlan(directory.resolve("elsewhere"));
      for (Target site :
          List.of(
              Target.registry("site-a.corp/nested"),
              Target.registry("site-b.corp").separator(Separator.DASH))) {
        MirrorPlan there = unpacked.forTarget(site);
        assertThat(load(bundle, there).isOk()).isTrue();
        assertSameManifests(there);
      }
      MirrorPlan part =
          MirrorPlan.builder(plan.target()).entries(unpacked.entries().subList(0, 1)).build();
      assertThat(load(bundle, part).images()).hasSize(1);
      assertThat(target.findManifest(plan.entries().get(1).target())).isEmpty();
    }
  }

  @Test
  void aPlanForSomePlatformsIsLoadedWithThePlatformsThatWerePacked() {
    MirrorPlan amd64 =
        MirrorPlan.builder(plan.target())
            .from(plan)
            .platforms(Platforms.of(List.of(Platform.parse("linux/amd64"))))
            .build();
    BundleReport created = create(amd64);
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      MirrorReport loaded = load(bundle, bundle.unpackPlan(directory.resolve("elsewhere")));
      assertThat(loaded.isOk()).isTrue();
      assertThat(target.readManifest(plan.entries().get(0).target()).children()).hasSize(1);
      assertThat(loaded.images().get(0).digest())
          .isEqualTo(created.images().orElseThrow().images().get(0).digest());
    }
  }

  @Test
  void otherToolsReadTheBundle_pushIt_andPullItBack() throws IOException {
    create(plan);
    assertThat(Skopeo.run("inspect", "--raw", "oci:" + carried + ":" + Site.GATEWAY))
        .isEqualTo(source.readManifest(Site.GATEWAY).content());
    Skopeo.copy(
        "oci:" + carried + ":" + Site.GATEWAY, "oci:" + directory.resolve("one-image") + ":v1");

    try (DockerRegistry registry = DockerRegistry.start()) {
      String pushed = "docker://" + registry.host() + "/bundles/kubernaut:1";
      Skopeo.copy("oci:" + carried + ":bundle", pushed);
      Skopeo.copy(pushed, "oci:" + directory.resolve("pulled") + ":any-tag");
      Skopeo.copy(pushed, "oci:" + directory.resolve("pulled-without-a-name"));
    }
    for (String pulled : List.of("pulled", "pulled-without-a-name")) {
      try (LayoutRegistryClient store =
          LayoutRegistryClient.open(directory.resolve(pulled), Bundle.repository())) {
        Bundle bundle = Bundle.open(store);
        MirrorPlan unpacked = bundle.unpackPlan(directory.resolve("plan-of-" + pulled));
        MirrorPlan there = unpacked.forTarget(Target.registry(pulled + ".corp"));
        assertThat(load(bundle, there).isOk()).isTrue();
        assertSameManifests(there);
        assertThat(target.tags(there.entries().get(0).target().repository()))
            .anyMatch(tag -> tag.endsWith(".sig"));
      }
    }
  }

  @Test
  void contentThatIsInTheBundleIsNotFetchedAgain_andTheSamePlanMakesTheSameBundle() {
    BundleReport first = create(plan);
    BundleReport again = create(plan);
    assertThat(again.images().orElseThrow().bytesSent()).isZero();
    assertThat(again.bundle().orElseThrow().digest())
        .isEqualTo(first.bundle().orElseThrow().digest());
  }

  @Test
  void theChecksumsAreThoseOfTheFilesInTheDirectory() throws IOException {
    create(plan);
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      Descriptor list =
          bundle.titled().stream()
              .filter(file -> Bundle.title(file).equals("SHA256SUMS"))
              .findFirst()
              .orElseThrow();
      List<String> lines =
          new String(bundle.read(list, 1 << 20), StandardCharsets.UTF_8).lines().toList();
      // All but the root, the empty configuration, and the list itself.
      try (Stream<Path> files = Files.list(carried.resolve("blobs/sha256"))) {
        assertThat(lines).hasSize((int) files.count() - 2);
      }
      for (String line : lines) {
        assertThat(carried.resolve(line.substring(66))).exists();
        assertThat(line).endsWith(line.substring(0, 64));
      }
    }
  }

  private long bytesOnDisk() throws IOException {
    try (Stream<Path> files = Files.walk(carried)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.startsWith(carried.resolve(".airgap")))
          .mapToLong(file -> file.toFile().length())
          .sum();
    }
  }

  @Test
  void theForecastIsTheSizeOfTheDirectory_andNothingIsWritten() throws IOException {
    BundleOptions options = BundleOptions.builder().build();
    try (LayoutRegistryClient store = layout()) {
      Bundler bundler = new Bundler(source, store, event -> {});
      BundleForecast forecast = bundler.forecast(plan, options);
      assertThat(bytesOnDisk()).isLessThan(200);
      assertThat(forecast.images()).isEqualTo(2);
      assertThat(forecast.parts(100_000)).isEqualTo(1 + forecast.archiveBytes() / 100_000);

      bundler.create(plan, options).orElseThrow();
      assertThat(forecast.directoryBytes()).isEqualTo(bytesOnDisk());
      BundleForecast again = bundler.forecast(plan, options);
      assertThat(again.directoryBytes()).isEqualTo(forecast.directoryBytes());
      assertThat(again.bytesToWrite()).isLessThan(20_000);
    }
  }

  @Test
  void aForecastOfAnImageThatIsNotThereNamesIt() {
    MirrorPlan other =
        MirrorPlan.builder(plan.target())
            .image(ImageRef.parse("quay.io/kubernaut-ai/none:v1"))
            .build();
    try (LayoutRegistryClient store = layout()) {
      Bundler bundler = new Bundler(source, store, event -> {});
      BundleException refused =
          catchThrowableOfType(
              BundleException.class,
              () -> bundler.forecast(other, BundleOptions.builder().build()));
      assertThat(refused).hasMessageContaining("the size of the bundle is not known");
      assertThat(refused.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.IMAGE_NOT_FOUND);
      BundleReport created =
          bundler.create(
              other, BundleOptions.builder().room(OptionalLong.of(1_000_000_000)).build());
      assertThat(created.isOk()).isFalse();
      assertThat(created.facts())
          .extracting(Fact::code)
          .containsExactly(FactCode.BUNDLE_SIZE_UNKNOWN);
    }
  }

  private Path blob(MirrorPlan wanted, int image) {
    Manifest index = source.readManifest(wanted.entries().get(image).source());
    Manifest child =
        source.readManifest(
            wanted
                .entries()
                .get(image)
                .source()
                .repository()
                .digest(index.children().get(0).digest()));
    return carried.resolve("blobs/sha256/" + child.blobs().get(1).digest().hex());
  }

  private List<ProblemCode> loadDamaged() {
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      BundleException refused =
          catchThrowableOfType(
              BundleException.class,
              () -> {
                Bundle bundle = Bundle.open(store);
                load(bundle, plan);
              });
      assertThat(target.tags(plan.entries().get(0).target().repository())).isEmpty();
      return refused.problems().stream().map(Problem::code).toList();
    }
  }

  @Test
  void aFlippedBitIsFoundBeforeTheFirstPush() throws IOException {
    create(plan);
    byte[] content = Files.readAllBytes(blob(plan, 1));
    content[content.length / 2] ^= 4;
    Files.write(blob(plan, 1), content);
    assertThat(loadDamaged()).containsExactly(ProblemCode.BUNDLE_CONTENT_DAMAGED);
  }

  @Test
  void contentThatIsMissingOrTruncatedIsFoundBeforeTheFirstPush() throws IOException {
    create(plan);
    byte[] content = Files.readAllBytes(blob(plan, 1));
    Files.write(blob(plan, 1), Stream.of(content).findFirst().map(all -> new byte[5]).get());
    assertThat(loadDamaged()).containsExactly(ProblemCode.BUNDLE_CONTENT_TRUNCATED);
    Files.delete(blob(plan, 1));
    assertThat(loadDamaged()).containsExactly(ProblemCode.BUNDLE_CONTENT_MISSING);
    create(plan);
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      assertThat(BundleLoader.check(Bundle.open(store), event -> {}).isOk()).isTrue();
    }
  }

  private ProblemCode signatureProblem(Bundle bundle, PublicKey key, Path signature) {
    return catchThrowableOfType(
            BundleException.class, () -> bundle.requireSignature(key, signature))
        .problems()
        .get(0)
        .code();
  }

  @Test
  void aSignatureIsOneOfTheWholeBundle() throws Exception {
    create(plan);
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    Path file = directory.resolve("bundle.sig");
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      Bundle bundle = Bundle.open(store);
      assertThat(signatureProblem(bundle, keys.getPublic(), file))
          .isEqualTo(ProblemCode.BUNDLE_SIGNATURE_MISSING);
      bundle.sign(keys.getPrivate(), file);
      assertThat(bundle.requireSignature(keys.getPublic(), file)).isSameAs(bundle);
      PublicKey other = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
      assertThat(signatureProblem(bundle, other, file))
          .isEqualTo(ProblemCode.BUNDLE_SIGNATURE_INVALID);
    }
    // Another bundle with the same images.
    create(plan.forTarget(Target.registry("elsewhere.corp")));
    try (LayoutRegistryClient store = LayoutRegistryClient.open(carried, Bundle.repository())) {
      assertThat(signatureProblem(Bundle.open(store), keys.getPublic(), file))
          .isEqualTo(ProblemCode.BUNDLE_SIGNATURE_INVALID);
    }
  }

  @Test
  void aLayoutWithoutABundleIsNamedAsSuch() {
    layout().close();
    assertThat(loadDamaged()).containsExactly(ProblemCode.BUNDLE_NOT_FOUND);
  }

  @Test
  void anImageThatCannotBeFetchedIsReported_andThereIsNoBundle() {
    MirrorPlan more =
        MirrorPlan.builder(plan.target())
            .from(plan)
            .addEntries(
                MirrorEntry.builder()
                    .source(ImageRef.parse("quay.io/kubernaut-ai/absent:v1"))
                    .target(ImageRef.parse(MIRROR + "/absent:v1"))
                    .build())
            .build();
    try (LayoutRegistryClient store = layout()) {
      BundleReport report =
          new Bundler(source, store, event -> {}).create(more, BundleOptions.builder().build());
      assertThat(report.bundle()).isEmpty();
      assertThat(report.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.IMAGE_NOT_FOUND);
      assertThat(report.summary()).startsWith("1 of 3 images are not in the bundle");
    }
  }
}
