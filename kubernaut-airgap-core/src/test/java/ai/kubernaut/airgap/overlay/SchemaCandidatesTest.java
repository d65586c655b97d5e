package ai.kubernaut.airgap.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RewriteReason;
import ai.kubernaut.airgap.chart.RewrittenReference;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** What the prover does with the defaults of a chart's schemas, and why it rewrites a reference. */
final class SchemaCandidatesTest {
  private static final Target MIRROR = Target.registry("mirror.corp").separator(Separator.DASH);

  private static final String SCHEMA =
      """
      {"properties": {"image": {"properties": {
        "registry": {"default": "quay.io"},
        "separator": {"enum": ["/", "-"], "default": "/"}}}}}
      """;

  private static String pods(String... images) {
    StringBuilder manifests = new StringBuilder();
    for (String image : images) {
      manifests.append(
          "---\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: \"%s\"}]}\n"
              .formatted(image));
    }
    return manifests.toString();
  }

  /** A chart's template: the chart merges the defaults of its schema itself. */
  private static String appWithDefaults(Fields values) {
    return pods(
        values.text("image", "registry").orElse("quay.io")
            + "/acme"
            + values.text("image", "separator").orElse("/")
            + "app:1");
  }

  private static MirrorProof prove(TemplateHelm helm) {
    return prove(helm, TemplateHelm.chart(), ProofOptions.builder().build());
  }

  private static MirrorProof prove(TemplateHelm helm, Chart chart, ProofOptions options) {
    MirrorPlan.Builder plan = MirrorPlan.builder(MIRROR).chart(chart);
    RenderedChart.parse(helm.render(chart, chart.release()))
        .images()
        .forEach(use -> plan.image(use.image()));
    return new MirrorProver(helm).prove(plan.build(), options);
  }

  private static TemplateHelm chart(
      String values, String schema, Function<Fields, String> templates) {
    return TemplateHelm.of(values, templates).withSchemas(Map.of(List.of(), schema));
  }

  private static RewrittenReference rewrite(MirrorProof proof) {
    assertThat(proof.overlay().rewrites()).hasSize(1);
    return proof.overlay().rewrites().get(0);
  }

  private static void rewrittenBecause(RewriteReason reason, TemplateHelm helm) {
    MirrorProof proof = prove(helm).orElseThrow();
    assertThat(rewrite(proof).reason()).isEqualTo(reason);
    assertThat(proof.overlay().settings()).isEmpty();
  }

  @Test
  void defaultsOfTheSchemaAreSetLikeValues() {
    TemplateHelm helm = chart("", SCHEMA, SchemaCandidatesTest::appWithDefaults);

    Overlay overlay = prove(helm).orElseThrow().overlay();

    assertThat(overlay.settings())
        .isEqualTo(Map.of("image.registry", "mirror.corp", "image.separator", "-"));
    assertThat(overlay.values())
        .isEqualTo(Map.of("image", Map.of("registry", "mirror.corp", "separator", "-")));
    assertThat(overlay.rewrites()).isEmpty();
    assertThat(helm.renders())
        .as("the plan's, as it is, with the defaults, with marks, proven")
        .isEqualTo(5);
  }

  @Test
  void aValueThatIsPresentIsChangedInsteadOfTheDefault() {
    TemplateHelm helm =
        chart("image: {registry: ghcr.io}\n", SCHEMA, SchemaCandidatesTest::appWithDefaults);

    assertThat(prove(helm).orElseThrow().overlay().settings())
        .isEqualTo(Map.of("image.registry", "mirror.corp", "image.separator", "-"));
    Chart set = TemplateHelm.chart().set("image.separator", "-");
    assertThat(prove(helm, set, ProofOptions.builder().build()).orElseThrow().overlay().settings())
        .isEqualTo(Map.of("image.registry", "mirror.corp"));
  }

  @Test
  void noRenderingIsSpentOnDefaultsThatOccurInNoReference() {
    TemplateHelm helm =
        chart(
            "registry: quay.io\n",
            "{\"properties\": {\"other\": {\"default\": \"docker.io\"}}}",
            values -> pods(values.text("registry").orElse("") + "/app:1"));

    assertThat(prove(helm).orElseThrow().overlay().settings())
        .isEqualTo(Map.of("registry", "mirror.corp"));
    assertThat(helm.renders()).isEqualTo(4);
  }

