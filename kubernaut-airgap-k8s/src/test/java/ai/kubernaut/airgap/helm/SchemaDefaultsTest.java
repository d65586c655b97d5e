package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.RewriteReason;
import ai.kubernaut.airgap.chart.RewrittenReference;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Charts whose {@code values.yaml} is empty: the defaults are in {@code values.schema.json}, and in
 * a generated template helper that merges them below the values. Helm itself renders them.
 */
@Timeout(60)
final class SchemaDefaultsTest {
  private static final Target MIRROR = Target.registry("mirror.corp:5000/airgap");

  /** Schema and helper as one generator writes them; %s stands for constraints of the registry. */
  private static final String GENERATED =
      """
      == values.yaml
      # All defaults are in values.schema.json.
      == values.schema.json
      {
        "type": "object",
        "additionalProperties": false,
        "properties": {
          "global": {"type": "object"},
          "db": {"type": "object"},
          "image": {
            "type": "object",
            "additionalProperties": false,
            "properties": {
              "registry": {"type": "string", "default": "quay.io"%s},
              "namespace": {"type": "string", "default": "acme"},
              "separator": {"enum": ["/", "-"], "default": "/"},
              "tag": {"type": "string", "default": "v1"}
            }
          },
          "database": {"$ref": "#/definitions/container"},
          "cache": {
            "type": "object",
            "default": {"image": "docker.io/library/redis:7"},
            "additionalProperties": {"type": "string"}
          }
        },
        "definitions": {
          "container": {
            "type": "object",
            "additionalProperties": false,
            "properties": {"image": {"$ref": "#/definitions/reference"}}
          },
          "reference": {"type": "string", "default": "ghcr.io/acme/postgres:16"}
        }
      }
      == templates/_defaults.tpl
      {{- define "NAME.defaults" -}}
      image: {registry: quay.io, namespace: acme, separator: /, tag: v1}
      database: {image: "ghcr.io/acme/postgres:16"}
      cache: {image: "docker.io/library/redis:7"}
      {{- end -}}
      {{- define "NAME.values" -}}
      {{- mergeOverwrite (fromYaml (include "NAME.defaults" .)) .Values | toYaml -}}
      {{- end -}}
      == templates/pods.yaml
      {{- $values := fromYaml (include "NAME.values" .) -}}
      {{- range list "gateway" "worker" }}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: "{{ . }}-NAME"}
      spec: {containers: [{name: c, image: "{{ $values.image.registry }}/{{ $values.image.namespace }}{{ $values.image.separator }}{{ . }}:{{ $values.image.tag }}"}]}
      {{- end }}
      ---
      apiVersion: v1
      kind: Pod
      metadata: {name: others-NAME}
      spec:
        containers:
        - {name: db, image: "{{ $values.database.image }}"}
        - {name: cache, image: "{{ $values.cache.image }}"}
      """;

  @TempDir Path directory;

  private final HelmClient helm = HelmJavaClient.create();

  @AfterEach
  void closeHelm() {
    helm.close();
  }

  private static String generated(String name, String constraint) {
    return GENERATED.formatted(constraint).replace("NAME", name);
  }

  private Path chart(String name, String constraint) throws IOException {
    return WrittenChart.in(directory.resolve(name), generated(name, constraint));
  }

  private MirrorProof prove(Path chart, Separator separator) {
    MirrorPlan plan;
    try (MemoryRegistryClient unused = MemoryRegistryClient.create()) {
      plan =
          new MirrorPlanner(helm, unused)
              .plan(
                  Chart.at(chart),
                  MIRROR.separator(separator),
                  PlanOptions.builder().resolveDigests(false).build());
    }
    MirrorProof proof =
        new MirrorProver(helm).prove(plan, ProofOptions.builder().build()).orElseThrow();
    assertThat(proof.rendered().images())
        .extracting(use -> use.image().toString())
        .containsExactlyInAnyOrderElementsOf(
            plan.entries().stream().map(entry -> entry.target().toString()).toList());
    return proof;
  }

