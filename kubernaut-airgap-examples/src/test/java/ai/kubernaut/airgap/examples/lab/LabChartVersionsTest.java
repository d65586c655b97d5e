package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ForwardingHelmClient;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.OutsideImage;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same code plans, overlays and proves every version of the lab's chart, with the real Helm and
 * no cluster, whatever their values are called.
 */
class LabChartVersionsTest {
  private static final Target FLAT = Target.registry("quay.io/myorg").separator(Separator.DASH);

  @TempDir Path directory;

  static Stream<Arguments> everyVersionForEveryTarget() {
    return Stream.of(LabVersion.values())
        .flatMap(
            version ->
                Stream.of(
                        Target.registry("harbor.corp:5000"),
                        Target.registry("harbor.corp/nested/prefix"),
                        FLAT)
                    .map(target -> Arguments.of(version, target)));
  }

  private Chart chart(LabVersion version) throws Exception {
    Path location = LabChart.unpack(directory, version);
    Chart chart = Chart.at(location).values(location.resolve("values-ocp.yaml"));
    for (Map.Entry<String, String> value : version.requiredValues().entrySet()) {
      chart = chart.set(value.getKey(), value.getValue());
    }
    return chart.sdkConfig(Files.writeString(directory.resolve("sdk.yaml"), "llm: {}\n"));
  }

  private static MirrorPlan plan(HelmClient helm, Chart chart, LabVersion version, Target target) {
    return new MirrorPlanner(helm, MemoryRegistryClient.create())
        .plan(
            chart,
            target,
            PlanOptions.builder()
                .resolveDigests(false)
                .addExtraImages(version.mustGather())
                .build());
  }

  private static Set<String> images(MirrorProof proof) {
    Set<String> images = new TreeSet<>();
    proof.images().forEach(image -> images.add(image.toString()));
    return images;
  }

  private static Set<String> pulled(MirrorPlan plan, LabVersion version) {
    Set<String> pulled = new TreeSet<>();
    plan.pullReferences()
        .forEach(
            (source, reference) -> {
              if (!source.equals(version.mustGather())) {
                pulled.add(reference.toString());
              }
            });
    return pulled;
  }

  @ParameterizedTest
  @MethodSource("everyVersionForEveryTarget")
  void everyReferenceBecomesTheOneInTheMirror(LabVersion version, Target target) throws Exception {
    try (CountingHelm helm = new CountingHelm(HelmJavaClient.create())) {
      MirrorPlan plan = plan(helm, chart(version), version, target);
      assertThat(plan.entries())
          .extracting(MirrorEntry::source)
          .containsExactlyInAnyOrderElementsOf(version.images());

      helm.renderings.set(0);
      MirrorProof proof =
          new MirrorProver(helm).prove(plan, ProofOptions.builder().build()).orElseThrow();
      assertThat(helm.renderings.get())
          .as("as it is, with marks, proven, in each branch")
          .isEqualTo(3 * plan.branches().size());
      assertThat(images(proof)).isEqualTo(pulled(plan, version));
      assertThat(proof.overlay().settings().values())
          .as("tags stay")
          .noneMatch(text -> text.equals(version.tag()));
      if (version.compareTo(LabVersion.V1_5) < 0) {
        assertThat(proof.overlay().rewriting()).isEmpty();
      } else {
        assertThat(proof.overlay().rewriting())
            .as("the image that is written into the template")
            .containsOnlyKeys("registry.redhat.io/ubi10/ubi-minimal:10.1");
        ImageRef mustGather = plan.pullReferences().get(version.mustGather());
        assertThat(proof.rendered().manifests())
            .as("what the ConfigMap mentions")
            .filteredOn(manifest -> manifest.object().name().equals("apifrontend-config"))
            .singleElement()
            .satisfies(
                manifest ->
                    assertThat(manifest.object().fields().strings("data").get("config.yaml"))
                        .contains("image: " + mustGather + "\n"));
      }
    }
  }

  @ParameterizedTest
  @EnumSource(LabVersion.class)
  void everyReferenceCanBePinned(LabVersion version) throws Exception {
    try (HelmClient helm = HelmJavaClient.create()) {
      MirrorPlan plan = plan(helm, chart(version), version, FLAT);
      MirrorPlan.Builder exact = MirrorPlan.builder(FLAT).chart(plan.chart());
      Set<String> pinned = new TreeSet<>();
      for (MirrorEntry entry : plan.entries()) {
        Digest digest = Digest.sha256(entry.source().toString().getBytes(StandardCharsets.UTF_8));
        exact.addEntries(MirrorEntry.builder().from(entry).digest(Optional.of(digest)).build());
        if (!entry.source().equals(version.mustGather())) {
          pinned.add(entry.target().repository().digest(digest).toString());
        }
      }
      MirrorProof proof =
          new MirrorProver(helm)
              .prove(exact.build(), ProofOptions.builder().pinDigests(true).build())
              .orElseThrow();
      assertThat(images(proof)).isEqualTo(pinned);
    }
  }

  @ParameterizedTest
  @EnumSource(LabVersion.class)
  void withoutOneOfTheImagesTheProofFailsAndNamesIt(LabVersion version) throws Exception {
    try (HelmClient helm = HelmJavaClient.create()) {
      MirrorPlan plan = plan(helm, chart(version), version, FLAT);
      List<ImageRef> images = version.images();
      for (ImageRef removed : List.of(images.get(0), images.get(images.size() - 1))) {
        List<MirrorEntry> rest = new ArrayList<>(plan.entries());
        rest.removeIf(entry -> entry.source().equals(removed));
        assertThat(rest).hasSize(images.size() - 1);
        MirrorProof proof =
            new MirrorProver(helm)
                .prove(
                    MirrorPlan.builder(FLAT).chart(plan.chart()).addAllEntries(rest).build(),
                    ProofOptions.builder().build());
        assertThat(proof.outside())
            .extracting(OutsideImage::image)
            .containsExactly(removed.toString());
        assertThat(proof.outside().get(0).problem().message())
            .contains("the plan does not have it");
      }
    }
  }

  /** Helm, and how often it rendered. */
  private static final class CountingHelm extends ForwardingHelmClient {
    final AtomicInteger renderings = new AtomicInteger();

    CountingHelm(HelmClient helm) {
      super(helm);
    }

    @Override
    public String render(Chart chart, ReleaseName release, Branch branch) {
      renderings.incrementAndGet();
      return super.render(chart, release, branch);
    }
  }
}
