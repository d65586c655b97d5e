package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallException;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirrorrules.ClusterWithNodeFiles;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.mirrorrules.NodeFiles;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.verify.ContainerOrigin;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The chart runs on each kind of cluster, with nested and with flat names in the mirror, by the
 * overlay and through mirror rules. All share two registries; each has a cluster of its own.
 */
@Timeout(180)
final class EveryPlatformInLabTest {
  private static final MirrorRuleOptions RULES = MirrorRuleOptions.builder().build();
  private static final Map<Cell, String> RESULTS = new LinkedHashMap<>();
  private static Lab registries;

  /** How images get from the mirror. */
  enum Way {
    /** The pods have the names in the mirror. */
    OVERLAY,
    /** The pods have the names of the sources. */
    RULES
  }

  /** One combination. */
  record Cell(Flavour flavour, Separator separator, Way way) {}

  static Stream<Cell> cells() {
    return Stream.of(Flavour.values())
        .flatMap(
            flavour ->
                Stream.of(Separator.values())
                    .flatMap(
                        separator ->
                            Stream.of(Way.values()).map(way -> new Cell(flavour, separator, way))));
  }

  @BeforeAll
  static void startTheRegistries() {
    registries = Lab.builder().withoutCluster().start();
  }

  @AfterAll
  static void printTheMatrix() {
    RESULTS.forEach(
        (cell, result) ->
            System.out.printf(
                "%-10s %-5s %-7s %s%n", cell.flavour(), cell.separator(), cell.way(), result));
    registries.close();
  }

  @ParameterizedTest
  @MethodSource("cells")
  void everyImageRunsFromTheMirror(Cell cell) {
    long begin = System.nanoTime();
    String mirror = registries.target(cell.separator()).registry();
    try (Lab lab =
            Lab.builder()
                .flavour(cell.flavour())
                .withoutSource()
                .externalMirror(mirror, client -> client.plainHttp(mirror))
                .start();
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(lab.kubeconfig());
        Airgap airgap = airgap(lab, cluster)) {
      MirrorPlan plan = airgap.plan(lab.chart(), registries.target(cell.separator()));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      PullSecretReport secret =
          airgap.configurePullSecret(mirrored, registries.mirrorCredentials());
      VerificationReport verified =
          cell.way() == Way.OVERLAY
              ? installAndVerify(airgap, mirrored, secret, options(cell))
              : throughRules(cell, lab, cluster, airgap, mirrored, secret);
      verified.orElseThrow();

      assertThat(verified.origins()).hasSizeGreaterThanOrEqualTo(12);
      assertThat(verified.origins())
          .allSatisfy(
              origin -> {
                assertThat(origin.mirror().map(registries.target(cell.separator())::contains))
                    .contains(true);
                assertThat(origin.running()).isPresent();
                assertThat(origin.isRedirected()).isEqualTo(cell.way() == Way.RULES);
              });
      assertThat(verified.origins().stream().map(ContainerOrigin::requested))
          .allMatch(image -> image.startsWith(mirror + "/") == (cell.way() == Way.OVERLAY));
      assertThat(names(plan)).allMatch(name -> name.contains("/") == isNested(cell));
      RESULTS.put(
          cell,
          "%d containers from the mirror, %.1f s"
              .formatted(verified.origins().size(), (System.nanoTime() - begin) / 1e9));
    }
  }

  private static boolean isNested(Cell cell) {
    return cell.separator() == Separator.SLASH;
  }

  private static Stream<String> names(MirrorPlan plan) {
    return plan.entries().stream().map(entry -> entry.target().repository().name());
  }

  private static Airgap airgap(Lab lab, ClusterClient cluster) {
    return Airgap.builder()
        .registry(registries.newRegistryClient())
        .cluster(cluster)
        .helm(HelmJavaClient.withKubeconfig(lab.kubeconfig()))
        .closeClients(true)
        .build();
  }

  private static InstallOptions options(Cell cell) {
    return InstallOptions.builder()
        .putLlmCredentials("OPENAI_API_KEY", Secret.of("none"))
        .throughMirrorRules(cell.way() == Way.RULES)
        .build();
  }

  private static VerificationReport installAndVerify(
      Airgap airgap, MirrorReport mirrored, PullSecretReport secret, InstallOptions options) {
    Installation installation = airgap.install(mirrored, secret, options);
    return airgap.verify(installation);
  }

  private static VerificationReport throughRules(
      Cell cell,
      Lab lab,
      ClusterClient cluster,
      Airgap airgap,
      MirrorReport mirrored,
      PullSecretReport secret) {
    InstallException tooEarly =
        catchThrowableOfType(
            InstallException.class, () -> airgap.install(mirrored, secret, options(cell)));
    assertThat(tooEarly.problems())
        .extracting(Problem::code)
        .containsOnly(ProblemCode.MIRROR_RULE_MISSING);
    ClusterChange change = airgap.planMirrorRules(mirrored.plan(), RULES);
    switch (cell.flavour()) {
      case OPENSHIFT -> airgap.apply(change.orElseThrow()).orElseThrow();
      case HOSTED -> {
        assertThatThrownBy(() -> cluster.create(ResourceType.IMAGE_DIGEST_MIRROR_SET, anyRules()))
            .hasMessageContaining("modify the resource in the HostedCluster object");
        assertThat(change.isEmpty()).isTrue();
        Problem refused = only(change, ProblemCode.HOSTED_CLUSTER_SETTING);
        assertThat(refused.describe())
            .contains("hosted control plane", "spec.imageContentSources of the HostedCluster");
        lab.setImageContentSources(refused.parameters().get("value"));
        assertThat(airgap.planMirrorRules(mirrored.plan(), RULES).isOk())
            .as("the rules of the administrator are found")
            .isTrue();
      }
      case KUBERNETES -> {
        assertThat(change.isEmpty()).isTrue();
        assertThat(only(change, ProblemCode.MIRROR_RULES_UNSUPPORTED).describe())
            .contains("does not support ImageDigestMirrorSet", "registries.conf");
        lab.placeOnNodes(
            registriesConf(mirrored.plan()),
            dockerConfig(mirrored.plan(), registries.mirrorCredentials()));
        try (Airgap withFiles =
            airgap(lab, new ClusterWithNodeFiles(cluster, mirrored.plan(), RULES))) {
          return installAndVerify(withFiles, mirrored, secret, options(cell));
        }
      }
    }
    return installAndVerify(airgap, mirrored, secret, options(cell));
  }

  private static Problem only(ClusterChange change, ProblemCode code) {
    assertThat(change.isOk()).isFalse();
    assertThat(change.problems()).extracting(Problem::code).containsExactly(code);
    return change.problems().get(0);
  }

  private static KubernetesObject anyRules() {
    return KubernetesObject.named(ResourceType.IMAGE_DIGEST_MIRROR_SET, null, "any")
        .with(
            Yaml.readMapping(
                "spec",
                "imageDigestMirrors: [{source: a.io/b, mirrors: [c.io/b]}]",
                Yaml.DuplicateKeys.REFUSED),
            "spec");
  }

  private static String registriesConf(MirrorPlan plan) {
    return NodeFiles.of(plan, RULES).files().entrySet().stream()
        .filter(file -> file.getKey().startsWith("etc/containers/registries.conf.d/"))
        .map(Map.Entry::getValue)
        .findFirst()
        .orElseThrow();
  }

  private static String dockerConfig(MirrorPlan plan, Credentials credentials) {
    String pair = credentials.username() + ":" + credentials.password().reveal();
    return "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}"
        .formatted(
            plan.target().registry(),
            Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8)));
  }
}