  @ParameterizedTest
  @CsvSource({"SLASH, /", "DASH, -"})
  void defaultsOfTheSchemaAreSet_andNothingIsRewritten(Separator separator, String joint)
      throws IOException {
    MirrorProof proof = prove(chart("app", ""), separator);

    assertThat(proof.overlay().rewrites()).isEmpty();
    assertThat(proof.overlay().rewriting()).isEmpty();
    assertThat(proof.overlay().settings())
        .containsEntry("image.registry", "mirror.corp:5000/airgap")
        .containsEntry("database.image", "mirror.corp:5000/airgap/acme" + joint + "postgres:16")
        .containsEntry("cache.image", "mirror.corp:5000/airgap/library" + joint + "redis:7")
        .doesNotContainKey("image.tag");
    assertThat(proof.rendered().images())
        .extracting(use -> use.image().toString())
        .contains("mirror.corp:5000/airgap/acme" + joint + "gateway:v1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void defaultsOfASubchartAreSetUnderItsAlias(boolean packed) throws IOException {
    Path chart =
        WrittenChart.in(
            directory.resolve("parent"),
            """
            == Chart.yaml
            apiVersion: v2
            name: parent
            version: 1.0.0
            dependencies:
            - {name: db, version: 1.0.0, alias: primary}
            - {name: db, version: 1.0.0, alias: replica}
            == values.yaml
            replica: {image: {tag: v2}}
            """);
    Path subchart = WrittenChart.in(chart.resolve("charts/db"), generated("db", ""));
    if (packed) {
      WrittenChart.pack(subchart, chart.resolve("charts/db-1.0.0.tgz"));
    }

    MirrorProof proof = prove(chart, Separator.DASH);

    assertThat(proof.overlay().rewrites()).isEmpty();
    assertThat(proof.overlay().settings())
        .containsEntry("primary.image.registry", "mirror.corp:5000/airgap")
        .containsEntry("primary.image.separator", "-")
        .containsEntry("replica.image.registry", "mirror.corp:5000/airgap")
        .containsEntry("replica.image.separator", "-")
        .containsEntry("replica.cache.image", "mirror.corp:5000/airgap/library-redis:7")
        .hasSize(8);
  }

  @Test
  void aChartAndItsSubchartMayHaveDefaultsOfTheSameNames() throws IOException {
    Path chart = chart("app", "");
    WrittenChart.in(chart.resolve("charts/db"), generated("db", ""));

    MirrorProof proof = prove(chart, Separator.DASH);

    assertThat(proof.overlay().rewrites()).isEmpty();
    assertThat(proof.overlay().settings())
        .containsKeys("image.registry", "db.image.registry", "db.database.image")
        .hasSize(8);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ", \"enum\": [\"quay.io\"]",
        ", \"pattern\": \"^quay[.]io$\"",
        // The value in the mirror is refused, the marked one is not.
        ", \"pattern\": \"^[a-z.]+$\""
      })
  void aReferenceIsRewrittenWhereTheSchemaRefusesOtherValues(String constraint) throws IOException {
    MirrorProof proof = prove(chart("app", constraint), Separator.SLASH);

    assertThat(proof.overlay().rewrites())
        .contains(
            RewrittenReference.of(
                "quay.io/acme/gateway:v1",
                "mirror.corp:5000/airgap/acme/gateway:v1",
                RewriteReason.VALUE_REFUSED))
        .extracting(RewrittenReference::reason)
        .containsOnly(RewriteReason.VALUE_REFUSED);
    assertThat(proof.overlay().settings()).doesNotContainKey("image.registry");
  }

  @Test
  void theRestIsSetWhereTheSchemaOfASubchartRefusesAValue() throws IOException {
    Path chart = chart("app", "");
    WrittenChart.in(chart.resolve("charts/db"), generated("db", ", \"enum\": [\"quay.io\"]"));

    MirrorProof proof = prove(chart, Separator.SLASH);

    assertThat(proof.overlay().settings())
        .isEqualTo(
            Map.of(
                "image.registry", "mirror.corp:5000/airgap",
                "database.image", "mirror.corp:5000/airgap/acme/postgres:16",
                "cache.image", "mirror.corp:5000/airgap/library/redis:7",
                "db.database.image", "mirror.corp:5000/airgap/acme/postgres:16",
                "db.cache.image", "mirror.corp:5000/airgap/library/redis:7"));
    assertThat(proof.overlay().rewrites())
        .extracting(RewrittenReference::from)
        .containsExactlyInAnyOrder("quay.io/acme/gateway:v1", "quay.io/acme/worker:v1");
  }

  @Test
  void schemasOfPackedChartsAreRead() throws IOException {
    Path chart = WrittenChart.in(directory.resolve("outer"), "== values.yaml\na: b\n");
    WrittenChart.in(chart.resolve("charts/db"), generated("db", ""));
    Path archive = directory.resolve("outer-1.0.0.tgz");
    String schema = Files.readString(chart.resolve("charts/db/values.schema.json"));
    WrittenChart.pack(chart.resolve("charts/db"), chart.resolve("charts/db-1.0.0.tgz"));
    WrittenChart.pack(chart, archive);

    assertThat(helm.schemas(Chart.at(archive))).isEqualTo(Map.of(List.of("db"), schema));
  }
}
