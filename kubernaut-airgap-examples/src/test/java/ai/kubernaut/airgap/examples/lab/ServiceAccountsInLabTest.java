package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.permissions.ClusterStep;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A chart without a value for pull secrets is installed from a mirror that needs credentials. */
@Timeout(180)
final class ServiceAccountsInLabTest {
  private static final String IMAGE = "quay.io/kubernaut-ai/gateway:v1.1.0";
  private static final String TEMPLATES =
      """
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: app}
      ---
      apiVersion: v1
      kind: Namespace
      metadata: {name: "{{ .Values.jobs }}"}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: own}
      spec:
        selector: {matchLabels: {app: own}}
        template:
          metadata: {labels: {app: own}}
          spec: {serviceAccountName: app, containers: [{name: main, image: IMAGE}]}
      ---
      apiVersion: apps/v1
      kind: Deployment
      metadata: {name: unnamed}
      spec:
        selector: {matchLabels: {app: unnamed}}
        template:
          metadata: {labels: {app: unnamed}}
          spec: {containers: [{name: main, image: IMAGE}]}
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: hook
        annotations: {helm.sh/hook: pre-install, helm.sh/hook-weight: "-5"}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: before
        annotations: {helm.sh/hook: pre-install}
      spec:
        template:
          spec: {serviceAccountName: hook, restartPolicy: Never, containers: [{name: main, image: IMAGE}]}
      ---
      apiVersion: batch/v1
      kind: Job
      metadata:
        name: after
        namespace: "{{ .Values.jobs }}"
        annotations: {helm.sh/hook: "post-install,post-upgrade", helm.sh/hook-delete-policy: before-hook-creation}
      spec:
        template:
          spec: {restartPolicy: Never, containers: [{name: main, image: IMAGE}]}
      """;

  @TempDir Path directory;

  private Chart chart(TestLab world) throws IOException {
    Path templates = Files.createDirectories(directory.resolve("accounts/templates"));
    Files.writeString(
        templates.resolveSibling("Chart.yaml"), "apiVersion: v2\nname: accounts\nversion: 1.0.0\n");
    Files.writeString(templates.resolve("all.yaml"), TEMPLATES.replace("IMAGE", IMAGE));
    return Chart.at(templates.getParent())
        .set("jobs", world.name("accounts-jobs"))
        .release(world.name("accounts"), world.name("accounts-system"));
  }

  private static Set<String> pullSecrets(ClusterClient cluster, String namespace, String account) {
    return PodPullSecrets.names(
        cluster.get(ResourceType.SERVICE_ACCOUNT, namespace, account).orElseThrow().fields());
  }

  @Test
  void allPodsAndHooksPullWithTheSecretsOfTheirServiceAccounts() throws IOException {
    try (TestLab world = TestLab.start(Flavour.KUBERNETES);
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(world.lab().kubeconfig());
        Airgap airgap =
            Airgap.builder()
                .registry(world.lab().newRegistryClient())
                .cluster(cluster)
                .helm(HelmJavaClient.withKubeconfig(world.lab().kubeconfig()))
                .profile(ProductProfile.none())
                .closeClients(true)
                .build()) {
      String namespace = world.name("accounts-system");
      String jobs = world.name("accounts-jobs");
      MirrorPlan plan = airgap.plan(chart(world), world.lab().target(Separator.SLASH));
      MirrorReport mirrored = airgap.mirror(plan).orElseThrow();
      assertThat(airgap.checkPermissions(ClusterStep.PULL_SECRET, plan).needed())
          .extracting(Object::toString)
          .contains("update serviceaccounts default in " + jobs);

      PullSecretReport secret =
          airgap.configurePullSecret(mirrored, world.lab().mirrorCredentials());
      Installation installation =
          airgap.install(mirrored, secret, InstallOptions.builder().build());

      airgap.verify(installation).orElseThrow();
      assertThat(installation.problems()).isEmpty();
      for (String account : new String[] {"app", "hook", "default"}) {
        assertThat(pullSecrets(cluster, namespace, account))
            .as(account)
            .containsExactly("kubernaut-mirror");
      }
      assertThat(
              airgap
                  .planPullSecret(
                      plan, world.lab().mirrorCredentials(), PullSecretOptions.builder().build())
                  .isEmpty())
          .as("a second run")
          .isTrue();
      airgap.install(mirrored, secret, InstallOptions.builder().build());
      assertThat(pullSecrets(cluster, namespace, "app"))
          .as("after an upgrade")
          .containsExactly("kubernaut-mirror");

      ChangeReport accounts =
          ChangeReport.builder()
              .addAllChanges(
                  secret.change().changes().stream()
                      .filter(change -> change.type().equals(ResourceType.SERVICE_ACCOUNT))
                      .toList())
              .build();
      airgap.apply(airgap.planUndo(accounts)).orElseThrow();
      for (String in : new String[] {namespace, jobs}) {
        assertThat(
                cluster
                    .get(ResourceType.SERVICE_ACCOUNT, in, "default")
                    .map(KubernetesObject::fields)
                    .map(PodPullSecrets::names)
                    .orElse(Set.of()))
            .as("after the change was undone")
            .isEmpty();
      }
      airgap.uninstall(plan.release(), ReleaseOptions.builder().build());
    }
  }
}
