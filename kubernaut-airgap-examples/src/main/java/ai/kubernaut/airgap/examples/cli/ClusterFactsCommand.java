package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.report.ReportDocument;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "cluster-facts",
    description = {
      "Writes the Kubernetes version and the API versions of the cluster. Read-only.",
      "With them, a plan can be made for this cluster where it cannot be reached."
    },
    mixinStandardHelpOptions = true)
final class ClusterFactsCommand implements Callable<Integer> {
  @Mixin ClusterArguments cluster = new ClusterArguments();
  @Mixin Output output = new Output();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "Write the facts to this file, for plan --cluster-facts.")
  @Nullable Path out;

  @Override
  public Integer call() {
    ClusterVersions versions;
    try (ClusterClient client =
        cluster.kubeconfig == null
            ? Fabric8ClusterClient.fromKubeconfig()
            : Fabric8ClusterClient.fromKubeconfig(cluster.kubeconfig)) {
      versions = client.versions();
    }
    if (out != null) {
      TextFiles.write(out, versions.toYaml());
    }
    output.report(ReportDocument.of(versions));
    return 0;
  }
}
