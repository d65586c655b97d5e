package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.shard.MirrorJob;
import ai.kubernaut.airgap.shard.PlanPartition;
import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.FieldValidateable;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** API servers accept the manifest of an Indexed Job, also where pods have to be restricted. */
@Timeout(120)
class MirrorJobOnClusterTest {
  @TempDir Path directory;

  private TestCluster cluster;
  private String namespace;
  private KubernetesClient client;

  @BeforeEach
  void createNamespace() {
    cluster = TestCluster.startWithoutPods(directory);
    namespace = cluster.name("mirror-job");
    client = cluster.client();
    cluster.createNamespace(
        new NamespaceBuilder()
            .withNewMetadata()
            .withName(namespace)
            .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
            .endMetadata()
            .build());
  }

  @AfterEach
  void stop() {
    client.close();
    cluster.close();
  }

  private static PlanPartition partition() {
    MemoryRegistryClient images = MemoryRegistryClient.create();
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry("harbor.corp"));
    for (int number = 0; number < 6; number++) {
      ImageRef image = ImageRef.parse("q.io/acme/image-" + number + ":1");
      byte[] config = ("{\"n\":" + number + "}").getBytes(StandardCharsets.UTF_8);
      Descriptor blob =
          Descriptor.of("application/octet-stream", Digest.sha256(config), config.length);
      images.writeBlob(image.repository(), blob, new ByteArrayInputStream(config));
      images.writeManifest(
          image,
          Manifest.of(
              Manifest.OCI_MANIFEST,
              "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]}"
                  .formatted(Manifest.OCI_MANIFEST, blob.mediaType(), blob.digest(), blob.size())
                  .getBytes(StandardCharsets.UTF_8)));
      plan.image(image);
    }
    return PlanPartition.of(plan.build(), 3, images).orElseThrow();
  }

  private MirrorJob.Builder job() {
    return MirrorJob.builder()
        .image("registry.corp/kubernaut-airgap:1")
        .namespace(namespace)
        .credentialsSecret("registries")
        .imagePullSecret("registry-corp")
        .putAuthorities("harbor.corp", "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n")
        .putEnvironment("HTTPS_PROXY", "http://proxy.corp:3128")
        .addArguments("--plain-http", "a.corp")
        .runAsUser(1001);
  }

  /** Creates the objects; an API server with schemas refuses fields that it does not know. */
  private List<HasMetadata> create(String manifest) {
    List<HasMetadata> objects =
        client.load(new ByteArrayInputStream(manifest.getBytes(StandardCharsets.UTF_8))).items();
    for (HasMetadata object : objects) {
      client.resource(object).fieldValidation(FieldValidateable.Validation.STRICT).create();
    }
    return objects;
  }

  @Test
  void theApiServerAcceptsConfigMapClaimAndJob() {
    List<HasMetadata> objects = create(job().storageClass("shared").build().manifest(partition()));

    assertThat(objects)
        .hasExactlyElementsOfTypes(ConfigMap.class, PersistentVolumeClaim.class, Job.class);
    Job job =
        client.batch().v1().jobs().inNamespace(namespace).withName("kubernaut-airgap-mirror").get();
    assertThat(job.getSpec().getCompletionMode()).isEqualTo("Indexed");
    assertThat(job.getSpec().getCompletions()).isEqualTo(3);
    assertThat(job.getSpec().getBackoffLimit()).isEqualTo(9);
  }

  @Test
  void retriesPerIndexAreAccepted() {
    create(
        job()
            .name("per-index")
            .retriesPerIndex(true)
            .existingClaim("shared")
            .build()
            .manifest(partition()));

    Job job = client.batch().v1().jobs().inNamespace(namespace).withName("per-index").get();
    assertThat(job.getSpec().getBackoffLimitPerIndex()).isEqualTo(3);
  }

  /** Jobs are admitted whatever their pods are; only the pods themselves have to be restricted. */
  @Test
  void thePodsAreAdmittedInARestrictedNamespace() {
    Job job =
        (Job)
            client
                .load(
                    new ByteArrayInputStream(
                        job().build().manifest(partition()).getBytes(StandardCharsets.UTF_8)))
                .items()
                .get(2);

    client
        .resource(
            new PodBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName("restricted")
                .endMetadata()
                .withSpec(job.getSpec().getTemplate().getSpec())
                .build())
        .dryRun()
        .create();
  }
}
