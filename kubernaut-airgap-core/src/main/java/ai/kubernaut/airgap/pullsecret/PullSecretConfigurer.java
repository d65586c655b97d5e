package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.cluster.openshift.HostedControlPlane;
import ai.kubernaut.airgap.cluster.openshift.MachineConfigPools;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Gives the cluster the mirror's credentials (the guide, step 3). On OpenShift they go into the
 * global pull secret, and the nodes are waited for; on a hosted OpenShift cluster into {@code
 * kube-system/additional-pull-secret}; elsewhere into a pull secret in each namespace that runs
 * pods. Where no value of the chart gives it to the pods, the ServiceAccounts that the chart does
 * not create, such as {@code default}, get its name; the installation gives it to those of the
 * chart. Running it again changes nothing when nothing has changed, and goes on waiting for nodes
 * that an earlier run has not seen take the global pull secret: an annotation of the Secret notes
 * what they had before. {@link PullSecretReport#evidence()} says how certain it is that they have
 * it. Thread-safe.
 */
public final class PullSecretConfigurer {
  private static final String GLOBAL_NAMESPACE = "openshift-config";
  private static final String GLOBAL_NAME = "pull-secret";
  private static final Subject GLOBAL = PullSecretEdits.subject(GLOBAL_NAMESPACE, GLOBAL_NAME);
  private static final String HOSTED_NAMESPACE = "kube-system";
  private static final String HOSTED_NAME = "additional-pull-secret";
  private static final Subject HOSTED = PullSecretEdits.subject(HOSTED_NAMESPACE, HOSTED_NAME);

  private final ClusterClient cluster;
  private final Consumer<ProgressEvent> progress;

  /**
   * Returns whether a Secret is a pull secret of a whole cluster, and not of a namespace.
   *
   * @param secret the Secret as subject
   * @return true for the global pull secret, and for that of a hosted OpenShift cluster
   */
  public static boolean isOfCluster(Subject secret) {
    return secret.equals(GLOBAL) || secret.equals(HOSTED);
  }

  /**
   * Creates a configurer.
   *
   * @param cluster where the credentials go; stays open
   * @param progress told what happens
   */
  public PullSecretConfigurer(ClusterClient cluster, Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.progress = progress;
  }

  /**
   * Gives the cluster the credentials.
   *
   * @param target the mirror; its prefix, if it has one, keeps the entry from hiding others of the
   *     same registry
   * @param credentials what nodes pull with
   * @param release the release whose pods pull
   * @param chart renders the chart with names of pull secrets, where it has a value for them, to
   *     find the namespaces that run pods and the ServiceAccounts that need the names; asked only
   *     where there is no global pull secret
   * @param options names and waitPolicy
   * @return which Secrets hold them
   * @throws PullSecretException when the pull secret in the cluster cannot be read, a pool is
   *     paused or degraded, or the nodes do not take the pull secret in time
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public PullSecretReport configure(
      Target target,
      Credentials credentials,
      ReleaseName release,
      Function<Set<String>, RenderedChart> chart,
      PullSecretOptions options) {
    Progress run = Progress.of(ProgressEvent.Step.PULL_SECRET, progress);
    PullSecretConfigurer ofRun = new PullSecretConfigurer(cluster, run);
    return run.during(
        0,
        "Giving " + cluster.address() + " the credentials for " + target.address(),
        () -> ofRun.configureHere(target, credentials, release, chart, options),
        report -> true,
        PullSecretReport::summary);
  }

  /**
   * Plans what {@link #configure} changes. Read-only.
   *
   * @param target the mirror
   * @param credentials what nodes pull with
   * @param release the release whose pods pull
   * @param chart renders the chart with names of pull secrets; asked only where there is no global
   *     pull secret
   * @param options names, and whether other credentials are replaced
   * @return the change; its problems are what prevents it, and entries that hide the new one
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public ClusterChange plan(
      Target target,
      Credentials credentials,
      ReleaseName release,
      Function<Set<String>, RenderedChart> chart,
      PullSecretOptions options) {
    return planned(target, credentials, release, chart, options).change();
  }

  /**
   * What is to be done.
   *
   * @param pools the pools of the nodes that get the global pull secret; null elsewhere
   * @param secrets the Secrets that hold the credentials afterwards
   */
  private record Planned(
      PullSecretReport.Scope scope,
      @Nullable MachineConfigPools pools,
      List<Subject> secrets,
      ClusterChange change) {}

  private Planned planned(
      Target target,
      Credentials credentials,
      ReleaseName release,
      Function<Set<String>, RenderedChart> chart,
      PullSecretOptions options) {
    PullSecretEdits edits =
        new PullSecretEdits(target.address(), credentials, options.replaceOtherCredentials());
    if (!cluster.serves(ResourceType.CLUSTER_VERSION)) {
      return inNamespaces(edits, release, chart.apply(Set.of(options.secretName())), options);
    }
    MachineConfigPools pools =
        cluster.serves(ResourceType.MACHINE_CONFIG_POOL) ? MachineConfigPools.read(cluster) : null;
    if (pools == null || pools.isEmpty()) {
      return new Planned(
          PullSecretReport.Scope.HOSTED_GLOBAL,
          null,
          List.of(HOSTED),
          plan(
              List.of(edits.ensure(HOSTED_NAMESPACE, HOSTED_NAME)),
              edits,
              HOSTED_NAMESPACE,
              HOSTED_NAME));
    }
    ClusterChange change =
        plan(
            List.of(
                edits.merge(
                    GLOBAL_NAMESPACE,
                    GLOBAL_NAME,
                    secret -> AwaitedRollout.note(secret, pools.wanted()))),
            edits,
            GLOBAL_NAMESPACE,
            GLOBAL_NAME);
    return new Planned(
        PullSecretReport.Scope.OPENSHIFT_GLOBAL,
        pools,
        List.of(GLOBAL),
        change.withProblems(pools.problems("before the pull secret was written")));
  }

  /** Plans the edits, with warnings for the entries of a Secret that hide the new one. */
  private ClusterChange plan(
      List<ObjectEdit> edits, PullSecretEdits entry, String namespace, String name) {
    ClusterChange change = new ClusterChanger(cluster, progress).plan(edits);
    return change.isOk()
        ? cluster
            .get(ResourceType.SECRET, namespace, name)
            .map(secret -> entry.shadowing(secret, PullSecretEdits.subject(namespace, name)))
            .map(change::withProblems)
            .orElse(change)
        : change;
  }

  private Planned inNamespaces(
      PullSecretEdits edits, ReleaseName release, RenderedChart chart, PullSecretOptions options) {
    List<ObjectEdit> all = new ArrayList<>();
    List<Subject> secrets = new ArrayList<>();
    Set<String> chosen = options.namespaces();
    for (String namespace : chart.namespaces(release)) {
      if (!chosen.isEmpty() && !chosen.contains(namespace)) {
        continue;
      }
      all.add(PullSecretEdits.namespace(namespace, chart, release));
      all.add(edits.ensure(namespace, options.secretName()));
      secrets.add(PullSecretEdits.subject(namespace, options.secretName()));
    }
    for (PodPullSecrets.Account account :
        PodPullSecrets.of(chart, release).accountsOutsideChart(Set.of(options.secretName()))) {
      if (chosen.isEmpty() || chosen.contains(account.namespace())) {
        all.add(PullSecretEdits.account(account, options.secretName()));
      }
    }
    return new Planned(
        PullSecretReport.Scope.NAMESPACES,
        null,
        secrets,
        new ClusterChanger(cluster, progress).plan(all));
  }

  private PullSecretReport configureHere(
      Target target,
      Credentials credentials,
      ReleaseName release,
      Function<Set<String>, RenderedChart> chart,
      PullSecretOptions options) {
    Planned planned = planned(target, credentials, release, chart, options);
    if (!planned.change().isOk()) {
      throw new PullSecretException(planned.change().problems());
    }
    ChangeReport changed = new ClusterChanger(cluster, progress).apply(planned.change());
    if (!changed.isOk()) {
      throw new PullSecretException(changed.problems());
    }
    PullSecretReport.Builder report =
        PullSecretReport.builder()
            .scope(planned.scope())
            .isChanged(!changed.changes().isEmpty())
            .change(changed)
            .addAllProblems(changed.problems());
    Set<String> written =
        changed.changes().stream()
            .map(change -> change.subject().name())
            .collect(Collectors.toSet());
    for (Subject secret : planned.secrets()) {
      boolean isWritten = written.contains("Secret " + secret.name());
      report.addSecrets(secret.name()).addFacts(written(isWritten, secret, target));
    }
    changed.changes().stream()
        .filter(change -> change.type().equals(ResourceType.SERVICE_ACCOUNT))
        .forEach(
            change ->
                report.addFacts(
                    Fact.of(
                        FactCode.PULL_SECRET_IN_ACCOUNT,
                        change.subject(),
                        Map.of("secret", options.secretName()))));
    if (planned.scope() == PullSecretReport.Scope.NAMESPACES) {
      report.addNamesForPods(options.secretName());
    }
    if (planned.pools() != null) {
      awaitNodes(
          planned.pools(),
          written.contains("Secret " + GLOBAL.name()),
          new NodeConfigurations(cluster, target.address(), credentials),
          options,
          report);
    }
    return report.build();
  }

  /**
   * Finds the pull secret that an earlier run of this step has written. Read-only.
   *
   * @param release the release whose pods pull
   * @param options names
   * @return the Secrets that exist; their content is not read
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public PullSecretReport find(ReleaseName release, PullSecretOptions options) {
    if (cluster.serves(ResourceType.CLUSTER_VERSION)) {
      boolean hosted = HostedControlPlane.isOf(cluster);
      return PullSecretReport.builder()
          .scope(
              hosted
                  ? PullSecretReport.Scope.HOSTED_GLOBAL
                  : PullSecretReport.Scope.OPENSHIFT_GLOBAL)
          .isChanged(false)
          .addFacts(Fact.of(FactCode.PULL_SECRET_GLOBAL, hosted ? HOSTED : GLOBAL))
          .build();
    }
    String namespace = release.namespace();
    if (cluster.get(ResourceType.SECRET, namespace, options.secretName()).isEmpty()) {
      return PullSecretReport.none();
    }
    return PullSecretReport.builder()
        .scope(PullSecretReport.Scope.NAMESPACES)
        .addSecrets(namespace + "/" + options.secretName())
        .addNamesForPods(options.secretName())
        .isChanged(false)
        .addFacts(
            Fact.of(
                FactCode.PULL_SECRET_FOUND,
                PullSecretEdits.subject(namespace, options.secretName())))
        .build();
  }

  private void awaitNodes(
      MachineConfigPools before,
      boolean changed,
      NodeConfigurations configurations,
      PullSecretOptions options,
      PullSecretReport.Builder report) {
    // An earlier run may have written the Secret and ended before the pools began.
    Optional<Map<String, String>> configurationsBefore =
        changed
            ? Optional.of(before.wanted())
            : cluster
                .get(ResourceType.SECRET, GLOBAL_NAMESPACE, GLOBAL_NAME)
                .flatMap(AwaitedRollout::notedIn);
    if (changed) {
      progress("the pull secret is written; waiting for the nodes: " + before);
    }
    MachineConfigPools begun =
        await(options.rolloutBegin(), pools -> configurations.areIn(pools, configurationsBefore));
    if (!configurations.areIn(begun, configurationsBefore)) {
      throw rollout(ProblemCode.ROLLOUT_NOT_STARTED, options.rolloutBegin(), begun);
    }
    MachineConfigPools after =
        await(
            options.rolloutEnd(),
            pools -> pools.isSettled() && configurations.areIn(pools, configurationsBefore));
    if (!after.isSettled() || !configurations.areIn(after, configurationsBefore)) {
      throw rollout(ProblemCode.ROLLOUT_NOT_FINISHED, options.rolloutEnd(), after);
    }
    PullSecretReport.Evidence evidence = configurations.evidence(after, configurationsBefore);
    Subject subject = new Subject(Subject.Kind.CLUSTER, cluster.address());
    Map<String, String> pools = Map.of("pools", after.toString());
    report.evidence(evidence);
    if (evidence == PullSecretReport.Evidence.NONE) {
      report.addProblems(Problem.of(ProblemCode.NODES_NOT_VERIFIED, subject, pools));
    } else {
      report.addFacts(Fact.of(FactCode.NODES_UPDATED, subject, pools));
    }
  }

  private static Fact written(boolean changed, Subject secret, Target target) {
    return Fact.of(
        changed ? FactCode.PULL_SECRET_WRITTEN : FactCode.PULL_SECRET_UNCHANGED,
        secret,
        Map.of("registry", target.address()));
  }

  private static PullSecretException rollout(
      ProblemCode code, WaitPolicy waited, MachineConfigPools pools) {
    return new PullSecretException(
        Problem.of(
            code,
            GLOBAL,
            Map.of("timeout", waited.timeout().toString(), "pools", pools.toString())));
  }

  /** Returns the pools when the condition holds, or when the time is over. */
  private MachineConfigPools await(WaitPolicy waitPolicy, Predicate<MachineConfigPools> condition) {
    MachineConfigPools seen = MachineConfigPools.await(cluster, waitPolicy, condition);
    refuse(seen, "after the pull secret was written");
    return seen;
  }

  private static void refuse(MachineConfigPools pools, String when) {
    List<Problem> problems = pools.problems(when);
    if (!problems.isEmpty()) {
      throw new PullSecretException(problems);
    }
  }

  private void progress(String what) {
    Progress.of(ProgressEvent.Step.PULL_SECRET, progress).tell(what);
  }
}
