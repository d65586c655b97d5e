package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirrorReports;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.yaml.Yaml;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Helm's own error reaches the caller, whatever goes wrong while it is explained. */
@Timeout(60)
final class InstallFailureTest {
  private static final String HELM_SAID = "hook failed: deadline exceeded";
  private static final String IMAGE = "harbor.corp/acme/gateway:1";

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final TemplateHelm helm =
      TemplateHelm.of(
              "{global: {image: {registry: quay.io}}}",
              values ->
                  "{kind: Deployment, metadata: {name: gateway}, spec: {template: {spec: {containers: [{name: c, image: %s/acme/gateway:1}]}}}}"
                      .formatted(values.text("global", "image", "registry").orElse("")))
          .failing(HELM_SAID);

  private Throwable installing(Airgap.Builder builder) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .chart(TemplateHelm.chart())
            .image(ImageRef.parse("quay.io/acme/gateway:1"))
            .build();
    MirrorReport mirrored = MirrorReports.of(plan, MirroredImage.Outcome.COPIED);
    try (Airgap airgap = builder.helm(helm).build()) {
      return catchThrowable(
          () ->
              airgap.install(mirrored, PullSecretReport.none(), InstallOptions.builder().build()));
    }
  }

  /** A cluster client whose methods of these names fail once Helm has been called. */
  private ClusterClient failing(Set<String> methods) {
    return (ClusterClient)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ClusterClient.class},
            (proxy, method, arguments) -> {
              if (!helm.calls().isEmpty() && methods.contains(method.getName())) {
                throw new ClusterException(
                    ClusterException.Reason.UNREACHABLE, "the cluster went away", null);
              }
              try {
                return method.invoke(cluster, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  private void pod(String state) {
    cluster.put(
        ResourceType.POD,
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "pod",
                    "{apiVersion: v1, kind: Pod, metadata: {name: gateway-1, namespace: kubernaut-system}, spec: {containers: [{name: c, image: '%s'}]}, status: {%s}}"
                        .formatted(IMAGE, state),
                    Yaml.DuplicateKeys.REFUSED))));
  }

  @Test
  void aClusterThatCannotBeAskedDoesNotHideHelmsError() {
    Throwable failure = installing(Airgap.builder().cluster(failing(Set.of("list"))));

    assertThat(failure).isInstanceOf(HelmException.class).hasMessageContaining(HELM_SAID);
    assertThat(failure.getSuppressed())
        .singleElement()
        .isInstanceOf(ClusterException.class)
        .asString()
        .contains("the cluster went away");
  }

  @Test
  void aReleaseThatCannotBeReadDoesNotHideHelmsError() {
    helm.failingStatus("the storage driver is broken");

    Throwable failure = installing(Airgap.builder().cluster(cluster));

    assertThat(failure).isInstanceOf(HelmException.class).hasMessageContaining(HELM_SAID);
    assertThat(failure.getSuppressed())
        .singleElement()
        .asString()
        .contains("the storage driver is broken");
  }

  @Test
  void withoutARegistryClientTheClusterIsLookedAtAllTheSame() {
    pod(
        "phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: c, imageID: 'harbor.corp/acme/gateway@sha256:%s', state: {running: {}}}]"
            .formatted("1".repeat(64)));

    Throwable failure = installing(Airgap.builder().cluster(cluster));

    assertThat(failure)
        .isInstanceOf(InstallationFailedException.class)
        .hasMessageContaining(HELM_SAID)
        .hasCauseInstanceOf(HelmException.class);
    assertThat(((InstallationFailedException) failure).report().checks())
        .filteredOn(check -> check.kind() == Check.Kind.IMAGE)
        .singleElement()
        .satisfies(check -> assertThat(check.result()).isEqualTo(Check.Result.SKIPPED))
        .satisfies(check -> assertThat(check.detail()).contains("no registry client was given"));
  }

  @Test
  void eventsThatMayNotBeReadDoNotHideThePodInTheWay() {
    pod(
        "phase: Pending, containerStatuses: [{name: c, state: {waiting: {reason: ErrImagePull, message: 'no such host'}}}]");
    ClusterClient withoutEvents =
        (ClusterClient)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {ClusterClient.class},
                (proxy, method, arguments) -> {
                  if (method.getName().equals("list")
                      && List.of(arguments[0]).contains(ResourceType.EVENT)) {
                    throw new ClusterException(
                        ClusterException.Reason.FORBIDDEN, "events may not be read", null);
                  }
                  try {
                    return method.invoke(cluster, arguments);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });

    Throwable failure =
        installing(Airgap.builder().cluster(withoutEvents).registry(MemoryRegistryClient.create()));

    assertThat(failure)
        .isInstanceOf(InstallationFailedException.class)
        .hasMessageContaining(HELM_SAID)
        .hasMessageContaining("gateway-1");
  }
}