  @Test
  void aDefaultThatTheChartDoesNotUseIsNotSet_andOtherValuesAre() {
    // The schema is wrong about the second registry: without a value, the template has another.
    TemplateHelm helm =
        chart(
            "first: {registry: quay.io}\n",
            """
            {"properties": {
               "first": {"properties": {"separator": {"default": "/"}}},
               "second": {"properties": {"registry": {"default": "quay.io"}}}}}
            """,
            values ->
                pods(
                    values.text("first", "registry").orElse("")
                        + "/acme"
                        + values.text("first", "separator").orElse("/")
                        + "app:1",
                    values.text("second", "registry").orElse("ghcr.io") + "/tool:1"));

    Overlay overlay = prove(helm).orElseThrow().overlay();

    assertThat(overlay.settings())
        .isEqualTo(Map.of("first.registry", "mirror.corp", "first.separator", "-"));
    assertThat(overlay.rewrites())
        .containsExactly(
            RewrittenReference.of("ghcr.io/tool:1", "mirror.corp/tool:1", RewriteReason.NO_VALUE));
  }

  @Test
  void manyWrongDefaultsDoNotKeepValuesFromBeingSet() {
    StringBuilder properties = new StringBuilder();
    for (int i = 0; i < 64; i++) {
      properties
          .append(i == 0 ? "" : ",")
          .append("\"k%d\": {\"default\": \"quay.io\"}".formatted(i));
    }
    TemplateHelm helm =
        chart(
            "registry: quay.io\n",
            "{\"properties\": {%s}}".formatted(properties),
            values ->
                pods(
                    values.text("registry").orElse("") + "/app:1",
                    // Any of them replaces the second image.
                    (values.content().size() > 1 ? "quay.io" : "ghcr.io") + "/tool:1"));

    Overlay overlay = prove(helm).orElseThrow().overlay();

    assertThat(overlay.settings()).isEqualTo(Map.of("registry", "mirror.corp"));
    assertThat(helm.renders()).isLessThan(20);
  }

  @Test
  void pullSecretsAreNamedWhereOnlyTheSchemaHasThem() {
    TemplateHelm helm =
        chart(
            "",
            """
            {"properties": {"global": {"properties": {
              "imagePullSecrets": {"type": "array", "default": []}}}}}
            """,
            values -> pods("mirror.corp/app:1"));

    assertThat(
            prove(
                    helm,
                    TemplateHelm.chart(),
                    ProofOptions.builder().addPullSecrets("kubernaut-mirror").build())
                .overlay()
                .values())
        .isEqualTo(
            Map.of(
                "global", Map.of("imagePullSecrets", List.of(Map.of("name", "kubernaut-mirror")))));
  }

  @Test
  void aListThatIsADefaultIsSetAsAWhole() {
    TemplateHelm helm =
        chart(
            "",
            """
            {"properties": {"sidecars": {"default": [
              {"image": "quay.io/acme/a:1", "name": "a"}, {"name": "b"}]}}}
            """,
            values ->
                pods(
                    values.list("sidecars").stream()
                        .findFirst()
                        .flatMap(sidecar -> sidecar.text("image"))
                        .orElse("quay.io/acme/a:1")));

    assertThat(prove(helm).orElseThrow().overlay().values())
        .isEqualTo(
            Map.of(
                "sidecars",
                List.of(
                    Map.of("image", "mirror.corp/acme-a:1", "name", "a"), Map.of("name", "b"))));
  }

  @Test
  void aReferenceInWhichNoValueOccursIsRewritten() {
    TemplateHelm helm = TemplateHelm.of("other: acme.io\n", values -> pods("quay.io/acme/app:1"));

    MirrorProof proof = prove(helm).orElseThrow();

    assertThat(rewrite(proof))
        .isEqualTo(
            RewrittenReference.of(
                "quay.io/acme/app:1", "mirror.corp/acme-app:1", RewriteReason.NO_VALUE));
    assertThat(proof.overlay().rewriting())
        .isEqualTo(Map.of("quay.io/acme/app:1", "mirror.corp/acme-app:1"));
    assertThat(proof.overlay().facts())
        .extracting(Fact::describe)
        .containsExactly(
            "quay.io/acme/app:1 was rewritten to mirror.corp/acme-app:1 (no value of the chart occurs in it)");
  }

  @Test
  void aReferenceWhoseValueMayNotChangeIsRewritten() {
    rewrittenBecause(
        RewriteReason.VALUE_REFUSED,
        TemplateHelm.of(
            "registry: quay.io\n",
            values -> {
              String registry = values.text("registry").orElse("");
              if (!registry.equals("quay.io")) {
                throw new HelmException("no such registry", "", null);
              }
              return pods(registry + "/app:1");
            }));
  }

  @Test
  void aReferenceWhoseSeparatorMayNotChangeIsRewritten() {
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\nseparator: /\n",
            values -> {
              String separator = values.text("separator").orElse("");
              if (!separator.equals("/")) {
                throw new HelmException("no such separator", "", null);
              }
              return pods(
                  values.text("registry").orElse("") + "/acme" + separator + "app:1",
                  "ghcr.io/acme/fixed:1");
            });

