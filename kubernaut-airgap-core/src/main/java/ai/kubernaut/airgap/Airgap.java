package ai.kubernaut.airgap;

import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleForecast;
import ai.kubernaut.airgap.bundle.BundleLoader;
import ai.kubernaut.airgap.bundle.BundleOptions;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.bundle.Bundler;
import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartFetcher;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.openshift.NodeRollout;
import ai.kubernaut.airgap.cluster.openshift.RolloutOptions;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.diagnosis.Diagnoser;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.HookFailedException;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.Installer;
import ai.kubernaut.airgap.install.PlannedInstallation;
import ai.kubernaut.airgap.install.ReleaseChange;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.install.ReleaseManager;
import ai.kubernaut.airgap.install.ReleaseOptions;
import ai.kubernaut.airgap.install.SecretRotation;
import ai.kubernaut.airgap.install.SecretRotator;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.CheckDepth;
import ai.kubernaut.airgap.mirror.ImageInspection;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorListing;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleConfigurer;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.overlay.PullSecretValues;
import ai.kubernaut.airgap.permissions.ClusterStep;
import ai.kubernaut.airgap.permissions.PermissionChecker;
import ai.kubernaut.airgap.permissions.PermissionReport;
import ai.kubernaut.airgap.permissions.StepContext;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanForecast;
import ai.kubernaut.airgap.plan.PlanForecaster;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.preflight.Preflight;
import ai.kubernaut.airgap.preflight.PreflightOptions;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.prune.PruneOptions;
import ai.kubernaut.airgap.prune.PruneReport;
import ai.kubernaut.airgap.prune.Pruner;
import ai.kubernaut.airgap.pullsecret.PullSecretConfigurer;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import ai.kubernaut.airgap.registry.retry.RetryingClient;
import ai.kubernaut.airgap.registry.retry.ThrottledClient;
import ai.kubernaut.airgap.repair.RepairOptions;
import ai.kubernaut.airgap.repair.RepairReport;
import ai.kubernaut.airgap.seal.ImagePolicyDraft;
import ai.kubernaut.airgap.seal.ImagePolicyDrafter;
import ai.kubernaut.airgap.seal.ImagePolicyOptions;
import ai.kubernaut.airgap.seal.SealConfigurer;
import ai.kubernaut.airgap.seal.SealOptions;
import ai.kubernaut.airgap.shard.PlanPartition;
import ai.kubernaut.airgap.support.SupportBundle;
import ai.kubernaut.airgap.support.SupportBundleOptions;
import ai.kubernaut.airgap.support.SupportBundleReport;
import ai.kubernaut.airgap.support.SupportCollector;
import ai.kubernaut.airgap.trust.TrustConfigurer;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.Verifier;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The entry point: one method for each step of the disconnected installation. A step takes the
 * result of the step before it, so that a wrong order does not compile. The results can also be
 * created in other ways, so that each step can be used on its own.
 *
 * <p>Thread-safe; several steps can run at the same time. {@link #close()} leaves the clients open
 * unless {@link Builder#closeClients(boolean)} is set.
 */
public final class Airgap implements AutoCloseable {
  private final @Nullable RegistryClient source;
  private final @Nullable RegistryClient target;
  private final @Nullable ClusterClient cluster;
  private final @Nullable HelmClient helm;
  private final boolean closesClients;
  private final boolean isForRun;
  private final List<ImageFinder> finders;
  private final ProductProfile profile;
  private final RetryPolicy retry;
  private final Consumer<ProgressEvent> progress;
  private final Executor executor;
  private final InstantSource clock;
  private final RunOptions options;
  private final Runs runs;

  private Airgap(Builder builder) {
    this.source = builder.source;
    this.target = builder.target;
    this.cluster = builder.cluster;
    this.helm = builder.helm;
    this.closesClients = builder.closesClients;
    this.isForRun = false;
    this.finders = List.copyOf(builder.finders);
    this.profile = builder.profile;
    this.retry = builder.retry;
    this.runs = new Runs();
    this.progress = runs.oneAtATime(builder.progress);
    this.executor = builder.executor;
    this.clock = builder.clock;
    this.options = RunOptions.builder().build();
  }

  /** Creates what the steps of a run are called on: the same clients with the run's options. */
  private Airgap(Airgap outer, StepRun<?> run, RunOptions options) {
    this.cluster = outer.cluster;
    this.helm = outer.helm;
    this.closesClients = false;
    this.isForRun = true;
    this.finders = outer.finders;
    this.profile = outer.profile;
    this.retry = options.retry().orElse(outer.retry);
    this.runs = outer.runs;
    this.executor = outer.executor;
    this.clock = outer.clock;
    this.options = options;
    Progress events =
        Progress.of(
            run.id(),
            ProgressEvent.Step.PLAN,
            runs.oneAtATime(
                event -> {
                  run.observe(event);
                  options.listener().ifPresent(listener -> listener.accept(event));
                  outer.progress.accept(event);
                }));
    this.progress = events;
    this.source = limited(outer.source, options, events);
    this.target =
        outer.source == outer.target ? this.source : limited(outer.target, options, events);
  }

  private static @Nullable RegistryClient limited(
      @Nullable RegistryClient client, RunOptions options, Progress events) {
    return client == null || options.limits().isEmpty()
        ? client
        : ThrottledClient.of(client, options.limits(), events);
  }

  /** {@return a builder without clients; only the clients that the used steps need must be set} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * Plans the mirroring of a chart's images with the default options (the guide, steps 1 and 2a),
   * and proves that the chart can be installed from the mirror (step 4b). Needs Helm and a registry
   * client.
   *
   * @param chart the chart and its values
   * @param target the mirror
   * @return the plan, with the digest of each image, the overlay and the result of the proof;
   *     nothing was changed anywhere
   * @throws HelmException when the chart is not there, or refuses the values
   * @throws ai.kubernaut.airgap.plan.UnresolvedImagesException when images cannot be found at their
   *     source
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted while
   *     registries are asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public MirrorPlan plan(Chart chart, Target target) {
    return plan(chart, target, PlanOptions.builder().build());
  }

  /**
   * Plans the mirroring of a chart's images (the guide, steps 1 and 2a), and proves that the chart
   * can be installed from the mirror (step 4b). Needs Helm and a registry client.
   *
   * @param chart the chart and its values
   * @param target the mirror
   * @param options extra images, and whether registries are asked
   * @return the plan, with the overlay and the result of the proof; nothing was changed anywhere
   * @throws HelmException when the chart is not there, or refuses the values
   * @throws ai.kubernaut.airgap.plan.UnresolvedImagesException when images cannot be found at their
   *     source
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted while
   *     registries are asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public MirrorPlan plan(Chart chart, Target target, PlanOptions options) {
    return planned(
        "Finding the images of " + chart.location(),
        registries -> {
          MirrorPlan plan =
              new MirrorPlanner(helm(), registries, finders).plan(chart, target, options);
          return prove(plan).in(plan);
        });
  }

  /**
   * Plans the mirroring of a list of images (the guide, step 2a), such as {@link
   * ai.kubernaut.airgap.plan.ImageList} and {@link ai.kubernaut.airgap.plan.ImageSetConfiguration}
   * read. Needs a registry client.
   *
   * @param images the images; one that stands there twice counts once
   * @param target the mirror
   * @param options extra images, and whether registries are asked
   * @return the plan, without a chart; nothing was changed anywhere
   * @throws ai.kubernaut.airgap.plan.UnresolvedImagesException when images cannot be found at their
   *     source
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted while
   *     registries are asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public MirrorPlan plan(List<ImageRef> images, Target target, PlanOptions options) {
    return planned(
        "Looking for " + images.size() + " images",
        registries -> new MirrorPlanner(registries).plan(images, target, options));
  }

  private MirrorPlan planned(String what, Function<RegistryClient, MirrorPlan> planning) {
    Progress run = planning();
    RegistryClient client = retrying(source(), run);
    return run.during(
        0,
        what,
        () -> planning.apply(client),
        plan -> true,
        plan ->
            "%d images, to go to %s with the separator '%s'"
                .formatted(
                    plan.entries().size(), plan.target().address(), plan.target().separator()));
  }

  /**
   * Calculates the size of a plan, before anything is sent. Needs a registry client.
   *
   * @param plan the plan
   * @return sizes, in bytes
   * @throws ai.kubernaut.airgap.registry.RegistryException when a source does not have an image, or
   *     a registry cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PlanForecast forecast(MirrorPlan plan) {
    Progress run = planning();
    return new PlanForecaster(retrying(source(), run), retrying(target(), run)).forecast(plan);
  }

  /**
   * Fetches a chart that is published in an OCI registry. It is mirrored with the images of its
   * plan. Needs a registry client.
   *
   * @param artifact for example {@code quay.io/kubernaut-ai/charts/kubernaut:1.1.0}
   * @param directory where to put the {@code .tgz}
   * @return the packed chart with the reference of its artifact
   * @throws ai.kubernaut.airgap.registry.RegistryException when there is no such artifact, or the
   *     registry cannot be used
   * @throws HelmException when it is not a chart, or cannot be stored
   * @throws IllegalStateException when no registry client was given
   */
  public Chart fetchChart(ImageRef artifact, Path directory) {
    return new ChartFetcher(retrying(source(), planning())).fetch(artifact, directory);
  }

  /**
   * Finds the overlay that makes the chart of a plan pull from the mirror, and proves it, with the
   * default options (the guide, step 4b). Needs Helm, but neither a cluster nor a registry.
   *
   * @param plan the images that the mirror will provide, and the chart
   * @return the overlay, and whether the chart pulls only images of the plan; {@link
   *     MirrorProof#orElseThrow()} throws an exception if it does not
   * @throws HelmException when the chart is not there, or refuses its values
   * @throws IllegalArgumentException when the plan has no chart
   * @throws IllegalStateException when no Helm was given
   */
  public MirrorProof prove(MirrorPlan plan) {
    return prove(plan, ProofOptions.builder().build());
  }

  /**
   * Finds the overlay that makes the chart of a plan pull from the mirror, and proves it (the
   * guide, step 4b). Needs Helm, but neither a cluster nor a registry. An installation proves the
   * chart again with the versions of the cluster.
   *
   * @param plan the images that the mirror will provide, and the chart
   * @param options release, digests
   * @return the overlay, and whether the chart pulls only images of the plan; {@link
   *     MirrorProof#orElseThrow()} throws an exception if it does not
   * @throws HelmException when the chart is not there, or refuses its values
   * @throws IllegalArgumentException when the plan has no chart
   * @throws IllegalStateException when no Helm was given
   */
  public MirrorProof prove(MirrorPlan plan, ProofOptions options) {
    return new MirrorProver(helm(), finders).prove(plan, options);
  }

  /**
   * Checks the capabilities of the mirror of a plan with the default options, before anything is
   * sent. Needs a registry client.
   *
   * @param plan what is to be mirrored
   * @return a finding for each capability; {@link PreflightReport#orElseThrow()} throws an
   *     exception if mirroring would fail
   * @throws IllegalStateException when no registry client was given
   */
  public PreflightReport preflight(MirrorPlan plan) {
    return preflight(plan, PreflightOptions.builder().build());
  }

  /**
   * Checks that a registry can be reached, is trusted and accepts the credentials, without a plan.
   * Needs a registry client.
   *
   * @param target the mirror; its path is not checked
   * @return a finding for each capability; those that depend on images are not checked
   * @throws IllegalStateException when no registry client was given
   */
  public PreflightReport preflight(Target target) {
    return preflight(MirrorPlan.builder(target).build());
  }

  /**
   * Checks the capabilities of the mirror of a plan, before anything is sent. Needs a registry
   * client.
   *
   * @param plan what is to be mirrored
   * @param options the kind of the registry, and whether content may be stored
   * @return a finding for each capability; {@link PreflightReport#orElseThrow()} throws an
   *     exception if mirroring would fail
   * @throws IllegalStateException when no registry client was given
   */
  public PreflightReport preflight(MirrorPlan plan, PreflightOptions options) {
    return new Preflight(target(), options, progress).check(plan);
  }

  /**
   * Mirrors the images of a plan with the default options (the guide, step 2b). Needs a registry
   * client.
   *
   * @param plan what to mirror
   * @return the result for each image; {@link MirrorReport#orElseThrow()} throws an exception if
   *     one failed
   * @throws ai.kubernaut.airgap.registry.RegistryException before anything is sent, when a registry
   *     cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or the
   *     run is cancelled or closed
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorReport mirror(MirrorPlan plan) {
    return mirror(plan, MirrorOptions.builder().build());
  }

  /**
   * Mirrors the images of a plan (the guide, step 2b). Needs a registry client.
   *
   * @param plan what to mirror
   * @param options limits
   * @return the result for each image; {@link MirrorReport#orElseThrow()} throws an exception if
   *     one failed
   * @throws ai.kubernaut.airgap.registry.RegistryException before anything is sent, when a registry
   *     cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or the
   *     run is cancelled or closed
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorReport mirror(MirrorPlan plan, MirrorOptions options) {
    RegistryClient from = source();
    RegistryClient to = target();
    return cancellable(
        options, cancelled -> new MirrorEngine(from, to, cancelled, progress).mirror(plan));
  }

  /**
   * Divides a plan that is too large for one machine into shards with about as many unique bytes
   * each. Reads the manifests of all images. Needs a registry client for the sources.
   *
   * <pre>{@code
   * PlanPartition partition = airgap.partition(plan, 4);
   * partition.save(Path.of("partition.yaml"));
   * String manifest =
   *     MirrorJob.builder()
   *         .image("registry.corp/tools/kubernaut-airgap:0.1.0")
   *         .credentialsSecret("mirror-credentials")
   *         .build()
   *         .manifest(partition);
   * }</pre>
   *
   * @param plan the plan
   * @param shards how many parts, 1 to {@value PlanPartition#MAX_SHARDS}, and at most one for each
   *     image
   * @return the partition; an image whose source does not have it is a warning
   * @throws IllegalArgumentException when the number of shards is out of range
   * @throws ai.kubernaut.airgap.registry.RegistryException when a source cannot be used
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   * @throws IllegalStateException when no registry client was given
   */
  public PlanPartition partition(MirrorPlan plan, int shards) {
    return PlanPartition.of(plan, shards, retrying(source(), planning()));
  }

  /**
   * Puts the images of a plan, the plan and its chart into a bundle, to be carried to a mirror that
   * cannot be reached from here. Needs a registry client.
   *
   * @param plan what to put into the bundle
   * @param store keeps the bundle, for example an image layout; stays open
   * @param options the name of the bundle, and limits
   * @return the bundle; {@link BundleReport#orElseThrow()} throws an exception if an image is not
   *     in it
   * @throws ai.kubernaut.airgap.chart.ChartChangedException when the chart or one of its files is
   *     not the one that was planned
   * @throws ai.kubernaut.airgap.registry.RegistryException when a registry or the store cannot be
   *     used
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or the
   *     run is cancelled or closed
   * @throws IllegalStateException when no registry client was given
   */
  public BundleReport bundle(MirrorPlan plan, RegistryClient store, BundleOptions options) {
    Bundler bundler = new Bundler(source(), store, progress);
    return cancellable(
        options.mirror(),
        cancelled ->
            bundler.create(plan, BundleOptions.builder().from(options).mirror(cancelled).build()));
  }

  /**
   * Calculates the size of a bundle. Nothing is written. Needs a registry client.
   *
   * @param plan what would be put into the bundle
   * @param store where the bundle would be; asked what it has already
   * @param options the name of the bundle, and limits
   * @return the size, and whether there is enough room
   * @throws ai.kubernaut.airgap.bundle.BundleException when the manifests of an image cannot be
   *     read
   * @throws ai.kubernaut.airgap.chart.ChartChangedException when the chart or one of its files is
   *     not the one that was planned
   * @throws ai.kubernaut.airgap.registry.RegistryException when a registry cannot be used
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or the
   *     run is cancelled or closed
   * @throws IllegalStateException when no registry client was given
   */
  public BundleForecast forecast(MirrorPlan plan, RegistryClient store, BundleOptions options) {
    Bundler bundler = new Bundler(source(), store, progress);
    return cancellable(
        options.mirror(),
        cancelled ->
            bundler.forecast(
                plan, BundleOptions.builder().from(options).mirror(cancelled).build()));
  }

  /**
   * Mirrors the images of a bundle with the default options. Needs a registry client for the
   * mirror.
   *
   * @param bundle the bundle; it is checked before anything is sent
   * @param plan the plan of the bundle; it may have another target, or fewer images
   * @return the result for each image; {@link MirrorReport#orElseThrow()} throws an exception if
   *     one failed
   * @throws ai.kubernaut.airgap.bundle.BundleException before anything is sent, when the bundle is
   *     not complete
   * @throws ai.kubernaut.airgap.registry.RegistryException before anything is sent, when the mirror
   *     cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or the
   *     run is cancelled or closed
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorReport mirror(Bundle bundle, MirrorPlan plan) {
    return mirror(bundle, plan, MirrorOptions.builder().build());
  }

  /**
   * Mirrors the images of a bundle. Needs a registry client for the mirror.
   *
   * @param bundle the bundle; it is checked before anything is sent
   * @param plan the plan of the bundle; it may have another target, or fewer images
   * @param options limits
   * @return the result for each image; {@link MirrorReport#orElseThrow()} throws an exception if
   *     one failed
   * @throws ai.kubernaut.airgap.bundle.BundleException before anything is sent, when the bundle is
   *     not complete
   * @throws ai.kubernaut.airgap.registry.RegistryException before anything is sent, when the mirror
   *     cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or the
   *     run is cancelled or closed
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorReport mirror(Bundle bundle, MirrorPlan plan, MirrorOptions options) {
    BundleLoader loader = new BundleLoader(target(), progress);
    return cancellable(options, cancelled -> loader.load(bundle, plan, cancelled));
  }

  /**
   * Asks the mirror which blobs it has of the images of a plan, so that a bundle can leave them
   * out. Needs a registry client. Read-only.
   *
   * @param plan the images
   * @return the inventory, which can be saved and brought to where bundles are created
   * @throws ai.kubernaut.airgap.registry.RegistryException when the mirror cannot be asked
   * @throws IllegalStateException when no registry client was given
   */
  public Inventory inventory(MirrorPlan plan) {
    return Inventory.of(plan, retrying(target(), planning()));
  }

  /**
   * Checks the content of a bundle against its digests. Needs no client.
   *
   * @param bundle the bundle
   * @return the problems of its content
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public BundleReport check(Bundle bundle) {
    return BundleLoader.check(bundle, progress);
  }

  /** Runs a step of the mirror engine that closing cancels. */
  private <T> T cancellable(MirrorOptions mirror, Function<MirrorOptions, T> step) {
    return runs.cancellable(
        mirror.cancelledBy(),
        cancelled ->
            step.apply(
                MirrorOptions.builder()
                    .from(mirror)
                    .cancelledBy(cancelled)
                    .retry(options.retry().orElse(mirror.retry()))
                    .build()));
  }

  /**
   * Checks that the images of a plan are in the mirror, with {@link CheckDepth#MANIFEST}. Needs a
   * registry client. Read-only.
   *
   * @param plan what should be there
   * @return which images are there, for the steps that follow when another run has mirrored them
   * @throws ai.kubernaut.airgap.registry.RegistryException when the mirror cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or this
   *     Airgap is closed
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorReport checkMirror(MirrorPlan plan) {
    return checkMirror(plan, CheckDepth.MANIFEST);
  }

  /**
   * Checks that the images of a plan are in the mirror. Needs a registry client. Read-only.
   *
   * @param plan what should be there
   * @param depth how much of each image is checked
   * @return which images are there, for the steps that follow when another run has mirrored them
   * @throws ai.kubernaut.airgap.registry.RegistryException when the mirror cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or this
   *     Airgap is closed
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorReport checkMirror(MirrorPlan plan, CheckDepth depth) {
    RegistryClient to = target();
    return cancellable(
        MirrorOptions.builder().build(),
        cancelled -> new MirrorEngine(to, cancelled, progress).check(plan, depth));
  }

  /**
   * Lists the repositories of a plan in the mirror, with their tags. Needs a registry client.
   * Read-only.
   *
   * @param plan the images
   * @return the listing; images that are absent are problems of it
   * @throws IllegalStateException when no registry client was given
   */
  public MirrorListing listMirror(MirrorPlan plan) {
    return MirrorListing.of(plan, retrying(target(), planning()));
  }

  /**
   * Inspects an image of a plan in the mirror. Needs a registry client. Read-only.
   *
   * @param plan the plan, whose digest is compared
   * @param entry the image
   * @return its platforms, sizes and labels; what cannot be read is a problem of it
   * @throws IllegalStateException when no registry client was given
   */
  public ImageInspection inspect(MirrorPlan plan, MirrorEntry entry) {
    return ImageInspection.of(entry, plan, retrying(target(), planning()));
  }

  /**
   * Configures the pull secret of the cluster with the default options (the guide, step 3). Needs a
   * cluster client, and Helm if the cluster has no global pull secret.
   *
   * @param mirrored the images that the cluster will pull
   * @param credentials the credentials with which the nodes pull
   * @return the Secrets with the credentials
   * @throws ai.kubernaut.airgap.pullsecret.PullSecretException when the pull secret cannot be read,
   *     or the nodes do not get it
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be reached, or
   *     refuses
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PullSecretReport configurePullSecret(MirrorReport mirrored, Credentials credentials) {
    return configurePullSecret(mirrored.plan(), credentials, PullSecretOptions.builder().build());
  }

  /**
   * Configures the pull secret of the cluster (the guide, step 3). Needs a cluster client, and Helm
   * if the cluster has no global pull secret.
   *
   * @param plan the images that the cluster will pull
   * @param credentials the credentials with which the nodes pull
   * @param options the name of the Secret, and how long to wait
   * @return the Secrets with the credentials
   * @throws ai.kubernaut.airgap.pullsecret.PullSecretException when the pull secret cannot be read,
   *     or the nodes do not get it
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be reached, or
   *     refuses
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PullSecretReport configurePullSecret(
      MirrorPlan plan, Credentials credentials, PullSecretOptions options) {
    return new PullSecretConfigurer(cluster(), progress)
        .configure(
            plan.target(), credentials, plan.release(), names -> render(plan, names), options);
  }

  /**
   * Finds the pull secret that an earlier run has configured. Read-only. Needs a cluster client.
   *
   * @param plan the plan whose release pulls
   * @param options names
   * @return the Secrets that exist
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be reached, or
   *     refuses
   * @throws IllegalStateException when no cluster client was given
   */
  public PullSecretReport findPullSecret(MirrorPlan plan, PullSecretOptions options) {
    return new PullSecretConfigurer(cluster(), progress).find(plan.release(), options);
  }

  /** Renders the chart with the names of pull secrets, where it has a value for them. */
  private RenderedChart render(MirrorPlan plan, Set<String> pullSecrets) {
    plan.checkChart();
    return plan.chart()
        .map(
            chart ->
                PullSecretValues.render(
                    helm(),
                    chart,
                    plan.branches().stream().findFirst().orElse(Branch.of(chart)),
                    pullSecrets))
        .orElseGet(() -> RenderedChart.parse(""));
  }

  /**
   * Installs the chart from the mirror, or upgrades it (the guide, step 4). Needs a cluster client
   * and Helm. When Helm fails, the exception has the problems that the cluster shows.
   *
   * @param mirrored the images
   * @param pullSecret the pull secrets; {@link PullSecretReport#none()} when they are configured by
   *     other means
   * @param options the LLM credentials, timeouts, digests
   * @return the release
   * @throws InstallationFailedException when Helm or a hook failed, or a hook cannot succeed, and
   *     there is a release now
   * @throws HelmException when Helm failed before there was a release, or the cluster could not be
   *     looked at afterwards, which is then a suppressed exception
   * @throws HookFailedException in the same cases, when the cause is a hook
   * @throws ai.kubernaut.airgap.overlay.ImagesOutsideMirrorException before anything is touched,
   *     when the chart would pull anything that the plan does not provide
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be reached, or
   *     refuses
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public Installation install(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    try {
      return new Installer(cluster(), helm(), finders, profile, progress)
          .install(mirrored, pullSecret, options);
    } catch (HelmException e) {
      throw explained(e, mirrored.plan(), InstallationFailedException::of);
    } catch (HookFailedException e) {
      throw explained(e, mirrored.plan(), InstallationFailedException::of);
    }
  }

  /**
   * Plans an installation or an upgrade (the guide, step 4): proves and checks everything that
   * {@link #install} checks, and finds out what would change. Read-only. Needs a cluster client and
   * Helm.
   *
   * @param mirrored the images
   * @param pullSecret the pull secrets; {@link PullSecretReport#none()} when they are configured by
   *     other means
   * @param options as for the installation
   * @return the objects that would change, and the problems that prevent it
   * @throws HelmException when the chart or Helm refuses
   * @throws ai.kubernaut.airgap.overlay.ImagesOutsideMirrorException when the chart would pull
   *     anything that the plan does not provide
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be reached, or
   *     refuses
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PlannedInstallation planInstall(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    return new Installer(cluster(), helm(), finders, profile, progress)
        .plan(mirrored, pullSecret, options);
  }

  /** Makes the exception of a failed installation. */
  @FunctionalInterface
  private interface Explanation<F extends AirgapException> {
    InstallationFailedException of(F failure, VerificationReport report, Diagnosis diagnosis);
  }

  /**
   * Adds to a failure what the cluster looks like, and why. The failure stays the primary one: when
   * the cluster cannot be looked at, that second failure is suppressed in it.
   */
  private <F extends AirgapException> AirgapException explained(
      F failure, MirrorPlan plan, Explanation<F> explanation) {
    try {
      if (new ProbedHelmClient(helm(), cluster()).status(plan.release()).isEmpty()) {
        return failure;
      }
      Consumer<ProgressEvent> nobody = event -> {};
      Verifier verifier = new Verifier(cluster(), helm(), target, profile, nobody);
      Installation installation = Installation.of(plan.release(), plan);
      VerificationReport seen =
          verifier.verify(
              installation,
              VerifyOptions.builder().waitPolicy(WaitPolicy.once()).askServices(false).build());
      Diagnosis diagnosis =
          new Diagnoser(cluster(), target, profile, nobody).diagnose(installation, seen);
      return explanation.of(failure, seen, diagnosis);
    } catch (RuntimeException second) {
      failure.addSuppressed(second);
      return failure;
    }
  }

  /**
   * Reads the history of a release, and finds out for each revision whether its images can still be
   * pulled. Read-only. Needs all three clients.
   *
   * @param release its name
   * @return its revisions
   * @throws HelmException when Helm cannot read the release
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ReleaseHistory history(ReleaseName release) {
    return releases().history(release);
  }

  /**
   * Rolls a release back to a revision whose images can all be pulled. Needs all three clients.
   *
   * @param release its name
   * @param revision the revision to return to
   * @param options time limit of the hooks, dry run
   * @return what was done, or the problems because of which nothing was changed
   * @throws HelmException when Helm fails
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ReleaseChange rollback(ReleaseName release, int revision, ReleaseOptions options) {
    return releases().rollback(release, revision, options);
  }

  /**
   * Uninstalls a release. Needs all three clients.
   *
   * @param release its name
   * @param options dry run
   * @return what was removed, or would be removed, and what remains in the cluster
   * @throws HelmException when Helm fails; uninstalling again continues
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ReleaseChange uninstall(ReleaseName release, ReleaseOptions options) {
    return releases().uninstall(release, options);
  }

  private ReleaseManager releases() {
    Progress run = Progress.of(ProgressEvent.Step.INSTALL, progress);
    return new ReleaseManager(cluster(), helm(), retrying(target(), run), finders, progress);
  }

  /**
   * Describes a release that was installed in another run, or by someone else, so that it can be
   * verified. Needs Helm when the plan names a chart, to find the namespaces that run pods.
   *
   * @param plan the plan whose images it should run
   * @return the installation; the cluster was not asked
   * @throws HelmException when the plan's chart is not there, or refuses its values
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public Installation installationOf(MirrorPlan plan) {
    return Installation.builder()
        .release(plan.release())
        .plan(plan)
        .addAllOtherNamespaces(render(plan, Set.of()).namespaces(plan.release()))
        .build();
  }

  /**
   * Verifies a release with the default options (the guide, step 5). Needs all three clients.
   *
   * @param installation the release, and the plan whose images it should run
   * @return a check for each part of the release; {@link VerificationReport#orElseThrow()} throws
   *     an exception if one did not pass
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public VerificationReport verify(Installation installation) {
    return verify(installation, VerifyOptions.builder().build());
  }

  /**
   * Verifies a release (the guide, step 5). Needs all three clients; with {@link
   * VerifyOptions#selector()} only a cluster client, and a registry client to compare digests with
   * the mirror.
   *
   * @param installation the release, and the plan whose images it should run
   * @param options how long to wait, and what to check
   * @return a check for each part of the release; {@link VerificationReport#orElseThrow()} throws
   *     an exception if one did not pass
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public VerificationReport verify(Installation installation, VerifyOptions options) {
    Progress run = Progress.of(ProgressEvent.Step.VERIFY, progress);
    boolean isSelected = options.selector().isPresent();
    return new Verifier(
            cluster(),
            isSelected ? null : helm(),
            isSelected ? mirrorIfGiven(run) : retrying(target(), run),
            profile,
            run)
        .verify(installation, options);
  }

  /**
   * Verifies what runs the images of a plan (the guide, step 5). With {@link
   * VerifyOptions#selector()}, for those who deploy with {@code helm template} or GitOps, it needs
   * only a cluster client, and a registry client to compare digests with the mirror; otherwise it
   * is {@link #verify(Installation, VerifyOptions)} for {@link #installationOf}.
   *
   * <pre>{@code
   * VerifyOptions labels = VerifyOptions.builder().selector("app.kubernetes.io/instance=kubernaut").build();
   * airgap.verify(plan, labels).orElseThrow();
   * }</pre>
   *
   * @param plan the images; its release names the namespace unless the options name others
   * @param options the labels, how long to wait, and what to check
   * @return a check for each part of the release; {@link VerificationReport#orElseThrow()} throws
   *     an exception if one did not pass
   * @throws HelmException without a selector, when the plan's chart is not there, or refuses its
   *     values
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public VerificationReport verify(MirrorPlan plan, VerifyOptions options) {
    return verify(installation(plan, options), options);
  }

  /** Helm is needed to find the namespaces of a release, but not where labels select objects. */
  private Installation installation(MirrorPlan plan, VerifyOptions options) {
    return options.selector().isPresent()
        ? Installation.builder()
            .release(plan.release())
            .plan(plan)
            .otherNamespaces(options.namespaces())
            .build()
        : installationOf(plan);
  }

  private @Nullable RegistryClient mirrorIfGiven(Progress run) {
    return target == null ? null : retrying(target, run);
  }

  /**
   * Finds out why a release does not run as it should (the guide, "Troubleshooting"): verifies it
   * once, without waiting, and looks for the causes. Read-only. Needs all three clients.
   *
   * @param installation the release, and the plan whose images it should run
   * @return a graph of causes and consequences, without any cause if the release runs as it should
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public Diagnosis diagnose(Installation installation) {
    return diagnose(
        installation,
        verify(installation, VerifyOptions.builder().waitPolicy(WaitPolicy.once()).build()));
  }

  /**
   * Finds out why what runs the images of a plan does not run as it should: verifies it once, as
   * {@link #verify(MirrorPlan, VerifyOptions)} does, and looks for the causes. Read-only. Needs the
   * clients that the verification needs.
   *
   * @param plan the images
   * @param options the labels, and what to check; it is checked once, without waiting
   * @return a graph of causes and consequences, without any cause if everything runs as it should
   * @throws HelmException without a selector, when the plan's chart is not there, or refuses its
   *     values
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public Diagnosis diagnose(MirrorPlan plan, VerifyOptions options) {
    Installation installation = installation(plan, options);
    return diagnose(
        installation,
        verify(
            installation,
            VerifyOptions.builder().from(options).waitPolicy(WaitPolicy.once()).build()));
  }

  /**
   * Finds the causes of what a verification has found. Read-only. Needs a cluster client; without a
   * registry client, what the mirror has is not known.
   *
   * @param installation the release, and the plan whose images it should run
   * @param report what the verification of this installation has found
   * @return a graph of causes and consequences, without any cause if the report has no problem
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public Diagnosis diagnose(Installation installation, VerificationReport report) {
    Progress run = Progress.of(ProgressEvent.Step.VERIFY, progress);
    return new Diagnoser(cluster(), mirrorIfGiven(run), profile, run)
        .diagnose(installation, report);
  }

  /**
   * Diagnoses a release and writes a support bundle, which {@link SupportBundle} diagnoses on
   * another machine. The content of Secrets is masked. Read-only. Needs all three clients.
   *
   * @param installation the release, and the plan whose images it should run
   * @param file the tar.gz file to write; only its owner can read it; an existing file is replaced
   * @param options the size limit
   * @return the diagnosis, and what the bundle does not have
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.support.SupportBundleException when the file cannot be written
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public SupportBundleReport collectSupportBundle(
      Installation installation, Path file, SupportBundleOptions options) {
    Progress run = Progress.of(ProgressEvent.Step.VERIFY, progress);
    return new SupportCollector(cluster(), helm(), retrying(target(), run), profile, clock, run)
        .collect(installation, file, options);
  }

  /**
   * Repairs what needs no judgement of a person (the guide, "Troubleshooting"): mirrors the images
   * again that the mirror lacks, renews the pull secrets whose credentials are missing or rejected,
   * and creates failed Jobs of hooks again by an upgrade with the same chart and plan. Everything
   * else is listed with its command. Only what the diagnosis names and the options choose is
   * changed. Verify the release afterwards. Needs all three clients.
   *
   * @param installation the release, and the plan whose images it should run
   * @param diagnosis what {@link #diagnose(Installation)} has found for this installation
   * @param options which problems are repaired, the credentials of the nodes, dry run
   * @return what was done, and what is not repaired and why; a repair that fails is part of it
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted, or this
   *     Airgap is closed
   * @throws IllegalArgumentException when the diagnosis is of another release
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public RepairReport repair(
      Installation installation, Diagnosis diagnosis, RepairOptions options) {
    if (!installation.release().equals(diagnosis.release())) {
      throw new IllegalArgumentException(
          "diagnosis: it is of the release "
              + diagnosis.release()
              + ", but the installation is "
              + installation.release());
    }
    return new RepairRun(this, cluster(), installation, diagnosis, options).run();
  }

  /**
   * Plans the mirror rules of an OpenShift cluster, so that its nodes pull the images of a plan
   * from the mirror under their source names. Read-only. Needs a cluster client.
   *
   * @param plan the images and their names in the mirror
   * @param options the source policy, and whether there are rules for tags
   * @return the change for {@link #apply(ClusterChange)}; its problems say which images the rules
   *     would not redirect, and what they do to the rules that the cluster has
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planMirrorRules(MirrorPlan plan, MirrorRuleOptions options) {
    return new MirrorRuleConfigurer(cluster()).plan(plan, options);
  }

  /**
   * Plans that the nodes of an OpenShift cluster trust the CA of the mirror (the guide, step 3).
   * Read-only. Needs a cluster client.
   *
   * @param mirror the mirror
   * @param pem the certificates of its CA
   * @return the change for {@link #apply(ClusterChange)}
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planTrust(Target mirror, String pem) {
    return new TrustConfigurer(cluster()).plan(mirror, pem);
  }

  /**
   * Plans the seal of a release, with which its namespaces accept pods with the images of the plan
   * only. Read-only. Needs a cluster client, and Helm when the plan names a chart and the options
   * no namespaces.
   *
   * @param plan the images of the release
   * @param options what is done with other images, what else is allowed, and the namespaces
   * @return the change for {@link #apply(ClusterChange)}; its problems say whether the cluster
   *     supports it, and which pods that run now could not be created again
   * @throws HelmException when the plan's chart is not there, or refuses its values
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planSeal(MirrorPlan plan, SealOptions options) {
    Set<String> namespaces =
        options.namespaces().isEmpty()
            ? Set.copyOf(render(plan, Set.of()).namespaces(plan.release()))
            : options.namespaces();
    return new SealConfigurer(cluster()).plan(plan, namespaces, options);
  }

  /**
   * Drafts image policies of OpenShift, with which nodes pull the images of a plan only if they are
   * signed, and checks their preconditions. Nothing applies them. Read-only. Needs a cluster client
   * and a registry client.
   *
   * @param plan the images, mirrored with their signatures
   * @param options what the signatures are verified with, and how their names are compared
   * @return the policies for an administrator; their problems are preconditions that do not hold
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.registry.RegistryException when the mirror cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ImagePolicyDraft draftImagePolicies(MirrorPlan plan, ImagePolicyOptions options) {
    return new ImagePolicyDrafter(cluster(), target()).draft(plan, options);
  }

  /**
   * Plans to remove the seal of a release. Uninstalling the release removes it too. Read-only.
   * Needs a cluster client.
   *
   * @param release its name
   * @return the change for {@link #apply(ClusterChange)}; empty if the release is not sealed
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planSealRemoval(ReleaseName release) {
    return new SealConfigurer(cluster()).planRemoval(release);
  }

  /**
   * Checks whether the user of the cluster client is allowed to do what a step does, for exactly
   * this plan and this cluster. Read-only. Needs a cluster client, and Helm when the plan names a
   * chart.
   *
   * @param step the step
   * @param plan the release and its chart
   * @return what the step needs, with a problem for each permission that is missing
   * @throws HelmException when the plan's chart is not there, or refuses its values
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PermissionReport checkPermissions(ClusterStep step, MirrorPlan plan) {
    Set<String> pullSecrets = Set.of(PullSecretOptions.builder().build().secretName());
    RenderedChart rendered = render(plan, pullSecrets);
    StepContext.Builder context =
        StepContext.of(cluster(), plan.release(), rendered.namespaces(plan.release()))
            .addAllManifests(rendered.manifests())
            .accounts(
                PodPullSecrets.of(rendered, plan.release()).accountsOutsideChart(pullSecrets));
    plan.chart()
        .ifPresent(
            chart ->
                helm()
                    .conditions(chart)
                    .forEach(condition -> context.addAllLookups(condition.lookups())));
    return new PermissionChecker(cluster()).check(step, context.build());
  }

  /**
   * Checks whether the user of the cluster client is allowed to apply a planned change. Read-only.
   * Needs a cluster client.
   *
   * @param change the change
   * @return what it needs, with a problem for each permission that is missing
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PermissionReport checkPermissions(ClusterChange change) {
    return new PermissionChecker(cluster()).check(change);
  }

  /**
   * Finds the content of the mirror that no release needs, and deletes it on request. Needed are
   * the images of the plans and, when a cluster is asked, of every revision of their releases. Only
   * repositories of the plans are looked at. Needs a registry client, and a cluster client and Helm
   * when a cluster is asked.
   *
   * @param plans the plans whose images are kept
   * @param options whether content is deleted, and whether a cluster is asked
   * @return what is needed, what is not, and what was deleted
   * @throws HelmException when Helm cannot read a release
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public PruneReport prune(List<MirrorPlan> plans, PruneOptions options) {
    List<ReleaseHistory> histories =
        options.askCluster()
            ? plans.stream().map(MirrorPlan::release).distinct().map(this::history).toList()
            : List.of();
    Progress run = Progress.of(ProgressEvent.Step.PRUNE, progress);
    Pruner pruner = new Pruner(retrying(target(), run), progress);
    return options.delete() ? pruner.delete(plans, histories) : pruner.find(plans, histories);
  }

  /**
   * Plans what {@link #configurePullSecret(MirrorPlan, Credentials, PullSecretOptions)} changes
   * (the guide, step 3). Read-only. Needs a cluster client, and Helm if the cluster has no global
   * pull secret.
   *
   * @param plan the images that the cluster will pull
   * @param credentials the credentials with which the nodes pull
   * @param options the name of the Secret, and whether other credentials are replaced
   * @return the change; its problems are what prevents it
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planPullSecret(
      MirrorPlan plan, Credentials credentials, PullSecretOptions options) {
    return new PullSecretConfigurer(cluster(), progress)
        .plan(plan.target(), credentials, plan.release(), names -> render(plan, names), options);
  }

  /**
   * Plans the Secrets that the chart needs and that do not exist (the guide, step 4a). {@link
   * #install} creates them too. Read-only. Needs a cluster client and Helm.
   *
   * @param plan a plan with a chart
   * @param llmCredentials the content of the Secret with the credentials of the LLM, for example
   *     {@code OPENAI_API_KEY} and its value; empty if the Secret exists
   * @return the change for {@link #apply(ClusterChange)}; its problems are existing Secrets that
   *     lack keys, and credentials that are missing
   * @throws ai.kubernaut.airgap.install.InstallException when the plan has no chart
   * @throws HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planSecrets(MirrorPlan plan, Map<String, Secret> llmCredentials) {
    return new Installer(cluster(), helm(), finders, profile, progress)
        .planSecrets(plan, llmCredentials);
  }

  /**
   * Plans the Secrets that the chart needs and that do not exist, as {@link
   * #planSecrets(MirrorPlan, Map)} does, with credentials from elsewhere.
   *
   * @param plan a plan with a chart
   * @param llmCredentials called once, in this thread, and only if the Secret with the credentials
   *     of the LLM does not exist; what it throws is thrown as it is
   * @return the change for {@link #apply(ClusterChange)}; its problems are existing Secrets that
   *     lack keys, and credentials that are missing
   * @throws ai.kubernaut.airgap.install.InstallException when the plan has no chart
   * @throws HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planSecrets(MirrorPlan plan, Supplier<Map<String, Secret>> llmCredentials) {
    return new Installer(cluster(), helm(), finders, profile, progress)
        .planSecrets(plan, llmCredentials);
  }

  /**
   * Plans what {@link #rotateSecrets} changes. Read-only. Needs a cluster client and Helm.
   *
   * @param plan a plan with a chart
   * @param rotation the Secrets, and the content that cannot be generated
   * @return the change, to be looked at; its problems are what prevents the rotation
   * @throws ai.kubernaut.airgap.install.InstallException when the plan has no chart
   * @throws HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planSecretRotation(MirrorPlan plan, SecretRotation rotation) {
    return rotator().plan(plan, rotation);
  }

  /**
   * Gives Secrets of the release new content, and restarts the workloads that read them: the
   * servers that check a password first, then the clients. A run after a failure continues. Needs a
   * cluster client and Helm.
   *
   * @param plan a plan with a chart
   * @param rotation the Secrets, and the content that cannot be generated
   * @return the Secrets that were changed, for {@link #planUndo}, and the workloads that have
   *     restarted. After an undo, a rotation with {@link SecretRotation#restartOnly()} restarts
   *     them again
   * @throws ai.kubernaut.airgap.cluster.change.ClusterChangeException when the rotation is not
   *     possible, for example because a server keeps its password; nothing was changed
   * @throws ai.kubernaut.airgap.install.InstallException when the plan has no chart
   * @throws HelmException when the chart cannot be read
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ChangeReport rotateSecrets(MirrorPlan plan, SecretRotation rotation) {
    return rotator().rotate(plan, rotation);
  }

  private SecretRotator rotator() {
    return new SecretRotator(cluster(), helm(), profile, clock, progress);
  }

  /**
   * Applies a planned change of the cluster, and waits until the nodes of an OpenShift cluster have
   * it if it concerns them. Needs a cluster client.
   *
   * @param change a change without errors
   * @return what was changed; {@link ChangeReport#orElseThrow()} throws an exception if something
   *     was not, or nodes do not have it
   * @throws ai.kubernaut.airgap.cluster.change.ClusterChangeException when the change has errors;
   *     nothing was changed
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ChangeReport apply(ClusterChange change) {
    return apply(change, RolloutOptions.builder().build());
  }

  /**
   * Applies a planned change of the cluster, and waits until the nodes of an OpenShift cluster have
   * it if it concerns them. Needs a cluster client.
   *
   * @param change a change without errors
   * @param rollout how long to wait for the nodes
   * @return what was changed; {@link ChangeReport#orElseThrow()} throws an exception if something
   *     was not, or nodes do not have it
   * @throws ai.kubernaut.airgap.cluster.change.ClusterChangeException when the change has errors;
   *     nothing was changed
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ChangeReport apply(ClusterChange change, RolloutOptions rollout) {
    NodeRollout nodes = NodeRollout.before(cluster(), change);
    ChangeReport report = new ClusterChanger(cluster(), progress).apply(change);
    return nodes.await(report, rollout, progress);
  }

  /**
   * Plans to take back a change of the cluster. Read-only. Needs a cluster client.
   *
   * @param report the report of the change
   * @return the opposite change for {@link #apply(ClusterChange)}; an object that was changed by
   *     others since is a problem in it, and so are nodes that will be drained because mirror rules
   *     are taken back
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when a client that this step needs was not given
   */
  public ClusterChange planUndo(ChangeReport report) {
    return new MirrorRuleConfigurer(cluster())
        .withDrains(new ClusterChanger(cluster(), progress).undo(report));
  }

  /**
   * Starts a run of one or more steps in another thread, with the default options.
   *
   * @param <T> the result of the steps
   * @param steps calls one or more methods of what it is given, which is for this run alone
   * @return the run, which can be waited for and cancelled; {@link #close()} cancels it
   * @throws IllegalStateException when this object is closed
   */
  public <T> StepRun<T> start(Function<Airgap, T> steps) {
    return start(steps, RunOptions.builder().build());
  }

  /**
   * Starts a run of one or more steps in another thread.
   *
   * @param <T> the result of the steps
   * @param steps calls one or more methods of what it is given, which is for this run alone and has
   *     its options
   * @param options identifier, deadline, cancellation, retries, limits, listener
   * @return the run, which can be waited for, observed, cancelled and paused; {@link #close()}
   *     cancels it
   * @throws IllegalStateException when this object is closed
   * @throws java.util.concurrent.RejectedExecutionException when the executor of {@link
   *     Builder#executor} rejects the run
   */
  public <T> StepRun<T> start(Function<Airgap, T> steps, RunOptions options) {
    StepRun<T> run =
        new StepRun<>(options.id().orElseGet(() -> UUID.randomUUID().toString()), runs::remove);
    Airgap forRun = new Airgap(this, run, options);
    runs.start(run, () -> run.start(executor, () -> steps.apply(forRun), options));
    return run;
  }

  /**
   * Runs one or more steps in another thread and waits for their end. When this thread is
   * interrupted, the run is cancelled.
   *
   * @param <T> the result of the steps
   * @param steps calls one or more methods of what it is given, which is for this run alone and has
   *     its options
   * @param options identifier, deadline, cancellation, retries, limits, listener
   * @return the result of the steps
   * @throws ai.kubernaut.airgap.common.CancelledException when the run is ended early, or this
   *     thread is interrupted
   * @throws RuntimeException what the steps throw
   * @throws IllegalStateException when this object is closed
   */
  public <T> T run(Function<Airgap, T> steps, RunOptions options) {
    StepRun<T> run = start(steps, options);
    try {
      return run.await();
    } finally {
      run.cancel();
    }
  }

  private RegistryClient source() {
    return required(source, "registry(…) or sourceRegistry(…)");
  }

  private RegistryClient target() {
    return required(target, "registry(…) or targetRegistry(…)");
  }

  private Progress planning() {
    return Progress.of(ProgressEvent.Step.PLAN, progress);
  }

  private RegistryClient retrying(RegistryClient client, Progress run) {
    return new CancellableClient(RetryingClient.of(client, retry, run));
  }

  private ClusterClient cluster() {
    return required(cluster, "cluster(…)");
  }

  private HelmClient helm() {
    return required(helm, "helm(…)");
  }

  private <T> T required(@Nullable T client, String method) {
    runs.checkOpen();
    if (client == null) {
      throw new IllegalStateException(
          "this step needs a client that was not given; call Airgap.builder()." + method);
    }
    return client;
  }

  /**
   * Cancels the runs that were {@linkplain #start started} and waits up to ten seconds for their
   * end, cancels mirroring and checking in other threads, as {@link MirrorOptions#cancelledBy()}
   * does, and closes the clients if {@link Builder#closeClients(boolean)} says so. Calling it
   * again, or calling it in a run, does nothing.
   */
  @Override
  public void close() {
    if (isForRun) {
      return;
    }
    runs.close();
    if (!closesClients) {
      return;
    }
    if (source != null) {
      source.close();
    }
    if (target != null) {
      target.close();
    }
    if (cluster != null) {
      cluster.close();
    }
    if (helm != null) {
      helm.close();
    }
  }

  /** Builds an {@link Airgap}. Not thread-safe. */
  public static final class Builder {
    private @Nullable RegistryClient source;
    private @Nullable RegistryClient target;
    private @Nullable ClusterClient cluster;
    private @Nullable HelmClient helm;
    private boolean closesClients;
    private final List<ImageFinder> finders = new ArrayList<>(List.of(ImageFinder.containers()));
    private ProductProfile profile = KubernautProfile.profile();
    private RetryPolicy retry = RetryPolicy.builder().build();
    private Executor executor = Runs.threads();
    private InstantSource clock = InstantSource.system();
    private Consumer<ProgressEvent> progress = event -> {};

    private Builder() {}

    /**
     * Sets the client of all registries: those that images come from, and the mirror.
     *
     * @param client stays open unless {@link #closeClients(boolean)} says otherwise
     * @return this builder
     */
    public Builder registry(RegistryClient client) {
      return sourceRegistry(client).targetRegistry(client);
    }

    /**
     * Sets the client that images are read with, for example that of an image layout. Planning,
     * forecasting, fetching charts and mirroring use it.
     *
     * @param client stays open unless {@link #closeClients(boolean)} says otherwise
     * @return this builder
     */
    public Builder sourceRegistry(RegistryClient client) {
      this.source = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Sets the client that the mirror is written and read with. Forecasting, the preflight,
     * mirroring, checking and verifying use it.
     *
     * @param client stays open unless {@link #closeClients(boolean)} says otherwise
     * @return this builder
     */
    public Builder targetRegistry(RegistryClient client) {
      this.target = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Says how the cluster is reached.
     *
     * @param client stays open unless {@link #closeClients(boolean)} says otherwise
     * @return this builder
     */
    public Builder cluster(ClusterClient client) {
      this.cluster = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Adds a finder for images in rendered charts, for custom resources that the host knows. The
     * images of containers are always found.
     *
     * @param finder finds the images that one object names
     * @return this builder
     */
    public Builder imageFinder(ImageFinder finder) {
      finders.add(Objects.requireNonNull(finder, "finder"));
      return this;
    }

    /**
     * Says which Helm is used.
     *
     * @param client stays open unless {@link #closeClients(boolean)} says otherwise
     * @return this builder
     */
    public Builder helm(HelmClient client) {
      this.helm = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Configures what is known about the product beyond its chart.
     *
     * @param profile by default that of Kubernaut; {@link ProductProfile#none()} for another chart
     * @return this builder
     */
    public Builder profile(ProductProfile profile) {
      this.profile = Objects.requireNonNull(profile, "profile");
      return this;
    }

    /**
     * Configures whether closing the {@link Airgap} also closes its clients.
     *
     * @param close true to close them together with what is built; by default false, so that
     *     several can share a client
     * @return this builder
     */
    public Builder closeClients(boolean close) {
      this.closesClients = close;
      return this;
    }

    /**
     * Configures retries of registry requests for planning, forecasting, fetching charts and
     * verifying. Mirroring uses {@link MirrorOptions#retry()} instead.
     *
     * @param policy by default the defaults of {@link RetryPolicy}
     * @return this builder
     */
    public Builder retry(RetryPolicy policy) {
      this.retry = Objects.requireNonNull(policy, "policy");
      return this;
    }

    /**
     * Listens to what happens.
     *
     * @param listener told every event, by default nobody; from several threads, one event at a
     *     time
     * @return this builder
     */
    public Builder onProgress(Consumer<ProgressEvent> listener) {
      this.progress = Objects.requireNonNull(listener, "listener");
      return this;
    }

    /**
     * Configures which threads the runs use that {@link Airgap#start} starts. The workers of a
     * step, such as the senders of blobs, have threads of their own, which end with the step.
     *
     * @param executor calls runs in other threads, and interrupts none of them for other reasons
     *     than to end it; stays open; by default a new daemon thread for each run
     * @return this builder
     */
    public Builder executor(Executor executor) {
      this.executor = Objects.requireNonNull(executor, "executor");
      return this;
    }

    /**
     * Configures the clock that the times in reports and objects of the cluster are taken from.
     * Time limits do not depend on it, and neither do the Lease of a release, which other processes
     * take for abandoned when its time does not change, and the age of a pending release.
     *
     * @param clock by default that of the system
     * @return this builder
     */
    public Builder clock(InstantSource clock) {
      this.clock = Objects.requireNonNull(clock, "clock");
      return this;
    }

    /** {@return the entry point; no request is sent} */
    public Airgap build() {
      return new Airgap(this);
    }
  }
}
