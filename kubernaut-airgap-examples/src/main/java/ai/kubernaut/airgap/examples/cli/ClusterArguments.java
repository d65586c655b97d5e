package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.helm.HelmCli;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The disconnected cluster. */
final class ClusterArguments {
  @Option(
      names = "--kubeconfig",
      paramLabel = "FILE",
      description = "The cluster's kubeconfig; by default the one that kubectl uses.")
  @Nullable Path kubeconfig;

  @Option(
      names = "--helm",
      paramLabel = "FILE",
      description = "A helm binary to use in place of the embedded Helm.")
  @Nullable Path helm;

  /** Whether a cluster or a Helm was named. */
  boolean isGiven() {
    return kubeconfig != null || helm != null;
  }

  /** Gives a front door its cluster and its Helm. */
  Airgap.Builder reach(Airgap.Builder airgap) {
    return kubeconfig == null
        ? airgap
            .cluster(Fabric8ClusterClient.fromKubeconfig())
            .helm(helm == null ? HelmJavaClient.create() : HelmCli.builder().binary(helm).build())
        : airgap
            .cluster(Fabric8ClusterClient.fromKubeconfig(kubeconfig))
            .helm(
                helm == null
                    ? HelmJavaClient.withKubeconfig(kubeconfig)
                    : HelmCli.builder().binary(helm).kubeconfig(kubeconfig).build());
  }
}
