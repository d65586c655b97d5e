package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Credentials;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Gives the cluster the mirror's credentials (the guide, step 3). On OpenShift they go into the
 * global pull secret, and the nodes are waited for; on a hosted OpenShift cluster into {@code
 * kube-system/additional-pull-secret}; elsewhere into a pull secret in each namespace that runs
 * pods. Running it again changes nothing when nothing has changed, and goes on waiting for nodes
 * that an earlier run has not seen take the global pull secret: an annotation of the Secret notes
 * what they had before. {@link PullSecretReport#evidence()} says how certain it is that they have
 * it. Thread-safe.
 */
public final class PullSecretConfigurer {
  private static final int ATTEMPTS = 5;
  private static final String GLOBAL_NAMESPACE = "openshift-config";
  private static final String GLOBAL_NAME = "pull-secret";
  private static final Subject GLOBAL = secret(GLOBAL_NAMESPACE, GLOBAL_NAME);

  private final ClusterClient cluster;
  private final Consumer<ProgressEvent> progress;

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
   * @param chart renders the chart, to find the namespaces that run pods; asked only where there is
   *     no global pull secret
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
      Supplier<RenderedChart> chart,
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

  private PullSecretReport configureHere(
      Target target,
      Credentials credentials,
      ReleaseName release,
      Supplier<RenderedChart> chart,
      PullSecretOptions options) {
    if (!cluster.serves(ResourceType.CLUSTER_VERSION)) {
      return inNamespaces(target, credentials, release, chart.get(), options);
    }
    MachineConfigPools before =
        cluster.serves(ResourceType.MACHINE_CONFIG_POOL) ? MachineConfigPools.look(cluster) : null;
    return before == null || before.isEmpty()
        ? hosted(target, credentials)
        : global(target, credentials, before, options);
  }

  /**
   * * Finds the pull secret that an earlier run of this step has written. Read-only.
   *
   * @param release the release whose pods pull
   * @param options names
   * @return the Secrets that exist; their content is not read
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public PullSecretReport find(ReleaseName release, PullSecretOptions options) {
    if (cluster.serves(ResourceType.CLUSTER_VERSION)) {
      return PullSecretReport.builder()
          .scope(PullSecretReport.Scope.OPENSHIFT_GLOBAL)
          .isChanged(false)
          .addFacts(Fact.of(FactCode.PULL_SECRET_GLOBAL, GLOBAL))
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
        .addFacts(Fact.of(FactCode.PULL_SECRET_FOUND, secret(namespace, options.secretName())))
        .build();
  }

  private PullSecretReport global(
      Target target,
      Credentials credentials,
      MachineConfigPools before,
      PullSecretOptions options) {
    refuse(before, "before the pull secret was written");
    boolean changed =
        merge(
            GLOBAL_NAMESPACE,
            GLOBAL_NAME,
            target,
            credentials,
            secret -> AwaitedRollout.note(secret, before.wanted()),
            true);
    // An earlier run may have written the Secret and ended before the pools began.
    Optional<Map<String, String>> configurationsBefore =
        changed
            ? Optional.of(before.wanted())
            : cluster
                .get(ResourceType.SECRET, GLOBAL_NAMESPACE, GLOBAL_NAME)
                .flatMap(AwaitedRollout::notedIn);
    NodeConfigurations configurations =
        new NodeConfigurations(cluster, target.address(), credentials);
    if (changed) {
      progress("the pull secret is written; waiting for the nodes: " + before);
    }
    MachineConfigPools begun =
        await(options.rolloutBegin(), pools -> pools.allHave(configurations, configurationsBefore));
    if (!begun.allHave(configurations, configurationsBefore)) {
      throw rollout(ProblemCode.ROLLOUT_NOT_STARTED, options.rolloutBegin(), begun);
    }
    MachineConfigPools after =
        await(
            options.rolloutEnd(),
            pools -> pools.isSettled() && pools.allHave(configurations, configurationsBefore));
    if (!after.isSettled() || !after.allHave(configurations, configurationsBefore)) {
      throw rollout(ProblemCode.ROLLOUT_NOT_FINISHED, options.rolloutEnd(), after);
    }
    PullSecretReport.Evidence evidence = after.evidence(configurations, configurationsBefore);
    PullSecretReport.Builder report =
        PullSecretReport.builder()
            .scope(PullSecretReport.Scope.OPENSHIFT_GLOBAL)
            .addSecrets(GLOBAL.name())
            .isChanged(changed)
            .evidence(evidence)
            .addFacts(written(changed, GLOBAL, target));
    Subject cluster = new Subject(Subject.Kind.CLUSTER, this.cluster.address());
    Map<String, String> pools = Map.of("pools", after.toString());
    return evidence == PullSecretReport.Evidence.NONE
        ? report.addProblems(Problem.of(ProblemCode.NODES_NOT_VERIFIED, cluster, pools)).build()
        : report.addFacts(Fact.of(FactCode.NODES_UPDATED, cluster, pools)).build();
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
    MachineConfigPools seen =
        waitPolicy.until(
            () -> MachineConfigPools.look(cluster),
            pools -> pools.isBlocked() || condition.test(pools));
    refuse(seen, "after the pull secret was written");
    return seen;
  }

  private static void refuse(MachineConfigPools pools, String when) {
    List<Problem> problems = pools.problems(when);
    if (!problems.isEmpty()) {
      throw new PullSecretException(problems);
    }
  }

  private PullSecretReport hosted(Target target, Credentials credentials) {
    boolean changed =
        merge(
            "kube-system",
            "additional-pull-secret",
            target,
            credentials,
            UnaryOperator.identity(),
            false);
    return PullSecretReport.builder()
        .scope(PullSecretReport.Scope.HOSTED_GLOBAL)
        .addSecrets("kube-system/additional-pull-secret")
        .isChanged(changed)
        .addFacts(written(changed, secret("kube-system", "additional-pull-secret"), target))
        .build();
  }

  private PullSecretReport inNamespaces(
      Target target,
      Credentials credentials,
      ReleaseName release,
      RenderedChart chart,
      PullSecretOptions options) {
    PullSecretReport.Builder report =
        PullSecretReport.builder()
            .scope(PullSecretReport.Scope.NAMESPACES)
            .addNamesForPods(options.secretName());
    boolean changed = false;
    List<String> namespaces = chart.namespaces(release);
    for (String namespace : namespaces) {
      changed |= ensureNamespace(namespace, chart, release);
      boolean changedHere =
          merge(
              namespace,
              options.secretName(),
              target,
              credentials,
              UnaryOperator.identity(),
              false);
      changed |= changedHere;
      Subject secret = secret(namespace, options.secretName());
      report.addSecrets(secret.name()).addFacts(written(changedHere, secret, target));
    }
    return report.isChanged(changed).build();
  }

  private boolean ensureNamespace(String name, RenderedChart chart, ReleaseName release) {
    if (cluster.get(ResourceType.NAMESPACE, null, name).isPresent()) {
      return false;
    }
    KubernetesObject namespace = KubernetesObject.named(ResourceType.NAMESPACE, null, name);
    boolean chartCreatesIt =
        chart.manifests().stream()
            .anyMatch(
                manifest ->
                    manifest.object().kind().equals("Namespace")
                        && manifest.object().name().equals(name));
    if (chartCreatesIt) {
      // Helm takes over an object that is there already only when it is marked as belonging to the
      // release.
      namespace =
          namespace
              .with("Helm", "metadata", "labels", "app.kubernetes.io/managed-by")
              .with(release.name(), "metadata", "annotations", "meta.helm.sh/release-name")
              .with(
                  release.namespace(), "metadata", "annotations", "meta.helm.sh/release-namespace");
    }
    cluster.create(ResourceType.NAMESPACE, namespace);
    progress("namespace " + name + " created");
    return true;
  }

  /**
   * Puts the credentials into a pull secret and says whether it had to be changed. Another writer
   * in between is met by reading again.
   *
   * @param note adds to a Secret that is changed
   */
  private boolean merge(
      String namespace,
      String name,
      Target target,
      Credentials credentials,
      UnaryOperator<KubernetesObject> note,
      boolean mustExist) {
    for (int attempt = 1; ; attempt++) {
      try {
        return mergeOnce(namespace, name, target, credentials, note, mustExist);
      } catch (ClusterException e) {
        boolean raced =
            e.reason() == ClusterException.Reason.CONFLICT
                || e.reason() == ClusterException.Reason.ALREADY_EXISTS;
        if (!raced || attempt == ATTEMPTS) {
          throw e;
        }
      }
    }
  }

  private boolean mergeOnce(
      String namespace,
      String name,
      Target target,
      Credentials credentials,
      UnaryOperator<KubernetesObject> note,
      boolean mustExist) {
    Optional<KubernetesObject> found = cluster.get(ResourceType.SECRET, namespace, name);
    if (found.isEmpty()) {
      if (mustExist) {
        throw new PullSecretException(
            Problem.of(ProblemCode.PULL_SECRET_MISSING, secret(namespace, name)));
      }
      DockerConfigJson content = DockerConfigJson.empty().with(target.address(), credentials);
      cluster.create(
          ResourceType.SECRET,
          KubernetesObject.named(ResourceType.SECRET, namespace, name)
              .with(DockerConfigJson.TYPE, "type")
              .with("kubernaut-airgap", "metadata", "labels", "app.kubernetes.io/managed-by")
              .with(content.toBase64(), "data", DockerConfigJson.KEY));
      return true;
    }
    KubernetesObject secret = found.get();
    String data =
        secret
            .fields()
            .text("data", DockerConfigJson.KEY)
            .orElseThrow(
                () ->
                    DockerConfigJson.invalid(
                        secret(namespace, name), "it has no " + DockerConfigJson.KEY));
    DockerConfigJson before = DockerConfigJson.read(secret(namespace, name), data);
    DockerConfigJson after = before.with(target.address(), credentials);
    if (after.isSameAs(before)) {
      return false;
    }
    cluster.replace(
        ResourceType.SECRET,
        note.apply(secret.with(after.toBase64(), "data", DockerConfigJson.KEY)));
    return true;
  }

  private static Subject secret(String namespace, String name) {
    return Subject.object(Subject.Kind.SECRET, namespace, name);
  }

  private void progress(String what) {
    Progress.of(ProgressEvent.Step.PULL_SECRET, progress).tell(what);
  }
}
