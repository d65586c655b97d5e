package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Versions share layers; a delta carries what is new. */
@Timeout(120)
final class DeltaTest {
  private static final List<byte[]> SHARED =
      List.of(TestImages.bytes(500_000, 1), TestImages.bytes(200_000, 2));

  @TempDir private Path directory;
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private final MemoryRegistryClient target = MemoryRegistryClient.create();

  @BeforeEach
  void publish() {
    for (int version = 1; version <= 3; version++) {
      for (String name : List.of("gateway", "storage")) {
        TestImages.publish(
            source,
            ImageRef.parse("quay.io/kubernaut-ai/" + name + ":v" + version),
            TestImages.Kind.OCI,
            SHARED,
            10 * version + name.length());
      }
    }
    // An image that is new in the third version and shares the layers of the others.
    TestImages.publish(
        source, ImageRef.parse("quay.io/kubernaut-ai/extra:v3"), TestImages.Kind.OCI, SHARED, 99);
  }

  private static MirrorPlan plan(int version) {
    MirrorPlan.Builder plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .image(ImageRef.parse("quay.io/kubernaut-ai/gateway:v" + version))
            .image(ImageRef.parse("quay.io/kubernaut-ai/storage:v" + version));
    if (version == 3) {
      plan.image(ImageRef.parse("quay.io/kubernaut-ai/extra:v3"));
    }
    return plan.build();
  }

  private Bundle create(int version, RegistryClient store, Optional<Inventory> base) {
    return new Bundler(source, store, event -> {})
        .create(plan(version), BundleOptions.builder().base(base).build())
        .orElseThrow()
        .bundle()
        .orElseThrow();
  }

  private RegistryClient store(int version) {
    Path where = directory.resolve("v" + version);
    return version == 2
        ? ArchiveRegistryClient.create(where, 50_000)
        : LayoutRegistryClient.at(where, Bundle.repository());
  }

  private MirrorReport load(int version, Bundle bundle) {
    MirrorPlan plan = bundle.unpackPlan(directory.resolve("plan" + version));
    MirrorReport report =
        new BundleLoader(target, event -> {}).load(bundle, plan, MirrorOptions.builder().build());
    assertThat(report.isOk()).as(report.summary()).isTrue();
    plan.entries()
        .forEach(
            entry ->
                assertThat(target.readManifest(entry.target()))
                    .isEqualTo(source.readManifest(entry.source())));
    return report;
  }

  private void assertBaseMissing(int version, Bundle bundle) {
    BundleException refused =
        catchThrowableOfType(BundleException.class, () -> load(version, bundle));
    assertThat(refused.problems())
        .isNotEmpty()
        .extracting(Problem::code)
        .containsOnly(ProblemCode.BUNDLE_BASE_MISSING);
    plan(version)
        .entries()
        .forEach(entry -> assertThat(target.findManifest(entry.target())).isEmpty());
  }

  @Test
  void aChainOfDeltasCarriesOnlyWhatIsNew_andNeedsItsBase() {
    try (RegistryClient first = store(1);
        RegistryClient second = store(2);
        RegistryClient third = store(3)) {
      Bundle whole = create(1, first, Optional.empty());
      Bundle delta = create(2, second, Optional.of(Inventory.of(whole)));
      Bundle next = create(3, third, Optional.of(Inventory.of(delta)));
      assertThat(whole.isDelta()).isFalse();
      assertThat(delta.isDelta()).isTrue();
      assertThat(whole.bytes()).isGreaterThan(700_000);
      assertThat(delta.bytes()).isLessThan(150_000);
      assertThat(next.bytes()).isLessThan(230_000);

      assertBaseMissing(3, next);
      assertBaseMissing(2, delta);
      load(1, whole);
      assertThat(load(2, delta).bytesSent()).isLessThan(150_000);
      load(3, next);
    }
  }

  @Test
  void theInventoryOfTheMirrorIsABaseToo() {
    try (RegistryClient first = store(1);
        RegistryClient third = store(3)) {
      load(1, create(1, first, Optional.empty()));
      Path file = directory.resolve("inventory.json");
      Inventory.of(plan(1), target).save(file);
      Inventory back = Inventory.read(file);
      assertThat(back).isEqualTo(Inventory.of(plan(1), target));
      Bundle delta = create(3, third, Optional.of(back));
      assertThat(delta.bytes()).isLessThan(230_000);
      load(3, delta);
    }
  }

  @Test
  void aDeltaThatWasCutShortIsContinued() {
    try (RegistryClient first = store(1);
        RegistryClient third = store(3)) {
      Optional<Inventory> base = Optional.of(Inventory.of(create(1, first, Optional.empty())));
      Bundle delta = create(3, third, base);
      BundleReport again =
          new Bundler(source, third, event -> {})
              .create(plan(3), BundleOptions.builder().base(base).build());
      assertThat(again.images().orElseThrow().bytesSent()).isZero();
      assertThat(again.bundle().orElseThrow().digest()).isEqualTo(delta.digest());
    }
  }

  @Test
  void aBundleThatDoesNotFitIsNotBegun() {
    try (RegistryClient first = store(1)) {
      BundleException refused =
          catchThrowableOfType(
              BundleException.class,
              () ->
                  new Bundler(source, first, event -> {})
                      .create(
                          plan(1), BundleOptions.builder().room(OptionalLong.of(700_000)).build()));
      assertThat(refused.problems())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.BUNDLE_NO_ROOM);
      assertThat(directory.resolve("v1/blobs")).doesNotExist();
      BundleReport created =
          new Bundler(source, first, event -> {})
              .create(plan(1), BundleOptions.builder().room(OptionalLong.of(1_000_000)).build())
              .orElseThrow();
      assertThat(created.facts())
          .extracting(Fact::code)
          .containsExactly(FactCode.BUNDLE_ROOM_CHECKED);
      BundleForecast delta =
          new Bundler(source, store(3), event -> {})
              .forecast(
                  plan(3),
                  BundleOptions.builder()
                      .base(Inventory.of(created.bundle().orElseThrow()))
                      .build());
      assertThat(delta.directoryBytes()).isBetween(100_000L, 240_000L);
    }
  }
}
