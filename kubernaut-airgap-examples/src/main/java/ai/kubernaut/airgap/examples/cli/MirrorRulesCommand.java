package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.mirrorrules.NodeFiles;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "mirror-rules",
    description =
        "Lets the nodes of an OpenShift cluster pull images from the mirror under their source names.",
    mixinStandardHelpOptions = true)
final class MirrorRulesCommand extends ChangeCommand {
  @Option(
      names = "--tags",
      description =
          "Also create rules for references without a digest; OpenShift drains its nodes for these.")
  boolean tags;

  @Option(
      names = "--never-contact-source",
      description = "Let nodes not fall back to the source when the mirror lacks an image.")
  boolean neverContactSource;

  @Option(
      names = "--name",
      paramLabel = "NAME",
      description = "Name of the objects. Default: made from the release and the mirror")
  @Nullable String name;

  @Option(
      names = "--node-files",
      description =
          "With --output, also write registries.conf and hosts.toml files for nodes without these APIs.")
  boolean nodeFiles;

  @Option(
      names = "--no-cluster",
      description =
          "With --output, write the objects for OpenShift 4.13 or later without asking a cluster; rules that the cluster has are not reviewed.")
  boolean withoutCluster;

  private @Nullable MirrorPlan planned;

  @Override
  Airgap.Builder reach(Airgap.Builder airgap) {
    if (!withoutCluster) {
      return super.reach(airgap);
    }
    if (directory == null || undo != null) {
      throw new IllegalArgumentException("--no-cluster applies to --output only");
    }
    return airgap.cluster(MemoryClusterClient.openShift()).helm(HelmJavaClient.create());
  }

  private MirrorRuleOptions options() {
    return MirrorRuleOptions.builder()
        .forTags(tags)
        .sourcePolicy(
            neverContactSource
                ? SourcePolicy.NEVER_CONTACT_SOURCE
                : SourcePolicy.ALLOW_CONTACTING_SOURCE)
        .name(Optional.ofNullable(name))
        .build();
  }

  @Override
  ClusterChange plan(Airgap airgap) {
    planned = plan.plan(airgap, release);
    return airgap.planMirrorRules(planned, options());
  }

  @Override
  Map<String, String> manifests(ClusterChange change) {
    Map<String, String> files = new TreeMap<>(super.manifests(change));
    if (nodeFiles && planned != null) {
      NodeFiles forNodes = NodeFiles.of(planned, options());
      files.putAll(forNodes.files());
      forNodes.problems().forEach(problem -> output.tell("WARNING " + problem.describe()));
    }
    return files;
  }

  @Override
  String manifestName() {
    return "mirror-rules.yaml";
  }
}