    assertThat(prove(helm).orElseThrow().overlay().rewrites())
        .extracting(RewrittenReference::reason)
        .containsExactly(RewriteReason.VALUE_REFUSED, RewriteReason.NO_VALUE);
  }

  @Test
  void aRefusalByTheSchemaOfASubchartIsNotOneByThatOfTheChart() {
    String values = "image: {registry: quay.io}\ndb: {image: {registry: quay.io}}\n";
    TemplateHelm helm =
        TemplateHelm.of(
            values,
            fields -> {
              if (!fields.text("db", "image", "registry").orElse("").equals("quay.io")) {
                String said = "refused by these charts:\ndb:\n- at '/image/registry': bad value\n";
                throw new HelmException(said, said, null);
              }
              return pods(
                  fields.text("image", "registry").orElse("") + "/app:1",
                  fields.text("db", "image", "registry").orElse("") + "/db:1");
            });

    MirrorProof proof = prove(helm).orElseThrow();

    assertThat(proof.overlay().settings()).isEqualTo(Map.of("image.registry", "mirror.corp"));
    assertThat(rewrite(proof).reason()).isEqualTo(RewriteReason.VALUE_REFUSED);
  }

  @Test
  void aReferenceWhoseSolutionIsRefusedIsRewritten() {
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            values -> {
              String registry = values.text("registry").orElse("");
              if (registry.contains("corp")) {
                throw new HelmException("no such registry", "", null);
              }
              return pods(registry + "/app:1", "ghcr.io/fixed:1");
            });

    assertThat(prove(helm).orElseThrow().overlay().rewrites())
        .containsExactly(
            RewrittenReference.of(
                "quay.io/app:1", "mirror.corp/app:1", RewriteReason.VALUE_REFUSED),
            RewrittenReference.of(
                "ghcr.io/fixed:1", "mirror.corp/fixed:1", RewriteReason.NO_VALUE));
  }

  @Test
  void aReferenceThatItsValuesDoNotChangeIsRewritten() {
    rewrittenBecause(
        RewriteReason.VALUE_WITHOUT_EFFECT,
        TemplateHelm.of("registry: quay.io\n", values -> pods("quay.io/app:1")));
  }

  @Test
  void aReferenceThatChangesInAnotherWayThanItsValueIsRewritten() {
    rewrittenBecause(
        RewriteReason.EFFECT_UNKNOWN,
        TemplateHelm.of(
            "registry: quay.io\n",
            values -> {
              String registry = values.text("registry").orElse("");
              return pods(registry + "/app-" + registry.length() + ":1");
            }));
  }

  @Test
  void aReferenceWhoseValueDecidesWhichImagesThereAreIsRewritten() {
    rewrittenBecause(
        RewriteReason.EFFECT_UNKNOWN,
        TemplateHelm.of(
            "flavour: rhel\n",
            values ->
                values.text("flavour").orElse("").equals("rhel")
                    ? pods("quay.io/rhel/app:1")
                    : ""));
  }

  @Test
  void aReferenceThatTheOverlayChangesUnexpectedlyIsRewritten() {
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            values -> {
              String registry = values.text("registry").orElse("");
              return pods(
                  registry + "/app:1",
                  registry.startsWith("quay.io") ? "ghcr.io/tool:1" : registry + "/private:1");
            });

    assertThat(prove(helm).orElseThrow().overlay().rewrites())
        .contains(
            RewrittenReference.of(
                "mirror.corp/private:1", "mirror.corp/tool:1", RewriteReason.EFFECT_UNKNOWN));
  }

  @Test
  void aReferenceThatItsValuesCannotMakeIsRewritten() {
    rewrittenBecause(
        RewriteReason.NO_SOLUTION,
        TemplateHelm.of(
            "name: app\n",
            values -> pods("quay.io/acme/" + values.text("name").orElse("") + ":1")));
  }

  @Test
  void aReferenceThatIsPinnedIsRewritten() {
    String digest = "@sha256:" + "1".repeat(64);
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            values -> pods(values.text("registry").orElse("") + "/app:1" + digest));

    MirrorProof proof =
        prove(helm, TemplateHelm.chart(), ProofOptions.builder().pinDigests(true).build())
            .orElseThrow();

    assertThat(rewrite(proof))
        .isEqualTo(
            RewrittenReference.of(
                "mirror.corp/app:1" + digest, "mirror.corp/app" + digest, RewriteReason.PINNED));
    assertThat(proof.overlay().settings()).isEqualTo(Map.of("registry", "mirror.corp"));
  }
}
