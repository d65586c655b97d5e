package ai.kubernaut.airgap.examples.consumer;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.helm.HelmJavaClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.nio.file.Path;
import java.util.Map;

/** A host that uses the library alone: mirrors an image, lists namespaces, and renders a chart. */
final class Consumer {
  private Consumer() {}

  public static void main(String[] arguments) {
    String source = arguments[0];
    String mirror = arguments[1];
    Path kubeconfig = Path.of(arguments[2]);
    Path chart = Path.of(arguments[3]);
    try (Airgap airgap =
            Airgap.builder()
                .registry(HttpRegistryClient.builder().plainHttp(source).plainHttp(mirror).build())
                .closeClients(true)
                .build();
        ClusterClient cluster = Fabric8ClusterClient.fromKubeconfig(kubeconfig);
        HelmJavaClient helm = HelmJavaClient.create()) {
      MirrorPlan plan =
          MirrorPlan.builder(Target.registry(mirror + "/" + arguments[4]))
              .image(ImageRef.parse(source + "/consumer/image:v1"))
              .build();
      MirrorReport report = airgap.mirror(MirrorPlan.parse(plan.toYaml())).orElseThrow();
      System.out.println(report.summary());
      cluster
          .list(ResourceType.NAMESPACE, null, Map.of())
          .forEach(namespace -> System.out.println(namespace));
      System.out.println(helm.render(Chart.at(chart), ReleaseName.defaultRelease()));
    }
  }
}
