package ai.kubernaut.airgap.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.ForwardingClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.verify.Check.Result;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a verification says of objects that the deployed revision has. */
final class ReleaseObjectChecksTest {
  private static final String NAMESPACE = "kubernaut-system";
  private static final List<String> NAMESPACES = List.of(NAMESPACE, "workflows");
  private static final ReleaseName RELEASE = ReleaseName.of("kubernaut", NAMESPACE);

  private static final String MANIFEST =
      """
      {kind: Deployment, apiVersion: apps/v1, metadata: {name: gateway}}
      ---
      {kind: Service, apiVersion: v1, metadata: {name: gateway, namespace: kubernaut-system},
       spec: {selector: {app: gateway}, ports: [{port: 8080, targetPort: http}]}}
      ---
      {kind: Deployment, apiVersion: apps/v1, metadata: {name: other, namespace: elsewhere}}
      ---
      {kind: ConfigMap, apiVersion: v1, metadata: {name: c}}
      ---
      {kind: ClusterRole, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: reader},
       rules: [{apiGroups: [""], resources: [pods, nodes], verbs: [get, list]}, {nonResourceURLs: [/metrics], verbs: [get]}]}
      ---
      {kind: ClusterRoleBinding, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: reader},
       roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: ServiceAccount, namespace: kubernaut-system, name: gateway}]}
      ---
      {kind: Role, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: runner, namespace: workflows},
       rules: [{apiGroups: [batch], resources: [jobs], verbs: [create], resourceNames: [a]}]}
      ---
      {kind: RoleBinding, apiVersion: rbac.authorization.k8s.io/v1, metadata: {name: runner, namespace: workflows},
       roleRef: {kind: Role, name: runner}, subjects: [{kind: ServiceAccount, namespace: kubernaut-system, name: gateway}]}
      ---
      {kind: MutatingWebhookConfiguration, apiVersion: admissionregistration.k8s.io/v1, metadata: {name: defaults}}
      ---
      {kind: ValidatingWebhookConfiguration, apiVersion: admissionregistration.k8s.io/v1, metadata: {name: checks}}
      """;

  private static final String DEFINITION =
      """
      {kind: CustomResourceDefinition, apiVersion: apiextensions.k8s.io/v1, metadata: {name: requests.acme.io},
       spec: {group: acme.io, names: {kind: Request, plural: requests}, versions: [{name: v1, served: true}]}}
      """;

  private static final ResourceType REQUEST =
      ResourceType.cluster("acme.io/v1", "Request", "requests");

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();

