package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that a release runs from the mirror (the guide, step 5): the release, its workloads,
 * every pod and the digest of every container, the Jobs of the hooks, the claims, the webhooks, the
 * configuration of the LLM, and the health of its services. With {@link VerifyOptions#selector()},
 * the objects are found by their labels instead of the release. Read-only. Thread-safe.
 */
public final class Verifier {
  /** What a verification waits for, causes before what depends on them. */
  private static final Map<Check.Kind, String> WAITED = new LinkedHashMap<>();

  static {
    WAITED.put(Check.Kind.CLAIM, "claims");
    WAITED.put(Check.Kind.POD, "pods");
    WAITED.put(Check.Kind.JOB, "Jobs");
    WAITED.put(Check.Kind.WEBHOOK, "webhooks");
    WAITED.put(Check.Kind.WORKLOAD, "workloads");
    WAITED.put(Check.Kind.HEALTH, "services");
    WAITED.put(Check.Kind.RELEASE, "GitOps resources");
  }

  private final ClusterClient cluster;
  private final @Nullable HelmClient helm;
  private final @Nullable RegistryClient registries;
  private final ProductProfile profile;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a verifier for Kubernaut.
   *
   * @param cluster is read; stays open
   * @param helm is asked for the release; stays open; null when everything is verified with {@link
   *     VerifyOptions#selector()}
   * @param registries is asked for the digests in the mirror; stays open; null when the mirror
   *     cannot be read: then a container passes when it runs the digest of the plan, and other
   *     digests are not compared
   * @param progress is sent what the verification waits for
   */
  public Verifier(
      ClusterClient cluster,
      @Nullable HelmClient helm,
      @Nullable RegistryClient registries,
      Consumer<ProgressEvent> progress) {
    this(cluster, helm, registries, KubernautProfile.profile(), progress);
  }

  /**
   * Creates a verifier.
   *
   * @param cluster is read; stays open
   * @param helm is asked for the release; stays open; null when everything is verified with {@link
   *     VerifyOptions#selector()}
   * @param registries is asked for the digests in the mirror; stays open; null when the mirror
   *     cannot be read: then a container passes when it runs the digest of the plan, and other
   *     digests are not compared
   * @param profile whether a Job migrates the database, and where the LLM is configured
   * @param progress is sent what the verification waits for
   */
  public Verifier(
      ClusterClient cluster,
      @Nullable HelmClient helm,
      @Nullable RegistryClient registries,
      ProductProfile profile,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = helm == null ? null : new ProbedHelmClient(helm, cluster);
    this.registries = registries;
    this.profile = profile;
    this.progress = progress;
  }

  /**
   * Checks a release until every check passes, a check fails for good, or the time is over.
   *
   * <p>Without a selector, everything in the namespaces of the release is checked except workloads,
   * Jobs and Services that another Helm release has created, and the pods of these.
   *
   * @param installation the release, and the plan whose images it should run
   * @param options how long to wait, and what to check
   * @return the last checks; problems are part of it and no exception
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   * @throws IllegalStateException when there is neither a selector nor a client for Helm
   */
  public VerificationReport verify(Installation installation, VerifyOptions options) {
    if (options.selector().isEmpty() && helm == null) {
      throw new IllegalStateException(
          "the release "
              + installation.release().name()
              + " cannot be verified without a client for Helm; give one, or the labels of its objects"
              + " with VerifyOptions.selector");
    }
    Progress run = Progress.of(ProgressEvent.Step.VERIFY, progress);
    return run.during(
        0,
        "Verifying "
            + options
                .selector()
                .map(selector -> "what the selector '" + selector + "' selects")
                .orElse(installation.release().name())
            + " in "
            + String.join(", ", namespaces(installation, options)),
        () -> verify(installation, options, run),
        VerificationReport::isOk,
        VerificationReport::summary);
  }

  private static Set<String> namespaces(Installation installation, VerifyOptions options) {
    return options.namespaces().isEmpty()
        ? installation.namespaces()
        : new TreeSet<>(options.namespaces());
  }

  private VerificationReport verify(
      Installation installation, VerifyOptions options, Progress run) {
    ExpectedImages images = new ExpectedImages(installation.plan(), registries, cluster);
    List<String> lastPending = new ArrayList<>();
    RareChecks rare = new RareChecks(cluster, installation.release(), profile, options.moment());
    WaitProgress progress = new WaitProgress(options.grace());
    Look last =
        options
            .waitPolicy()
            .until(
                () -> {
                  Look seen = look(installation, images, rare, options);
                  tellPending(seen.report, lastPending, run);
                  return seen;
                },
                look -> progress.isFinal(look.report, look.expectedNodes));
    List<Check> pending = WaitProgress.withResult(last.report, Check.Result.PENDING);
    if (!pending.isEmpty() && !options.waitPolicy().isSingleLook()) {
      run.tell("no longer waiting for " + describe(pending));
    }
    return last.report;
  }

  /**
   * What was seen at one moment.
   *
   * @param expectedNodes pods for which a node is being added
   */
  private record Look(VerificationReport report, Set<Subject> expectedNodes) {}

  private static void tellPending(VerificationReport seen, List<String> last, Progress run) {
    List<Check> pending = WaitProgress.withResult(seen, Check.Result.PENDING);
    List<String> states =
        pending.stream().map(check -> check.subject() + " " + check.detail()).toList();
    if (!states.isEmpty() && !states.equals(last)) {
      run.tell("waiting for " + describe(pending));
    }
    last.clear();
    last.addAll(states);
  }

  /** Returns for example {@code 2 pods, 1 services: Pod a/b: is not ready}; pods come first. */
  private static String describe(List<Check> pending) {
    Map<Check.Kind, Long> counts = new EnumMap<>(Check.Kind.class);
    pending.forEach(check -> counts.merge(check.kind(), 1L, Long::sum));
    List<String> parts = new ArrayList<>();
    WAITED.forEach(
        (kind, name) -> {
          if (counts.containsKey(kind)) {
            parts.add(counts.get(kind) + " " + name);
          }
        });
    Check first =
        WAITED.keySet().stream()
            .flatMap(kind -> pending.stream().filter(check -> check.kind() == kind))
            .findFirst()
            .orElse(pending.get(0));
    return String.join(", ", parts) + ": " + first.subject() + " " + first.detail();
  }

  private Look look(
      Installation installation, ExpectedImages images, RareChecks rare, VerifyOptions options) {
    Set<String> names = namespaces(installation, options);
    Optional<Selection> selection =
        options.selector().map(selector -> new Selection(selector, images::isPlanned));
    Namespaces namespaces =
        selection
            .map(by -> Namespaces.look(cluster, names, by))
            .orElseGet(() -> Namespaces.look(cluster, names, installation.release()));
    List<Check> checks = new ArrayList<>();
    Check release =
        selection
            .map(by -> selected(installation.release(), by, names))
            .orElseGet(() -> release(installation.release(), namespaces));
    checks.add(release);
    boolean isDeployed = release.result() == Check.Result.PASS;
    checks.addAll(
        new WorkloadChecks(
                installation.release(),
                namespaces,
                isDeployed,
                profile.migrationJob(),
                selection.isPresent() ? Optional.empty() : rare.revision(isDeployed))
            .run());
    checks.addAll(new ClaimChecks(namespaces).run());
    PodChecks pods = new PodChecks(namespaces, images);
    checks.addAll(pods.run());
    if (options.askServices()) {
      checks.addAll(new HealthChecks(namespaces).run());
    }
    boolean isWaiting = checks.stream().anyMatch(check -> check.result() == Check.Result.PENDING);
    boolean isHelmRelease =
        selection.isEmpty()
            && release
                .problem()
                .filter(problem -> problem.code() == ProblemCode.RELEASE_NOT_FOUND)
                .isEmpty();
    checks.addAll(
        rare.run(namespaces, isHelmRelease, isWaiting && !options.waitPolicy().isSingleLook()));
    return new Look(
        VerificationReport.of(installation.release(), checks, pods.origins(), rare.managers()),
        pods.expectedNodes());
  }

  /** Returns a skipped check, which reports that the state of the Helm release was not checked. */
  private static Check selected(ReleaseName name, Selection selection, Set<String> names) {
    return Check.of(
        Check.Kind.RELEASE,
        Check.Result.SKIPPED,
        Fact.of(
            FactCode.HELM_NOT_ASKED,
            new Subject(Subject.Kind.RELEASE, name.name()),
            Map.of(
                "selector",
                selection.selector().isEmpty() ? "everything" : selection.selector().toString(),
                "namespaces",
                String.join(", ", names))));
  }

  private Check release(ReleaseName name, Namespaces namespaces) {
    Subject subject = new Subject(Subject.Kind.RELEASE, name.name());
    Optional<Release> release = Objects.requireNonNull(helm).status(name);
    if (release.isEmpty()) {
      String labels = CommonLabels.of(namespaces.workloads());
      return Check.of(
          Check.Kind.RELEASE,
          Check.Result.FAIL,
          Problem.of(
              ProblemCode.RELEASE_NOT_FOUND,
              subject,
              Map.of(
                  "namespace",
                  name.namespace(),
                  "selector",
                  labels.isEmpty() ? "LABELS" : labels,
                  "labels",
                  labels)));
    }
    Map<String, String> parameters =
        Map.of(
            "chart",
            release.get().chart(),
            "status",
            release.get().status(),
            "revision",
            String.valueOf(release.get().revision()));
    return release.get().isDeployed()
        ? Check.of(
            Check.Kind.RELEASE,
            Check.Result.PASS,
            Fact.of(FactCode.RELEASE_DEPLOYED, subject, parameters))
        : Check.of(
            Check.Kind.RELEASE,
            Check.Result.FAIL,
            Problem.of(ProblemCode.RELEASE_NOT_DEPLOYED, subject, parameters));
  }
}
