package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.mirror.CheckDepth;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorOptions.IndexForm;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Bundles with some platforms of images whose indexes keep their bytes. */
@Timeout(120)
final class SparseIndexTest {
  @TempDir private Path directory;
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private MemoryRegistryClient target = MemoryRegistryClient.acceptingSparseIndexes();
  private RegistryClient store;
  private MirrorPlan plan;

  @BeforeEach
  void publish() throws IOException {
    store = LayoutRegistryClient.at(directory.resolve("bundle"), Bundle.repository());
    Site.publish(source);
    MirrorPlan all = Site.plan(source, directory.resolve("home"), "harbor.corp");
    plan =
        MirrorPlan.builder(all.target())
            .from(all)
            .platforms(Platforms.of(Platform.of("linux", "amd64")))
            .build();
  }

  @AfterEach
  void close() {
    store.close();
    source.close();
    target.close();
  }

  private static MirrorOptions options(IndexForm form) {
    return MirrorOptions.builder().indexForm(form).build();
  }

  private Bundle create(RegistryClient where, IndexForm form) {
    return new Bundler(source, where, event -> {})
        .create(plan, BundleOptions.builder().mirror(options(form)).build())
        .orElseThrow()
        .bundle()
        .orElseThrow();
  }

  private MirrorReport load(Bundle bundle, IndexForm form) {
    MirrorPlan carried = bundle.unpackPlan(directory.resolve("carried"));
    return new BundleLoader(target, event -> {}).load(bundle, carried, options(form));
  }

  private void assertSparse(MirrorReport report) {
    assertThat(report.isOk()).as(report.summary()).isTrue();
    for (MirroredImage image : report.images()) {
      MirrorEntry entry = image.entry();
      Manifest index = source.readManifest(entry.source());
      assertThat(image.isIndexSparse()).isTrue();
      assertThat(image.describe()).contains("its index unchanged, with fewer platforms");
      assertThat(image.digest()).contains(index.digest());
      assertThat(target.readManifest(entry.target())).isEqualTo(index);
      assertThat(index.children())
          .filteredOn(
              child ->
                  target
                      .findManifest(entry.target().repository().digest(child.digest()))
                      .isPresent())
          .hasSize(1);
    }
    MirrorPlan mirrored =
        MirrorPlan.builder(plan.target()).from(report.plan()).platforms(plan.platforms()).build();
    MirrorReport checked =
        new MirrorEngine(target, options(IndexForm.AUTO), event -> {})
            .check(mirrored, CheckDepth.CONTENT);
    assertThat(checked.problems()).isEmpty();
  }

  @Test
  void theIndexArrivesAsItLeft_whereTheMirrorAcceptsIt() {
    Bundle bundle = create(store, IndexForm.SPARSE);
    assertThat(bundle.sparseImages()).containsExactly(Site.GATEWAY, Site.STORAGE);
    assertThat(BundleLoader.check(bundle, event -> {}).problems()).isEmpty();
    assertSparse(load(bundle, IndexForm.AUTO));
    MirrorReport again = load(bundle, IndexForm.AUTO);
    assertThat(again.images())
        .extracting(MirroredImage::outcome)
        .containsOnly(MirroredImage.Outcome.PRESENT);
  }

  @Test
  void partsCarryItToo() {
    try (ArchiveRegistryClient parts =
        ArchiveRegistryClient.create(directory.resolve("parts"), 100_000)) {
      Bundle unused = create(parts, IndexForm.AUTO);
      int count = parts.finish();
      assertThat(count).isPositive();
    }
    try (ArchiveRegistryClient parts = ArchiveRegistryClient.open(directory.resolve("parts"))) {
      assertSparse(load(Bundle.open(parts), IndexForm.SPARSE));
    }
  }

  @Test
  void theIndexIsRewritten_whereTheMirrorRefusesIt() {
    target.close();
    target = MemoryRegistryClient.create();
    Bundle bundle = create(store, IndexForm.AUTO);

    MirrorReport refused = load(bundle, IndexForm.SPARSE);
    assertThat(refused.problems())
        .extracting(Problem::code)
        .containsOnly(ProblemCode.SPARSE_INDEX_REFUSED);
    assertThat(target.tags(plan.entries().get(0).target().repository())).noneMatch("v1"::equals);

    MirrorReport rewritten = load(bundle, IndexForm.AUTO);
    assertThat(rewritten.isOk()).isTrue();
    assertThat(rewritten.images())
        .allMatch(MirroredImage::digestHasChanged)
        .noneMatch(MirroredImage::isIndexSparse);
    for (MirrorEntry entry : plan.entries()) {
      assertThat(target.readManifest(entry.target()).children()).hasSize(1);
    }
    assertThat(load(bundle, IndexForm.REWRITTEN).images())
        .extracting(MirroredImage::outcome)
        .containsOnly(MirroredImage.Outcome.PRESENT);
  }

  @Test
  void manifestsMayBeAbsentOnlyWhereTheBundleSaysSo() throws IOException {
    Bundle bundle = create(store, IndexForm.SPARSE);
    Descriptor old =
        bundle.titled().stream()
            .filter(file -> Bundle.title(file).equals("contents.json"))
            .findFirst()
            .orElseThrow();
    byte[] contents =
        new String(bundle.read(old, 1 << 20), StandardCharsets.UTF_8)
            .replaceAll(",\"omitted\":\\[[^]]*]", "")
            .getBytes(StandardCharsets.UTF_8);
    Descriptor changed = Descriptor.of(old.mediaType(), Digest.sha256(contents), contents.length);
    store.writeBlob(Bundle.repository(), changed, new ByteArrayInputStream(contents));
    String root =
        new String(store.readManifest(Bundle.defaultName()).content(), StandardCharsets.UTF_8);
    store.writeManifest(
        Bundle.defaultName(),
        Manifest.of(
            Manifest.OCI_MANIFEST,
            root.replace(
                    "\"digest\":\"" + old.digest() + "\",\"size\":" + old.size(),
                    "\"digest\":\"" + changed.digest() + "\",\"size\":" + changed.size())
                .getBytes(StandardCharsets.UTF_8)));

    BundleReport checked = BundleLoader.check(Bundle.open(store), event -> {});
    assertThat(checked.problems())
        .isNotEmpty()
        .extracting(Problem::code)
        .containsOnly(ProblemCode.BUNDLE_CONTENT_MISSING);
    assertThat(checked.problems().get(0).describe()).contains("a manifest that its index lists");
  }
}
