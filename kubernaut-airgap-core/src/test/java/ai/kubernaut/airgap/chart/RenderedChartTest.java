package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class RenderedChartTest {
  private static List<String> images(String manifests) {
    return RenderedChart.parse(manifests).images().stream()
        .map(use -> use.image().toString())
        .toList();
  }

  @ParameterizedTest
  @CsvSource({
    "v1,                     Pod,                   spec",
    "v1,                     ReplicationController, spec.template.spec",
    "v1,                     PodTemplate,           template.spec",
    "apps/v1,                Deployment,            spec.template.spec",
    "apps/v1,                StatefulSet,           spec.template.spec",
    "apps/v1,                DaemonSet,             spec.template.spec",
    "apps/v1,                ReplicaSet,            spec.template.spec",
    "batch/v1,               Job,                   spec.template.spec",
    "batch/v1,               CronJob,               spec.jobTemplate.spec.template.spec",
    "serving.knative.dev/v1, Service,               spec.template.spec",
    "argoproj.io/v1alpha1,   Rollout,               spec.template.spec",
    "example.org/v1,         Fleet,                 spec.pools[0].podTemplate.spec",
  })
  void everyKindThatRunsPodsNamesItsImages(String apiVersion, String kind, String podSpec) {
    StringBuilder manifest =
        new StringBuilder(
            "apiVersion: %s\nkind: %s\nmetadata: {name: x}\n".formatted(apiVersion, kind));
    String indent = "";
    for (String field : podSpec.split("\\.", -1)) {
      boolean list = field.endsWith("[0]");
      manifest.append(indent).append(field.replace("[0]", "")).append(":\n");
      indent += "  ";
      if (list) {
        manifest.append(indent).append("-\n");
        indent += "  ";
      }
    }
    for (String containers : List.of("containers", "initContainers", "ephemeralContainers")) {
      manifest.append(
          "%s%s: [{name: c, image: 'quay.io/x/%s:1'}]\n"
              .formatted(indent, containers, containers.toLowerCase(Locale.ROOT)));
    }
    RenderedChart chart = RenderedChart.parse(manifest.toString());
    assertThat(chart.images())
        .extracting(use -> use.image().toString())
        .containsExactly(
            "quay.io/x/containers:1",
            "quay.io/x/ephemeralcontainers:1",
            "quay.io/x/initcontainers:1");
    assertThat(chart.images().get(0).reasons())
        .containsExactly(ImageReason.of("", kind + " x", podSpec + ".containers[0].image"));
  }

  @Test
  void aVolumeCanBeAnImage() {
    RenderedChart chart =
        RenderedChart.parse(
            """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: models}
            spec:
              template:
                spec:
                  containers: [{name: main, image: "quay.io/x/main:1"}]
                  volumes:
                    - {name: model, image: {reference: "quay.io/x/model:1", pullPolicy: Always}}
                    - {name: other, emptyDir: {}}
            """);
    assertThat(chart.images())
        .extracting(use -> use.image() + " " + use.reasons().get(0).path())
        .containsExactly(
            "quay.io/x/main:1 spec.template.spec.containers[0].image",
            "quay.io/x/model:1 spec.template.spec.volumes[0].image.reference");
  }

  @Test
  void anImageThatStandsInSeveralPlacesHasAllOfThemAsReasons() {
    RenderedChart chart =
        RenderedChart.parse(
            """
            ---
            # Source: kubernaut/templates/gateway.yaml
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: gateway, namespace: kubernaut-system}
            spec: {template: {spec: {
              initContainers: [{name: wait, image: postgres:16-alpine}],
              containers: [{name: gateway, image: "quay.io/x/gateway:1"}, {name: side, image: "docker.io/library/postgres:16-alpine"}]}}}
            ---
            # Source: kubernaut/templates/hooks/tls.yaml
            apiVersion: batch/v1
            kind: Job
            metadata: {name: tls, annotations: {helm.sh/hook: pre-install}}
            spec: {template: {spec: {containers: [{name: tls, image: " quay.io/x/cli:1 "}]}}}
            """);
    assertThat(chart.images())
        .extracting(use -> use.image().toString())
        .containsExactly(
            "docker.io/library/postgres:16-alpine", "quay.io/x/cli:1", "quay.io/x/gateway:1");
    String gateway = "kubernaut/templates/gateway.yaml";
    assertThat(chart.images().get(0).reasons())
        .containsExactlyInAnyOrder(
            ImageReason.of(
                gateway,
                "Deployment kubernaut-system/gateway",
                "spec.template.spec.initContainers[0].image"),
            ImageReason.of(
                gateway,
                "Deployment kubernaut-system/gateway",
                "spec.template.spec.containers[1].image"));
    assertThat(chart.images().get(1).reasons())
        .containsExactly(
            ImageReason.of(
                "kubernaut/templates/hooks/tls.yaml",
                "Job tls",
                "spec.template.spec.containers[0].image"));
    assertThat(chart.manifests()).extracting(RenderedManifest::isHook).containsExactly(false, true);
    assertThat(chart).hasToString("2 manifests");
  }

  @Test
  void whatOnlyDescribesContainersRunsNone() {
    assertThat(
            images(
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                metadata: {name: x}
                spec: {versions: [{schema: {containers: [{image: "quay.io/x/example:1"}]}}]}
                ---
                apiVersion: v1
                kind: ConfigMap
                metadata: {name: y}
                data:
                  pod.yaml: |
                    spec: {containers: [{image: "quay.io/x/text:1"}]}
                ---
                apiVersion: v1
                kind: Pod
                metadata: {name: z}
                spec: {containers: [{name: no-image}, {name: odd, image: 3}]}
                """))
        .isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"List", "DeploymentList"})
  void theItemsOfAListStandForThemselves(String kind) {
    RenderedChart chart =
        RenderedChart.parse(
            """
            # Source: c/templates/list.yaml
            apiVersion: v1
            kind: %s
            items:
            - {apiVersion: apps/v1, kind: Deployment, metadata: {name: a, namespace: one}, spec: {template: {spec: {containers: [{image: "quay.io/x/a:1"}]}}}}
            - {apiVersion: v1, kind: List, items: [{apiVersion: v1, kind: Pod, metadata: {name: b}, spec: {containers: [{image: "quay.io/x/b:1"}]}}]}
            """
                .formatted(kind));
    assertThat(chart.manifests())
        .extracting(manifest -> manifest.template() + " " + manifest.object())
        .containsExactly("c/templates/list.yaml Deployment one/a", "c/templates/list.yaml Pod b");
    assertThat(chart.images()).hasSize(2);
  }

  @Test
  void theItemsOfAListOfOneKindNeedNotNameIt() {
    RenderedChart chart =
        RenderedChart.parse(
            """
            apiVersion: v1
            kind: PodList
            items: [{metadata: {name: a}, spec: {containers: [{image: "quay.io/x/a:1"}]}}]
            """);
    assertThat(chart.manifests().get(0).object()).hasToString("Pod a");
    assertThat(chart.manifests().get(0).object().fields().text("apiVersion")).contains("v1");
    assertThat(chart.images()).hasSize(1);
  }

  @Test
  void emptyDocumentsAndWindowsLinesAreFine() {
    assertThat(RenderedChart.parse("").manifests()).isEmpty();
    assertThat(RenderedChart.parse("\n---\n# Source: a\n---\n\n--- \n{}\n").manifests()).isEmpty();
    RenderedChart chart =
        RenderedChart.parse(
            "---\r\n# Source: a.yaml\r\nkind: Namespace\r\nmetadata: {name: x}\r\n---\r\n");
    assertThat(chart.manifests().get(0).template()).isEqualTo("a.yaml");
    assertThat(chart.manifests().get(0).object()).hasToString("Namespace x");
  }

  @Test
  void aKeyThatStandsTwiceCountsAsForHelm() {
    assertThat(
            RenderedChart.parse("kind: A\nkind: B\nmetadata: {name: x}\n")
                .manifests()
                .get(0)
                .object()
                .kind())
        .isEqualTo("B");
  }

  @Test
  void aDocumentThatIsNoMappingIsNamedByItsTemplate() {
    assertThatThrownBy(() -> RenderedChart.parse("# Source: c/templates/bad.yaml\n- a\n"))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("what c/templates/bad.yaml renders is not YAML")
        .hasMessageContaining("is a list");
    assertThatThrownBy(() -> RenderedChart.parse("kind: A\n---\na: {\n"))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("manifest 2 is not YAML");
  }

  @Test
  void anIllegalReferenceIsReportedWithItsPlace() {
    RenderedChart chart =
        RenderedChart.parse(
            "kind: Pod\nmetadata: {name: x}\nspec: {containers: [{image: '<mirror-registry>:5000/gateway:1'}]}\n");
    assertThatThrownBy(chart::images)
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("'<mirror-registry>:5000/gateway:1' cannot be used")
        .hasMessageContaining("it is in Pod x at spec.containers[0].image");
  }

  @Test
  void podsRunInTheReleasesNamespaceAndWhereObjectsSaySo() {
    RenderedChart chart =
        RenderedChart.parse(
            """
            {kind: Namespace, metadata: {name: kubernaut-workflows}}
            ---
            {kind: Deployment, metadata: {name: a, namespace: other}, spec: {template: {spec: {containers: [{image: "quay.io/x/a:1"}]}}}}
            ---
            {kind: RoleBinding, metadata: {name: b, namespace: openshift-monitoring}}
            ---
            {kind: Deployment, metadata: {name: c}, spec: {template: {spec: {containers: [{image: "quay.io/x/a:1"}]}}}}
            ---
            {kind: Deployment, metadata: {name: d, namespace: ~}, spec: {template: {spec: {containers: [{image: "quay.io/x/a:1"}]}}}}
            """);
    assertThat(chart.namespaces(ReleaseName.defaultRelease()))
        .containsExactly("kubernaut-system", "kubernaut-workflows", "other");
  }

  @Test
  void thePublishedChartNeedsItsFourteenImages() throws IOException {
    RenderedChart chart =
        RenderedChart.parse(Files.readString(PublishedChart.file("rendered-with-hooks.yaml")));
    assertThat(chart.images())
        .extracting(use -> use.image().toString())
        .containsExactly(
            "quay.io/kubernaut-ai/aianalysis:v1.1.0",
            "quay.io/kubernaut-ai/authwebhook:v1.1.0",
            "quay.io/kubernaut-ai/datastorage:v1.1.0",
            "quay.io/kubernaut-ai/db-migrate:v1.1.0",
            "quay.io/kubernaut-ai/effectivenessmonitor:v1.1.0",
            "quay.io/kubernaut-ai/gateway:v1.1.0",
            "quay.io/kubernaut-ai/holmesgpt-api:v1.1.0",
            "quay.io/kubernaut-ai/notification:v1.1.0",
            "quay.io/kubernaut-ai/remediationorchestrator:v1.1.0",
            "quay.io/kubernaut-ai/signalprocessing:v1.1.0",
            "quay.io/kubernaut-ai/workflowexecution:v1.1.0",
            "registry.redhat.io/openshift4/ose-cli-rhel9:v4.17",
            "registry.redhat.io/rhel10/postgresql-16",
            "registry.redhat.io/rhel10/valkey-8");
    assertThat(chart.images()).allSatisfy(use -> assertThat(use.reasons()).isNotEmpty());
    assertThat(chart.namespaces(ReleaseName.defaultRelease()))
        .containsExactly("kubernaut-system", "kubernaut-workflows");
  }

  @Test
  @Timeout(120)
  void fiftyMegabytesOfDashboards_areReadAndSearched() {
    String line =
        "    {\"panel\": \"requests\", \"unit\": \"s\", \"expr\": \"sum(rate(x[5m]))\"},\n";
    String dashboard =
        "---\n# Source: c/templates/d.yaml\nkind: ConfigMap\nmetadata: {name: d}\ndata:\n  d.json: |\n"
            + line.repeat((1 << 20) / line.length())
            + "    image: quay.io/acme/last:1\n";

    RenderedChart chart = RenderedChart.parse(dashboard.repeat(50));

    assertThat(chart.images(List.of(ImageFinder.containers(), ImageFinder.mentions())))
        .singleElement()
        .satisfies(use -> assertThat(use.reasons()).hasSize(1))
        .extracting(use -> use.image().toString())
        .isEqualTo("quay.io/acme/last:1");
  }

  @Test
  @Timeout(120)
  void fiftyMegabytesInOneLine_areRefusedWithTheTemplateThatRendersThem() {
    String text = "# Source: c/templates/big.yaml\nkind: A\ndata: '" + "x".repeat(50 << 20) + "'\n";

    assertThatThrownBy(() -> RenderedChart.parse(text))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("what c/templates/big.yaml renders is not YAML that can be used")
        .hasMessageContaining("line 3 has more than 2097152 characters");
  }
}
