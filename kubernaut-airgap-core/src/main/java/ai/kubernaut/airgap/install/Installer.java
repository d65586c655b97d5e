package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Installs the chart from the mirror (the guide, step 4): namespace, Secrets, values in the guide's
 * order with an overlay found for this chart, and Helm. Before anything is created, it is proven
 * that every image in the chart with the overlay is one that the plan provides. Running it again
 * upgrades the release, after the CustomResourceDefinitions of the chart, which Helm itself does
 * not change. Thread-safe.
 *
 * <p>While Helm works, the hooks are watched: progress events tell what they wait for, and a hook
 * that cannot succeed interrupts Helm. A Helm that cannot be interrupted goes on until its timeout.
 */
public final class Installer {
  private final ClusterClient cluster;
  private final HelmClient helm;
  private final List<ImageFinder> finders;
  private final ProductProfile profile;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates an installer for Kubernaut that finds the images of containers.
   *
   * @param cluster gets the namespace and the Secrets; stays open
   * @param helm renders and installs; stays open
   * @param progress is sent every event
   */
  public Installer(ClusterClient cluster, HelmClient helm, Consumer<ProgressEvent> progress) {
    this(cluster, helm, List.of(ImageFinder.containers()), KubernautProfile.profile(), progress);
  }

  /**
   * Creates an installer.
   *
   * @param cluster gets the namespace and the Secrets; stays open
   * @param helm renders and installs; stays open
   * @param finders find the images in the rendered chart: those that the plan was made with
   * @param profile which Secrets the chart needs
   * @param progress is sent every event
   */
  public Installer(
      ClusterClient cluster,
      HelmClient helm,
      List<ImageFinder> finders,
      ProductProfile profile,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = new ProbedHelmClient(helm, cluster);
    this.finders = List.copyOf(finders);
    this.profile = profile;
    this.progress = progress;
  }

  /**
   * Installs the chart of a mirrored plan, or upgrades it when the release is there.
   *
   * @param mirrored the images, all of them in the mirror unless the options allow otherwise
   * @param pullSecret the pull secrets that pods have to reference
   * @param options release, LLM credentials, wait policy
   * @return the release, deployed by Helm with its hooks done; whether its pods run is for the
   *     verification to say
   * @throws ai.kubernaut.airgap.mirror.IncompleteMirrorException when images are missing in the
   *     mirror
   * @throws InstallException when the plan has no chart, an existing Secret lacks a key,
   *     credentials that only the host can give are missing, the release is pending, or a hook of
   *     an earlier run is in the way
   * @throws CancelledException when the thread is interrupted; a later run continues
   * @throws ai.kubernaut.airgap.overlay.ImagesOutsideMirrorException when the chart would pull
   *     anything that the plan does not provide
   * @throws HookFailedException when a hook failed, or cannot succeed; a later run continues
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart or Helm refuses
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public Installation install(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    Progress run = Progress.of(ProgressEvent.Step.INSTALL, progress);
    Installer ofRun = new Installer(cluster, helm, finders, profile, run);
    return run.during(
            0,
            "Installing "
                + mirrored
                    .plan()
                    .chart()
                    .map(chart -> chart.location().toString())
                    .orElse("the chart")
                + " as "
                + mirrored.plan().release().name()
                + " in "
                + mirrored.plan().release().namespace(),
            () -> ofRun.installHere(mirrored, pullSecret, options),
            installed -> true,
            Installed::summary)
        .installation();
  }

  /** An installation, and the release as Helm reports it. */
  private record Installed(Installation installation, Release release) {
    String summary() {
      return "Helm has deployed %s as %s, revision %d"
          .formatted(release.chart(), release.name().name(), release.revision());
    }
  }

