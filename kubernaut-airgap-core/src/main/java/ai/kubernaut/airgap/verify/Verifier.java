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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Verifies that a release runs from the mirror (the guide, step 5): the release, its workloads,
 * every pod and the digest of every container, the Jobs of the hooks, and the health of its
 * services. Read-only. Thread-safe.
 */
public final class Verifier {
  private final ClusterClient cluster;
  private final HelmClient helm;
  private final @Nullable RegistryClient registries;
  private final ProductProfile profile;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a verifier for Kubernaut.
   *
   * @param cluster is read; stays open
   * @param helm is asked for the release; stays open
   * @param registries is asked for the digests in the mirror; stays open; null when the mirror
   *     cannot be read: then a container passes when it runs the digest of the plan, and other
   *     digests are not compared
   * @param progress is sent what the verification waits for
   */
  public Verifier(
      ClusterClient cluster,
      HelmClient helm,
      @Nullable RegistryClient registries,
      Consumer<ProgressEvent> progress) {
    this(cluster, helm, registries, KubernautProfile.profile(), progress);
  }

  /**
   * Creates a verifier.
   *
   * @param cluster is read; stays open
   * @param helm is asked for the release; stays open
   * @param registries is asked for the digests in the mirror; stays open; null when the mirror
   *     cannot be read: then a container passes when it runs the digest of the plan, and other
   *     digests are not compared
   * @param profile whether a Job migrates the database
   * @param progress is sent what the verification waits for
   */
  public Verifier(
      ClusterClient cluster,
      HelmClient helm,
      @Nullable RegistryClient registries,
      ProductProfile profile,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = new ProbedHelmClient(helm, cluster);
    this.registries = registries;
    this.profile = profile;
    this.progress = progress;
  }

  /**
   * Checks a release until every check passes, a check fails for good, or the time is over.
   *
   * @param installation the release, and the plan whose images it should run
   * @param options how long to wait, and what to check
   * @return the last checks; problems are part of it and no exception
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public VerificationReport verify(Installation installation, VerifyOptions options) {
    Progress run = Progress.of(ProgressEvent.Step.VERIFY, progress);
    return run.during(
        0,
        "Verifying "
            + installation.release().name()
            + " in "
            + String.join(", ", installation.namespaces()),
        () -> verify(installation, options, run),
        VerificationReport::isOk,
        VerificationReport::summary);
  }

  private VerificationReport verify(
      Installation installation, VerifyOptions options, Progress run) {
    ExpectedImages images = new ExpectedImages(installation.plan(), registries, cluster);
    List<String> lastPending = new ArrayList<>();
    return options
        .waitPolicy()
        .until(
            () -> {
              VerificationReport seen = look(installation, images, options);
              tellPending(seen, lastPending, run);
              return seen;
            },
            Verifier::isFinal);
  }

  /**
   * Returns whether waiting is useless. While pods still start, others may fail because of them.
   * But workloads and services that wait for a failed pod do not become ready.
   */
  private static boolean isFinal(VerificationReport report) {
    List<Check> pending = withResult(report, Check.Result.PENDING);
    return pending.isEmpty()
        || (!withResult(report, Check.Result.FAIL).isEmpty()
            && pending.stream()
                .allMatch(
                    check ->
                        check.kind() == Check.Kind.WORKLOAD || check.kind() == Check.Kind.HEALTH));
  }

  private static List<Check> withResult(VerificationReport report, Check.Result result) {
    return report.checks().stream().filter(check -> check.result() == result).toList();
  }

  private static void tellPending(VerificationReport seen, List<String> last, Progress run) {
    List<String> pending =
        withResult(seen, Check.Result.PENDING).stream()
            .filter(check -> check.kind() == Check.Kind.POD)
            .map(check -> check.subject() + " " + check.detail())
            .toList();
    if (!pending.isEmpty() && !pending.equals(last)) {
      run.tell("waiting for " + pending.size() + " pods: " + pending.get(0));
    }
    last.clear();
    last.addAll(pending);
  }

  private VerificationReport look(
      Installation installation, ExpectedImages images, VerifyOptions options) {
    List<Check> checks = new ArrayList<>();
    Check release = release(installation.release());
    checks.add(release);
    Namespaces namespaces = Namespaces.look(cluster, installation.namespaces());
    checks.addAll(
        new WorkloadChecks(
                installation.release(),
                namespaces,
                release.result() == Check.Result.PASS,
                profile.migrationJob())
            .run());
    PodChecks pods = new PodChecks(namespaces, images);
    checks.addAll(pods.run());
    if (options.askServices()) {
      checks.addAll(new HealthChecks(namespaces).run());
    }
    return VerificationReport.of(installation.release(), checks, pods.origins());
  }

  private Check release(ReleaseName name) {
    Subject subject = new Subject(Subject.Kind.RELEASE, name.name());
    Optional<Release> release = helm.status(name);
    if (release.isEmpty()) {
      return Check.of(
          Check.Kind.RELEASE,
          Check.Result.FAIL,
          Problem.of(
              ProblemCode.RELEASE_NOT_FOUND, subject, Map.of("namespace", name.namespace())));
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
