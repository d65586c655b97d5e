package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.chart.ReleaseName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The Helm release. */
final class ReleaseArguments {
  @Option(
      names = "--release",
      paramLabel = "NAME",
      description = "Name of the Helm release. Default: that of the plan, or kubernaut")
  @Nullable String release;

  @Option(
      names = "--namespace",
      paramLabel = "NAME",
      description = "Namespace of the Helm release. Default: that of the plan, or kubernaut-system")
  @Nullable String namespace;

  /** The release that was given, with the names of another one where an option is missing. */
  ReleaseName or(ReleaseName other) {
    return ReleaseName.of(
        Objects.requireNonNullElse(release, other.name()),
        Objects.requireNonNullElse(namespace, other.namespace()));
  }
}
