package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * Installs the chart from the mirror (the guide, step 4): namespace, Secrets, values in the guide's
 * order with an overlay found for this chart, and Helm. Before anything is created, it is proven
 * that every image in the chart with the overlay is one that the plan provides. Running it again
 * upgrades the release. Thread-safe.
 */
public final class Installer {
  private final ClusterClient cluster;
  private final HelmClient helm;
  private final List<ImageFinder> finders;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates an installer that finds the images of containers.
   *
   * @param cluster gets the namespace and the Secrets; stays open
   * @param helm renders and installs; stays open
   * @param progress told what happens
   */
  public Installer(ClusterClient cluster, HelmClient helm, Consumer<ProgressEvent> progress) {
    this(cluster, helm, List.of(ImageFinder.containers()), progress);
  }

  /**
   * Creates an installer.
   *
   * @param cluster gets the namespace and the Secrets; stays open
   * @param helm renders and installs; stays open
   * @param finders find the images in the rendered chart: those that the plan was made with
   * @param progress told what happens
   */
  public Installer(
      ClusterClient cluster,
      HelmClient helm,
      List<ImageFinder> finders,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = new ProbedHelmClient(helm, cluster);
    this.finders = List.copyOf(finders);
    this.progress = progress;
  }

  /**
   * Installs the chart of a mirrored plan, or upgrades it when the release is there.
   *
   * @param mirrored the images, all of them in the mirror unless the options allow otherwise
   * @param pullSecret what pods have to name to be let in
   * @param options release, LLM credentials, wait policy
   * @return the release, deployed by Helm with its hooks done; whether its pods run is for the
   *     verification to say
   * @throws ai.kubernaut.airgap.mirror.IncompleteMirrorException when images are missing in the
   *     mirror
   * @throws InstallException when the plan has no chart, or a Secret that is there lacks a key
   * @throws ai.kubernaut.airgap.overlay.ImagesOutsideMirrorException when the chart would pull
   *     anything that the plan does not provide
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart or Helm refuses, or a hook fails
   * @throws ClusterException when the cluster cannot be reached, or refuses
   */
  public Installation install(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    Progress run = Progress.of(ProgressEvent.Step.INSTALL, progress);
    Installer ofRun = new Installer(cluster, helm, finders, run);
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

  private Installed installHere(
      MirrorReport mirrored, PullSecretReport pullSecret, InstallOptions options) {
    MirrorPlan plan = plan(mirrored, options);
    String namespace = plan.release().namespace();
    MirrorPlan here = forThisCluster(plan);
    Chart chart =
        here.chart()
            .orElseThrow(
                () ->
                    new InstallException(
                        "the plan was made from a list of images, and names no chart to install"));
    ChartValues values = ChartValues.of(helm, chart);
    MirrorProof proof = prove(here, values, pullSecret, options).orElseThrow();
    List<String> actions = new ArrayList<>(proof.overlay().lines());
    actions.forEach(this::step);
    step(
        "the chart with the overlay pulls "
            + proof.rendered().images().size()
            + " images, every one from "
            + plan.target().address());

    if (!pullSecret.namesForPods().isEmpty()
        && values.fields().value("global", "imagePullSecrets").isEmpty()) {
      step(
          "the chart has no value global.imagePullSecrets, so its pods do not name "
              + String.join(", ", pullSecret.namesForPods())
              + "; add it to their ServiceAccounts");
    }

    ChartSecrets secrets = new ChartSecrets(cluster, namespace, values, options.llmCredentials());
    secrets.check();
    List<String> created = new ArrayList<>();
    ensureNamespace(namespace).ifPresent(created::add);
    created.addAll(secrets.ensure());
    created.forEach(this::step);
    actions.addAll(created);

    Release release =
        proof
            .overlay()
            .over(values.withSdkConfig(chart), turned -> installOrUpgrade(turned, options));
    actions.add(
        "release "
            + release.name().name()
            + " is "
            + release.status()
            + " at revision "
            + release.revision());
    Set<String> otherNamespaces = new TreeSet<>(proof.rendered().namespaces(plan.release()));
    otherNamespaces.remove(namespace);
    return new Installed(
        Installation.builder()
            .release(plan.release())
            .plan(plan)
            .otherNamespaces(otherNamespaces)
            .actions(actions)
            .build(),
        release);
  }

  /** Proves the overlay that was reviewed with the plan, or looks for one when there is none. */
  private MirrorProof prove(
      MirrorPlan here, ChartValues values, PullSecretReport pullSecret, InstallOptions options) {
    MirrorProver prover = new MirrorProver(helm, finders);
    ProofOptions proof =
        ProofOptions.builder()
            .pinDigests(options.pinDigests())
            .pullSecrets(pullSecret.namesForPods())
            .build();
    return here.overlay().isPresent() && !options.pinDigests()
        ? prover.proveReviewed(here, values, proof)
        : prover.prove(here, values, proof);
  }

  /** The plan; where digests are wanted, with those that the mirroring has seen. */
  private static MirrorPlan plan(MirrorReport mirrored, InstallOptions options) {
    MirrorPlan plan =
        options.allowIncompleteMirror() ? mirrored.plan() : mirrored.orElseThrow().plan();
    Map<ImageRef, Digest> seen = new HashMap<>();
    for (MirroredImage image : mirrored.images()) {
      if (options.pinDigests() && plan.expectedDigest(image.entry()).isEmpty()) {
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

  private Release installOrUpgrade(Chart chart, InstallOptions options) {
    Optional<Release> existing = helm.status(chart.release());
    if (existing.isPresent()) {
      step(
          "the release is there at revision "
              + existing.get().revision()
              + ", "
              + existing.get().status()
              + "; upgrading it");
      return helm.upgrade(chart, chart.release(), options.hookTimeout());
    }
    step("Helm is installing; its hooks make certificates and migrate the database");
    return helm.install(chart, chart.release(), options.hookTimeout());
  }

  private Optional<String> ensureNamespace(String name) {
    if (cluster.get(ResourceType.NAMESPACE, null, name).isPresent()) {
      return Optional.empty();
    }
    cluster.create(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, name));
    return Optional.of("namespace " + name + " created");
  }

  private void step(String what) {
    Progress.of(ProgressEvent.Step.INSTALL, progress).tell(what);
  }
}
