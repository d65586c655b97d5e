package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Platforms;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The chart, its values, and images beside it. */
final class ChartArguments {
  private static final String OCI = "oci://";

  @Option(
      names = "--chart",
      paramLabel = "DIR|TGZ|oci://REF",
      description =
          "The chart's directory or archive, or where a registry has it, such as oci://quay.io/kubernaut-ai/charts/kubernaut:1.1.0.")
  @Nullable String chart;

  @Option(
      names = "--chart-directory",
      paramLabel = "DIR",
      defaultValue = ".",
      description = "Where to put a chart from a registry. Default: the current directory")
  Path chartDirectory = Path.of(".");

  @Option(
      names = "--values",
      paramLabel = "FILE",
      description = "A values file; later ones over earlier ones.")
  List<Path> values = new ArrayList<>();

  @Option(names = "--set", paramLabel = "K=V", description = "A single value, as for helm --set.")
  Map<String, String> settings = new LinkedHashMap<>();

  @Option(
      names = "--set-string",
      paramLabel = "K=V",
      description = "A single value that is a text whatever it looks like.")
  Map<String, String> texts = new LinkedHashMap<>();

  @Option(
      names = "--set-json",
      paramLabel = "K=JSON",
      description = "A JSON value, laid over the values files, as for helm --set-json.")
  Map<String, String> jsonSettings = new LinkedHashMap<>();

  @Option(
      names = "--kube-version",
      paramLabel = "VERSION",
      description =
          "Kubernetes version of the cluster. Default: the chart is rendered for each version that makes a difference.")
  @Nullable String kubeVersion;

  @Option(
      names = "--api-versions",
      paramLabel = "GROUP/VERSION",
      split = ",",
      description =
          "API versions of the cluster besides those of Kubernetes, such as route.openshift.io/v1. Default: the chart is rendered with and without each one that it asks for.")
  List<String> apiVersions = new ArrayList<>();

  @Option(
      names = "--openshift",
      description =
          "The cluster is an OpenShift 4 cluster: use the API versions that all of them serve.")
  boolean openShift;

  @Option(
      names = "--cluster-facts",
      paramLabel = "FILE",
      description =
          "Kubernetes version and API versions of the cluster, as the command cluster-facts writes them.")
  @Nullable Path clusterFacts;

  @Option(
      names = "--set-file",
      paramLabel = "K=FILE",
      description = "A value that is a file's content, as for helm --set-file.")
  Map<String, Path> fileSettings = new LinkedHashMap<>();

  @Option(
      names = "--sdk-config",
      paramLabel = "FILE",
      description = "The configuration of the LLM.")
  @Nullable Path sdkConfig;

  @Option(
      names = "--extra-image",
      paramLabel = "REF",
      description =
          "An image that the chart does not name, such as quay.io/kubernaut-ai/must-gather:v1.1.0.")
  List<ImageRef> extraImages = new ArrayList<>();

  @Option(
      names = "--platform",
      paramLabel = "OS/ARCH",
      description =
          "Mirror this platform of the images only, which changes their digests unless --index-form keeps the indexes; repeatable.")
  List<Platform> platforms = new ArrayList<>();

  /** The platforms that were named, or all. */
  Platforms platforms() {
    return platforms.isEmpty() ? Platforms.all() : Platforms.of(platforms);
  }

  /** The chart that was named, if one was, with everything said about it. */
  Optional<Chart> chart(Airgap airgap) {
    return Optional.ofNullable(chart)
        .map(
            location ->
                layeredOn(
                    location.startsWith(OCI)
                        ? airgap.fetchChart(
                            MirrorImages.reference(location.substring(OCI.length())),
                            chartDirectory)
                        : Chart.at(Path.of(location))));
  }

  /** A chart with the values of the command line over its own. */
  Chart layeredOn(Chart base) {
    Chart layered = base;
    for (Path file : values) {
      layered = layered.values(file);
    }
    for (Map.Entry<String, String> setting : jsonSettings.entrySet()) {
      layered = layered.setJson(setting.getKey(), setting.getValue());
    }
    for (Map.Entry<String, String> setting : texts.entrySet()) {
      layered = layered.setString(setting.getKey(), setting.getValue());
    }
    if (kubeVersion != null) {
      layered = layered.kubeVersion(kubeVersion);
    }
    layered = layered.apiVersions(apiVersions.toArray(String[]::new));
    if (openShift) {
      layered = layered.onOpenShift();
    }
    if (clusterFacts != null) {
      layered = layered.onCluster(ClusterVersions.read(clusterFacts));
    }
    for (Map.Entry<String, String> setting : settings.entrySet()) {
      layered = layered.set(setting.getKey(), setting.getValue());
    }
    for (Map.Entry<String, Path> setting : fileSettings.entrySet()) {
      layered = layered.setFile(setting.getKey(), setting.getValue());
    }
    return sdkConfig == null ? layered : layered.sdkConfig(sdkConfig);
  }
}
