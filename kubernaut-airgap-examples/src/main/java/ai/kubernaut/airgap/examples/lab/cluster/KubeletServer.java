package ai.kubernaut.airgap.examples.lab.cluster;

import java.net.InetAddress;
import java.util.List;
import java.util.Optional;

/**
 * What the API server asks a kubelet for: the logs of containers. It authenticates nobody, because
 * only the API server knows its client certificate, and the logs are made up.
 */
final class KubeletServer {
  private static final String LOGS = "containerLogs";

  private KubeletServer() {}

  static ApiServer start(ClusterObjects objects, InetAddress address) {
    PodAccess pods = new PodAccess(objects);
    return ApiServer.start(
        request -> answer(pods, request), token -> Optional.of("anonymous"), address);
  }

  /** The path is {@code /containerLogs/NAMESPACE/POD/CONTAINER}. */
  private static ApiResponse answer(PodAccess pods, ApiRequest request) {
    List<String> path = request.path();
    if (path.size() != 4 || !path.get(0).equals(LOGS)) {
      throw ApiException.noSuchPath();
    }
    return pods.log(path.get(1), path.get(2), path.get(3));
  }

  /** The path of a log. */
  static String path(String namespace, String pod, String container) {
    return "/" + String.join("/", LOGS, namespace, pod, container);
  }
}