  /**
   * Plans an installation or an upgrade: proves it and checks everything that {@link #install}
   * checks. Read-only.
   *
   * @param mirrored the images, all of them in the mirror unless the options allow otherwise
   * @param pullSecret the pull secrets that pods have to reference
   * @param options as for the installation
   * @return the objects that would change, and the problems that prevent it
   * @throws ai.kubernaut.airgap.mirror.IncompleteMirrorException when images are missing in the
   *     mirror
   * @throws InstallException when the plan has no chart
   * @throws ai.kubernaut.airgap.overlay.ImagesOutsideMirrorException when the chart would pull
   *     anything that the plan does not provide
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart or Helm refuses
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public PlannedInstallation plan(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    PreparedInstallation prepared = prepare(mirrored, pullSecret, options);
    ReleaseName release = prepared.plan().release();
    return PlannedInstallation.builder()
        .release(release)
        .isUpgrade(prepared.existing().isPresent())
        .change(prepared.change())
        .helmChanges(
            ManifestChanges.between(
                prepared
                    .existing()
                    .flatMap(existing -> StoredRelease.latest(cluster, release))
                    .map(StoredRelease::rendered),
                prepared.proof().rendered(),
                release))
        .facts(prepared.proof().overlay().facts())
        .addAllProblems(prepared.problems())
        .addAllProblems(prepared.warnings())
        .build();
  }

  /**
   * Plans the Secrets that the chart needs and that do not exist, and their namespace (the guide,
   * step 4a). Existing Secrets are kept. Read-only.
   *
   * @param plan a plan with a chart
   * @param llmCredentials the content of the Secret with the credentials of the LLM; empty if it
   *     exists
   * @return the change; its problems are existing Secrets that lack keys, and credentials that are
   *     missing
   * @throws InstallException when the plan has no chart
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart cannot be read
   * @throws ClusterException when the cluster cannot be asked
   */
  public ClusterChange planSecrets(MirrorPlan plan, Map<String, Secret> llmCredentials) {
    return planSecrets(plan, LlmCredentials.of(llmCredentials));
  }

  /**
   * Plans the Secrets that the chart needs and that do not exist, as {@link
   * #planSecrets(MirrorPlan, Map)} does.
   *
   * @param plan a plan with a chart
   * @param llmCredentials called once, and only if the Secret with the credentials of the LLM does
   *     not exist
   * @return the change
   */
  public ClusterChange planSecrets(MirrorPlan plan, Supplier<Map<String, Secret>> llmCredentials) {
    return planSecrets(plan, LlmCredentials.of(llmCredentials));
  }

  private ClusterChange planSecrets(MirrorPlan plan, LlmCredentials llmCredentials) {
    plan.checkChart();
    Chart chart = plan.chart().orElseThrow(() -> withoutChart(plan));
    ChartSecrets secrets =
        new ChartSecrets(
            cluster,
            plan.release().namespace(),
            ChartValues.of(helm, chart),
            profile.secrets(),
            llmCredentials);
    List<Problem> problems = secrets.problems();
    List<ObjectEdit> edits = new ArrayList<>();
    edits.add(namespace(plan.release().namespace()));
    edits.addAll(problems.isEmpty() ? secrets.edits() : List.of());
    return new ClusterChanger(cluster, progress).plan(edits).withProblems(problems);
  }

  private PreparedInstallation prepare(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    MirrorPlan plan = plan(mirrored, options);
    String namespace = plan.release().namespace();
    MirrorPlan here = forThisCluster(plan);
    Chart chart = here.chart().orElseThrow(() -> withoutChart(plan));
    ChartValues values = ChartValues.of(helm, chart);
    MirrorProof proof = prove(here, values, pullSecret, options).orElseThrow();
    List<Problem> problems = new ArrayList<>();
    if (options.throughMirrorRules()) {
      problems.addAll(MirrorRules.inCluster(cluster).problems(here, proof.images()));
    }
    List<Problem> warnings = new ArrayList<>(proof.warnings());
    warnings.addAll(warnings(chart, plan.release(), proof, pullSecret));
    chart
        .sdkConfigFile()
        .ifPresent(file -> warnings.addAll(SdkConfig.problems(file, profile.publicDomains())));
    ChartSecrets secrets =
        new ChartSecrets(cluster, namespace, values, profile.secrets(), LlmCredentials.of(options));
    problems.addAll(secrets.problems());
    Optional<PendingOperation> pending =
        PendingOperation.find(cluster, helm, plan.release(), options.pendingRelease());
    pending.flatMap(PendingOperation::problem).ifPresent(problems::add);
    Optional<Release> existing =
        helm.status(plan.release())
            .filter(release -> pending.filter(PendingOperation::isRemoved).isEmpty());
    if (existing.isEmpty() && options.upgradeOnly()) {
      problems.add(ReleaseManager.notFound(plan.release()));
    }
    ReleaseHooks hooks =
        ReleaseHooks.of(
            proof.rendered(), plan.release(), existing.isPresent() ? "upgrade" : "install");
    problems.addAll(hooks.notReplaceable(cluster));
    if (existing.isPresent() && StoredRelease.wasNeverDeployed(cluster, plan.release())) {
      warnings.addAll(hooks.skippedByUpgrade());
    }
    ChartCrds definitions = ChartCrds.parse(helm.crds(chart));
    List<ObjectEdit> edits = new ArrayList<>();
    edits.add(namespace(namespace));
    // A Secret that cannot be created is a problem already.
    edits.addAll(problems.isEmpty() ? secrets.edits() : List.of());
    edits.addAll(definitions.edits());
    ClusterChange change = new ClusterChanger(cluster, progress).plan(edits);
    problems.addAll(change.problems());
    return new PreparedInstallation(
        plan,
        values.withSdkConfig(chart),
        proof,
        existing,
        pending,
        hooks,
        secrets,
        definitions,
        change,
        problems,
        warnings);
  }

