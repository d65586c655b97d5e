package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartBranches;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Charts that render differently on other clusters, rendered by the real Helm. */
final class ChartBranchesTest {
  private static final String POD =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: %1$s}
      spec: {containers: [{name: main, image: "quay.io/branches/%1$s:1"}]}
      ---
      """;

  private static HelmJavaClient helm;

  @TempDir Path directory;

  @BeforeAll
  static void open() {
    helm = HelmJavaClient.create();
  }

  @AfterAll
  static void close() {
    helm.close();
  }

  private static String pod(String name) {
    return POD.formatted(name);
  }

  private ChartBranches branches(String files) throws IOException {
    return branches(Chart.at(WrittenChart.in(directory.resolve("branches"), files)));
  }

  private static ChartBranches branches(Chart chart) {
    return ChartBranches.of(
        helm, chart, ReleaseName.of("one", "here"), List.of(ImageFinder.containers()));
  }

  /** From the name of each image to the branches that need it. */
  private static Map<String, List<String>> images(ChartBranches branches) {
    return branches.images().stream()
        .collect(
            Collectors.toMap(
                use -> use.image().repository().name().replace("branches/", ""),
                ChartBranchesTest::describe));
  }

  private static List<String> describe(ImageUse use) {
    return use.branches().stream().map(Branch::describe).toList();
  }

  @Test
  void aChartThatAsksNothingHasOneBranch() throws IOException {
    ChartBranches branches = branches("== templates/pod.yaml\n" + pod("app"));
    assertThat(branches.branches()).containsExactly(Branch.defaults());
    assertThat(images(branches)).containsExactly(Map.entry("app", List.of()));
    assertThat(branches.isComplete()).isTrue();
    assertThat(branches.refused()).isEmpty();
  }

  @Test
  void nestedConditionsAreAllEntered() throws IOException {
    ChartBranches branches =
        branches(
            "== templates/pod.yaml\n"
                + pod("app")
                + "{{ if .Capabilities.APIVersions.Has \"route.openshift.io/v1\" }}\n"
                + pod("api")
                + "{{ if semverCompare \"<1.28-0\" .Capabilities.KubeVersion.Version }}\n"
                + pod("version")
                + "{{ if lookup \"v1\" \"Secret\" .Release.Namespace \"tls\" }}\n"
                + pod("lookup")
                + "{{ end }}{{ end }}{{ end }}\n");
    Map<String, List<String>> images = images(branches);
    assertThat(images).containsOnlyKeys("app", "api", "version", "lookup");
    assertThat(images.get("app")).isEmpty();
    assertThat(images.get("api")).first().isEqualTo("API route.openshift.io/v1");
    assertThat(images.get("version"))
        .first()
        .isEqualTo("Kubernetes 1.27.0, API route.openshift.io/v1");
    assertThat(images.get("lookup"))
        .containsExactly(
            "Kubernetes 1.27.0, API route.openshift.io/v1, lookup \"v1\" \"Secret\""
                + " .Release.Namespace \"tls\"");
  }

  @Test
  void theProofCoversEveryBranchAndNamesTheOneOfAnImageThatIsLeftOut() throws IOException {
    Path chart =
        WrittenChart.in(
            directory.resolve("proven"),
            "== values.yaml\nregistry: quay.io\n"
                + "== templates/pod.yaml\n"
                + pod("app")
                + "{{ if .Capabilities.APIVersions.Has \"route.openshift.io/v1\" }}\n"
                + pod("api").replace("quay.io/", "{{ .Values.registry }}/")
                + "{{ if semverCompare \">=1.34-0\" .Capabilities.KubeVersion.Version }}\n"
                + pod("version")
                + "{{ if lookup \"v1\" \"Secret\" \"\" \"tls\" }}\n"
                + pod("lookup")
                + "{{ end }}{{ end }}{{ end }}\n");
    MirrorPlan plan =
        new MirrorPlanner(helm, MemoryRegistryClient.create())
            .plan(
                Chart.at(chart),
                Target.registry("harbor.corp"),
                PlanOptions.builder().resolveDigests(false).build());
    assertThat(plan.entries()).hasSize(4);

    MirrorProof proof = new MirrorProver(helm).prove(plan, ProofOptions.builder().build());
    assertThat(proof.isOk()).as(proof.problems().toString()).isTrue();
    assertThat(proof.branches()).isEqualTo(plan.branches()).hasSize(4);
    assertThat(proof.images())
        .hasSize(4)
        .allMatch(image -> image.toString().startsWith("harbor.corp/branches/"));
    assertThat(proof.overlay().settings()).containsEntry("registry", "harbor.corp");

    for (MirrorEntry removed : plan.entries()) {
      MirrorPlan incomplete =
          MirrorPlan.builder(plan.target())
              .from(plan)
              .entries(plan.entries().stream().filter(entry -> entry != removed).toList())
              .build();
      assertThat(new MirrorProver(helm).prove(incomplete, ProofOptions.builder().build()).outside())
          .singleElement()
          .satisfies(
              image -> {
                assertThat(image.problem().code()).isEqualTo(ProblemCode.IMAGE_NOT_IN_PLAN);
                assertThat(image.image()).isEqualTo(removed.source().toString());
                assertThat(image.reasons().get(0).branches().stream().map(Branch::describe))
                    .allMatch(branch -> branch.contains("route.openshift.io/v1"))
                    .hasSize(
                        switch (removed.source().repository().name()) {
                          case "branches/app" -> 0;
                          case "branches/api" -> 3;
                          case "branches/version" -> 2;
                          default -> 1;
                        });
              });
    }
  }

  @Test
  void conditionsThatHaveToHoldTogetherAreEntered() throws IOException {
    ChartBranches branches =
        branches(
            "== templates/pod.yaml\n"
                + "{{ if and (.Capabilities.APIVersions.Has \"a.example.com/v1\")"
                + " (not (.Capabilities.APIVersions.Has \"b.example.com/v1\"))"
                + " (semverCompare \">=1.34\" .Capabilities.KubeVersion.Version)"
                + " (lookup \"v1\" \"ConfigMap\" \"\" \"\").items }}\n"
                + pod("all")
                + "{{ end }}\n");
    assertThat(images(branches)).containsOnlyKeys("all");
  }

  @Test
  void conditionsInPartialTemplatesCountForThoseThatIncludeThem() throws IOException {
    ChartBranches branches =
        branches(
            """
            == templates/_helpers.tpl
            {{- define "c.openshift" -}}
            {{- if .Capabilities.APIVersions.Has (include "c.api" .) }}yes{{ end -}}
            {{- end -}}
            {{- define "c.api" -}}{{ printf "%s/%s" "route.openshift.io" "v1" }}{{- end -}}
            {{- define "c.old" -}}
            {{- if lt (int .Capabilities.KubeVersion.Minor) 25 }}yes{{ end -}}
            {{- end -}}
            {{- define "c.known" -}}{{ list "image.openshift.io/v1" "apps/v1" | toJson }}{{- end -}}
            == templates/one.yaml
            {{ if include "c.old" . }}
            """
                + pod("old")
                + "{{ end }}\n{{ range include \"c.known\" . | fromJsonArray }}"
                + "{{ if $.Capabilities.APIVersions.Has . }}\n---\n"
                + POD.replace("%1$s", "{{ . | replace \".\" \"-\" | replace \"/\" \"-\" }}")
                + "{{ end }}{{ end }}\n");
    assertThat(images(branches)).containsOnlyKeys("old", "image-openshift-io-v1", "apps-v1");
    assertThat(branches.images().get(0).reasons())
        .as("needed in every branch")
        .containsExactly(
            ImageReason.of(
                "branches/templates/one.yaml", "Pod apps-v1", "spec.containers[0].image"));
  }

  @Test
  void kindsAndListsOfApiVersionsAreAskedFor() throws IOException {
    ChartBranches branches =
        branches(
            "== templates/kind.yaml\n"
                + "{{ if .Capabilities.APIVersions.Has \"route.openshift.io/v1/Route\" }}\n"
                + pod("kind")
                + "{{ end }}\n"
                + "== templates/list.yaml\n"
                + "{{ if has \"cert-manager.io/v1\" .Capabilities.APIVersions }}\n"
                + pod("list")
                + "{{ end }}\n");
    assertThat(images(branches))
        .containsOnly(
            Map.entry("kind", List.of("API route.openshift.io/v1")),
            Map.entry("list", List.of("API cert-manager.io/v1")));
  }

  @Test
  void aBranchThatDoesNotRenderHidesNoOther() throws IOException {
    ChartBranches branches =
        branches(
            "== templates/input.yaml\n"
                + "{{ if not (.Capabilities.APIVersions.Has \"route.openshift.io/v1\") }}"
                + "{{ required \"alertmanager.url is needed, or OpenShift\" .Values.url }}{{ end }}\n"
                + "== templates/pod.yaml\n"
                + pod("app")
                + "{{ if lookup \"v1\" \"Secret\" \"x\" \"y\" }}\n"
                + pod("lookup")
                + "{{ end }}\n");
    assertThat(images(branches))
        .containsOnly(
            Map.entry("app", List.of()),
            Map.entry("lookup", List.of("lookup \"v1\" \"Secret\" \"x\" \"y\"")));
    assertThat(branches.refused())
        .extracting(refused -> refused.branch().describe())
        .contains("default");
    assertThat(branches.refused().get(0).message()).contains("alertmanager.url is needed");
  }

  @Test
  void aChartThatRendersInNoBranchIsRefusedWithItsOwnWords() throws IOException {
    Path chart =
        WrittenChart.in(
            directory.resolve("refusing"),
            "== templates/input.yaml\n"
                + "{{ required \"url is needed\" .Values.url }}"
                + "{{ .Capabilities.APIVersions.Has \"route.openshift.io/v1\" }}\n");
    assertThatExceptionOfType(HelmException.class)
        .isThrownBy(() -> branches(Chart.at(chart)))
        .withMessageContaining("url is needed");
  }

  @Test
  void factsThatTheCallerFixesDoNotVary() throws IOException {
    Path location =
        WrittenChart.in(
            directory.resolve("fixed"),
            "== templates/pod.yaml\n"
                + pod("app")
                + "{{ if .Capabilities.APIVersions.Has \"a.example.com/v1\" }}\n"
                + pod("a")
                + "{{ end }}{{ if .Capabilities.APIVersions.Has \"b.example.com/v1\" }}\n"
                + pod("b")
                + "{{ end }}{{ if semverCompare \"<1.28-0\" .Capabilities.KubeVersion.Version }}\n"
                + pod("old")
                + "{{ end }}\n");
    Chart chart = Chart.at(location);
    assertThat(images(branches(chart))).containsOnlyKeys("app", "a", "b", "old");
    assertThat(images(branches(chart.apiVersions("a.example.com/v1"))))
        .containsOnlyKeys("app", "a", "old");
    assertThat(images(branches(chart.kubeVersion("1.31.0")))).containsOnlyKeys("app", "a", "b");
    assertThat(images(branches(chart.kubeVersion("1.20.0").apiVersions("b.example.com/v1"))))
        .containsExactlyInAnyOrderEntriesOf(
            Map.of("app", List.of(), "b", List.of(), "old", List.of()));
  }

  @Test
  void conditionsOfSubchartsCount() throws IOException {
    ChartBranches branches =
        branches(
            "== templates/pod.yaml\n"
                + pod("app")
                + "== charts/inner/Chart.yaml\n"
                + WrittenChart.about("inner")
                + "== charts/inner/templates/pod.yaml\n"
                + "{{ if .Capabilities.APIVersions.Has \"route.openshift.io/v1\" }}\n"
                + pod("inner")
                + "{{ end }}\n");
    assertThat(images(branches))
        .containsOnly(
            Map.entry("app", List.of()), Map.entry("inner", List.of("API route.openshift.io/v1")));
  }

  @Test
  void tooManyCombinationsAreCoveredInPartAndReported() throws IOException {
    StringBuilder template = new StringBuilder("== templates/pod.yaml\n");
    for (int i = 0; i < 9; i++) {
      template
          .append("{{ if .Capabilities.APIVersions.Has \"g" + i + ".example.com/v1\" }}\n")
          .append(pod("p" + i))
          .append("{{ end }}");
    }
    ChartBranches branches = branches(template + "\n");
    assertThat(branches.isComplete()).isFalse();
    assertThat(branches.images()).hasSize(9);
  }
}
