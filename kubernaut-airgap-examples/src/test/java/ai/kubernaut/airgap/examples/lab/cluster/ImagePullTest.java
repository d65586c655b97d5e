package ai.kubernaut.airgap.examples.lab.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.LocalObjectReferenceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a node pulls, and with which credentials. */
@Timeout(60)
class ImagePullTest {
  private static final String MIRROR_CREDENTIALS =
      "{\"auths\":{\"mirror.example\":{\"auth\":\"eDp5\"}}}";

  @TempDir Path directory;

  private LabCluster cluster;
  private KubernetesClient client;

  private void start(Flavour flavour, ImagePuller puller) {
    cluster =
        LabCluster.builder(puller)
            .flavour(flavour)
            .pullBackOff(Duration.ofMillis(50))
            .machineConfigRollout(Duration.ofMillis(200))
            .start();
    client =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(cluster.writeKubeconfig(directory).toFile()))
            .build();
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private static PulledImage pullFromMirror(String image, List<String> configs) throws PullFailure {
    if (configs.stream().noneMatch(config -> config.contains("mirror.example"))) {
      throw new PullFailure("unauthorized: access to the requested resource is not authorized");
    }
    return new PulledImage(image + "@sha256:1");
  }

  private Resource<Pod> createPod(String image, String... pullSecrets) {
    Pod pod =
        new PodBuilder()
            .withNewMetadata()
            .withName("web")
            .withNamespace("default")
            .endMetadata()
            .withNewSpec()
            .addNewContainer()
            .withName("main")
            .withImage(image)
            .endContainer()
            .endSpec()
            .build();
    for (String secret : pullSecrets) {
      pod.getSpec()
          .getImagePullSecrets()
          .add(new LocalObjectReferenceBuilder().withName(secret).build());
    }
    client.resource(pod).create();
    return client.pods().inNamespace("default").withName("web");
  }

  private static Secret dockerConfig(String name, String namespace) {
    return new SecretBuilder()
        .withNewMetadata()
        .withName(name)
        .withNamespace(namespace)
        .endMetadata()
        .withType("kubernetes.io/dockerconfigjson")
        .addToData(
            ".dockerconfigjson",
            Base64.getEncoder().encodeToString(MIRROR_CREDENTIALS.getBytes(UTF_8)))
        .build();
  }

  @Test
  void tellsWhyAPullFailsAndHeals() {
    AtomicBoolean mirrored = new AtomicBoolean();
    start(
        Flavour.KUBERNETES,
        (image, configs) -> {
          if (!mirrored.get()) {
            throw new PullFailure("manifest unknown: " + image);
          }
          return new PulledImage(image + "@sha256:1");
        });
    Resource<Pod> pod = createPod("mirror.example/web:1");
    Pod failed = Await.until(pod, each -> Await.isWaitingFor(each, "ImagePullBackOff"));
    assertThat(failed.getStatus().getPhase()).isEqualTo("Pending");
    assertThat(
            failed.getStatus().getContainerStatuses().get(0).getState().getWaiting().getMessage())
        .contains("manifest unknown: mirror.example/web:1");
    assertThat(
            client
                .v1()
                .events()
                .inNamespace("default")
                .withField("involvedObject.name", "web")
                .list()
                .getItems())
        .anySatisfy(
            event -> {
              assertThat(event.getType()).isEqualTo("Warning");
              assertThat(event.getReason()).isEqualTo("Failed");
              assertThat(event.getMessage())
                  .isEqualTo(
                      "Failed to pull image \"mirror.example/web:1\": manifest unknown: mirror.example/web:1");
            })
        .anySatisfy(event -> assertThat(event.getReason()).isEqualTo("BackOff"));

    mirrored.set(true);
    Pod healed = Await.until(pod, Await::isReady);
    assertThat(healed.getStatus().getContainerStatuses().get(0).getImageID())
        .isEqualTo("mirror.example/web:1@sha256:1");
  }

  @Test
  void usesThePodsOwnSecrets() {
    start(Flavour.KUBERNETES, ImagePullTest::pullFromMirror);
    client.resource(dockerConfig("mirror", "default")).create();
    Await.until(createPod("mirror.example/web:1", "mirror"), Await::isReady);
  }

  @Test
  void usesTheGlobalPullSecretOnceThePoolsHaveRolledItOut() {
    start(Flavour.OPENSHIFT, ImagePullTest::pullFromMirror);
    Resource<Pod> pod = createPod("mirror.example/web:1");
    Await.until(pod, each -> Await.isWaitingFor(each, "ImagePullBackOff"));

    var pools =
        client.genericKubernetesResources(
            "machineconfiguration.openshift.io/v1", "MachineConfigPool");
    String before = rendered(pools.withName("worker").get(), "spec");
    assertThat(rendered(pools.withName("worker").get(), "status")).isEqualTo(before);

    client.resource(dockerConfig("pull-secret", "openshift-config")).update();
    for (String pool : List.of("master", "worker")) {
      Await.until(
          pools.withName(pool),
          each ->
              !rendered(each, "spec").equals(before)
                  && rendered(each, "status").equals(rendered(each, "spec"))
                  && condition(each, "Updated").equals("True")
                  && condition(each, "Updating").equals("False"));
    }
    assertThat(rendered(pools.withName("worker").get(), "spec")).isNotEqualTo(before);
    Await.until(pod, Await::isReady);
  }

  @Test
  void rollsNothingOutToAPausedPool() {
    start(Flavour.OPENSHIFT, ImagePullTest::pullFromMirror);
    var pool =
        client
            .genericKubernetesResources("machineconfiguration.openshift.io/v1", "MachineConfigPool")
            .withName("worker");
    pool.edit(
        each -> {
          each.setAdditionalProperty(
              "spec",
              Map.of("paused", true, "configuration", Map.of("name", rendered(each, "spec"))));
          return each;
        });
    client.resource(dockerConfig("pull-secret", "openshift-config")).update();
    GenericKubernetesResource paused =
        Await.until(pool, each -> condition(each, "Updated").equals("False"));
    assertThat(condition(paused, "Updating")).isEqualTo("False");
    assertThat(rendered(paused, "status")).isNotEqualTo(rendered(paused, "spec"));
  }

  private static String rendered(GenericKubernetesResource pool, String part) {
    return String.valueOf(pool.<String>get(part, "configuration", "name"));
  }

  private static String condition(GenericKubernetesResource pool, String type) {
    List<Map<String, Object>> conditions = pool.get("status", "conditions");
    return conditions.stream()
        .filter(each -> type.equals(each.get("type")))
        .map(each -> String.valueOf(each.get("status")))
        .findFirst()
        .orElse("");
  }
}