  private Installed installHere(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    PreparedInstallation prepared = prepare(mirrored, pullSecret, options);
    MirrorPlan plan = prepared.plan();
    MirrorProof proof = prepared.proof();
    List<Fact> facts = new ArrayList<>(proof.overlay().facts());
    facts.forEach(fact -> step(fact.describe()));
    if (!prepared.problems().isEmpty()) {
      throw new InstallException(prepared.problems());
    }
    step(
        "the chart with the overlay pulls "
            + proof.rendered().images().size()
            + " images, every one from "
            + plan.target().address()
            + (options.throughMirrorRules() ? " through mirror rules" : ""));
    List<Fact> created = new ArrayList<>();
    prepared.pending().ifPresent(operation -> created.add(operation.end(options.hookTimeout())));
    created.addAll(write(prepared, options.hookTimeout()));
    created.forEach(fact -> step(fact.describe()));
    facts.addAll(created);
    prepared.warnings().forEach(warning -> step(warning.describe()));
    Optional<Release> existing = prepared.existing();
    existing.ifPresent(
        release ->
            step(
                "the release exists at revision "
                    + release.revision()
                    + ", "
                    + release.status()
                    + "; upgrading it"));
    if (existing.isEmpty()) {
      step("Helm is installing; " + profile.hooks());
    }
    Release release =
        deploy(
            proof.overlay(),
            prepared.chart(),
            prepared.hooks(),
            (turned, name) ->
                existing.isPresent()
                    ? helm.upgrade(turned, name, options.hookTimeout())
                    : helm.install(turned, name, options.hookTimeout()),
            options);
    facts.add(
        Fact.of(
            FactCode.RELEASE_INSTALLED,
            subject(release.name()),
            Map.of(
                "chart",
                release.chart(),
                "status",
                release.status(),
                "revision",
                String.valueOf(release.revision()))));
    Set<String> otherNamespaces = new TreeSet<>(proof.rendered().namespaces(plan.release()));
    otherNamespaces.remove(plan.release().namespace());
    return new Installed(
        Installation.builder()
            .release(plan.release())
            .plan(plan)
            .otherNamespaces(otherNamespaces)
            .facts(facts)
            .problems(prepared.warnings())
            .build(),
        release);
  }

  /** Writes the namespace, the Secrets and the CustomResourceDefinitions. */
  private List<Fact> write(PreparedInstallation prepared, Duration timeout) {
    List<ObjectChange> changes =
        new ClusterChanger(cluster, progress).apply(prepared.change()).orElseThrow().changes();
    List<Problem> notServed = prepared.definitions().awaitEstablished(cluster, timeout);
    if (!notServed.isEmpty()) {
      throw new ClusterChangeException(notServed);
    }
    List<Fact> facts = new ArrayList<>();
    for (ObjectChange change : changes) {
      if (change.type().equals(ResourceType.NAMESPACE)) {
        facts.add(
            Fact.of(
                FactCode.NAMESPACE_CREATED,
                Subject.object(Subject.Kind.NAMESPACE, null, change.name())));
      } else if (!change.type().equals(ResourceType.SECRET)) {
        facts.add(
            Fact.of(
                change.action() == ObjectChange.Action.CREATE
                    ? FactCode.OBJECT_CREATED
                    : FactCode.OBJECT_UPDATED,
                change.subject()));
      }
    }
    facts.addAll(prepared.secrets().facts(changes));
    return facts;
  }

  /**
   * Calls Helm. When that is cut short, no Helm works on the release any more, so that its pending
   * revision can be marked as failed and a later run can continue.
   */
  private Release deploy(
      Overlay overlay,
      Chart chart,
      ReleaseHooks hooks,
      BiFunction<Chart, ReleaseName, Release> operation,
      InstallOptions options) {
    Optional<HookWatch> watch = watch(hooks, options.hookGrace());
    WatchedCall call = new WatchedCall(chart.release(), this::step);
    Optional<ReleaseLease> lease =
        ReleaseLease.hold(
            cluster,
            chart.release(),
            nextRevision(chart.release()),
            ReleaseLease.RENEW_INTERVAL,
            helm.endsWithJvm(),
            this::step);
    try {
      return overlay.over(
          chart, turned -> call.run(() -> operation.apply(turned, chart.release()), watch));
    } catch (RuntimeException e) {
      if (call.isCutShort() || e instanceof CancelledException) {
        markPendingAsFailed(chart.release(), e);
      }
      throw e;
    } finally {
      lease.ifPresent(ReleaseLease::close);
    }
  }

