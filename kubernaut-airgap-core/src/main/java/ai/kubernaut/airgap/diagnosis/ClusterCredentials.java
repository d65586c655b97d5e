package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerAuths;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The credentials that a node has for a pod: those of the cluster, and those of the pod's
 * imagePullSecrets. The content of Secrets stays here.
 */
final class ClusterCredentials {
  private static final String KEY = ".dockerconfigjson";

  private static final List<List<String>> GLOBAL =
      List.of(
          List.of("openshift-config", "pull-secret"),
          List.of("kube-system", "additional-pull-secret"));

  /**
   * A Secret that a node uses for a pod.
   *
   * @param subject the Secret
   * @param object its content; empty if it does not exist or cannot be read
   * @param isAbsent whether it certainly does not exist
   */
  record Source(Subject subject, Optional<KubernetesObject> object, boolean isAbsent) {
    /** The credentials for a repository: those of the most specific path. */
    Optional<Credentials> credentialsFor(Repository repository) {
      return object
          .map(secret -> secret.fields().strings("data").getOrDefault(KEY, ""))
          .flatMap(data -> DockerAuths.read(data).credentialsFor(repository));
    }
  }

  private final ClusterState state;

  ClusterCredentials(ClusterState state) {
    this.state = state;
  }

  /** The Secrets that a node uses for a pod: those of the cluster, then those of the pod. */
  List<Source> sources(KubernetesObject pod) {
    List<Source> sources = new ArrayList<>(ofCluster());
    String namespace = pod.namespace().orElse("");
    for (String name : pullSecrets(pod, namespace)) {
      sources.add(source(namespace, name));
    }
    return sources;
  }

  /** The Secrets that each node of the cluster uses. */
  List<Source> ofCluster() {
    List<Source> sources = new ArrayList<>();
    boolean hasGlobal = state.cluster().serves(ResourceType.CLUSTER_VERSION);
    for (List<String> name : hasGlobal ? GLOBAL : List.<List<String>>of()) {
      ClusterState.Found found = state.find(ResourceType.SECRET, name.get(0), name.get(1));
      if (found.object().isPresent()) {
        sources.add(source(name.get(0), name.get(1)));
      }
    }
    return sources;
  }

  private List<String> pullSecrets(KubernetesObject pod, String namespace) {
    List<String> own = names(pod, "spec", "imagePullSecrets");
    if (!own.isEmpty()) {
      return own;
    }
    String account = pod.fields().text("spec", "serviceAccountName").orElse("default");
    return state
        .find(ResourceType.SERVICE_ACCOUNT, namespace, account)
        .object()
        .map(found -> names(found, "imagePullSecrets"))
        .orElse(List.of());
  }

  private static List<String> names(KubernetesObject object, String... path) {
    return object.fields().list(path).stream()
        .flatMap(reference -> reference.text("name").stream())
        .toList();
  }

  private Source source(String namespace, String name) {
    ClusterState.Found found = state.find(ResourceType.SECRET, namespace, name);
    return new Source(
        Subject.object(Subject.Kind.SECRET, namespace, name), found.object(), found.isAbsent());
  }
}
