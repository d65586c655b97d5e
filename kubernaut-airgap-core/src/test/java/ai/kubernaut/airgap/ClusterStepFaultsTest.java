package ai.kubernaut.airgap;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.ServiceResponse;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.cluster.openshift.RolloutOptions;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.TestCertificates;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each step that changes the cluster, with each kind of fault at each of its requests: the step
 * succeeds or reports the fault, the next run completes it, and the cluster is then as after a run
 * without faults.
 */
@Timeout(300)
final class ClusterStepFaultsTest {
  private static final Target HARBOR = Target.registry("harbor.corp:5000");
  private static final Credentials ROBOT = Credentials.of("robot", "hunter2");
  private static final String FOREIGN =
      "{\"auths\": {\"quay.io\" :{\"auth\":\"Zm9yZWlnbg==\" , \"n\": 1.50}} ,\"x\":[1, 2]}";
  private static final WaitPolicy SHORT =
      WaitPolicy.of(Duration.ofMillis(20), Duration.ofMillis(1));
  private static final List<ResourceType> TYPES =
      List.of(
          ResourceType.NAMESPACE,
          ResourceType.SECRET,
          ResourceType.CONFIG_MAP,
          ResourceType.IMAGE_CONFIG,
          ResourceType.IMAGE_DIGEST_MIRROR_SET,
          ResourceType.IMAGE_TAG_MIRROR_SET);

  @TempDir static Path directory;
  private static String ca;

  @BeforeAll
  static void generate() throws IOException {
    ca = Files.readString(TestCertificates.create(directory).authority());
  }

  /** What goes wrong with one request. */
  enum Fault {
    /** The API server does not respond to three requests. */
    GONE,
    /** The response to a write gets lost. */
    RESPONSE_LOST,
    /** The user may not do it. */
    FORBIDDEN,
    /** Somebody else has changed the object. */
    CONFLICT
  }

  /** A step that changes the cluster. */
  enum Step {
    PULL_SECRET {
      @Override
      Outcome<?> run(Airgap airgap, MirrorPlan plan) {
        return airgap.configurePullSecret(
            plan, ROBOT, PullSecretOptions.builder().rolloutBegin(SHORT).rolloutEnd(SHORT).build());
      }
    },
    PULL_SECRETS_IN_NAMESPACES {
      @Override
      boolean isOnOpenShift() {
        return false;
      }

      @Override
      Outcome<?> run(Airgap airgap, MirrorPlan plan) {
        return PULL_SECRET.run(airgap, plan);
      }
    },
    MIRROR_RULES {
      @Override
      Outcome<?> run(Airgap airgap, MirrorPlan plan) {
        return airgap.apply(
            airgap.planMirrorRules(plan, MirrorRuleOptions.builder().forTags(true).build()),
            RolloutOptions.builder().begin(SHORT).end(SHORT).build());
      }
    },
    TRUST {
      @Override
      Outcome<?> run(Airgap airgap, MirrorPlan plan) {
        return airgap.apply(airgap.planTrust(plan.target(), ca));
      }
    },
    SECRETS {
      @Override
      Outcome<?> run(Airgap airgap, MirrorPlan plan) {
        return airgap.apply(airgap.planSecrets(plan, Map.of("KEY", Secret.of("sk-hunter2"))));
      }
    },
    INSTALL {
      @Override
      Outcome<?> run(Airgap airgap, MirrorPlan plan) {
        List<MirroredImage> images = new ArrayList<>();
        for (MirrorEntry entry : plan.entries()) {
          images.add(
              MirroredImage.builder().entry(entry).outcome(MirroredImage.Outcome.PRESENT).build());
        }
        return airgap.install(
            MirrorReport.of(plan, images),
            PullSecretReport.none(),
            InstallOptions.builder().putLlmCredentials("KEY", Secret.of("sk-hunter2")).build());
      }
    };

    boolean isOnOpenShift() {
      return true;
    }

    abstract Outcome<?> run(Airgap airgap, MirrorPlan plan);
  }

  /** A cluster, a Helm and the front door to both. */
  private static final class World {
    final MemoryClusterClient cluster;
    final TemplateHelm helm =
        TemplateHelm.of(
            """
            image: quay.io/a/b:1
            postgresql: {auth: {existingSecret: ""}}
            credentialsSecretName: llm
            """,
            values ->
                """
                {kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: "%s"}]}}
                """
                    .formatted(values.text("image").orElse("")));
    final MirrorPlan plan =
        MirrorPlan.builder(HARBOR)
            .chart(TemplateHelm.chart())
            .image(ImageRef.parse("quay.io/a/b:1"))
            .build();