  private int nextRevision(ReleaseName release) {
    return StoredRelease.latest(cluster, release).map(StoredRelease::revision).orElse(0) + 1;
  }

  private void markPendingAsFailed(ReleaseName name, RuntimeException first) {
    boolean interrupted = Thread.interrupted();
    try {
      StoredRelease.latest(cluster, name)
          .filter(StoredRelease::isPending)
          .ifPresent(StoredRelease::markFailed);
    } catch (RuntimeException second) {
      first.addSuppressed(second);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private static Subject subject(ReleaseName release) {
    return new Subject(Subject.Kind.RELEASE, release.name());
  }

  static InstallException withoutChart(MirrorPlan plan) {
    return new InstallException(
        List.of(
            Problem.of(
                ProblemCode.PLAN_WITHOUT_CHART,
                new Subject(Subject.Kind.REGISTRY, plan.target().address()))));
  }

  /** Warns of pods that would not get the pull secrets. */
  private List<Problem> warnings(
      Chart chart, ReleaseName release, MirrorProof proof, PullSecretReport pullSecret) {
    Set<String> names = pullSecret.namesForPods();
    List<String> lacking =
        PodPullSecrets.of(proof.rendered(), release).lacking(names, account -> has(account, names));
    return lacking.isEmpty()
        ? List.of()
        : List.of(
            Problem.of(
                ProblemCode.PULL_SECRET_NOT_REFERENCED,
                new Subject(Subject.Kind.CHART, chart.location().toString()),
                Map.of(
                    "objects",
                    String.join(", ", lacking),
                    "secrets",
                    String.join(", ", new TreeSet<>(names)))));
  }

  private boolean has(PodPullSecrets.Account account, Set<String> names) {
    return cluster
        .get(ResourceType.SERVICE_ACCOUNT, account.namespace(), account.name())
        .filter(found -> PodPullSecrets.names(found.fields()).containsAll(names))
        .isPresent();
  }

  /** Proves the overlay that was reviewed with the plan, or looks for one when there is none. */
  private MirrorProof prove(
      MirrorPlan here, ChartValues values, PullSecretReport pullSecret, InstallOptions options) {
    MirrorProver prover = new MirrorProver(helm, finders);
    ProofOptions proof =
        ProofOptions.builder()
            .pinDigests(options.pinDigests())
            .throughMirrorRules(options.throughMirrorRules())
            .pullSecrets(pullSecret.namesForPods())
            .build();
    return here.overlay().isPresent() && !proof.byDigest()
        ? prover.proveReviewed(here, values, proof)
        : prover.prove(here, values, proof);
  }

  /** The plan; where digests are wanted, with those that the mirroring has seen. */
  private static MirrorPlan plan(MirrorReport mirrored, InstallOptions options) {
    MirrorPlan plan =
        options.allowIncompleteMirror() ? mirrored.plan() : mirrored.orElseThrow().plan();
    Map<ImageRef, Digest> seen = new HashMap<>();
    for (MirroredImage image : mirrored.images()) {
      if ((options.pinDigests() || options.throughMirrorRules())
          && plan.expectedDigest(image.entry()).isEmpty()) {
        image.digest().ifPresent(digest -> seen.put(image.entry().source(), digest));
      }
    }
    return plan.withMirroredDigests(seen);
  }

  /** The proof has to see what Helm will see: charts ask for a cluster's versions. */
  private MirrorPlan forThisCluster(MirrorPlan plan) {
    return plan.chart()
        .map(
            chart ->
                MirrorPlan.builder(plan.target())
                    .from(plan)
                    // Those of this cluster take their place.
                    .branches(List.of())
                    .chart(chart.onCluster(cluster.versions()))
                    .build())
        .orElse(plan);
  }

  private Optional<HookWatch> watch(ReleaseHooks hooks, Duration grace) {
    if (hooks.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new HookWatch(cluster, hooks, grace));
    } catch (ClusterException e) {
      step(WatchedCall.notWatched(e));
      return Optional.empty();
    }
  }

  private static ObjectEdit namespace(String name) {
    return ObjectEdit.ensureNamespace(
        name, () -> KubernetesObject.named(ResourceType.NAMESPACE, null, name));
  }

  private void step(String what) {
    Progress.of(ProgressEvent.Step.INSTALL, progress).tell(what);
  }
}
