package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Helm with the status of one release, and nothing else. Immutable. */
final class RecordedHelm implements HelmClient {
  private final Optional<Release> release;

  RecordedHelm(Optional<Release> release) {
    this.release = release;
  }

  @Override
  public Optional<Release> status(ReleaseName name) {
    return release;
  }

  @Override
  public List<Release> history(ReleaseName name) {
    return release.stream().toList();
  }

  @Override
  public String render(Chart chart, ReleaseName name, Branch branch) {
    throw refused("rendering a chart");
  }

  @Override
  public String values(Chart chart) {
    throw refused("reading the values of a chart");
  }

  @Override
  public String metadata(Chart chart) {
    throw refused("reading the metadata of a chart");
  }

  @Override
  public Release install(Chart chart, ReleaseName name, Duration timeout) {
    throw refused("installing");
  }

  @Override
  public Release upgrade(Chart chart, ReleaseName name, Duration timeout) {
    throw refused("upgrading");
  }

  @Override
  public Release rollback(ReleaseName name, int revision, Duration timeout) {
    throw refused("rolling back");
  }

  @Override
  public void uninstall(ReleaseName name) {
    throw refused("uninstalling");
  }

  private static HelmException refused(String operation) {
    String message = operation + " failed: a support bundle has only the status of the release";
    return new HelmException(message, message, null);
  }

  @Override
  public void close() {
    // There is nothing to free.
  }
}
