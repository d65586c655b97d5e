package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirrorrules.MirrorRules;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.seal.SealConfigurer;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reads the history of a release, rolls it back and uninstalls it. A release is rolled back only to
 * a revision whose images can all be pulled. Thread-safe.
 */
public final class ReleaseManager {
  private static final String KEEP = "helm.sh/resource-policy";
  private static final ResourceType CLAIM =
      ResourceType.namespaced("v1", "PersistentVolumeClaim", "persistentvolumeclaims");

  private final ClusterClient cluster;
  private final HelmClient helm;
  private final RegistryClient registries;
  private final List<ImageFinder> finders;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a manager.
   *
   * @param cluster has the releases; stays open
   * @param helm changes them; stays open
   * @param registries is asked for the images of a revision; stays open
   * @param finders find the images in the manifests of a revision
   * @param progress is sent every event
   */
  public ReleaseManager(
      ClusterClient cluster,
      HelmClient helm,
      RegistryClient registries,
      List<ImageFinder> finders,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = new ProbedHelmClient(helm, cluster);
    this.registries = registries;
    this.finders = List.copyOf(finders);
    this.progress = progress;
  }

  /**
   * Reads the history of a release. Read-only.
   *
   * @param release its name
   * @return its revisions; a problem if there is no such release
   * @throws ai.kubernaut.airgap.chart.HelmException when Helm cannot read it
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ReleaseHistory history(ReleaseName release) {
    Map<Integer, StoredRelease> stored = stored(release);
    ImageLookup lookup = new ImageLookup(registries, MirrorRules.inCluster(cluster));
    ReleaseHistory.Builder history = ReleaseHistory.builder().release(release);
    List<Release> revisions = helm.history(release);
    for (Release revision : revisions) {
      history.addRevisions(inspect(revision, stored, lookup));
    }
    if (revisions.isEmpty()) {
      history.addProblems(notFound(release));
    }
    return history.build();
  }

  private Map<Integer, StoredRelease> stored(ReleaseName release) {
    return StoredRelease.all(cluster, release).stream()
        .collect(Collectors.toMap(StoredRelease::revision, one -> one));
  }

  private ReleaseHistory.Revision inspect(
      Release revision, Map<Integer, StoredRelease> stored, ImageLookup lookup) {
    Set<ImageRef> images =
        Optional.ofNullable(stored.get(revision.revision()))
            .map(StoredRelease::rendered)
            .map(this::images)
            .orElse(Set.of());
    return ImmutableRevision.of(
        revision.revision(),
        revision.status(),
        revision.chart(),
        images,
        lookup.locations(images),
        problems(revision, images, lookup));
  }

  private Set<ImageRef> images(RenderedChart rendered) {
    return rendered.images(finders).stream()
        .map(ImageUse::image)
        .collect(Collectors.toCollection(LinkedHashSet::new));
  }

  private List<Problem> problems(Release revision, Set<ImageRef> images, ImageLookup lookup) {
    List<Problem> problems = new ArrayList<>();
    if (!revision.isDeployed() && !revision.status().equals("superseded")) {
      problems.add(
          Problem.of(
              ProblemCode.REVISION_NOT_DEPLOYED,
              subject(revision.name()),
              Map.of(
                  "revision", String.valueOf(revision.revision()), "status", revision.status())));
    }
    images.forEach(image -> lookup.problem(image).ifPresent(problems::add));
    return problems;
  }

  /**
   * Rolls a release back, if all images of the revision can be pulled.
   *
   * @param release its name
   * @param revision the revision to return to
   * @param options time limit of the hooks, dry run
   * @return what was done, or the problems because of which nothing was changed
   * @throws ai.kubernaut.airgap.chart.HelmException when Helm fails; the release has a failed
   *     revision then
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public ReleaseChange rollback(ReleaseName release, int revision, ReleaseOptions options) {
    return during(
        "Rolling back " + release.name() + " in " + release.namespace() + " to " + revision,
        run -> rollBack(release, revision, options, run));
  }

  private ReleaseChange rollBack(
      ReleaseName release, int revision, ReleaseOptions options, Progress run) {
    ReleaseChange.Builder change =
        ReleaseChange.builder().release(release).dryRun(options.dryRun());
    List<Release> history = helm.history(release);
    change.addAllProblems(rollbackProblems(release, history, revision));
    Optional<PendingOperation> pending =
        PendingOperation.find(cluster, helm, release, PendingRelease.CONTINUE_IF_ABANDONED);
    pending.flatMap(PendingOperation::problem).ifPresent(change::addProblems);
    ReleaseChange checked = change.build();
    if (!checked.isOk()) {
      return checked;
    }
    if (options.dryRun()) {
      return change.addFacts(fact(FactCode.ROLLBACK_POSSIBLE, release, "target", revision)).build();
    }
    pending.ifPresent(operation -> change.addFacts(operation.end(options.hookTimeout())));
    int latest = history.get(history.size() - 1).revision();
    Optional<ReleaseLease> lease =
        ReleaseLease.hold(
            cluster,
            release,
            latest + 1,
            ReleaseLease.RENEW_INTERVAL,
            helm.endsWithJvm(),
            run::tell);
    try {
      Release back = helm.rollback(release, revision, options.hookTimeout());
      return change
          .addFacts(
              Fact.of(
                  FactCode.RELEASE_ROLLED_BACK,
                  subject(release),
                  Map.of(
                      "target",
                      String.valueOf(revision),
                      "revision",
                      String.valueOf(back.revision()))))
          .build();
    } finally {
      lease.ifPresent(ReleaseLease::close);
    }
  }

  private List<Problem> rollbackProblems(ReleaseName release, List<Release> history, int revision) {
    if (history.isEmpty()) {
      return List.of(notFound(release));
    }
    return history.stream()
        .filter(one -> one.revision() == revision)
        .findFirst()
        .map(
            one ->
                inspect(
                        one,
                        stored(release),
                        new ImageLookup(registries, MirrorRules.inCluster(cluster)))
                    .problems())
        .orElseGet(() -> List.of(noSuchRevision(release, history, revision)));
  }

  private static Problem noSuchRevision(ReleaseName release, List<Release> history, int revision) {
    return Problem.of(
        ProblemCode.REVISION_NOT_FOUND,
        subject(release),
        Map.of(
            "revision",
            String.valueOf(revision),
            "revisions",
            history.stream()
                .map(one -> String.valueOf(one.revision()))
                .collect(Collectors.joining(", "))));
  }

  /**
   * Uninstalls a release, and removes its seal. Objects that the chart keeps, volume claims,
   * Secrets that are not part of the release, CRDs and the namespace remain in the cluster.
   *
   * @param release its name
   * @param options dry run
   * @return what was removed, or would be removed, and what remains
   * @throws ai.kubernaut.airgap.chart.HelmException when Helm fails; uninstalling again continues
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public ReleaseChange uninstall(ReleaseName release, ReleaseOptions options) {
    return during(
        "Uninstalling " + release.name() + " from " + release.namespace(),
        run -> remove(release, options));
  }

  private ReleaseChange remove(ReleaseName release, ReleaseOptions options) {
    ReleaseChange.Builder change =
        ReleaseChange.builder().release(release).dryRun(options.dryRun());
    Optional<StoredRelease> latest = StoredRelease.latest(cluster, release);
    if (latest.isEmpty()) {
      return change.addProblems(notFound(release)).build();
    }
    Optional<Problem> inUse =
        PendingOperation.find(cluster, helm, release, PendingRelease.CONTINUE)
            .flatMap(PendingOperation::problem);
    if (inUse.isPresent()) {
      return change.addProblems(inUse.get()).build();
    }
    List<KubernetesObject> objects =
        latest.get().rendered().manifests().stream()
            .filter(manifest -> !manifest.isHook())
            .map(RenderedManifest::object)
            .toList();
    List<Fact> remaining = remaining(release, objects);
    if (!options.dryRun()) {
      helm.uninstall(release);
      ReleaseLease.remove(cluster, release);
    }
    for (KubernetesObject object : objects) {
      if (!isKept(object)) {
        change.addFacts(
            Fact.of(
                options.dryRun() ? FactCode.OBJECT_TO_BE_REMOVED : FactCode.OBJECT_REMOVED,
                subject(object, release)));
      }
    }
    removeSeal(release, options, change);
    return change.addAllFacts(remaining).build();
  }

  /** Only administrators may know of seals, so a failure does not prevent that a release ends. */
  private void removeSeal(
      ReleaseName release, ReleaseOptions options, ReleaseChange.Builder change) {
    try {
      ClusterChange removal = new SealConfigurer(cluster).planRemoval(release);
      if (options.dryRun()) {
        removal
            .changes()
            .forEach(one -> change.addFacts(Fact.of(FactCode.OBJECT_TO_BE_REMOVED, one.subject())));
      } else if (!removal.isEmpty()) {
        ClusterChanger changer = new ClusterChanger(cluster, event -> {});
        change.addAllFacts(changer.apply(removal).orElseThrow().facts());
      }
    } catch (ClusterException | ClusterChangeException e) {
      change.addProblems(
          Problem.of(
                  ProblemCode.SEAL_NOT_REMOVED,
                  subject(release),
                  Map.of("detail", String.valueOf(e.getMessage())))
              .causedBy(e));
    }
  }

