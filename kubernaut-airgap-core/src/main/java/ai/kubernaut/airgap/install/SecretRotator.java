package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.cluster.workload.WorkloadRollout;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Gives Secrets of a release new content, and restarts the workloads that read them: the servers
 * that check a password first, and when their pods are ready, the clients. A password that a server
 * would keep is not changed unless the server has the new one already.
 *
 * <p>Each Secret notes when it was rotated, and the template of the pods when they were restarted,
 * so that a run after a failure restarts what is left and generates no further password. Before a
 * Secret changes, its content is copied to a backup Secret. Thread-safe.
 */
public final class SecretRotator {
  private final ClusterClient cluster;
  private final HelmClient helm;
  private final ProductProfile profile;
  private final InstantSource clock;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a rotator.
   *
   * @param cluster the cluster of the release; stays open
   * @param helm reads the values of the chart; stays open
   * @param profile which Secrets the chart needs, and which servers check their passwords
   * @param clock gives the times that Secrets and workloads note
   * @param progress is sent every event
   */
  public SecretRotator(
      ClusterClient cluster,
      HelmClient helm,
      ProductProfile profile,
      InstantSource clock,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = helm;
    this.profile = profile;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Plans a rotation. Generated passwords differ from those of {@link #rotate}. Read-only.
   *
   * @param plan a plan with a chart
   * @param rotation the Secrets
   * @return the Secrets and the workloads in the order in which they change; its problems are what
   *     prevents the rotation
   * @throws InstallException when the plan has no chart
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange plan(MirrorPlan plan, SecretRotation rotation) {
    RotationPlan run = planned(plan, rotation);
    List<ObjectEdit> all = new ArrayList<>(run.secrets);
    all.addAll(run.edits(run.servers));
    all.addAll(run.edits(run.clients));
    return new ClusterChanger(cluster, progress).plan(all).withProblems(run.problems);
  }

  /**
   * Rotates Secrets and restarts the workloads that read them.
   *
   * @param plan a plan with a chart
   * @param rotation the Secrets
   * @return the Secrets that were changed, to undo that; and a fact for each workload, or what
   *     prevented its restart: then a later run continues
   * @throws InstallException when the plan has no chart
   * @throws ai.kubernaut.airgap.cluster.change.ClusterChangeException when the rotation is not
   *     possible; nothing was changed
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted; a later
   *     run continues
   */
  public ChangeReport rotate(MirrorPlan plan, SecretRotation rotation) {
    return Progress.of(ProgressEvent.Step.CLUSTER_CHANGE, progress)
        .during(
            0,
            "Rotating " + String.join(", ", new TreeSet<>(rotation.names())),
            () -> rotateHere(plan, rotation),
            ChangeReport::isOk,
            ChangeReport::summary);
  }

  private ChangeReport rotateHere(MirrorPlan plan, SecretRotation rotation) {
    RotationPlan run = planned(plan, rotation);
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    ChangeReport secrets =
        changer.apply(changer.plan(run.secrets).withProblems(run.problems).orElseThrow());
    ChangeReport.Builder report = ChangeReport.builder().from(secrets);
    if (secrets.isOk() && restart(run, run.servers, rotation, report)) {
      restart(run, run.clients, rotation, report);
    }
    return report.build();
  }

  private RotationPlan planned(MirrorPlan plan, SecretRotation rotation) {
    Instant now = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    return new RotationPlan(cluster, helm, profile, plan, rotation, now);
  }

  /** Restarts workloads and waits for their pods; returns whether all of them are ready. */
  private boolean restart(
      RotationPlan run,
      List<WorkloadRestart> list,
      SecretRotation rotation,
      ChangeReport.Builder report) {
    if (list.isEmpty()) {
      return true;
    }
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    ChangeReport applied = changer.apply(changer.plan(run.edits(list)));
    if (!applied.isOk()) {
      report.addAllProblems(applied.problems());
      return false;
    }
    WaitPolicy wait = rotation.restart();
    List<Problem> left = wait.until(() -> notReady(list), List::isEmpty);
    report.addAllProblems(left);
    for (WorkloadRestart restart : list) {
      if (restart.isDue()
          && left.stream().noneMatch(problem -> problem.subject().equals(restart.subject()))) {
        report.addFacts(
            Fact.of(
                FactCode.WORKLOAD_RESTARTED,
                restart.subject(),
                Map.of("secrets", String.join(", ", restart.secrets()))));
      }
    }
    return left.isEmpty();
  }

  private List<Problem> notReady(List<WorkloadRestart> list) {
    return list.stream()
        .flatMap(
            restart ->
                cluster
                    .get(
                        restart.type(),
                        restart.workload().namespace().orElse(null),
                        restart.workload().name())
                    .stream()
                    .flatMap(
                        workload ->
                            WorkloadRollout.of(workload).problem(restart.subject()).stream()))
        .toList();
  }
}
