package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class OverlayTest {
  private static final Target HARBOR = Target.registry("harbor.corp");
  private static final String HEX =
      "6e2cdb22d6ab7264ea198c717f555e30536b54029d26c8781b9f25f78951b564";

  private static Overlay overlay(
      String values, Target target, Set<String> pullSecrets, String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    Arrays.stream(images).map(ImageRef::parse).forEach(plan::image);
    return Overlay.of(
        ChartValues.of(TemplateHelm.of(values, fields -> ""), TemplateHelm.chart()),
        target,
        plan.build().pullReferences(),
        pullSecrets);
  }

  private static Object tree(String yaml) {
    return Yaml.readMapping("expected", yaml, Yaml.DuplicateKeys.REFUSED);
  }

  /** What {registry}/{namespace}{separator}{service}, the chart's rule, makes of the overlay. */
  @ParameterizedTest
  @CsvSource({
    "quay.io,           kubernaut-ai, /, harbor.corp,      /",
    "quay.io,           kubernaut-ai, /, quay.io/myorg,    -",
    "quay.io,           kubernaut-ai, /, harbor.corp/a/b,  /",
    "quay.io,           a/b,          /, harbor.corp,      -",
    "quay.io/group,     kubernaut-ai, /, harbor.corp,      /",
    "quay.io/group,     kubernaut-ai, /, harbor.corp,      -",
    "quay.io/group,     kubernaut-ai, -, harbor.corp,      /",
    "quay.io/group,     kubernaut-ai, -, harbor.corp/m,    -",
    "quay.io/group,     '',           /, harbor.corp,      /",
    "quay.io/group/sub, '',           -, harbor.corp,      -",
    "localhost:5000,    '',           /, harbor.corp,      /",
    "localhost:5000,    '',           -, harbor.corp,      -",
  })
  void builtReferencesAreThoseOfTheTargetsRule(
      String registry, String namespace, String separator, String target, String targetSeparator) {
    assertBuiltByTheTargetsRule(
        registry,
        namespace,
        separator,
        Target.registry(target).separator(Separator.parse(targetSeparator)));
  }

  @ParameterizedTest
  @CsvSource({
    "quay.io,       kubernaut-ai, /, quay.io/myorg, 2",
    "quay.io,       kubernaut-ai, /, quay.io/myorg, 3",
    "quay.io,       a/b,          /, harbor.corp,   2",
    "quay.io,       a/b,          -, harbor.corp,   2",
    "quay.io/group, kubernaut-ai, /, harbor.corp,   1",
    "quay.io/group, '',           /, harbor.corp,   1",
  })
  void builtReferencesAreThoseOfATargetWithADepth(
      String registry, String namespace, String separator, String target, int depth) {
    assertBuiltByTheTargetsRule(
        registry, namespace, separator, Target.registry(target).depth(depth));
  }

  private static void assertBuiltByTheTargetsRule(
      String registry, String namespace, String separator, Target mirror) {
    String values =
        "global: {image: {registry: '%s', namespace: '%s', separator: '%s'}}\n"
            .formatted(registry, namespace, separator);
    Overlay overlay = overlay(values, mirror, Set.of());
    Map<String, String> layered =
        new HashMap<>(Map.of("registry", registry, "namespace", namespace, "separator", separator));
    ((Map<?, ?>) ((Map<?, ?>) overlay.values().get("global")).get("image"))
        .forEach((key, value) -> layered.put(key.toString(), value.toString()));

    ImageRef source = ImageRef.parse(built(registry, namespace, separator));
    assertThat(built(layered.get("registry"), layered.get("namespace"), layered.get("separator")))
        .isEqualTo(mirror.nameOf(source).toString());
  }

  private static String built(String registry, String namespace, String separator) {
    return registry + "/" + (namespace.isEmpty() ? "" : namespace + separator) + "gateway:v1";
  }

  @Test
  void onlyKeysThatTheChartHasAreSet() {
    assertThat(
            overlay("global: {image: {registry: quay.io, namespace: a}}\n", HARBOR, Set.of("s"))
                .values())
        .isEqualTo(tree("global: {image: {registry: harbor.corp, namespace: a}}\n"));
    assertThat(
            overlay("image: {registry: quay.io}\n", HARBOR, Set.of("s"), "quay.io/a/b:1").values())
        .isEmpty();
  }

  @Test
  void wholeReferencesAreReplacedWhereverTheyStand() {
    String values =
        """
        postgresql: {image: registry.redhat.io/rhel10/postgresql-16, variant: ocp}
        valkey: {image: valkey/valkey:8-alpine}
        hooks: {tlsCerts: {image: "docker.io/bitnami/kubectl:latest@sha256:%s"}}
        other: {image: quay.io/not/mirrored:1, url: https://example.org/a/b:1}
        """
            .formatted(HEX);
    assertThat(
            overlay(
                    values,
                    HARBOR,
                    Set.of(),
                    "registry.redhat.io/rhel10/postgresql-16",
                    "docker.io/valkey/valkey:8-alpine",
                    "bitnami/kubectl:latest@sha256:" + HEX)
                .values())
        .isEqualTo(
            tree(
                """
                postgresql: {image: "harbor.corp/rhel10/postgresql-16:latest"}
                valkey: {image: "harbor.corp/valkey/valkey:8-alpine"}
                hooks: {tlsCerts: {image: "harbor.corp/bitnami/kubectl:latest@sha256:%s"}}
                """
                    .formatted(HEX)));
  }

  @Test
  void aWordIsAReferenceOnlyUnderAKeyOfImages() {
    String values =
        """
        postgresql: {image: postgres, auth: {username: postgres, database: postgres}}
        initImages: [postgres]
        args: [postgres]
        """;
    assertThat(overlay(values, HARBOR, Set.of(), "postgres").values())
        .isEqualTo(
            tree(
                """
                postgresql: {image: "harbor.corp/library/postgres:latest"}
                initImages: ["harbor.corp/library/postgres:latest"]
                """));
  }

  @Test
  void listsAreReplacedAsAWhole() {
    String values =
        """
        sidecars:
        - {name: first, image: "quay.io/a/b:1", env: [{name: X, value: "yes"}]}
        - {name: second, replicas: 2}
        - quay.io/a/b:1
        - ~
        untouched: [{name: x}]
        """;
    Overlay overlay = overlay(values, HARBOR, Set.of(), "quay.io/a/b:1");
    assertThat(overlay.values())
        .isEqualTo(
            tree(
                """
                sidecars:
                - {name: first, image: "harbor.corp/a/b:1", env: [{name: X, value: "yes"}]}
                - {name: second, replicas: 2}
                - harbor.corp/a/b:1
                - ~
                """));
    assertThat(overlay.toYaml()).contains("value: 'yes'");
    assertThat(tree(overlay.toYaml())).isEqualTo(overlay.values());
    assertThat(overlay).hasToString("Overlay[sidecars]");
  }

  @Test
  void pullSecretsAreNamedWhereTheChartTakesThem() {
    assertThat(
            overlay("global: {imagePullSecrets: []}\n", HARBOR, Set.of("kubernaut-mirror"))
                .values())
        .isEqualTo(tree("global: {imagePullSecrets: [{name: kubernaut-mirror}]}\n"));
    assertThat(overlay("global: {imagePullSecrets: []}\n", HARBOR, Set.of()).values()).isEmpty();
  }

  @Test
  void builtAndWholeReferencesUnderGlobalAreBothThere() {
    String values =
        "global: {image: {registry: quay.io, namespace: a, separator: /, init: 'quay.io/x/init:1'}, tool: 'quay.io/x/tool:1'}\n";
    assertThat(overlay(values, HARBOR, Set.of(), "quay.io/x/init:1", "quay.io/x/tool:1").values())
        .isEqualTo(
            tree(
                "global: {image: {registry: harbor.corp, namespace: a, separator: /, init: 'harbor.corp/x/init:1'}, tool: 'harbor.corp/x/tool:1'}\n"));
  }

  @Test
  void singleValuesThatWouldStandOverTheOverlayAreTakenAway() {
    Overlay overlay =
        overlay(
            "global: {image: {registry: quay.io, namespace: a, separator: /}}\npostgresql: {image: postgres}\n",
            HARBOR,
            Set.of(),
            "postgres");
    Chart chart =
        overlay.reachIn(
            TemplateHelm.chart()
                .set("global.image.registry", "quay.io/other")
                .set("global.image.tag", "v1.1.0")
                .set("postgresql.image", "postgres")
                .set("postgresql.imagePullPolicy", "Always")
                .set("global", "odd"));
    assertThat(chart.settings())
        .extracting(Chart.Setting::key)
        .containsExactly("global.image.tag", "postgresql.imagePullPolicy", "global");
  }

  @Test
  void thePublishedChartGetsTheKeysOfTheGuide() throws IOException {
    String own = Files.readString(PublishedChart.file("values.yaml"));
    Chart chart =
        TemplateHelm.chart()
            .values(PublishedChart.file("values-ocp.yaml"))
            .set("global.image.tag", "v1.1.0");
    RenderedChart rendered =
        RenderedChart.parse(Files.readString(PublishedChart.file("rendered-with-hooks.yaml")));
    Target target = Target.registry("mirror.corp.example.com:5000");
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    rendered.images().forEach(use -> plan.image(use.image()));
    Overlay overlay =
        Overlay.of(
            ChartValues.of(TemplateHelm.of(own, values -> ""), chart),
            target,
            plan.build().pullReferences(),
            Set.of());
    Map<?, ?> guide =
        Yaml.readMapping(
            "values-airgap.yaml",
            Files.readString(PublishedChart.file("values-airgap.yaml"))
                .replace("<mirror-registry>", target.address())
                // An untagged image is pulled as latest; the plan says so.
                .replace("/postgresql-16", "/postgresql-16:latest")
                .replace("/valkey-8", "/valkey-8:latest"),
            Yaml.DuplicateKeys.REFUSED);
    assertThat(overlay.values()).isEqualTo(guide);
    assertThat(List.copyOf(overlay.values().keySet()))
        .containsExactlyInAnyOrder("global", "postgresql", "valkey", "hooks");
  }

  @Test
  void aReferenceInParts_isTurnedToTheMirrorPartByPart() {
    Overlay overlay =
        overlay(
            """
            whole: {image: {repository: ghcr.io/acme/agent, tag: "1.0", pullPolicy: Always}}
            split: {image: {registry: ghcr.io, repository: acme/proxy, tag: "2.0"}}
            hub: {image: {repository: nginx, tag: "1.27"}}
            other: {repository: "https://charts.acme.com", path: x}
            """,
            HARBOR.separator(Separator.DASH),
            Set.of(),
            "ghcr.io/acme/agent:1.0",
            "ghcr.io/acme/proxy:2.0",
            "nginx:1.27");

    assertThat(overlay.values())
        .isEqualTo(
            tree(
                """
                whole: {image: {repository: harbor.corp/acme-agent}}
                split: {image: {registry: harbor.corp, repository: acme-proxy}}
                hub: {image: {repository: harbor.corp/library-nginx}}
                """));
  }
}
