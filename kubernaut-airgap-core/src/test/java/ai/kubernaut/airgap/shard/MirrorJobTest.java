package ai.kubernaut.airgap.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.shard.PlanPartition.Shard;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MirrorJobTest {
  private static final Target MIRROR = Target.registry("harbor.corp");

  @TempDir Path directory;

  private static MirrorJob.Builder job() {
    return MirrorJob.builder().image("registry.corp/kubernaut-airgap:1");
  }

  /** A partition of images that need not exist. */
  private static PlanPartition partition(int images, int shards) {
    MirrorPlan.Builder plan = MirrorPlan.builder(MIRROR);
    List<List<ImageRef>> divided = new ArrayList<>();
    IntStream.range(0, shards).forEach(index -> divided.add(new ArrayList<>()));
    for (int number = 0; number < images; number++) {
      ImageRef image = ImageRef.parse("q.io/acme/image-" + number + ":1");
      plan.addEntries(
          MirrorEntry.builder()
              .source(image)
              .target(MIRROR.nameOf(image))
              .digest(Digest.sha256(image.toString().getBytes(StandardCharsets.UTF_8)))
              .build());
      divided.get(number % shards).add(image);
    }
    return ImmutablePlanPartition.builder()
        .plan(plan.build())
        .shards(divided.stream().map(one -> new Shard(one, 1)).toList())
        .build();
  }

  private static List<Fields> objects(String manifest) {
    return Stream.of(manifest.split("(?m)^---\n"))
        .map(yaml -> Fields.of(Yaml.readMapping("manifest", yaml, Yaml.DuplicateKeys.REFUSED)))
        .toList();
  }

  private static Fields container(Fields job) {
    return job.list("spec", "template", "spec", "containers").get(0);
  }

  @Test
  void theManifestHasConfigMapClaimAndIndexedJob() throws IOException {
    PlanPartition partition = partition(10, 4);

    List<Fields> objects = objects(job().namespace("mirror").build().manifest(partition));

    assertThat(objects)
        .extracting(
            object ->
                object.text("kind").orElse("")
                    + " "
                    + object.text("metadata", "namespace").orElse("")
                    + "/"
                    + object.text("metadata", "name").orElse(""))
        .containsExactly(
            "ConfigMap mirror/kubernaut-airgap-mirror",
            "PersistentVolumeClaim mirror/kubernaut-airgap-mirror",
            "Job mirror/kubernaut-airgap-mirror");
    Fields spec = objects.get(2).fields("spec");
    assertThat(spec.text("completionMode")).hasValue("Indexed");
    assertThat(spec.number("completions")).hasValue(4);
    assertThat(spec.number("parallelism")).hasValue(4);
    assertThat(spec.number("backoffLimit")).hasValue(12);
    assertThat(spec.value("backoffLimitPerIndex")).isEmpty();
    assertThat(container(objects.get(2)).texts("args"))
        .containsExactly(
            "mirror",
            "--partition",
            "/etc/kubernaut-airgap/partition.yaml.gz",
            "--journal",
            "/state/$(JOB_COMPLETION_INDEX).journal",
            "--report",
            "/state/$(JOB_COMPLETION_INDEX).json");
    Path file = directory.resolve("partition.yaml.gz");
    Files.write(
        file,
        Base64.getDecoder()
            .decode(objects.get(0).text("binaryData", "partition.yaml.gz").orElseThrow()));
    assertThat(PlanPartition.read(file)).isEqualTo(partition);
  }

  @Test
  void podsMeetTheRestrictedStandard() {
    Fields pod =
        objects(job().runAsUser(1001).build().manifest(partition(2, 2)))
            .get(2)
            .fields("spec", "template", "spec");

    assertThat(pod.text("restartPolicy")).hasValue("Never");
    assertThat(pod.flag("automountServiceAccountToken")).isFalse();
    assertThat(pod.fields("securityContext").content())
        .isEqualTo(
            Map.of(
                "runAsNonRoot",
                true,
                "runAsUser",
                1001,
                "runAsGroup",
                1001,
                "fsGroup",
                1001,
                "seccompProfile",
                Map.of("type", "RuntimeDefault")));
    assertThat(pod.list("containers").get(0).fields("securityContext").content())
        .isEqualTo(
            Map.of(
                "allowPrivilegeEscalation",
                false,
                "readOnlyRootFilesystem",
                true,
                "capabilities",
                Map.of("drop", List.of("ALL"))));
  }

  @Test
  void credentialsCertificatesAndOptionsReachThePods() {
    List<Fields> objects =
        objects(
            job()
                .credentialsSecret("registries")
                .putAuthorities("harbor.corp", "PEM of harbor\n")
                .putAuthorities("a.corp:8443", "PEM of a\n")
                .putEnvironment("HTTPS_PROXY", "http://proxy.corp:3128")
                .addArguments("--plain-http", "b.corp")
                .retriesPerIndex(true)
                .retries(5)
                .parallelism(2)
                .build()
                .manifest(partition(6, 3)));

    assertThat(objects.get(0).strings("data"))
        .isEqualTo(Map.of("ca-0.pem", "PEM of a\n", "ca-1.pem", "PEM of harbor\n"));
    Fields spec = objects.get(2).fields("spec");
    assertThat(spec.number("backoffLimitPerIndex")).hasValue(5);
    assertThat(spec.value("backoffLimit")).isEmpty();
    assertThat(spec.number("parallelism")).hasValue(2);
    assertThat(container(objects.get(2)).texts("args"))
        .containsSubsequence(
            "--authfile",
            "/etc/kubernaut-airgap-credentials/config.json",
            "--ca",
            "a.corp:8443=/etc/kubernaut-airgap/ca-0.pem",
            "--ca",
            "harbor.corp=/etc/kubernaut-airgap/ca-1.pem",
            "--plain-http",
            "b.corp");
    assertThat(container(objects.get(2)).list("env"))
        .extracting(Fields::content)
        .containsExactly(Map.of("name", "HTTPS_PROXY", "value", "http://proxy.corp:3128"));
  }

  @Test
  void aPartitionThatIsTooLargeForAConfigMapNamesTheAlternative() {
    PlanPartition large = partition(25_000, 2);

    assertThatThrownBy(() -> job().build().manifest(large))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("the partition of 25000 images")
        .hasMessageContaining("a ConfigMap can have 1048576")
        .hasMessageContaining("--job-partition");
    assertThat(
            objects(
                job()
                    .existingClaim("shared")
                    .partitionFile("/state/partition.yaml.gz")
                    .build()
                    .manifest(large)))
        .singleElement()
        .satisfies(
            one -> assertThat(container(one).texts("args")).contains("/state/partition.yaml.gz"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "Mirror",
        "1mirror",
        "mirror-",
        "a2345678901234567890123456789012345678901234567890123"
      })
  void aNameThatPodsCannotHaveIsRefused(String name) {
    assertThatThrownBy(() -> job().name(name).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("name is '" + name + "'");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    assertThatThrownBy(() -> job().retries(-1).build()).hasMessageStartingWith("retries is -1");
    assertThatThrownBy(() -> job().parallelism(0).build())
        .hasMessageStartingWith("parallelism is 0");
    assertThatThrownBy(() -> job().runAsUser(0).build()).hasMessageStartingWith("runAsUser is 0");
    assertThatThrownBy(() -> job().partitionFile("/tmp/p").build())
        .hasMessageStartingWith("partitionFile is /tmp/p");
    assertThatThrownBy(() -> MirrorJob.builder().image(" ").build())
        .hasMessageStartingWith("image is empty");
  }
}
