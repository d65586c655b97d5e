package ai.kubernaut.airgap.overlay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.PublishedChart;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MirrorProverTest {
  private static final Target HARBOR = Target.registry("harbor.corp");
  private static final String HEX =
      "6e2cdb22d6ab7264ea198c717f555e30536b54029d26c8781b9f25f78951b564";
  private static final Pattern VALUE = Pattern.compile("\\{([\\w.]+)}");

  /** A chart whose pods run images made of values, as {@code {global.image.registry}/a:1}. */
  private static TemplateHelm chart(String values, String... images) {
    return TemplateHelm.of(values, fields -> pods(fields, images));
  }

  private static String pods(Fields values, String... images) {
    StringBuilder manifests = new StringBuilder();
    for (String image : images) {
      manifests.append("---\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{image: \"");
      manifests.append(filled(image, values)).append("\"}]}\n");
    }
    return manifests.toString();
  }

  private static String filled(String text, Fields values) {
    return VALUE
        .matcher(text)
        .replaceAll(
            value -> Matcher.quoteReplacement(values.text(value.group(1).split("\\.")).orElse("")));
  }

  private static MirrorPlan plan(TemplateHelm helm, Chart chart, Target target) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target).chart(chart);
    RenderedChart.parse(helm.render(chart, chart.release()))
        .images()
        .forEach(use -> plan.image(use.image()));
    return plan.build();
  }

  private static MirrorProof prove(TemplateHelm helm, Target target) {
    return prove(helm, plan(helm, TemplateHelm.chart(), target));
  }

  private static MirrorProof prove(TemplateHelm helm, MirrorPlan plan) {
    return new MirrorProver(helm).prove(plan, ProofOptions.builder().build());
  }

  private static List<String> images(MirrorProof proof) {
    return proof.rendered().images().stream().map(use -> use.image().toString()).toList();
  }

  private static Object tree(String yaml) {
    return Yaml.readMapping("expected", yaml, Yaml.DuplicateKeys.REFUSED);
  }

  /** The chart's rule, {registry}/{namespace}{separator}{service}, with the target's. */
  @ParameterizedTest
  @CsvSource({
    "quay.io,           kubernaut-ai, /, harbor.corp,      /, 1, 0",
    "quay.io,           kubernaut-ai, /, quay.io/myorg,    -, 2, 0",
    "quay.io,           kubernaut-ai, /, harbor.corp/a/b,  /, 1, 0",
    "quay.io,           a/b,          /, harbor.corp,      -, 3, 0",
    "quay.io/group,     kubernaut-ai, /, harbor.corp,      /, 1, 0",
    "quay.io/group,     kubernaut-ai, /, harbor.corp,      -, 3, 0",
    "quay.io/group,     kubernaut-ai, -, harbor.corp,      /, 1, 0",
    "quay.io/group,     kubernaut-ai, -, harbor.corp/m,    -, 2, 0",
    "quay.io/group,     '',           /, harbor.corp,      /, 1, 0",
    "quay.io/group/sub, '',           -, harbor.corp,      -, 0, 2",
    "localhost:5000,    '',           /, harbor.corp,      /, 1, 0",
    "localhost:5000,    '',           -, harbor.corp,      -, 1, 0",
  })
  void builtReferencesBecomeThoseOfTheTargetsRule(
      String registry,
      String namespace,
      String separator,
      String target,
      String targetSeparator,
      int valuesSet,
      int rewritten) {
    String values =
        "global: {image: {registry: '%s', namespace: '%s', separator: '%s', tag: v1}}\n"
            .formatted(registry, namespace, separator);
    String joint = namespace.isEmpty() ? "" : "{global.image.namespace}{global.image.separator}";
    Target mirror = Target.registry(target).separator(Separator.parse(targetSeparator));
    TemplateHelm helm =
        chart(
            values,
            "{global.image.registry}/" + joint + "gateway:{global.image.tag}",
            "{global.image.registry}/" + joint + "db-migrate:{global.image.tag}");
    MirrorPlan plan = plan(helm, TemplateHelm.chart(), mirror);
    MirrorProof proof = prove(helm, plan);
    assertThat(proof.outside()).isEmpty();
    assertThat(images(proof))
        .containsExactlyInAnyOrderElementsOf(
            plan.entries().stream().map(entry -> entry.target().toString()).toList());
    assertThat(proof.overlay().settings()).hasSize(valuesSet).doesNotContainKey("global.image.tag");
    assertThat(proof.overlay().rewriting()).hasSize(rewritten);
    assertThat(helm.renders()).as("the plan's, as it is, with marks, proven").isEqualTo(4);
  }

  @Test
  void noKeyHasToBeKnown() {
    TemplateHelm helm =
        chart(
            """
            delivery: {from: quay.io, group: kubernaut-ai, glue: /, release: v9}
            images: {db: "postgres:16"}
            """,
            "{delivery.from}/{delivery.group}{delivery.glue}gateway:{delivery.release}",
            "{images.db}");
    assertThat(prove(helm, HARBOR.separator(Separator.DASH)).orElseThrow().overlay().values())
        .isEqualTo(
            tree(
                """
                delivery: {from: harbor.corp, glue: "-"}
                images: {db: "harbor.corp/library-postgres:16"}
                """));
  }

  @Test
  void wholeReferencesAreReplacedWhereverTheyStand() {
    TemplateHelm helm =
        chart(
            """
            postgresql: {image: registry.redhat.io/rhel10/postgresql-16, variant: ocp}
            valkey: {image: valkey/valkey:8-alpine}
            hooks: {tlsCerts: {image: "docker.io/bitnami/kubectl:latest@sha256:%s"}}
            other: {image: quay.io/not/used:1, url: https://example.org/a/b:1}
            """
                .formatted(HEX),
            "{postgresql.image}",
            "{valkey.image}",
            "{hooks.tlsCerts.image}");
    assertThat(prove(helm, HARBOR).orElseThrow().overlay().values())
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
  void aWordIsAReferenceOnlyWhereTheChartUsesItAsOne() {
    TemplateHelm helm =
        chart(
            "postgresql: {image: postgres, auth: {username: postgres, database: postgres}}\n",
            "{postgresql.image}");
    assertThat(prove(helm, HARBOR).orElseThrow().overlay().values())
        .isEqualTo(tree("postgresql: {image: 'harbor.corp/library/postgres:latest'}\n"));
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
    TemplateHelm helm =
        TemplateHelm.of(
            values,
            fields -> pods(fields, fields.list("sidecars").get(0).text("image").orElse("")));
    Overlay overlay = prove(helm, HARBOR).orElseThrow().overlay();
    assertThat(overlay.values())
        .isEqualTo(
            tree(
                """
                sidecars:
                - {name: first, image: "harbor.corp/a/b:1", env: [{name: X, value: "yes"}]}
                - {name: second, replicas: 2}
                - quay.io/a/b:1
                - ~
                """));
    assertThat(overlay.settings()).isEqualTo(Map.of("sidecars[0].image", "harbor.corp/a/b:1"));
    assertThat(overlay.toYaml()).contains("value: 'yes'");
    assertThat(tree(overlay.toYaml())).isEqualTo(overlay.values());
    assertThat(overlay).hasToString("Overlay[sidecars]");
  }

  @Test
  void aReferenceInParts_isTurnedToTheMirrorPartByPart() {
    TemplateHelm helm =
        chart(
            """
            whole: {image: {repository: ghcr.io/acme/agent, tag: "1.0", pullPolicy: Always}}
            split: {image: {registry: ghcr.io, repository: acme/proxy, tag: "2.0"}}
            hub: {image: {repository: nginx, tag: "1.27"}}
            other: {repository: "https://charts.acme.com", path: x}
            """,
            "{whole.image.repository}:{whole.image.tag}",
            "{split.image.registry}/{split.image.repository}:{split.image.tag}",
            "{hub.image.repository}:{hub.image.tag}");
    assertThat(prove(helm, HARBOR.separator(Separator.DASH)).orElseThrow().overlay().values())
        .isEqualTo(
            tree(
                """
                whole: {image: {repository: harbor.corp/acme-agent}}
                split: {image: {registry: harbor.corp, repository: acme-proxy}}
                hub: {image: {repository: harbor.corp/library-nginx}}
                """));
  }

  @Test
  void pullSecretsAreNamedWhereTheChartTakesThem() {
    ProofOptions options = ProofOptions.builder().addPullSecrets("kubernaut-mirror").build();
    for (String values : List.of("global: {imagePullSecrets: []}\n", "global: {}\n")) {
      TemplateHelm helm = chart(values);
      assertThat(
              new MirrorProver(helm)
                  .prove(plan(helm, TemplateHelm.chart(), HARBOR), options)
                  .overlay()
                  .values())
          .isEqualTo(
              values.contains("imagePullSecrets")
                  ? tree("global: {imagePullSecrets: [{name: kubernaut-mirror}]}\n")
                  : Map.of());
    }
  }

  @Test
  void pullSecretsThatTheChartHasAlreadyStay() {
    ProofOptions options = ProofOptions.builder().addPullSecrets("kubernaut-mirror").build();
    for (Map.Entry<String, String> lists :
        Map.of("{name: own}", "{name: kubernaut-mirror}", "own", "kubernaut-mirror").entrySet()) {
      TemplateHelm helm = chart("global: {imagePullSecrets: [" + lists.getKey() + "]}\n");
      assertThat(
              new MirrorProver(helm)
                  .prove(plan(helm, TemplateHelm.chart(), HARBOR), options)
                  .overlay()
                  .values())
          .isEqualTo(
              tree(
                  "global: {imagePullSecrets: [%s, %s]}\n"
                      .formatted(lists.getKey(), lists.getValue())));
    }
  }

  private static final String PODS_OF_ACCOUNTS =
      """
      {apiVersion: v1, kind: ServiceAccount, metadata: {name: app}}
      ---
      {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {serviceAccountName: app, imagePullSecrets: [%s], containers: [{name: c, image: "quay.io/a/b:1"}]}}
      """;

  @Test
  void serviceAccountsOfTheChartGetPullSecretsThatNoValueGivesToPods() {
    TemplateHelm helm = TemplateHelm.rendering(PODS_OF_ACCOUNTS.formatted(""));
    MirrorProof proof =
        new MirrorProver(helm)
            .prove(
                plan(helm, TemplateHelm.chart(), HARBOR),
                ProofOptions.builder().addPullSecrets("kubernaut-mirror").build());
    assertThat(proof.overlay().accountPullSecrets()).containsExactly("kubernaut-mirror");
    assertThat(proof.rendered().manifests().get(0).object().fields().list("imagePullSecrets"))
        .containsExactly(Fields.of(Map.of("name", "kubernaut-mirror")));
    assertThat(proof.overlay().facts())
        .extracting(Fact::describe)
        .contains("Secret kubernaut-mirror is added to the ServiceAccounts that the chart creates");
  }

  @Test
  void serviceAccountsStayAsTheyAreWhereAValueGivesThePullSecretsToPods() {
    TemplateHelm helm =
        TemplateHelm.of(
            "global: {imagePullSecrets: []}\n",
            values ->
                PODS_OF_ACCOUNTS.formatted(
                    values.list("global", "imagePullSecrets").isEmpty()
                        ? ""
                        : "{name: kubernaut-mirror}"));
    MirrorProof proof =
        new MirrorProver(helm)
            .prove(
                plan(helm, TemplateHelm.chart(), HARBOR),
                ProofOptions.builder().addPullSecrets("kubernaut-mirror").build());
    assertThat(proof.overlay().accountPullSecrets()).isEmpty();
  }

  @Test
  void singleValuesThatWouldStandOverTheOverlayAreTakenAway() {
    TemplateHelm helm =
        chart(
            "global: {image: {registry: quay.io, tag: v1}}\n",
            "{global.image.registry}/a/b:{global.image.tag}");
    Chart chart =
        TemplateHelm.chart()
            .set("global.image.registry", "quay.io/other")
            .set("global.image.tag", "v1.1.0")
            .setString("global.image.registry", "quay.io/text")
            .set("global.image", "odd");
    MirrorPlan plan = plan(helm, TemplateHelm.chart(), HARBOR);
    prove(helm, plan)
        .overlay()
        .over(
            chart,
            turned -> {
              assertThat(turned.settings())
                  .extracting(Chart.Setting::key)
                  .containsExactly("global.image.tag", "global.image");
              assertThat(turned.valuesFiles()).hasSize(1);
              assertThat(turned.valuesFiles().get(0)).exists();
              return turned;
            })
        .valuesFiles()
        .forEach(file -> assertThat(file).doesNotExist());
    Chart set = TemplateHelm.chart().set("global.image.registry", "ghcr.io");
    assertThat(images(prove(helm, plan(helm, set, HARBOR)).orElseThrow()))
        .containsExactly("harbor.corp/a/b:v1");
  }

  @Test
  void globalTextsAreSetOnce_notInEachSubchart() {
    String global = "global: {image: {registry: quay.io, separator: /}}";
    TemplateHelm helm =
        chart(
            global + "\nsub: {" + global + "}\nother: {" + global + "}\n",
            "{global.image.registry}/a{global.image.separator}b:1");
    MirrorProof proof = prove(helm, HARBOR.separator(Separator.DASH)).orElseThrow();
    assertThat(proof.overlay().settings())
        .isEqualTo(Map.of("global.image.registry", "harbor.corp", "global.image.separator", "-"));
    assertThat(helm.renders()).isEqualTo(4);
  }

  @Test
  void separatorsOfTheSameTextAreToldApart() {
    TemplateHelm helm =
        chart(
            "registry: quay.io\nseparator: /\nother: /\ningress: {path: /}\n",
            "{registry}/a{separator}b:1",
            "{registry}/c{other}d:1");
    assertThat(prove(helm, HARBOR.separator(Separator.DASH)).orElseThrow().overlay().settings())
        .isEqualTo(Map.of("registry", "harbor.corp", "separator", "-", "other", "-"));
  }

  @Test
  void whatTheChartRefusesToHaveChangedIsLeftAlone() {
    String values =
        """
        image: {registry: quay.io, name: b, tier: a, separator: /}
        ingress: {path: /, join: "-"}
        """;
    TemplateHelm helm =
        TemplateHelm.of(
            values,
            fields -> {
              for (String key : List.of("name", "tier")) {
                String text = fields.text("image", key).orElse("");
                if (!values.contains(key + ": " + text)) {
                  // The one refusal names the value, the other does not.
                  throw new HelmException(
                      "x", key.equals("tier") ? "at '/image/tier': bad" : "bad", null);
                }
              }
              if (!Set.of("/", "-").contains(fields.text("image", "separator").orElse(""))) {
                throw new HelmException("at '/image/separator': no", "", null);
              }
              return pods(
                  fields,
                  "{image.registry}/{image.tier}{image.separator}{image.name}:1",
                  "{image.registry}/{image.tier}{image.separator}x:1");
            });
    MirrorProof proof = prove(helm, HARBOR.separator(Separator.DASH)).orElseThrow();
    assertThat(proof.overlay().values())
        .isEqualTo(tree("image: {registry: harbor.corp, separator: '-'}\n"));
    assertThat(proof.overlay().rewriting()).isEmpty();
  }

  @Test
  void aValueThatDecidesWhichImagesThereAreIsLeftAlone() {
    TemplateHelm helm =
        TemplateHelm.of(
            "image: {registry: quay.io, flavour: rhel}\n",
            fields ->
                fields.text("image", "flavour").orElse("").equals("rhel")
                    ? pods(fields, "{image.registry}/{image.flavour}/a:1", "quay.io/fixed/b:1")
                    : pods(fields, "{image.registry}/{image.flavour}/a:1"));
    MirrorProof proof = prove(helm, HARBOR.separator(Separator.DASH)).orElseThrow();
    assertThat(proof.overlay().settings()).isEmpty();
    assertThat(proof.overlay().rewriting())
        .isEqualTo(
            Map.of(
                "quay.io/rhel/a:1", "harbor.corp/rhel-a:1",
                "quay.io/fixed/b:1", "harbor.corp/fixed-b:1"));
  }

  @Test
  void valuesThatTheChartRefusesGiveWayToRewriting() {
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            fields -> {
              if (fields.text("registry").orElse("").contains("corp")) {
                throw new HelmException("no such registry", "no such registry", null);
              }
              return pods(fields, "{registry}/a/b:1");
            });
    MirrorProof proof = prove(helm, HARBOR).orElseThrow();
    assertThat(proof.overlay().values()).isEmpty();
    assertThat(proof.overlay().rewriting()).isEqualTo(Map.of("quay.io/a/b:1", "harbor.corp/a/b:1"));
  }

  @Test
  void aValueThatDoesMoreThanItShowsIsSeenInTheProof() {
    // The second image follows the registry only where that is no public one.
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            fields ->
                pods(
                    fields,
                    "{registry}/a/b:1",
                    fields.text("registry").orElse("").startsWith("quay.io")
                        ? "ghcr.io/c/d:1"
                        : "{registry}/private/d:1"));
    MirrorProof proof = prove(helm, HARBOR).orElseThrow();
    assertThat(images(proof)).containsExactly("harbor.corp/a/b:1", "harbor.corp/c/d:1");
    assertThat(proof.overlay().rewriting())
        .containsEntry("harbor.corp/private/d:1", "harbor.corp/c/d:1");
  }

  @Test
  void whatAPodIsOnlyToldOfIsTurnedToTheMirrorToo() {
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            fields ->
                pods(fields, "{registry}/a/b:1")
                    + filled(
                        """
                        ---
                        kind: ConfigMap
                        metadata: {name: c}
                        data:
                          job.yaml: "image: {registry}/a/b:1"
                          text: "Runs quay.io/a/b:1, and ghcr.io/some/thing:1."
                        """,
                        fields));
    MirrorProof proof = prove(helm, HARBOR).orElseThrow();
    assertThat(proof.overlay().settings()).isEqualTo(Map.of("registry", "harbor.corp"));
    assertThat(proof.rendered().manifests().get(1).object().fields().strings("data"))
        .containsEntry("job.yaml", "image: harbor.corp/a/b:1")
        .containsEntry("text", "Runs harbor.corp/a/b:1, and ghcr.io/some/thing:1.");
  }

  @Test
  void aPlannedImageThatCannotBeReachedIsNamedWithItsPlace() {
    TemplateHelm helm =
        TemplateHelm.of(
            "",
            fields ->
                pods(fields, "quay.io/a/b:1")
                    + """
                    ---
                    kind: Pod
                    metadata: {name: q}
                    spec: {containers: [{image: "quay.io/a/b:1", env: [{name: RELATED_IMAGE_X, x: 1, value: busybox}]}]}
                    ---
                    kind: ConfigMap
                    metadata: {name: c}
                    data: {address: "docker.io/quay.io/a/b:1", odd: "image=quay.io/a/b:1@latest"}
                    """);
    MirrorProof proof = prove(helm, HARBOR);
    assertThat(proof.isOk()).isFalse();
    assertThat(proof.outside())
        .extracting(OutsideImage::image)
        .containsExactlyInAnyOrder("busybox", "quay.io/a/b:1");
    assertThat(proof.outside())
        .filteredOn(image -> image.image().equals("busybox"))
        .singleElement()
        .satisfies(
            image -> {
              assertThat(image.problem().describe())
                  .contains("should become harbor.corp/library/busybox:latest")
                  .contains("it is not where references can be rewritten");
              assertThat(image.reasons().get(0).path())
                  .isEqualTo("spec.containers[0].env[0].value");
            });
  }

  @Test
  void anImageThatIsNotInThePlanIsNamedByItsSource() {
    TemplateHelm helm =
        chart("registry: quay.io\n", "{registry}/a/b:1", "{registry}/c/d:1", "{registry}/e/f:1");
    MirrorPlan whole = plan(helm, TemplateHelm.chart(), HARBOR);
    for (MirrorEntry removed : whole.entries()) {
      List<MirrorEntry> rest = new ArrayList<>(whole.entries());
      rest.remove(removed);
      MirrorProof proof =
          prove(
              helm,
              MirrorPlan.builder(HARBOR).chart(TemplateHelm.chart()).addAllEntries(rest).build());
      assertThat(proof.outside())
          .singleElement()
          .satisfies(
              image -> {
                assertThat(image.image()).isEqualTo(removed.source().toString());
                assertThat(image.problem().describe()).contains("the plan does not have it");
              });
      assertThatThrownBy(proof::orElseThrow)
          .isInstanceOf(ImagesOutsideMirrorException.class)
          .hasMessageContaining(removed.source().toString())
          .hasMessageContaining("Pod p at spec.containers[0].image");
    }
  }

  /** The plan with a digest for each image. */
  private static MirrorPlan withDigests(MirrorPlan plan) {
    MirrorPlan.Builder exact = MirrorPlan.builder(HARBOR).chart(plan.chart());
    for (MirrorEntry entry : plan.entries()) {
      exact.addEntries(
          MirrorEntry.builder()
              .from(entry)
              .digest(
                  entry
                      .digest()
                      .or(
                          () ->
                              Optional.of(
                                  Digest.sha256(
                                      entry.source().toString().getBytes(StandardCharsets.UTF_8)))))
              .build());
    }
    return exact.build();
  }

  @Test
  void withDigestsEveryReferenceIsRewrittenToOne() {
    TemplateHelm helm =
        chart(
            "registry: quay.io\ndb: postgres\n",
            "{registry}/a/b:1",
            "{db}",
            "ghcr.io/c/d:1@sha256:" + HEX);
    MirrorPlan plan = plan(helm, TemplateHelm.chart(), HARBOR);
    ProofOptions pinned = ProofOptions.builder().pinDigests(true).build();
    assertThat(new MirrorProver(helm).prove(plan, pinned).outside())
        .as("two digests are not known")
        .hasSize(2)
        .extracting(image -> image.problem().code())
        .containsOnly(ProblemCode.IMAGE_DIGEST_UNKNOWN);
    MirrorProof proof = new MirrorProver(helm).prove(withDigests(plan), pinned).orElseThrow();
    assertThat(images(proof))
        .hasSize(3)
        .allMatch(image -> image.matches("harbor.corp/[a-z/]+@sha256:[0-9a-f]{64}"))
        .contains("harbor.corp/c/d@sha256:" + HEX);
    assertThat(proof.overlay().rewriting()).hasSize(3);
    assertThat(proof.overlay().facts())
        .extracting(Fact::describe)
        .contains("value registry was set to harbor.corp")
        .anyMatch(
            line -> line.startsWith("harbor.corp/a/b:1 was rewritten to harbor.corp/a/b@sha256:"));
  }

  @Test
  void throughMirrorRulesReferencesKeepTheirSourceNamesWithDigests() {
    TemplateHelm helm =
        chart("registry: quay.io\n", "{registry}/a/b:1", "ghcr.io/c/d:1@sha256:" + HEX);
    MirrorPlan plan = withDigests(plan(helm, TemplateHelm.chart(), HARBOR));
    MirrorProof proof =
        new MirrorProver(helm)
            .prove(plan, ProofOptions.builder().throughMirrorRules(true).build())
            .orElseThrow();
    assertThat(images(proof))
        .containsExactlyInAnyOrder(
            "quay.io/a/b@" + Digest.sha256("quay.io/a/b:1".getBytes(StandardCharsets.UTF_8)),
            "ghcr.io/c/d@sha256:" + HEX);
    assertThat(proof.overlay().values()).isEmpty();
    assertThat(proof.warnings()).isEmpty();
  }

  @Test
  void throughMirrorRulesWhatIsOnlyMentionedGetsItsNameInTheMirror() {
    TemplateHelm helm =
        TemplateHelm.of(
            "registry: quay.io\n",
            values ->
                """
                kind: Pod
                metadata: {name: p}
                spec: {containers: [{name: c, image: "quay.io/a/b:1"}]}
                ---
                kind: ConfigMap
                metadata: {name: bundles}
                data: {bundle: "quay.io/e/f:1", again: "quay.io/a/b:1"}
                """);
    MirrorPlan plan =
        withDigests(
            MirrorPlan.builder(HARBOR)
                .chart(TemplateHelm.chart())
                .image(ImageRef.parse("quay.io/a/b:1"))
                .image(ImageRef.parse("quay.io/e/f:1"))
                .build());
    MirrorProof proof =
        new MirrorProver(helm)
            .prove(plan, ProofOptions.builder().throughMirrorRules(true).build())
            .orElseThrow();
    assertThat(proof.overlay().rewriting().values())
        .as("a program in the pod may pull the bundle; mirror rules do not apply to it")
        .anyMatch(to -> to.startsWith("harbor.corp/e/f@sha256:"))
        .anyMatch(to -> to.startsWith("quay.io/a/b@sha256:"));
    assertThat(proof.warnings())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo(ProblemCode.MENTION_NOT_REDIRECTED);
              assertThat(warning.describe())
                  .startsWith("quay.io/a/b:1: is quay.io/a/b@sha256:")
                  .contains("ConfigMap bundles at data.again")
                  .contains("to harbor.corp/a/b@sha256:");
            });
  }

  @Test
  void throughMirrorRulesAnImageWithoutADigestIsAProblem() {
    TemplateHelm helm = chart("registry: quay.io\n", "{registry}/a/b:1");
    MirrorProof proof =
        new MirrorProver(helm)
            .prove(
                plan(helm, TemplateHelm.chart(), HARBOR),
                ProofOptions.builder().throughMirrorRules(true).build());
    assertThat(proof.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_DIGEST_UNKNOWN);
  }

  @Test
  void aChartThatNamesTheMirrorAlreadyIsProvenAsItIs() {
    TemplateHelm helm = chart("registry: harbor.corp\n", "{registry}/a/b:1");
    MirrorPlan plan =
        MirrorPlan.builder(HARBOR)
            .chart(TemplateHelm.chart())
            .image(ImageRef.parse("quay.io/a/b:1"))
            .build();
    MirrorProof proof = prove(helm, plan).orElseThrow();
    assertThat(proof.overlay().values()).isEmpty();
    assertThat(proof.overlay().rewriting()).isEmpty();
    assertThat(helm.renders()).isEqualTo(2);
  }

  @Test
  void aPlanWithoutAChartHasNothingToProve() {
    MirrorPlan list = MirrorPlan.builder(HARBOR).build();
    TemplateHelm helm = chart("");
    assertThatThrownBy(() -> prove(helm, list))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("names no chart to prove");
  }

  /** The published chart's own values, and manifests that follow them as its templates do. */
  @Test
  void thePublishedChartGetsTheKeysOfTheGuide() throws IOException {
    Path rendered = PublishedChart.file("rendered-with-hooks.yaml");
    String templates =
        Files.readString(rendered)
            .replaceAll(
                "quay\\.io/kubernaut-ai/([a-z-]+):v1\\.1\\.0",
                "{global.image.registry}/{global.image.namespace}{global.image.separator}$1:{global.image.tag}")
            .replace("registry.redhat.io/rhel10/postgresql-16", "{postgresql.image}")
            .replace("registry.redhat.io/rhel10/valkey-8", "{valkey.image}")
            .replace("registry.redhat.io/openshift4/ose-cli-rhel9:v4.17", "{hooks.tlsCerts.image}");
    Pattern known =
        Pattern.compile(
            "\\{(global\\.image\\.\\w+|postgresql\\.image|valkey\\.image|hooks\\.tlsCerts\\.image)}");
    TemplateHelm helm =
        TemplateHelm.of(
            Files.readString(PublishedChart.file("values.yaml")),
            values ->
                known
                    .matcher(templates)
                    .replaceAll(
                        value ->
                            Matcher.quoteReplacement(
                                values.text(value.group(1).split("\\.")).orElse(""))));
    Chart chart =
        TemplateHelm.chart()
            .values(PublishedChart.file("values-ocp.yaml"))
            .set("global.image.tag", "v1.1.0");
    Target target = Target.registry("mirror.corp.example.com:5000");
    MirrorPlan plan = plan(helm, chart, target);
    assertThat(plan.entries()).hasSize(14);
    MirrorProof proof = prove(helm, plan).orElseThrow();
    Map<?, ?> guide =
        Yaml.readMapping(
            "values-airgap.yaml",
            Files.readString(PublishedChart.file("values-airgap.yaml"))
                .replace("<mirror-registry>", target.address())
                // An untagged image is pulled as latest; the plan says so.
                .replace("/postgresql-16", "/postgresql-16:latest")
                .replace("/valkey-8", "/valkey-8:latest"),
            Yaml.DuplicateKeys.REFUSED);
    Fields expected =
        Fields.of(guide)
            // What the chart has already is not set again.
            .with(Map.of("registry", target.address()), "global", "image");
    assertThat(proof.overlay().values()).isEqualTo(expected.content());
    assertThat(proof.overlay().rewriting()).isEmpty();
    assertThat(
            prove(helm, plan(helm, chart, target.separator(Separator.DASH)))
                .orElseThrow()
                .overlay()
                .settings())
        .containsEntry("global.image.separator", "-")
        .doesNotContainKey("global.image.namespace")
        .hasSize(5);
  }
}