    World(boolean openShift) {
      cluster = openShift ? openShift() : MemoryClusterClient.kubernetes();
    }

    private static MemoryClusterClient openShift() {
      MemoryClusterClient cluster = MemoryClusterClient.openShift();
      cluster.put(
          ResourceType.SECRET,
          KubernetesObject.named(ResourceType.SECRET, "openshift-config", "pull-secret")
              .with("kubernetes.io/dockerconfigjson", "type")
              .with(
                  Base64.getEncoder().encodeToString(FOREIGN.getBytes(UTF_8)),
                  "data",
                  ".dockerconfigjson"));
      cluster.put(
          ResourceType.IMAGE_CONFIG,
          KubernetesObject.named(ResourceType.IMAGE_CONFIG, null, "cluster"));
      AtomicInteger writes = new AtomicInteger();
      pool(cluster, 0);
      return cluster.onWrite(
          object -> {
            if (object.name().equals("pull-secret") || object.kind().endsWith("MirrorSet")) {
              pool(cluster, writes.incrementAndGet());
            }
            return object;
          });
    }

    private static void pool(MemoryClusterClient cluster, int number) {
      cluster.put(
          ResourceType.MACHINE_CONFIG_POOL,
          KubernetesObject.of(
              Fields.of(
                  Yaml.readMapping(
                      "pool",
                      """
                      {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool,
                       metadata: {name: worker}, spec: {configuration: {name: w%d}},
                       status: {configuration: {name: w%d}, machineCount: 1, updatedMachineCount: 1, readyMachineCount: 1,
                         conditions: [{type: Updated, status: "True"}]}}
                      """
                          .formatted(number, number),
                      Yaml.DuplicateKeys.REFUSED))));
    }

    Outcome<?> run(Step step, ClusterClient client) {
      try (MemoryRegistryClient registry = MemoryRegistryClient.create();
          Airgap airgap = Airgap.builder().registry(registry).cluster(client).helm(helm).build()) {
        return step.run(airgap, plan);
      }
    }

    /** Every object but backups, without metadata of the server and without generated passwords. */
    Map<String, String> state() {
      Map<String, String> state = new TreeMap<>();
      for (ResourceType type : TYPES) {
        for (KubernetesObject object : cluster.list(type, null, Map.of())) {
          boolean generated = object.name().startsWith("postgresql");
          if (!object.labels().containsKey("airgap.kubernaut.ai/backup")) {
            state.put(
                object.toString(),
                generated
                    ? object.fields().strings("data").keySet().toString()
                    : object.fields().fields("data").content()
                        + " "
                        + object.fields().fields("spec").content()
                        + object.labels());
          }
        }
      }
      return state;
    }
  }

  /** Counts the requests, and lets one of them go wrong. */
  private static final class FaultyCluster implements ClusterClient {
    private final ClusterClient cluster;
    private final Fault fault;
    private final int at;
    private int requests;
    private boolean happened;

    FaultyCluster(ClusterClient cluster, Fault fault, int at) {
      this.cluster = cluster;
      this.fault = fault;
      this.at = at;
    }

    private void before(boolean write) {
      int number = requests++;
      switch (fault) {
        case GONE -> {
          if (number >= at && number < at + 3) {
            throw failure(ClusterException.Reason.UNREACHABLE);
          }
        }
        case FORBIDDEN -> {
          if (number == at) {
            throw failure(ClusterException.Reason.FORBIDDEN);
          }
        }
        case CONFLICT -> {
          if (number >= at && write && !happened) {
            throw failure(ClusterException.Reason.CONFLICT);
          }
        }
        default -> {}
      }
    }

    private KubernetesObject written(KubernetesObject object) {
      if (fault == Fault.RESPONSE_LOST && requests > at && !happened) {
        throw failure(ClusterException.Reason.UNREACHABLE);
      }
      return object;
    }

    private ClusterException failure(ClusterException.Reason reason) {
      happened = true;
      return new ClusterException(reason, "test cluster: " + reason, null);
    }

    @Override
    public String address() {
      return cluster.address();
    }

    @Override
    public boolean serves(ResourceType type) {
      before(false);
      return cluster.serves(type);
    }

    @Override
    public ClusterVersions versions() {
      before(false);
      return cluster.versions();
    }

    @Override
    public Optional<KubernetesObject> get(
        ResourceType type, @Nullable String namespace, String name) {
      before(false);
      return cluster.get(type, namespace, name);
    }

