package ai.kubernaut.airgap.mirrorrules;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

final class MirrorRuleConfigurerTest {
  private static final Target NESTED = Target.registry("harbor.corp:5000/mirror");
  private static final Target FLAT = Target.registry("quay.corp/org").separator(Separator.DASH);
  private static final String DIGEST = "@sha256:" + "0".repeat(64);
  private static final MirrorRuleOptions DEFAULTS = MirrorRuleOptions.builder().build();
  private static final MirrorRuleOptions TAGS = MirrorRuleOptions.builder().forTags(true).build();
  private static final MirrorRuleOptions NEVER =
      MirrorRuleOptions.builder().sourcePolicy(SourcePolicy.NEVER_CONTACT_SOURCE).build();

  private final MemoryClusterClient cluster = MemoryClusterClient.openShift();

  private static MirrorPlan plan(Target target, String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    for (String image : images) {
      plan.image(ImageRef.parse(image));
    }
    return plan.build();
  }

  private static MirrorPlan guide(Target target) {
    return plan(
        target,
        "quay.io/kubernaut-ai/gateway" + DIGEST,
        "quay.io/kubernaut-ai/datastorage" + DIGEST,
        "registry.redhat.io/rhel9/postgresql-16" + DIGEST,
        "docker.io/library/redis" + DIGEST);
  }

  private ClusterChange plan(MirrorPlan plan, MirrorRuleOptions options) {
    return new MirrorRuleConfigurer(cluster).plan(plan, options);
  }

  private ChangeReport apply(ClusterChange change) {
    return new ClusterChanger(cluster, event -> {}).apply(change).orElseThrow();
  }

  private static List<ProblemCode> codes(ClusterChange change) {
    return change.problems().stream().map(Problem::code).toList();
  }

  private KubernetesObject only(ResourceType type) {
    List<KubernetesObject> objects = cluster.list(type, null, Map.of());
    assertThat(objects).hasSize(1);
    return objects.get(0);
  }

  private static Map<String, String> rules(KubernetesObject object, String field) {
    Map<String, String> rules = new LinkedHashMap<>();
    for (Fields rule : object.fields().list("spec", field)) {
      rules.put(
          rule.text("source").orElseThrow(),
          rule.value("mirrors").orElseThrow()
              + rule.text("mirrorSourcePolicy").map(policy -> " " + policy).orElse(""));
    }
    return rules;
  }

  private void put(ResourceType type, String name, String spec) {
    cluster.put(
        type,
        KubernetesObject.named(type, null, name)
            .with(Yaml.readMapping("spec", spec, Yaml.DuplicateKeys.REFUSED), "spec"));
  }

  private void redirects(MirrorPlan plan) {
    MirrorRules rules = MirrorRules.inCluster(cluster);
    for (MirrorEntry entry : plan.entries()) {
      assertThat(rules.locations(entry.source()).get(0).repository())
          .isEqualTo(entry.target().repository());
    }
  }

  @Test
  void nestedNamesNeedOneRuleForAnOrganisation() {
    MirrorPlan plan = guide(NESTED);
    ClusterChange change = plan(plan, DEFAULTS);
    assertThat(change.problems()).isEmpty();
    apply(change);
    KubernetesObject object = only(ResourceType.IMAGE_DIGEST_MIRROR_SET);
    assertThat(rules(object, "imageDigestMirrors"))
        .containsExactly(
            Map.entry("docker.io/library/redis", "[harbor.corp:5000/mirror/library/redis]"),
            Map.entry(
                "registry.redhat.io/rhel9/postgresql-16",
                "[harbor.corp:5000/mirror/rhel9/postgresql-16]"),
            Map.entry("quay.io/kubernaut-ai", "[harbor.corp:5000/mirror/kubernaut-ai]"));
    redirects(plan);
    assertThat(plan(plan, DEFAULTS).isEmpty()).isTrue();
  }

