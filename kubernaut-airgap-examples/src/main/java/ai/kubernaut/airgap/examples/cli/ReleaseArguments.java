package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.chart.ReleaseName;
import picocli.CommandLine.Option;

/** The Helm release. */
final class ReleaseArguments {
  @Option(
      names = "--release",
      defaultValue = "kubernaut",
      description = "The release's name. Default: ${DEFAULT-VALUE}")
  String release = "kubernaut";

  @Option(
      names = "--namespace",
      defaultValue = "kubernaut-system",
      description = "The release's namespace. Default: ${DEFAULT-VALUE}")
  String namespace = "kubernaut-system";

  ReleaseName release() {
    return ReleaseName.of(release, namespace);
  }
}
