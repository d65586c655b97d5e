package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "trust",
    description = "Lets the nodes of an OpenShift cluster trust the CA of the mirror.",
    mixinStandardHelpOptions = true)
final class TrustCommand extends ChangeCommand {
  @Option(
      names = "--registry-ca",
      paramLabel = "FILE",
      description = "The certificates of the mirror's CA, in PEM.")
  @Nullable Path ca;

  @Override
  ClusterChange plan(Airgap airgap) {
    if (ca == null) {
      throw new IllegalArgumentException(
          "--registry-ca is missing: a file with the certificates of the mirror's CA");
    }
    return airgap.planTrust(mirror(), TextFiles.read(ca));
  }

  /** The mirror of a saved plan, or the one that is given; nothing is planned for it. */
  private Target mirror() {
    return plan.file == null
        ? plan.target.target()
        : MirrorPlan.read(plan.file, plan.directories.toArray(Path[]::new)).target();
  }

  @Override
  String manifestName() {
    return "registry-ca.yaml";
  }
}