  @Test
  void flatNamesNeedARuleForEachRepository() {
    MirrorPlan plan = guide(FLAT);
    apply(plan(plan, DEFAULTS));
    assertThat(rules(only(ResourceType.IMAGE_DIGEST_MIRROR_SET), "imageDigestMirrors"))
        .hasSize(4)
        .containsEntry("quay.io/kubernaut-ai/gateway", "[quay.corp/org/kubernaut-ai-gateway]");
    redirects(plan);
  }

  @Test
  void theRulesOfRandomPlansLeadEveryImageToItsTarget() {
    int wide = 0;
    for (int seed = 0; seed < 500; seed++) {
      Random random = new Random(seed);
      Target nested = Target.registry(random.nextBoolean() ? "harbor.corp" : "harbor.corp/x/y");
      Target target =
          switch (random.nextInt(3)) {
            case 0 -> nested;
            case 1 -> nested.separator(Separator.DASH);
            default -> nested.depth(4);
          };
      Set<String> images = new TreeSet<>();
      for (int i = 1 + random.nextInt(20); i > 0; i--) {
        StringBuilder name = new StringBuilder("reg" + random.nextInt(2) + ".io");
        for (int depth = 1 + random.nextInt(4); depth > 0; depth--) {
          name.append('/').append((char) ('a' + random.nextInt(3)));
        }
        images.add(name + DIGEST);
      }
      // Registries do not differ in the mirror, so only one of two equal names can be there.
      Map<String, String> byTarget = new TreeMap<>();
      images.forEach(image -> byTarget.put(target.nameOf(ImageRef.parse(image)).toString(), image));
      MirrorPlan plan = plan(target, byTarget.values().toArray(String[]::new));
      List<MirrorRule> rules = PlannedRules.of(plan, DEFAULTS, RuleObjects.Kind.IDMS);
      wide += rules.size() < plan.entries().size() ? 1 : 0;
      for (MirrorEntry entry : plan.entries()) {
        assertThat(MirrorRules.of(rules).locations(entry.source()).get(0).repository())
            .as("seed %d, %s, %s", seed, target, entry.source())
            .isEqualTo(entry.target().repository());
      }
    }
    assertThat(wide).isGreaterThan(50);
  }

  @Test
  void aWholeRegistryIsNeverASource() {
    MirrorPlan plan = plan(NESTED, "reg.io/a" + DIGEST, "reg.io/b" + DIGEST);
    apply(plan(plan, DEFAULTS));
    assertThat(rules(only(ResourceType.IMAGE_DIGEST_MIRROR_SET), "imageDigestMirrors"))
        .containsOnlyKeys("reg.io/a", "reg.io/b");
  }

  @Test
  void tagsAndTheSourcePolicyAreOnRequest() {
    MirrorPlan plan = plan(NESTED, "quay.io/a/b:1");
    assertThat(codes(plan(plan, DEFAULTS))).containsExactly(ProblemCode.TAG_NOT_REDIRECTED);
    apply(plan(plan, MirrorRuleOptions.builder().from(NEVER).forTags(true).build()));
    assertThat(rules(only(ResourceType.IMAGE_TAG_MIRROR_SET), "imageTagMirrors"))
        .containsEntry("quay.io/a/b", "[harbor.corp:5000/mirror/a/b] NeverContactSource");
    redirects(plan);
    apply(plan(plan, DEFAULTS));
    assertThat(cluster.list(ResourceType.IMAGE_TAG_MIRROR_SET, null, Map.of())).isEmpty();
  }

  @Test
  void anOlderClusterGetsAnImageContentSourcePolicy() {
    cluster.withoutType(ResourceType.IMAGE_DIGEST_MIRROR_SET);
    cluster.withoutType(ResourceType.IMAGE_TAG_MIRROR_SET);
    MirrorPlan plan = guide(NESTED);
    apply(plan(plan, DEFAULTS));
    assertThat(rules(only(ResourceType.IMAGE_CONTENT_SOURCE_POLICY), "repositoryDigestMirrors"))
        .hasSize(3);
    redirects(plan);
    assertThat(codes(plan(plan, TAGS))).containsExactly(ProblemCode.MIRROR_RULES_UNSUPPORTED);
    assertThat(codes(plan(plan, NEVER))).containsExactly(ProblemCode.MIRROR_RULES_UNSUPPORTED);
  }