    @Override
    public List<KubernetesObject> list(
        ResourceType type, @Nullable String namespace, Map<String, String> labels) {
      before(false);
      return cluster.list(type, namespace, labels);
    }

    @Override
    public KubernetesObject create(ResourceType type, KubernetesObject object) {
      before(true);
      return written(cluster.create(type, object));
    }

    @Override
    public KubernetesObject replace(ResourceType type, KubernetesObject object) {
      before(true);
      return written(cluster.replace(type, object));
    }

    @Override
    public void delete(ResourceType type, KubernetesObject object) {
      before(true);
      cluster.delete(type, object);
      written(object);
    }

    @Override
    public String log(String namespace, String pod, String container, int lines) {
      before(false);
      return cluster.log(namespace, pod, container, lines);
    }

    @Override
    public ServiceResponse getFromService(
        String namespace, String service, String port, String path) {
      before(false);
      return cluster.getFromService(namespace, service, port, path);
    }

    @Override
    public void close() {}
  }

  @ParameterizedTest
  @EnumSource
  void everyFaultAtEveryRequestIsReportedAndTheNextRunCompletesTheStep(Step step) {
    World clean = new World(step.isOnOpenShift());
    FaultyCluster counting = new FaultyCluster(clean.cluster, Fault.GONE, Integer.MAX_VALUE - 3);
    assertThat(clean.run(step, counting).isOk()).isTrue();
    Map<String, String> expected = clean.state();
    int requests = counting.requests;
    int runs = 0;
    List<String> succeeded = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (int at = 0; at < requests; at++) {
        World world = new World(step.isOnOpenShift());
        FaultyCluster faulty = new FaultyCluster(world.cluster, fault, at);
        String run = step + " with " + fault + " at request " + at;
        if (ends(run, world, step, faulty)) {
          succeeded.add(fault + "@" + at);
        }
        runs++;
        assertThat(world.run(step, world.cluster).isOk()).as("after " + run).isTrue();
        assertThat(world.state()).as(run).isEqualTo(expected);
        assertThat(foreignEntries(world)).as(run).isEqualTo(foreignEntries(clean));
      }
    }
    System.out.printf(
        "%s: %d requests, %d runs with a fault, %d of them succeeded%n",
        step, requests, runs, succeeded.size());
    assertThat(runs).isEqualTo(4 * requests).isGreaterThan(12);
  }

  /** Runs a step with a fault; returns whether it succeeded. */
  private static boolean ends(String run, World world, Step step, FaultyCluster faulty) {
    try {
      Outcome<?> outcome = world.run(step, faulty);
      assertThat(outcome.problems().toString()).as(run).doesNotContain("hunter2");
      assertThat(outcome.isOk() || !outcome.problems().isEmpty()).as(run).isTrue();
      return outcome.isOk();
    } catch (AirgapException e) {
      assertThat(faulty.happened).as(run).isTrue();
      assertThat(e.getMessage()).as(run).isNotBlank().doesNotContain("hunter2");
      if (e instanceof ProblemsException problems) {
        assertThat(problems.problems()).as(run).isNotEmpty();
      } else {
        assertThat(e).as(run).isInstanceOf(ClusterException.class);
      }
      return false;
    }
  }

  private static String foreignEntries(World world) {
    return world.cluster.get(ResourceType.SECRET, "openshift-config", "pull-secret").stream()
        .map(secret -> secret.fields().text("data", ".dockerconfigjson").orElseThrow())
        .map(data -> new String(Base64.getDecoder().decode(data), UTF_8))
        .collect(Collectors.joining());
  }

  @Test
  void undoingEveryStepRestoresTheCluster() {
    for (Step step : Step.values()) {
      if (step == Step.INSTALL) {
        continue;
      }
      World world = new World(step.isOnOpenShift());
      Map<String, String> before = world.state();
      Outcome<?> outcome = world.run(step, world.cluster);
      ChangeReport report =
          outcome instanceof PullSecretReport secret ? secret.change() : (ChangeReport) outcome;
      assertThat(world.state()).as("%s", step).isNotEqualTo(before);
      try (Airgap airgap = Airgap.builder().cluster(world.cluster).build()) {
        airgap
            .apply(
                airgap.planUndo(report), RolloutOptions.builder().begin(SHORT).end(SHORT).build())
            .orElseThrow();
      }
      assertThat(world.state()).as("%s", step).isEqualTo(before);
      assertThat(
              world.cluster.list(
                  ResourceType.SECRET, null, Map.of("airgap.kubernaut.ai/backup", "true")))
          .as("%s", step)
          .isEmpty();
    }
  }
}
