package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import java.time.Duration;
import java.util.List;

/**
 * A Helm client that asks the API server whether it answers before each call that needs the
 * cluster. A Helm client may wait without end for an API server that accepts connections and never
 * answers; the cluster client has timeouts. An API server that stops answering in the middle of a
 * call is not noticed. Thread-safe when both clients are.
 *
 * <p>Installing, upgrading, rolling back, reading and removing a release throw what {@link
 * ClusterClient#serves} throws when the API server does not answer: a {@link
 * ai.kubernaut.airgap.cluster.ClusterException}. Rendering needs no cluster and asks nothing.
 */
public final class ProbedHelmClient extends ForwardingHelmClient {
  private final ClusterClient cluster;

  /**
   * Creates a client.
   *
   * @param helm does the work
   * @param cluster the same cluster; asked before, and stays open
   */
  public ProbedHelmClient(HelmClient helm, ClusterClient cluster) {
    super(helm);
    this.cluster = cluster;
  }

  private void probe() {
    // The answer does not matter: that there is one does.
    boolean unused = cluster.serves(ResourceType.SECRET);
  }

  @Override
  public Release install(Chart chart, ReleaseName release, Duration timeout) {
    probe();
    return super.install(chart, release, timeout);
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    probe();
    return super.upgrade(chart, release, timeout);
  }

  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    probe();
    return super.rollback(release, revision, timeout);
  }

  @Override
  public List<Release> history(ReleaseName release) {
    probe();
    return super.history(release);
  }

  @Override
  public void uninstall(ReleaseName release) {
    probe();
    super.uninstall(release);
  }
}
