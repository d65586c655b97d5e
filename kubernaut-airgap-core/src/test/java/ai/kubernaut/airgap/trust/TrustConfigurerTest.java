package ai.kubernaut.airgap.trust;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TrustConfigurerTest {
  private static final Target HARBOR = Target.registry("harbor.corp:5000/mirror");
  private static final String KEY = "harbor.corp..5000";

  @TempDir static Path directory;
  private static String ca;
  private static String otherCa;

  private final MemoryClusterClient cluster = MemoryClusterClient.openShift();
  private final ClusterChanger changer = new ClusterChanger(cluster, event -> {});

  @BeforeAll
  static void generate() throws IOException {
    ca = newCa("one");
    otherCa = newCa("two");
  }

  private static String newCa(String name) throws IOException {
    return Files.readString(TestCertificates.create(directory.resolve(name)).authority());
  }

  private ClusterChange plan(String pem) {
    return new TrustConfigurer(cluster).plan(HARBOR, pem);
  }

  private static List<ProblemCode> codes(List<Problem> problems) {
    return problems.stream().map(Problem::code).toList();
  }

  private void imageConfig(String configMap) {
    KubernetesObject object =
        KubernetesObject.named(ResourceType.IMAGE_CONFIG, null, "cluster")
            .with(List.of("x"), "spec", "allowedRegistriesForImport");
    cluster.put(
        ResourceType.IMAGE_CONFIG,
        configMap.isEmpty()
            ? object
            : object.with(configMap, "spec", "additionalTrustedCA", "name"));
  }

  private void configMap(String name, Map<String, String> data) {
    cluster.put(
        ResourceType.CONFIG_MAP,
        KubernetesObject.named(ResourceType.CONFIG_MAP, "openshift-config", name)
            .with(data, "data"));
  }

  private Map<String, String> data(String name) {
    return cluster
        .get(ResourceType.CONFIG_MAP, "openshift-config", name)
        .orElseThrow()
        .fields()
        .strings("data");
  }

  private Optional<String> trusted() {
    return cluster
        .get(ResourceType.IMAGE_CONFIG, null, "cluster")
        .orElseThrow()
        .fields()
        .text("spec", "additionalTrustedCA", "name");
  }

  @Test
  void aHostedControlPlaneSaysWhatItsAdministratorHasToAdd() {
    cluster.withoutType(ResourceType.MACHINE_CONFIG_POOL);
    imageConfig("");
    ClusterChange refused = plan(ca);
    assertThat(refused.isEmpty()).isTrue();
    assertThat(codes(refused.problems())).containsExactly(ProblemCode.HOSTED_CLUSTER_SETTING);
    assertThat(refused.problems().get(0).describe())
        .contains(
            "a ConfigMap that has the CA under the key " + KEY,
            "to spec.configuration.image.additionalTrustedCA of the HostedCluster");

    imageConfig("user-ca");
    configMap("user-ca", Map.of(KEY, otherCa));
    assertThat(codes(plan(ca).problems())).containsExactly(ProblemCode.HOSTED_CLUSTER_SETTING);
    configMap("user-ca", Map.of(KEY, otherCa + ca));
    assertThat(plan(ca).problems()).isEmpty();
    assertThat(plan(ca).isEmpty()).isTrue();
  }

  @Test
  void aClusterWithoutAdditionalCertificatesGetsAConfigMap() {
    imageConfig("");
    ChangeReport report = changer.apply(plan(ca)).orElseThrow();
    assertThat(trusted()).contains("kubernaut-airgap-registry-ca");
    assertThat(data("kubernaut-airgap-registry-ca")).containsOnlyKeys(KEY);
    assertThat(plan(ca).isEmpty()).isTrue();
    changer.apply(changer.undo(report)).orElseThrow();
    assertThat(trusted()).isEmpty();
    assertThat(
            cluster.get(
                ResourceType.CONFIG_MAP, "openshift-config", "kubernaut-airgap-registry-ca"))
        .isEmpty();
  }

  @Test
  void theConfigMapOfTheClusterIsUsedAndItsKeysAreKept() {
    imageConfig("user-ca");
    configMap("user-ca", Map.of("other.corp", "theirs", KEY, otherCa));
    ChangeReport report = changer.apply(plan(ca)).orElseThrow();
    assertThat(trusted()).contains("user-ca");
    assertThat(data("user-ca")).containsEntry("other.corp", "theirs");
    assertThat(data("user-ca").get(KEY)).startsWith(otherCa).hasSizeGreaterThan(otherCa.length());
    assertThat(plan(ca).isEmpty()).isTrue();
    changer.apply(changer.undo(report)).orElseThrow();
    assertThat(data("user-ca")).isEqualTo(Map.of("other.corp", "theirs", KEY, otherCa));
  }

  @Test
  void aConfigMapThatIsNamedAndMissingIsCreated() {
    imageConfig("user-ca");
    changer.apply(plan(ca)).orElseThrow();
    assertThat(data("user-ca")).containsOnlyKeys(KEY);
  }

  @Test
  void anotherKeyThatIsAddedMeanwhileIsKept() {
    imageConfig("user-ca");
    configMap("user-ca", Map.of("other.corp", "theirs"));
    ClusterChange change = plan(ca);
    configMap("user-ca", Map.of("other.corp", "theirs", "third.corp", "new"));
    changer.apply(change).orElseThrow();
    assertThat(data("user-ca")).containsOnlyKeys("other.corp", "third.corp", KEY);
  }

  @Test
  void anotherConfigMapThatIsChosenMeanwhileIsNotOverruled() {
    imageConfig("");
    ClusterChange change = plan(ca);
    imageConfig("theirs");
    ChangeReport report = changer.apply(change);
    assertThat(codes(report.problems())).containsExactly(ProblemCode.TRUSTED_CA_CHANGED);
    assertThat(trusted()).contains("theirs");
    changer.apply(changer.undo(report)).orElseThrow();
  }

  @Test
  void aConfigMapOfAnotherOwnerIsNotUsed() {
    imageConfig("");
    configMap("kubernaut-airgap-registry-ca", Map.of("x", "y"));
    assertThat(codes(plan(ca).problems())).containsExactly(ProblemCode.OBJECT_NOT_OURS);
  }

  @Test
  void plainKubernetesHasNoImageConfiguration() {
    ClusterChange change = new TrustConfigurer(MemoryClusterClient.kubernetes()).plan(HARBOR, ca);
    assertThat(codes(change.problems())).containsExactly(ProblemCode.IMAGE_CONFIG_MISSING);
  }

  @Test
  void whatIsNotACertificateIsRefused() {
    imageConfig("");
    for (String pem :
        List.of(
            "",
            "not PEM",
            "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
            ca + "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")) {
      assertThat(codes(plan(pem).problems())).containsExactly(ProblemCode.CA_INVALID);
    }
    assertThat(
            codes(new TrustConfigurer(cluster).plan(Target.registry("[::1]:5000"), ca).problems()))
        .containsExactly(ProblemCode.CA_INVALID);
  }
}
