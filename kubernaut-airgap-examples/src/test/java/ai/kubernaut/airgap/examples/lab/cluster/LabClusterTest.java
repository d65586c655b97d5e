package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.NodeBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.Watch;
import io.fabric8.kubernetes.client.Watcher;
import io.fabric8.kubernetes.client.WatcherException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The API, as the fabric8 client sees it. */
@Timeout(60)
class LabClusterTest {
  @TempDir Path directory;

  private LabCluster cluster;
  private Path kubeconfig;
  private KubernetesClient client;

  @BeforeEach
  void start() {
    cluster =
        LabCluster.builder((image, configs) -> new PulledImage(image + "@sha256:0"))
            .flavour(Flavour.KUBERNETES)
            .start();
    kubeconfig = cluster.writeKubeconfig(directory);
    client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.fromKubeconfig(kubeconfig.toFile()))
                    // An answer of 503 is what some tests want to see, at once.
                    .withRequestRetryBackoffLimit(0)
                    .build())
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private static ConfigMap configMap(String name, Map<String, String> labels) {
    return new ConfigMapBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .withLabels(labels)
        .endMetadata()
        .addToData("key", "value")
        .build();
  }

  private static Pod pod(String name, String image) {
    return new PodBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .addToLabels("app", name)
        .endMetadata()
        .withNewSpec()
        .addNewContainer()
        .withName("main")
        .withImage(image)
        .withNewReadinessProbe()
        .withNewHttpGet()
        .withPath("/ready")
        .withNewPort(8080)
        .endHttpGet()
        .endReadinessProbe()
        .endContainer()
        .endSpec()
        .build();
  }

  @Test
  void createsReadsUpdatesAndDeletes() {
    ConfigMap created = client.resource(configMap("one", Map.of())).create();
    assertThat(created.getMetadata().getUid()).isNotBlank();
    assertThat(created.getMetadata().getCreationTimestamp()).isNotBlank();
    assertThatThrownBy(() -> client.resource(configMap("one", Map.of())).create())
        .isInstanceOfSatisfying(
            KubernetesClientException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(409);
              assertThat(e.getStatus().getReason()).isEqualTo("AlreadyExists");
            });

    ConfigMap edited =
        client
            .resource(created)
            .edit(each -> new ConfigMapBuilder(each).addToData("more", "text").build());
    assertThat(edited.getData()).containsEntry("more", "text").containsEntry("key", "value");
    assertThat(edited.getMetadata().getResourceVersion())
        .isNotEqualTo(created.getMetadata().getResourceVersion());
    assertThatThrownBy(() -> client.resource(created).lockResourceVersion().update())
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(409));

    client.resource(created).delete();
    assertThat(client.resource(created).get()).isNull();
  }

  @Test
  void wantsANamespaceThatExists() {
    ConfigMap homeless =
        configMap("one", Map.of())
            .edit()
            .editMetadata()
            .withNamespace("nowhere")
            .endMetadata()
            .build();
    assertThatThrownBy(() -> client.resource(homeless).create())
        .hasMessageContaining("namespaces \"nowhere\" not found");
  }

  @Test
  void takesEveryKindOfPatch() {
    ConfigMap map = client.resource(configMap("one", Map.of())).create();
    var resource = client.configMaps().resource(map);
    resource.patch(PatchContext.of(PatchType.JSON_MERGE), "{\"data\":{\"key\":null,\"a\":\"b\"}}");
    resource.patch(
        PatchContext.of(PatchType.JSON), "[{\"op\":\"add\",\"path\":\"/data/c\",\"value\":\"d\"}]");
    resource.patch(
        PatchContext.of(PatchType.STRATEGIC_MERGE), "{\"metadata\":{\"labels\":{\"x\":\"y\"}}}");
    ConfigMap patched = resource.get();
    assertThat(patched.getData()).containsOnly(Map.entry("a", "b"), Map.entry("c", "d"));
    assertThat(patched.getMetadata().getLabels()).containsEntry("x", "y");

    ConfigMap applied = client.resource(configMap("two", Map.of("x", "y"))).serverSideApply();
    assertThat(applied.getMetadata().getUid()).isNotBlank();
    assertThat(client.resource(configMap("two", Map.of("x", "z"))).serverSideApply().getMetadata())
        .satisfies(
            metadata -> {
              assertThat(metadata.getUid()).isEqualTo(applied.getMetadata().getUid());
              assertThat(metadata.getLabels()).containsEntry("x", "z");
            });
  }

  @Test
  void selects() {
    client.resource(configMap("one", Map.of("app", "a"))).create();
    client.resource(configMap("two", Map.of("app", "b"))).create();
    var maps = client.configMaps().inNamespace("default");
    assertThat(maps.withLabel("app", "a").list().getItems())
        .extracting(this::name)
        .containsExactly("one");
    assertThat(maps.withLabelIn("app", "a", "b").list().getItems()).hasSize(2);
    assertThat(maps.withLabelNotIn("app", "a").list().getItems())
        .extracting(this::name)
        .containsExactly("two");
    assertThat(maps.withField("metadata.name", "two").list().getItems()).hasSize(1);
    assertThat(client.configMaps().inAnyNamespace().list().getItems()).hasSize(2);
    maps.withLabel("app", "a").delete();
    assertThat(maps.list().getItems()).extracting(this::name).containsExactly("two");
  }

  private String name(HasMetadata object) {
    return object.getMetadata().getName();
  }

  @Test
  void watches() throws InterruptedException {
    BlockingQueue<String> seen = new LinkedBlockingQueue<>();
    Watcher<ConfigMap> watcher =
        new Watcher<>() {
          @Override
          public void eventReceived(Action action, ConfigMap map) {
            seen.add(action + " " + map.getMetadata().getName());
          }

          @Override
          public void onClose(WatcherException cause) {
            seen.add("closed " + cause.getMessage());
          }
        };
    client.resource(configMap("before", Map.of("app", "a"))).create();
    try (Watch watch =
        client.configMaps().inNamespace("default").withLabel("app", "a").watch(watcher)) {
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED before");
      client.resource(configMap("other", Map.of("app", "b"))).create();
      client.resource(configMap("after", Map.of("app", "a"))).create();
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("ADDED after");
      client
          .configMaps()
          .inNamespace("default")
          .withName("after")
          .edit(each -> new ConfigMapBuilder(each).addToData("a", "b").build());
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("MODIFIED after");
      client
          .configMaps()
          .inNamespace("default")
          .withName("after")
          .edit(each -> each.edit().editMetadata().addToLabels("app", "b").endMetadata().build());
      assertThat(seen.poll(10, TimeUnit.SECONDS)).isEqualTo("DELETED after");
      assertThat(watch).isNotNull();
    }
  }

  @Test
  void deletesWhatBelongsToADeletedOwner() {
    client
        .resource(new NamespaceBuilder().withNewMetadata().withName("team").endMetadata().build())
        .create();
    var deployment =
        client
            .resource(
                new DeploymentBuilder()
                    .withNewMetadata()
                    .withName("web")
                    .withNamespace("team")
                    .endMetadata()
                    .withNewSpec()
                    .withReplicas(2)
                    .withNewSelector()
                    .addToMatchLabels("app", "web")
                    .endSelector()
                    .withNewTemplate()
                    .withNewMetadata()
                    .addToLabels("app", "web")
                    .endMetadata()
                    .withSpec(pod("web", "registry.example/web:1").getSpec())
                    .endTemplate()
                    .endSpec()
                    .build())
            .create();
    Await.until(
        client.apps().deployments().resource(deployment),
        each -> Integer.valueOf(2).equals(each.getStatus().getReadyReplicas()));
    client.resource(deployment).delete();
    assertThat(client.pods().inNamespace("team").list().getItems()).isEmpty();
    assertThat(client.apps().replicaSets().inNamespace("team").list().getItems()).isEmpty();

    client.namespaces().withName("team").delete();
    assertThat(client.v1().events().inNamespace("team").list().getItems()).isEmpty();
  }

  private void startJob(String name) {
    var job =
        client
            .resource(
                new JobBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withNamespace("default")
                    .endMetadata()
                    .withNewSpec()
                    .withNewTemplate()
                    .withNewSpecLike(pod(name, "registry.example/job:1").getSpec())
                    .withRestartPolicy("Never")
                    .endSpec()
                    .endTemplate()
                    .endSpec()
                    .build())
            .create();
    Await.until(
        client.batch().v1().jobs().resource(job),
        each -> each.getStatus() != null && each.getStatus().getStartTime() != null);
    assertThat(podsOfJobs()).contains(name);
  }

  private List<String> podsOfJobs() {
    return client.pods().inNamespace("default").list().getItems().stream()
        .map(each -> each.getMetadata().getLabels().getOrDefault("job-name", ""))
        .toList();
  }

  @Test
  void keepsThePodsOfADeletedJob_unlessTheClientNamesAPropagationPolicy() {
    startJob("kept");
    startJob("removed");

    client.raw("/apis/batch/v1/namespaces/default/jobs/kept", "DELETE", null);
    try (ClusterClient adapter = Fabric8ClusterClient.fromKubeconfig(kubeconfig)) {
      adapter.delete(
          ResourceType.JOB, adapter.get(ResourceType.JOB, "default", "removed").orElseThrow());
    }

    assertThat(client.batch().v1().jobs().inNamespace("default").list().getItems()).isEmpty();
    assertThat(podsOfJobs()).containsExactly("kept");
  }

  @Test
  void runsStatefulSetsPodByPod() {
    var set =
        client
            .resource(
                new StatefulSetBuilder()
                    .withNewMetadata()
                    .withName("db")
                    .withNamespace("default")
                    .endMetadata()
                    .withNewSpec()
                    .withReplicas(2)
                    .withNewSelector()
                    .addToMatchLabels("app", "db")
                    .endSelector()
                    .withNewTemplate()
                    .withNewMetadata()
                    .addToLabels("app", "db")
                    .endMetadata()
                    .withSpec(pod("db", "registry.example/db:1").getSpec())
                    .endTemplate()
                    .endSpec()
                    .build())
            .create();
    Await.until(
        client.apps().statefulSets().resource(set),
        each -> Integer.valueOf(2).equals(each.getStatus().getReadyReplicas()));
    assertThat(client.pods().inNamespace("default").list().getItems())
        .extracting(this::name)
        .containsExactly("db-0", "db-1");
  }

  @Test
  void answersForReadyPodsOnTheirProbePaths() {
    client
        .resource(
            new ServiceBuilder()
                .withNewMetadata()
                .withName("web")
                .withNamespace("default")
                .endMetadata()
                .withNewSpec()
                .addToSelector("app", "web")
                .addNewPort()
                .withPort(8080)
                .endPort()
                .endSpec()
                .build())
        .create();
    String proxy = "/api/v1/namespaces/default/services/http:web:8080/proxy";
    assertThatThrownBy(() -> client.raw(proxy + "/ready"))
        .isInstanceOfSatisfying(
            KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(503));

    Pod pod = client.resource(pod("web", "registry.example/web:1")).create();
    Await.until(client.pods().resource(pod), Await::isReady);
    assertThat(client.raw(proxy + "/ready")).contains("\"status\":\"ok\"");
    assertThat(client.raw(proxy + "/nothing")).isNull();
    assertThat(client.pods().resource(pod).getLog()).contains("main: started");
  }

  @Test
  void keepsAPodFromStartingUntilItsSecretIsThere() {
    Pod pod =
        pod("web", "registry.example/web:1")
            .edit()
            .editSpec()
            .editFirstContainer()
            .addNewEnv()
            .withName("PASSWORD")
            .withNewValueFrom()
            .withNewSecretKeyRef("password", "web-secret", false)
            .endValueFrom()
            .endEnv()
            .endContainer()
            .endSpec()
            .build();
    client.resource(pod).create();
    Await.until(
        client.pods().resource(pod),
        each ->
            each.getStatus().getContainerStatuses().stream()
                .anyMatch(
                    status ->
                        status.getState().getWaiting() != null
                            && "CreateContainerConfigError"
                                .equals(status.getState().getWaiting().getReason())));
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName("web-secret")
                .withNamespace("default")
                .endMetadata()
                .addToStringData("password", "secret")
                .build())
        .create();
    Await.until(client.pods().resource(pod), Await::isReady);
  }

  @Test
  void doesNotMountAnItemWhoseKeyIsMissing() {
    client.resource(configMap("settings", Map.of())).create();
    Pod pod =
        pod("web", "registry.example/web:1")
            .edit()
            .editSpec()
            .addNewVolume()
            .withName("settings")
            .withNewConfigMap()
            .withName("settings")
            .addNewItem()
            .withKey("missing.yaml")
            .withPath("missing.yaml")
            .endItem()
            .endConfigMap()
            .endVolume()
            .endSpec()
            .build();
    client.resource(pod).create();
    awaitEvent(
        "web",
        "MountVolume.SetUp failed for volume \"settings\" : references non-existent config key: missing.yaml");
    client
        .resource(configMap("settings", Map.of()))
        .edit(map -> new ConfigMapBuilder(map).addToData("missing.yaml", "a: 1").build());
    Await.until(client.pods().resource(pod), Await::isReady);
  }

  @Test
  void startsNothingAfterAnInitContainerThatCrashes() {
    Pod pod =
        pod("web", "registry.example/web:1")
            .edit()
            .editMetadata()
            .addToAnnotations("lab.kubernaut.ai/crash", "1 Error")
            .addToAnnotations("lab.kubernaut.ai/crash-container", "setup")
            .addToAnnotations("lab.kubernaut.ai/log", "Forbidden")
            .endMetadata()
            .editSpec()
            .addNewInitContainer()
            .withName("setup")
            .withImage("registry.example/setup:1")
            .endInitContainer()
            .endSpec()
            .build();
    client.resource(pod).create();
    Pod crashed =
        Await.until(
            client.pods().resource(pod), each -> Await.isWaitingFor(each, "CrashLoopBackOff"));
    assertThat(crashed.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(
            crashed.getStatus().getContainerStatuses().get(0).getState().getWaiting().getReason())
        .isEqualTo("PodInitializing");
    assertThat(client.pods().resource(pod).inContainer("setup").getLog()).contains("Forbidden");
  }

  @Test
  void replacesAPodThatWasEvicted() throws Exception {
    var deployment = client.resource(deployment("web")).create();
    Await.until(client.apps().deployments().resource(deployment), each -> readyReplicas(each) == 1);
    Pod pod = client.pods().inNamespace("default").list().getItems().get(0);
    client
        .pods()
        .resource(pod)
        .editStatus(
            each ->
                new PodBuilder(each)
                    .editStatus()
                    .withPhase("Failed")
                    .withReason("Evicted")
                    .editMatchingCondition(condition -> condition.getType().equals("Ready"))
                    .withStatus("False")
                    .endCondition()
                    .endStatus()
                    .build());
    assertThat(
            client
                .pods()
                .inNamespace("default")
                .informOnCondition(
                    pods ->
                        pods.stream()
                            .anyMatch(each -> !name(each).equals(name(pod)) && Await.isReady(each)))
                .get(20, TimeUnit.SECONDS))
        .hasSize(2);
    assertThat(client.pods().resource(pod).get().getStatus().getReason()).isEqualTo("Evicted");
  }

  @Test
  void doesNotUpdateAPausedDeployment() {
    var deployment = client.resource(deployment("web")).create();
    Await.until(client.apps().deployments().resource(deployment), each -> readyReplicas(each) == 1);
    List<String> before = podNames();
    client
        .apps()
        .deployments()
        .resource(deployment)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            """
            {"spec": {"paused": true, "template": {"metadata": {"annotations": {"revision": "2"}}}}}
            """);
    Deployment paused =
        Await.until(
            client.apps().deployments().resource(deployment),
            each -> Integer.valueOf(0).equals(each.getStatus().getUpdatedReplicas()));
    assertThat(paused.getStatus().getConditions())
        .anySatisfy(each -> assertThat(each.getReason()).isEqualTo("DeploymentPaused"));
    assertThat(podNames()).isEqualTo(before);
  }

  @Test
  void assignsNoPodToACordonedNode() {
    client
        .nodes()
        .withName("worker-0")
        .edit(each -> new NodeBuilder(each).editSpec().withUnschedulable(true).endSpec().build());
    Pod pod = pod("web", "registry.example/web:1");
    pod.getSpec().setNodeSelector(Map.of("kubernetes.io/hostname", "worker-0"));
    client.resource(pod).create();
    Pod refused =
        Await.until(
            client.pods().resource(pod), each -> !each.getStatus().getConditions().isEmpty());
    assertThat(refused.getStatus().getConditions().get(0).getMessage())
        .contains("1 node(s) were unschedulable");
  }

  @Test
  void doesNothingOnANodeThatIsNotReady() {
    readiness("Unknown");
    Pod pod = pod("web", "registry.example/web:1");
    pod.getSpec().setNodeName("worker-0");
    client.resource(pod).create();
    Pod other = pod("other", "registry.example/web:1");
    other.getSpec().setNodeName("worker-1");
    client.resource(other).create();
    Await.until(client.pods().resource(other), Await::isReady);
    assertThat(client.pods().resource(pod).get().getStatus().getStartTime()).isNull();
    readiness("True");
    Await.until(client.pods().resource(pod), Await::isReady);
  }

  private void readiness(String status) {
    client
        .nodes()
        .withName("worker-0")
        .editStatus(
            each ->
                new NodeBuilder(each)
                    .editStatus()
                    .editMatchingCondition(condition -> condition.getType().equals("Ready"))
                    .withStatus(status)
                    .endCondition()
                    .endStatus()
                    .build());
  }

  private static Deployment deployment(String name) {
    return new DeploymentBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace("default")
        .endMetadata()
        .withNewSpec()
        .withNewSelector()
        .addToMatchLabels("app", name)
        .endSelector()
        .withNewTemplate()
        .withNewMetadata()
        .addToLabels("app", name)
        .endMetadata()
        .withSpec(pod(name, "registry.example/web:1").getSpec())
        .endTemplate()
        .endSpec()
        .build();
  }

  private static int readyReplicas(Deployment deployment) {
    Integer ready =
        deployment.getStatus() == null ? null : deployment.getStatus().getReadyReplicas();
    return ready == null ? 0 : ready;
  }

  private List<String> podNames() {
    return client.pods().inNamespace("default").list().getItems().stream().map(this::name).toList();
  }

  private void awaitEvent(String pod, String message) {
    Event found =
        client
            .v1()
            .events()
            .inNamespace("default")
            .waitUntilCondition(
                each ->
                    each != null
                        && each.getInvolvedObject().getName().equals(pod)
                        && each.getMessage().equals(message),
                20,
                TimeUnit.SECONDS);
    assertThat(found).isNotNull();
  }

  @Test
  void turnsAwayAWrongToken() {
    Config right = client.getConfiguration();
    Config wrong =
        new ConfigBuilder(Config.empty())
            .withMasterUrl(right.getMasterUrl())
            .withCaCertData(right.getCaCertData())
            .withOauthToken("wrong")
            .build();
    try (KubernetesClient stranger = new KubernetesClientBuilder().withConfig(wrong).build()) {
      assertThatThrownBy(() -> stranger.namespaces().list())
          .isInstanceOfSatisfying(
              KubernetesClientException.class, e -> assertThat(e.getCode()).isEqualTo(401));
    }
  }

  @Test
  void allowsEverythingToWhoeverHasTheToken() {
    SelfSubjectAccessReview review =
        client
            .resource(
                new SelfSubjectAccessReviewBuilder()
                    .withNewSpec()
                    .withNewResourceAttributes()
                    .withVerb("create")
                    .withResource("pods")
                    .endResourceAttributes()
                    .endSpec()
                    .build())
            .create();
    assertThat(review.getStatus().getAllowed()).isTrue();
  }

  @Test
  void keepsTheKubeconfigToItsOwner() throws Exception {
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(kubeconfig)))
        .isEqualTo("rw-------");
  }

  @Test
  void leavesNoThreadBehind() throws InterruptedException {
    client.resource(pod("web", "registry.example/web:1")).create();
    client.close();
    cluster.close();
    List<Thread> own =
        Thread.getAllStackTraces().keySet().stream()
            .filter(
                thread ->
                    thread.getName().startsWith("lab-") || thread.getName().startsWith("HTTP-"))
            .toList();
    for (Thread thread : own) {
      thread.join(TimeUnit.SECONDS.toMillis(10));
      assertThat(thread.isAlive()).as(thread.getName()).isFalse();
    }
  }
}