  @BeforeEach
  void aReleaseWhoseObjectsExist() throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      new ObjectMapper()
          .writeValue(
              out,
              Map.of(
                  "hooks",
                  List.of(),
                  "manifest",
                  MANIFEST,
                  "chart",
                  Map.of(
                      "files",
                      List.of(
                          Map.of(
                              "name",
                              "crds/requests.yaml",
                              "data",
                              Base64.getEncoder().encodeToString(DEFINITION.getBytes(UTF_8)))))));
    }
    for (String namespace : NAMESPACES) {
      put(ResourceType.NAMESPACE, "{kind: Namespace, metadata: {name: " + namespace + "}}");
    }
    put(REQUEST, "{kind: Request, metadata: {name: any}}");
    String once = Base64.getEncoder().encodeToString(zipped.toByteArray());
    put(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, metadata: {name: r1, namespace: %s, labels: {owner: helm, name: kubernaut, version: '1', status: deployed}}, data: {release: %s}}"
            .formatted(NAMESPACE, Base64.getEncoder().encodeToString(once.getBytes(UTF_8))));
    for (String document : MANIFEST.split("---\n", -1)) {
      KubernetesObject object = object(document);
      put(
          type(object),
          document.replace("{name: gateway}", "{name: gateway, namespace: kubernaut-system}"));
    }
  }

  private static ResourceType type(KubernetesObject object) {
    return List.of(
            ResourceType.DEPLOYMENT,
            ResourceType.SERVICE,
            ResourceType.CONFIG_MAP,
            ResourceType.ROLE,
            ResourceType.ROLE_BINDING,
            ResourceType.CLUSTER_ROLE,
            ResourceType.CLUSTER_ROLE_BINDING,
            ResourceType.MUTATING_WEBHOOKS,
            ResourceType.VALIDATING_WEBHOOKS)
        .stream()
        .filter(type -> type.kind().equals(object.kind()))
        .findFirst()
        .orElseThrow();
  }

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private void put(ResourceType type, String yaml) {
    cluster.put(type, object(yaml));
  }

  private void delete(ResourceType type, @Nullable String namespace, String name) {
    cluster.delete(type, cluster.get(type, namespace, name).orElseThrow());
  }

  private List<Check> checks(ClusterClient client) {
    ReleaseObjectChecks checks =
        new ReleaseObjectChecks(
            Namespaces.look(client, NAMESPACES, RELEASE),
            StoredRevision.latest(client, RELEASE).orElseThrow());
    List<Check> all = new ArrayList<>(checks.workloadsAndServices());
    all.addAll(checks.access());
    all.addAll(checks.definitions());
    all.addAll(checks.webhooks());
    return all;
  }

  private List<String> problems() {
    return checks(cluster).stream()
        .flatMap(check -> check.problem().stream())
        .map(Problem::describe)
        .toList();
  }

  @Test
  void objectsThatExistAreNotReported() {
    assertThat(checks(cluster)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "Deployment, kubernaut-system, gateway",
    "Service, kubernaut-system, gateway",
    "ClusterRole, , reader",
    "ClusterRoleBinding, , reader",
    "Role, workflows, runner",
    "RoleBinding, workflows, runner",
    "MutatingWebhookConfiguration, , defaults",
    "ValidatingWebhookConfiguration, , checks"
  })
  void anObjectThatSomebodyHasDeletedIsReported(
      String kind, @Nullable String namespace, String name) {
    ResourceType type = type(object("{kind: " + kind + "}"));
    delete(type, namespace, name);
    assertThat(checks(cluster))
        .extracting(check -> check.problem().orElseThrow().code())
        .containsExactly(ProblemCode.RELEASE_OBJECT_NOT_FOUND);
    assertThat(problems().get(0))
        .startsWith(
            "%s %s%s: does not exist, although revision 1 of the release has it"
                .formatted(kind, namespace == null ? "" : namespace + "/", name));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "Service|{name: gateway, namespace: kubernaut-system}|spec: {selector: {app: gatewai}, ports: [{port: 8080, targetPort: http}]}|its selector is {app=gatewai} instead of {app=gateway}",
        "Service|{name: gateway, namespace: kubernaut-system}|spec: {selector: {app: gateway}, ports: [{port: 8081, targetPort: http}]}|its ports do not include 8080 with the target port http",
        "ClusterRole|{name: reader}|rules: [{apiGroups: [''], resources: [pods], verbs: [get, list]}, {nonResourceURLs: [/m*], verbs: [get]}]|its rules do not grant get on nodes",
        "ClusterRole|{name: reader}|rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}]|its rules do not grant get on /metrics",
        "ClusterRoleBinding|{name: reader}|roleRef: {kind: ClusterRole, name: reader}, subjects: [{kind: ServiceAccount, namespace: kubernaut-system, name: gatewai}]|its subjects do not include ServiceAccount kubernaut-system/gateway",
        "RoleBinding|{name: runner, namespace: workflows}|roleRef: {kind: ClusterRole, name: runner}, subjects: [{kind: ServiceAccount, namespace: kubernaut-system, name: gateway}]|roleRef.kind is ClusterRole instead of Role",
        "Role|{name: runner, namespace: workflows}|rules: [{apiGroups: [batch], resources: [jobs], verbs: [create], resourceNames: [b]}]|its rules do not grant create on jobs.batch/a"
      })
  void anObjectThatLacksWhatItsManifestHasIsReported(
      String kind, String metadata, String content, String difference) {
    put(
        type(object("{kind: " + kind + "}")),
        "{kind: %s, metadata: %s, %s}".formatted(kind, metadata, content));
    assertThat(checks(cluster))
        .extracting(check -> check.problem().orElseThrow().code())
        .containsExactly(ProblemCode.RELEASE_OBJECT_CHANGED);
    assertThat(problems().get(0))
        .contains("does not match revision 1 of the release: " + difference);
  }

  @Test
  void aDefinitionWhoseTypeIsNotServedIsReported() {
    ClusterClient without =
        new ForwardingClusterClient(cluster) {
          @Override
          public boolean serves(ResourceType type) {
            return !type.equals(REQUEST) && super.serves(type);
          }
        };
    List<Check> checks = checks(without);
    assertThat(checks).hasSize(1);
    assertThat(checks.get(0).problem().orElseThrow().describe())
        .startsWith("CustomResourceDefinition requests.acme.io: does not exist");
  }

  @Test
  void whatWasAddedToAnObjectIsNotReported() {
    put(
        ResourceType.CLUSTER_ROLE,
        "{kind: ClusterRole, metadata: {name: reader}, rules: [{apiGroups: ['*'], resources: ['*'], verbs: ['*']}, {nonResourceURLs: ['*'], verbs: ['*']}]}");
    put(
        ResourceType.ROLE,
        "{kind: Role, metadata: {name: runner, namespace: workflows}, rules: [{apiGroups: [batch], resources: [jobs], verbs: [create, delete]}]}");
    assertThat(checks(cluster)).isEmpty();
  }

  @Test
  void whatTheUserMayNotListIsSkippedAndSaid() {
    ClusterClient forbidding =
        new ForwardingClusterClient(cluster) {
          @Override
          public List<KubernetesObject> list(
              ResourceType type, @Nullable String namespace, Map<String, String> labels) {
            if (type.equals(ResourceType.CLUSTER_ROLE)) {
              throw new ClusterException(ClusterException.Reason.FORBIDDEN, "forbidden", null);
            }
            return super.list(type, namespace, labels);
          }
        };
    List<Check> checks = checks(forbidding);
    assertThat(checks).hasSize(1);
    assertThat(checks.get(0).result()).isEqualTo(Result.SKIPPED);
    assertThat(checks.get(0).fact().map(fact -> fact.code()))
        .contains(FactCode.NOT_CHECKED_FORBIDDEN);
    assertThat(checks.get(0).detail()).contains("clusterroles");
  }

  @Test
  void aReleaseThatIsNotDeployedMayMissObjects() {
    delete(ResourceType.DEPLOYMENT, NAMESPACE, "gateway");
    assertThat(
            new WorkloadChecks(
                    RELEASE,
                    Namespaces.look(cluster, List.of(NAMESPACE), RELEASE),
                    false,
                    Optional.empty(),
                    StoredRevision.latest(cluster, RELEASE))
                .run())
        .noneMatch(
            check ->
                check.problem().isPresent()
                    && check.problem().get().code() == ProblemCode.RELEASE_OBJECT_NOT_FOUND);
  }
}
