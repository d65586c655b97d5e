package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;

/**
 * Gets logs from the kubelets of nodes elsewhere, as an API server does that was not told which CA
 * has signed their certificates.
 */
final class NodeLogs {
  private NodeLogs() {}

  static ApiResponse log(Store store, String namespace, String name, String container) {
    ObjectNode pod = store.get(ResourceKinds.POD, namespace, name);
    String chosen = container.isEmpty() ? Json.text(pod, "/spec/containers/0/name") : container;
    JsonNode node = store.get(ResourceKinds.NODE, "", Json.text(pod, "/spec/nodeName"));
    String kubelet =
        "https://%s:%d"
            .formatted(
                Json.text(node, "/status/addresses/0/address"),
                node.at("/status/daemonEndpoints/kubeletEndpoint/Port").asInt(0));
    try (KubernetesClient client =
        new KubernetesClientBuilder()
            .withConfig(
                new ConfigBuilder(Config.empty())
                    .withMasterUrl(kubelet)
                    .withTrustCerts(true)
                    .build())
            .build()) {
      String log = client.raw(KubeletServer.path(namespace, name, chosen));
      if (log == null) {
        throw ApiException.notFound(ResourceKinds.POD, name);
      }
      return ApiResponse.text(log);
    } catch (KubernetesClientException e) {
      throw ApiException.answered(
          e.getCode() == 0 ? 503 : e.getCode(), "BadRequest", String.valueOf(e.getMessage()));
    }
  }
}