  private static boolean isKept(KubernetesObject object) {
    return "keep".equals(object.annotations().get(KEEP));
  }

  private List<Fact> remaining(ReleaseName release, List<KubernetesObject> objects) {
    Set<String> removed =
        objects.stream()
            .filter(object -> !isKept(object))
            .map(object -> object.kind() + " " + object.name())
            .collect(Collectors.toSet());
    List<KubernetesObject> remaining =
        new ArrayList<>(objects.stream().filter(ReleaseManager::isKept).toList());
    remaining.addAll(cluster.list(CLAIM, release.namespace(), Map.of()));
    cluster.list(ResourceType.SECRET, release.namespace(), Map.of()).stream()
        .filter(secret -> !secret.labels().getOrDefault("owner", "").equals("helm"))
        .forEach(remaining::add);
    return remaining.stream()
        .filter(object -> !removed.contains(object.kind() + " " + object.name()))
        .map(object -> subject(object, release))
        .distinct()
        .map(subject -> Fact.of(FactCode.OBJECT_REMAINS, subject))
        .toList();
  }

  private static Subject subject(KubernetesObject object, ReleaseName release) {
    return new Subject(
        Subject.Kind.OBJECT,
        object.kind() + " " + object.namespace().orElse(release.namespace()) + "/" + object.name());
  }

  static Problem notFound(ReleaseName release) {
    return Problem.of(
        ProblemCode.RELEASE_NOT_FOUND,
        subject(release),
        Map.of("namespace", release.namespace(), "selector", "", "labels", ""));
  }

  private static Fact fact(FactCode code, ReleaseName release, String parameter, int value) {
    return Fact.of(code, subject(release), Map.of(parameter, String.valueOf(value)));
  }

  private static Subject subject(ReleaseName release) {
    return new Subject(Subject.Kind.RELEASE, release.name());
  }

  private ReleaseChange during(String what, Function<Progress, ReleaseChange> change) {
    Progress run = Progress.of(ProgressEvent.Step.INSTALL, progress);
    return run.during(
        0,
        what,
        () -> change.apply(run),
        ReleaseChange::isOk,
        changed -> changed.isOk() ? what + ": done" : what + ": nothing was changed");
  }
}
