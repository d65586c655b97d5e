package ai.kubernaut.airgap.chart;

import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * Forwards every call to another Helm client, for clients that change some of them. As thread-safe
 * as that client.
 */
public abstract class ForwardingHelmClient implements HelmClient {
  private final HelmClient helm;

  /**
   * Creates a client.
   *
   * @param helm gets the calls; closed with this client
   */
  protected ForwardingHelmClient(HelmClient helm) {
    this.helm = helm;
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
  public String crds(Chart chart) {
    return helm.crds(chart);
  }

  @Override
  public Release install(Chart chart, ReleaseName release, Duration timeout) {
    return helm.install(chart, release, timeout);
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName release, Duration timeout) {
    return helm.upgrade(chart, release, timeout);
  }

  @Override
  public Release rollback(ReleaseName release, int revision, Duration timeout) {
    return helm.rollback(release, revision, timeout);
  }

  @Override
  public List<Release> history(ReleaseName release) {
    return helm.history(release);
  }

  @Override
  public void uninstall(ReleaseName release) {
    helm.uninstall(release);
  }

  @Override
  public boolean endsWithJvm() {
    return helm.endsWithJvm();
  }

  @Override
  public void close() {
    helm.close();
  }
}
