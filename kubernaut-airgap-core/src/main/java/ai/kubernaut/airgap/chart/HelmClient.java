package ai.kubernaut.airgap.chart;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The port to Helm. What every method has in common:
 *
 * <ul>
 *   <li>Thread-safe; methods block until Helm is done.
 *   <li>The chart and its values files are read, never changed, and nothing is downloaded.
 *   <li>Rendering, installing and upgrading apply the chart's {@link Chart#rewriting()} and its
 *       {@link Chart#accountPullSecrets()}, which {@link Rewriting} can do to a text, all in the
 *       same way, in hooks and subcharts too: what is rendered is what a cluster gets, but for what
 *       {@code lookup} finds there. Nothing else changes: templates see their own names and paths,
 *       and checksums are those of the rewritten texts.
 *   <li>Values are layered as Helm does it: the chart's own, {@link Chart#layers()} in their order,
 *       then settings, settings that are strings, and settings from files. A value that is a string
 *       in a file stays one.
 *   <li>Failures are {@link HelmException}, with Helm's or the chart's own words in {@link
 *       HelmException#helmMessage()}. The message has these words too, and names the chart, or the
 *       file that is missing.
 *   <li>In an interrupted thread, a call ends within a second with {@link
 *       ai.kubernaut.airgap.common.CancelledException}, and the thread stays interrupted; what it
 *       has installed until then is not deployed. Clients that run Helm in the JVM cannot do this.
 *   <li>The signal handlers of the JVM are afterwards what they were before.
 * </ul>
 *
 * The contract test {@code HelmClientContract} (in the test-jar of this module) runs against every
 * adapter, and against a host's own; its enum {@code Ability} lists what is optional.
 */
public interface HelmClient extends AutoCloseable {
  /**
   * Renders a chart without a cluster, for the facts that the chart fixes: hooks of every event are
   * in the result, and {@code lookup} finds nothing.
   *
   * @param chart the chart and its values
   * @param release the names that the templates see
   * @return the manifests, YAML documents with Helm's {@code # Source:} comments
   * @throws HelmException when the chart is missing or invalid, or its schema or its templates
   *     refuse the values
   */
  default String render(Chart chart, ReleaseName release) {
    return render(chart, release, Branch.of(chart));
  }

  /**
   * Renders a chart without a cluster, for given facts: hooks of every event are in the result. The
   * templates see the Kubernetes version of the branch, or else the one that Helm assumes, and the
   * API versions of the branch besides those of Kubernetes.
   *
   * @param chart the chart and its values; {@link Chart#kubeVersion()} and {@link
   *     Chart#apiVersions()} are ignored
   * @param release the names that the templates see
   * @param branch the facts that the templates see; a {@code lookup} that finds something finds an
   *     object with metadata and without data
   * @return the manifests, YAML documents with Helm's {@code # Source:} comments
   * @throws HelmException when the chart is not there or is none, its schema or its templates
   *     refuse the values
   */
  String render(Chart chart, ReleaseName release, Branch branch);

  /**
   * Finds out what the templates of a chart ask about the cluster.
   *
   * @param chart the chart; its values are not read
   * @return for each template that asks for anything its conditions, those of the templates that it
   *     includes among them. By default none, so that a chart is rendered in one branch only.
   * @throws HelmException when the chart is missing or invalid
   */
  default List<TemplateConditions> conditions(Chart chart) {
    return List.of();
  }

  /**
   * The values that a chart's templates see: its own, those of its subcharts under their names, and
   * what is layered over them, of any size. Neither the schema nor the templates are asked.
   *
   * @param chart the chart and its values
   * @return a YAML document, JSON perhaps
   * @throws HelmException when the chart or a file is not there or cannot be read
   */
  String values(Chart chart);

  /**
   * What the chart says of itself.
   *
   * @param chart the chart; its layered values are not looked at
   * @return its {@code Chart.yaml} with the annotations, a YAML document
   * @throws HelmException when the chart is not there or is none
   */
  String metadata(Chart chart);

  /**
   * Returns the values schemas ({@code values.schema.json}) of a chart and of the charts that it
   * contains, packed ones included. Some charts keep defaults only there. The schemas are not
   * checked.
   *
   * <p>The default implementation returns no schemas; defaults that exist only in a schema are then
   * unknown.
   *
   * @param chart the chart; its layered values are not used
   * @return the text of each schema, by the path of the values that it describes: empty for the
   *     chart itself, otherwise the names, from the outermost, under which subcharts have their
   *     values, which are the aliases of dependencies that have one; charts without a schema are
   *     left out
   * @throws HelmException when the chart does not exist or cannot be read
   */
  default Map<List<String>, String> schemas(Chart chart) {
    return Map.of();
  }

  /**
   * Returns the CustomResourceDefinitions that a chart and its subcharts have in their {@code crds}
   * directories. Helm creates them at the first installation and never changes them.
   *
   * <p>The default implementation returns none; then upgrades do not change them.
   *
   * @param chart the chart; its layered values are not used
   * @return YAML documents as they are in the files, which are not templates; other files of the
   *     directories are left out; empty when there are none
   * @throws HelmException when the chart does not exist or cannot be read
   */
  default String crds(Chart chart) {
    return "";
  }

  /**
   * Installs a release and waits for its hooks, not for its pods: Kubernaut becomes ready only
   * after its post-install hook. The namespace has to be there.
   *
   * @param chart the chart and its values
   * @param release the release to create
   * @param timeout how long each hook may take
   * @return the release, deployed, as revision 1
   * @throws HelmException when there is such a release already, which is not changed; when the
   *     chart refuses, and there is no release then; when the cluster refuses, or a hook fails or
   *     takes too long, and the release may be there then, as failed. {@link
   *     HelmException#helmMessage()} has {@code timed out} for a hook that took too long
   */
  Release install(Chart chart, ReleaseName release, Duration timeout);

  /**
   * Upgrades a release, with these values only and not with those of earlier revisions, and waits
   * for its hooks.
   *
   * @param chart the chart and its values
   * @param release the release to change
   * @param timeout how long each hook may take
   * @return the release, deployed
   * @throws HelmException when there is no such release, Helm or the chart refuses, or a hook fails
   *     or takes too long
   */
  Release upgrade(Chart chart, ReleaseName release, Duration timeout);

  /**
   * Rolls a release back: creates a new revision with the manifests of an earlier one, and waits
   * for the rollback hooks of that revision; no other hooks run. The earlier one may be a rollback
   * itself. The new revision has the chart and the version of the earlier one.
   *
   * @param release the release to change
   * @param revision the revision to return to, one of {@link #history}
   * @param timeout the time limit of each hook
   * @return the new revision, deployed
   * @throws HelmException when the release or the revision does not exist, which changes nothing;
   *     when the cluster refuses the manifests, or a hook fails or exceeds its time limit
   */
  Release rollback(ReleaseName release, int revision, Duration timeout);

  /**
   * Returns the revisions of a release that Helm has stored, by default the latest ten.
   *
   * @param release its name
   * @return the revisions in ascending order, earlier ones as {@code superseded}; empty when there
   *     is no such release
   * @throws HelmException when the cluster cannot be asked
   */
  List<Release> history(ReleaseName release);

  /**
   * Reads the latest revision of a release.
   *
   * @param release its name
   * @return empty when there is no such release
   * @throws HelmException when the cluster cannot be asked
   */
  default Optional<Release> status(ReleaseName release) {
    List<Release> history = history(release);
    return history.isEmpty() ? Optional.empty() : Optional.of(history.get(history.size() - 1));
  }

  /**
   * Removes a release with its history and waits for its hooks. It can be installed again.
   *
   * @param release its name
   * @throws HelmException when there is none of this name, or the cluster refuses
   */
  void uninstall(ReleaseName release);

  /**
   * Returns whether Helm ends with this JVM, however it ends, so that no Helm works on a release
   * after the JVM was killed.
   *
   * @return false by default
   */
  default boolean endsWithJvm() {
    return false;
  }

  /** Frees what the client holds. Calling it again does nothing. */
  @Override
  void close();
}
