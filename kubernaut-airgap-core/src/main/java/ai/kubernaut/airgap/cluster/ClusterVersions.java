package ai.kubernaut.airgap.cluster;

import java.util.List;
import org.immutables.value.Value;

/** What a cluster says it is: what the templates of charts ask for. Immutable. */
@Value.Immutable
public interface ClusterVersions {
  /**
   * The version of Kubernetes.
   *
   * @return for example {@code v1.31.2}
   */
  @Value.Parameter
  String kubernetes();

  /**
   * The API versions that it serves.
   *
   * @return for example {@code v1}, {@code apps/v1}, {@code route.openshift.io/v1}
   */
  @Value.Parameter
  List<String> apis();

  /**
   * The versions of a cluster.
   *
   * @param kubernetes the version of Kubernetes
   * @param apis the API versions that it serves
   * @return both
   */
  static ClusterVersions of(String kubernetes, List<String> apis) {
    return ImmutableClusterVersions.of(kubernetes, apis);
  }
}
