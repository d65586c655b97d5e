package ai.kubernaut.airgap.helm;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The environment variables of processes that run Helm. */
final class HelmEnvironment {
  private static final List<String> KEPT_VARIABLES =
      List.of(
          "LANG", "LC_ALL", "LC_CTYPE", "TZ", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SystemRoot");

  private HelmEnvironment() {}

  /**
   * Changes the environment of a process with a cluster: the files that Helm keeps are in a
   * directory of its own. Everything else stays, because kubeconfigs can start programs that need
   * it.
   */
  static void withCluster(Map<String, String> environment, Path directory) {
    environment.put("KUBECACHEDIR", directory.resolve("kube").toString());
    environment.put("HELM_CACHE_HOME", directory.resolve("helm-cache").toString());
    environment.put("HELM_CONFIG_HOME", directory.resolve("helm-config").toString());
    environment.put("HELM_DATA_HOME", directory.resolve("helm-data").toString());
    environment.put("HELM_PLUGINS", directory.resolve("helm-plugins").toString());
  }

  /**
   * Changes the environment of a process without a cluster: it has nothing of this process but the
   * language, the time zone and the path of shared libraries.
   */
  static void withoutCluster(Map<String, String> environment, Path directory) {
    environment.keySet().retainAll(KEPT_VARIABLES);
    environment.put("HOME", directory.toString());
    environment.put(HelmWorker.KUBECONFIG, directory.resolve("kubeconfig").toString());
  }
}
