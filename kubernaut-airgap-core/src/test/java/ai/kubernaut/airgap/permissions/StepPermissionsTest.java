package ai.kubernaut.airgap.permissions;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.permissions.StepContext.Cluster;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the lab's tests of whole steps do not reach. */
final class StepPermissionsTest {
  private static final ReleaseName RELEASE = ReleaseName.of("shop", "shop");

  private static List<String> needed(ClusterStep step, StepContext.Builder context) {
    return PermissionChecker.needed(step, context.release(RELEASE).build()).needed().stream()
        .map(Permission::toString)
        .toList();
  }

  @Test
  void serviceAccountsThatTheChartDoesNotCreateAreChangedByThePullSecretAlone() {
    PodPullSecrets.Account account = new PodPullSecrets.Account("shop", "default");
    assertThat(needed(ClusterStep.PULL_SECRET, StepContext.builder().addAccounts(account)))
        .filteredOn(permission -> permission.contains("serviceaccounts"))
        .containsExactlyInAnyOrder(
            "get serviceaccounts default in shop", "update serviceaccounts default in shop");
    assertThat(
            needed(
                ClusterStep.PULL_SECRET,
                StepContext.builder().addAccounts(account).addMissingNamespaces("shop")))
        .as("in a namespace that is created")
        .contains("create serviceaccounts in shop");
    assertThat(needed(ClusterStep.INSTALL, StepContext.builder().addAccounts(account)))
        .filteredOn(permission -> permission.contains("serviceaccounts"))
        .containsExactly("get serviceaccounts default in shop");
  }

  private static StepContext.Builder chart(String manifests) {
    return StepContext.builder().addAllManifests(RenderedChart.parse(manifests).manifests());
  }

  @ParameterizedTest
  @CsvSource({
    "v1, Endpoints, endpoints, true",
    "networking.k8s.io/v1, NetworkPolicy, networkpolicies, true",
    "networking.k8s.io/v1, Ingress, ingresses, true",
    "networking.k8s.io/v1, IngressClass, ingressclasses, false",
    "security.openshift.io/v1, SecurityContextConstraints, securitycontextconstraints, false",
    "scheduling.k8s.io/v1, PriorityClass, priorityclasses, false",
    "route.openshift.io/v1, Route, routes, true"
  })
  void theTypeOfAnObjectFollowsFromItsKind(
      String apiVersion, String kind, String plural, boolean isNamespaced) {
    ResourceType type = ChartObjects.type(apiVersion, kind);
    assertThat(type.plural()).isEqualTo(plural);
    assertThat(type.isNamespaced()).isEqualTo(isNamespaced);
  }

  @Test
  void aNamespaceThatIsMissingHasToBeCreated() {
    assertThat(needed(ClusterStep.SECRETS, StepContext.builder().addMissingNamespaces("shop")))
        .containsExactly(
            "create namespaces",
            "get namespaces shop",
            "create secrets in shop",
            "get secrets in shop");
  }

  @Test
  void olderAndHostedClustersOfOpenShiftHaveOtherObjects() {
    assertThat(
            needed(
                ClusterStep.MIRROR_RULES,
                StepContext.builder().cluster(Cluster.OPENSHIFT).hasDigestMirrorSets(false)))
        .contains("create imagecontentsourcepolicies.operator.openshift.io")
        .doesNotContain("create imagedigestmirrorsets.config.openshift.io");
    assertThat(needed(ClusterStep.PULL_SECRET, StepContext.builder().cluster(Cluster.HOSTED)))
        .containsExactly(
            "create secrets in kube-system",
            "get secrets additional-pull-secret in kube-system",
            "update secrets additional-pull-secret in kube-system");
  }

  @Test
  void objectsThatTheChartKeepsAreNotDeleted() {
    assertThat(
            needed(
                ClusterStep.UNINSTALL,
                chart(
                    """
                    apiVersion: v1
                    kind: ConfigMap
                    metadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}
                    ---
                    apiVersion: v1
                    kind: Service
                    metadata: {name: removed}
                    """)))
        .contains("delete services in shop")
        .doesNotContain("delete configmaps in shop");
  }

  @Test
  void whatARoleGrantsIsEnoughToCreateIt() {
    String role =
        """
        apiVersion: rbac.authorization.k8s.io/v1
        kind: Role
        metadata: {name: app}
        rules: [{apiGroups: [""], resources: [%s], verbs: [get]}]
        """;
    assertThat(needed(ClusterStep.INSTALL, chart(role.formatted("secrets"))))
        .doesNotContain("escalate roles.rbac.authorization.k8s.io in shop");
    assertThat(needed(ClusterStep.INSTALL, chart(role.formatted("pods/exec"))))
        .contains("escalate roles.rbac.authorization.k8s.io in shop");
  }

  @Test
  void aBindingToARoleThatIsNotInTheChartNeedsTheVerbBind() {
    assertThat(
            needed(
                ClusterStep.INSTALL,
                chart(
                    """
                    apiVersion: rbac.authorization.k8s.io/v1
                    kind: ClusterRoleBinding
                    metadata: {name: app}
                    roleRef: {kind: ClusterRole, name: view}
                    """)))
        .contains("bind clusterroles.rbac.authorization.k8s.io view");
  }

  @Test
  void lookupsOfTheTemplatesAreRead() {
    assertThat(
            needed(
                ClusterStep.INSTALL,
                StepContext.builder()
                    .namespaces(Set.of("shop"))
                    .addLookups(
                        "\"v1\" \"Namespace\" \"\" \"kube-system\"",
                        "\"v1\" \"ConfigMap\" .Release.Namespace $name",
                        "\"apps/v1\" \"Deployment\" \"other\" \"\"",
                        "$apiVersion \"Pod\" \"\" \"x\"")))
        .contains(
            "get namespaces kube-system",
            "get configmaps in shop",
            "list deployments.apps in other")
        .noneMatch(permission -> permission.endsWith("pods x"));
  }
}
