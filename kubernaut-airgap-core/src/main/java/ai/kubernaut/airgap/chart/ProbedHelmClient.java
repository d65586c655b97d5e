package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

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
public final class ProbedHelmClient implements HelmClient {
  private final HelmClient helm;
  private final ClusterClient cluster;

  /**
   * Creates a client.
   *
   * @param helm does the work
   * @param cluster the same cluster; asked before, and stays open
   */
  public ProbedHelmClient(HelmClient helm, ClusterClient cluster) {
    this.helm = helm;
    this.cluster = cluster;
  }

  private HelmClient probed() {
    // The answer does not matter: that there is one does.
    boolean unused = cluster.serves(ResourceType.SECRET);
    return helm;
  }

  @Override
  public String render(Chart chart, ReleaseName release, Branch branch) {
    return helm.render(chart, release, branch);
  }

  @Override
  public List<TemplateConditions> conditions(Chart chart) {
    return helm.conditions(chart);
  }

  @Override
  public String values(Chart chart) {
    return helm.values(chart);
  }

  @Override
  public String metadata(Chart chart) {
    return helm.metadata(chart);
  }

  @Override
  public Map<List<String>, String> schemas(Chart chart) {
    return helm.schemas(chart);
  }

  @Override
  public Release install(Chart chart, ReleaseName release, Duration timeout) {
    return probed().install(chart, release, timeout);
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    return probed().upgrade(chart, release, timeout);
  }

  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    return probed().rollback(release, revision, timeout);
  }

  @Override
  public List<Release> history(ReleaseName release) {
    return probed().history(release);
  }

  @Override
  public Optional<Release> status(ReleaseName release) {
    return probed().status(release);
  }

  @Override
  public void uninstall(ReleaseName release) {
    probed().uninstall(release);
  }

  @Override
  public boolean endsWithJvm() {
    return helm.endsWithJvm();
  }

  /** Closes the Helm client; the cluster client stays open. */
  @Override
  public void close() {
    helm.close();
  }
}