  @Test
  void aHostedControlPlaneSaysWhatItsAdministratorHasToAdd() {
    cluster.withoutType(ResourceType.MACHINE_CONFIG_POOL);
    MirrorPlan plan = plan(NESTED, "quay.io/a/b" + DIGEST, "quay.io/a/c" + DIGEST);
    ClusterChange refused = plan(plan, DEFAULTS);
    assertThat(refused.isEmpty()).isTrue();
    assertThat(refused.isOk()).isFalse();
    assertThat(refused.problems())
        .extracting(Problem::describe)
        .singleElement()
        .asString()
        .contains(
            "has a hosted control plane",
            "mirror rules cannot be changed in this cluster",
            "add [{\"source\": \"quay.io/a\", \"mirrors\": [\"harbor.corp:5000/mirror/a\"]}] to spec.imageContentSources of the HostedCluster");
    assertThat(codes(plan(plan, TAGS))).containsExactly(ProblemCode.MIRROR_RULES_UNSUPPORTED);
    assertThat(codes(plan(plan, NEVER))).containsExactly(ProblemCode.MIRROR_RULES_UNSUPPORTED);

    put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        "cluster",
        "imageDigestMirrors: [{source: quay.io, mirrors: ['harbor.corp:5000/mirror']}]");
    ClusterChange present = plan(plan, DEFAULTS);
    assertThat(present.problems()).isEmpty();
    assertThat(present.isEmpty()).isTrue();
    assertThat(codes(plan(guide(NESTED), DEFAULTS)))
        .as("other images of the plan are not redirected")
        .containsExactly(ProblemCode.HOSTED_CLUSTER_SETTING);
  }

  @Test
  void plainKubernetesHasNoMirrorRules() {
    ClusterChange change =
        new MirrorRuleConfigurer(MemoryClusterClient.kubernetes()).plan(guide(NESTED), DEFAULTS);
    assertThat(codes(change)).containsExactly(ProblemCode.MIRROR_RULES_UNSUPPORTED);
    assertThat(change.isEmpty()).isTrue();
  }

  @Test
  void twoReleasesAndTwoMirrorsHaveObjectsOfTheirOwn() {
    MirrorPlan plan = guide(NESTED);
    apply(plan(plan, DEFAULTS));
    apply(plan(plan.forRelease(ReleaseName.of("other", "kubernaut-system")), DEFAULTS));
    apply(plan(guide(FLAT), DEFAULTS));
    assertThat(cluster.list(ResourceType.IMAGE_DIGEST_MIRROR_SET, null, Map.of())).hasSize(3);
  }

  @Test
  void anObjectOfAnotherOwnerIsNotChanged() {
    put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        "mirror",
        "{imageDigestMirrors: [{source: x.io/y, mirrors: [z.io/y]}]}");
    MirrorRuleOptions named = MirrorRuleOptions.builder().name("mirror").build();
    ClusterChange change = plan(guide(NESTED), named);
    assertThat(codes(change)).containsExactly(ProblemCode.OBJECT_NOT_OURS);
    assertThat(catchThrowableOfType(ClusterChangeException.class, change::orElseThrow))
        .hasMessageContaining("ImageDigestMirrorSet mirror");
  }

  @Test
  void whatTheClusterHasAlreadyIsReviewed() {
    put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        "specific",
        "{imageDigestMirrors: [{source: quay.io/kubernaut-ai/gateway, mirrors: [x.io/gateway]}]}");
    put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        "same",
        "{imageDigestMirrors: [{source: quay.io/kubernaut-ai, mirrors: [y.io/k], mirrorSourcePolicy: NeverContactSource}]}");
    put(
        ResourceType.IMAGE_CONTENT_SOURCE_POLICY,
        "old",
        "{repositoryDigestMirrors: [{source: registry.redhat.io, mirrors: [z.io]}]}");
    ClusterChange change = plan(guide(NESTED), DEFAULTS);
    assertThat(codes(change))
        .containsExactlyInAnyOrder(
            ProblemCode.MIRROR_RULE_SHADOWED,
            ProblemCode.MIRROR_RULE_SAME_SOURCE,
            ProblemCode.MIRROR_SOURCE_NEVER_CONTACTED,
            ProblemCode.MIRROR_RULE_SHADOWS,
            ProblemCode.MIRROR_RULE_KINDS_MIXED);
    assertThat(change.isOk()).isFalse();
    assertThat(change.problems().stream().map(Problem::describe))
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains("quay.io/kubernaut-ai/gateway", "ImageDigestMirrorSet specific"))
        .anySatisfy(
            text ->
                assertThat(text)
                    .contains(
                        "ImageContentSourcePolicy old",
                        "registry.redhat.io",
                        "registry.redhat.io/rhel9/postgresql-16"));
  }

  @Test
  void aMirrorBelowASourceThatIsNeverContactedIsAnError() {
    put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        "strict",
        "{imageDigestMirrors: [{source: quay.corp, mirrors: [x.io], mirrorSourcePolicy: NeverContactSource}]}");
    ClusterChange change = plan(plan(FLAT, "quay.io/a/b" + DIGEST), DEFAULTS);
    assertThat(codes(change)).containsExactly(ProblemCode.MIRROR_BLOCKED);
    assertThat(change.problems().get(0).describe()).contains("strict", "quay.corp");
  }

  @Test
  void drainsAreForeseen() {
    cluster.put(
        ResourceType.MACHINE_CONFIG_POOL,
        KubernetesObject.named(ResourceType.MACHINE_CONFIG_POOL, null, "worker"));
    MirrorPlan plan = guide(NESTED);
    assertThat(codes(plan(plan, DEFAULTS))).isEmpty();
    assertThat(codes(plan(plan, TAGS))).containsExactly(ProblemCode.NODES_WILL_DRAIN);
    ChangeReport report = apply(plan(plan, DEFAULTS));
    assertThat(codes(plan(plan, DEFAULTS))).isEmpty();
    ClusterChange undo = new ClusterChanger(cluster, event -> {}).undo(report);
    assertThat(codes(new MirrorRuleConfigurer(cluster).withDrains(undo)))
        .containsExactly(ProblemCode.NODES_WILL_DRAIN);
    ClusterChange change = plan(plan, NEVER);
    assertThat(codes(change)).containsExactly(ProblemCode.NODES_WILL_DRAIN);
    assertThat(change.problems().get(0).describe()).contains("worker", "update Image");
  }

  @Test
  void theRulesAreUndone() {
    ChangeReport report = apply(plan(guide(NESTED), TAGS));
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    changer.apply(changer.undo(report)).orElseThrow();
    assertThat(MirrorRules.inCluster(cluster).rules()).isEmpty();
  }

  /** Another object appears between the plan and the write. */
  @Test
  void anObjectThatAppearsMeanwhileIsNotOverwritten() {
    MirrorRuleOptions named = MirrorRuleOptions.builder().name("mirror").build();
    ClusterChange change = plan(guide(NESTED), named);
    put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        "mirror",
        "{imageDigestMirrors: [{source: x.io/y, mirrors: [z.io/y]}]}");
    ChangeReport report = new ClusterChanger(cluster, event -> {}).apply(change);
    assertThat(report.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.OBJECT_NOT_OURS);
    assertThat(report.changes()).isEmpty();
    assertThat(rules(only(ResourceType.IMAGE_DIGEST_MIRROR_SET), "imageDigestMirrors"))
        .containsOnlyKeys("x.io/y");
  }

  @Test
  void filesOnNodesCountAsRulesOfTheCluster() {
    MemoryClusterClient kubernetes = MemoryClusterClient.kubernetes();
    MirrorPlan plan = guide(FLAT);
    ClusterClient withFiles = new ClusterWithNodeFiles(kubernetes, plan, DEFAULTS);
    assertThat(MirrorRules.inCluster(kubernetes).rules()).isEmpty();
    assertThat(plan.entries())
        .allMatch(entry -> MirrorRules.inCluster(withFiles).redirectsDigestOf(entry));
    ClusterChange again = new MirrorRuleConfigurer(withFiles).plan(plan, DEFAULTS);
    assertThat(again.problems()).isEmpty();
    assertThat(again.isEmpty()).as("the nodes have all rules").isTrue();

    ClusterChange other =
        new MirrorRuleConfigurer(withFiles).plan(plan(NESTED, "ghcr.io/a/b" + DIGEST), DEFAULTS);
    ChangeReport report = new ClusterChanger(withFiles, event -> {}).apply(other);
    assertThat(report.isOk()).isFalse();
    assertThat(report.problems().toString()).contains("mirror rules are files on the nodes");
    assertThat(kubernetes.serves(ResourceType.IMAGE_DIGEST_MIRROR_SET)).isFalse();
  }

  @Test
  void filesOnNodesCannotBeChangedThroughTheCluster() {
    MemoryClusterClient kubernetes = MemoryClusterClient.kubernetes();
    ClusterClient withFiles = new ClusterWithNodeFiles(kubernetes, guide(FLAT), DEFAULTS);
    ResourceType type = ResourceType.IMAGE_DIGEST_MIRROR_SET;
    assertThat(withFiles.serves(type)).isTrue();
    assertThat(withFiles.serves(ResourceType.cluster("config.openshift.io/v1", "Image", "images")))
        .isFalse();
    assertThat(withFiles.list(type, null, Map.of("other", "label"))).isEmpty();
    KubernetesObject rules = withFiles.list(type, null, Map.of()).get(0);
    assertThat(withFiles.get(type, null, rules.name())).contains(rules);
    assertThat(
            Stream.<ThrowingCallable>of(
                () -> withFiles.create(type, rules),
                () -> withFiles.replace(type, rules),
                () -> withFiles.delete(type, rules)))
        .allSatisfy(
            write ->
                assertThatThrownBy(write)
                    .isInstanceOf(ClusterException.class)
                    .hasMessageContaining("mirror rules are files on the nodes"));
  }

  @Test
  void nodesWithoutTheApisGetFiles() {
    NodeFiles files =
        NodeFiles.of(guide(NESTED), MirrorRuleOptions.builder().from(TAGS).name("mirror").build());
    assertThat(files.problems()).isEmpty();
    assertThat(files.files())
        .containsOnlyKeys(
            "etc/containers/registries.conf.d/mirror.conf",
            "etc/containerd/certs.d/docker.io/hosts.toml",
            "etc/containerd/certs.d/quay.io/hosts.toml",
            "etc/containerd/certs.d/registry.redhat.io/hosts.toml");
    assertThat(files.files().get("etc/containers/registries.conf.d/mirror.conf"))
        .contains(
            """
            [[registry]]
            prefix = "quay.io/kubernaut-ai"
            location = "quay.io/kubernaut-ai"

            [[registry.mirror]]
            location = "harbor.corp:5000/mirror/kubernaut-ai"
            pull-from-mirror = "digest-only"

            [[registry.mirror]]
            location = "harbor.corp:5000/mirror/kubernaut-ai"
            pull-from-mirror = "tag-only"
            """);
    assertThat(files.files().get("etc/containerd/certs.d/docker.io/hosts.toml"))
        .isEqualTo(
            """
            server = "https://registry-1.docker.io"

            [host."https://harbor.corp:5000/v2/mirror"]
            capabilities = ["pull", "resolve"]
            override_path = true
            """);
  }

  @Test
  void containerdCannotRename() {
    NodeFiles files = NodeFiles.of(guide(FLAT), NEVER);
    assertThat(files.problems())
        .extracting(Problem::code)
        .hasSize(4)
        .containsOnly(ProblemCode.CONTAINERD_CANNOT_RENAME);
    assertThat(files.files()).hasSize(1);
    assertThat(files.files().values().iterator().next()).contains("blocked = true");
    String hosts =
        NodeFiles.of(guide(Target.registry("harbor.corp")), NEVER)
            .files()
            .get("etc/containerd/certs.d/quay.io/hosts.toml");
    assertThat(hosts).isEqualTo("server = \"https://harbor.corp\"\ncapabilities = [\"pull\"]\n");
  }
}
