package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;
import java.util.Optional;

/**
 * An installation that was proven and checked, before anything is written. Immutable.
 *
 * @param plan the plan, with the digests that the mirroring has seen
 * @param chart the chart, for this cluster
 * @param proof the overlay, and the manifests with it
 * @param existing the release, if it is upgraded
 * @param pending an operation that has to be ended first
 * @param hooks the hooks that Helm will run
 * @param secrets the Secrets that the chart needs
 * @param definitions the CustomResourceDefinitions of the chart
 * @param change the namespace, the Secrets and the definitions
 * @param problems what prevents the installation
 * @param warnings what a person should know
 */
record PreparedInstallation(
    MirrorPlan plan,
    Chart chart,
    MirrorProof proof,
    Optional<Release> existing,
    Optional<PendingOperation> pending,
    ReleaseHooks hooks,
    ChartSecrets secrets,
    ChartCrds definitions,
    ClusterChange change,
    List<Problem> problems,
    List<Problem> warnings) {}
