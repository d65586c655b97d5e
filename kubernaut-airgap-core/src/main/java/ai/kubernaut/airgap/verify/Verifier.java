package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Looks whether a release runs from the mirror (the guide, step 5), and changes nothing: the
 * release, its workloads, every pod and every container's digest, the hooks' Jobs, and the health
 * of its services. Thread-safe.
 */
public final class Verifier {
  private final ClusterClient cluster;
  private final HelmClient helm;
  private final @Nullable RegistryClient registries;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a verifier.
   *
   * @param cluster looked at; stays open
   * @param helm asked for the release; stays open
   * @param registries asked for the digests that the mirror holds; stays open
   * @param progress told what is waited for
   */
  public Verifier(
      ClusterClient cluster,
      HelmClient helm,
      RegistryClient registries,
      Consumer<ProgressEvent> progress) {
    this(progress, cluster, helm, registries);
  }

  /**
   * Creates a verifier that cannot ask the mirror. A container passes when it runs the digest that
   * the plan names; other digests are not compared.
   *
   * @param cluster looked at; stays open
   * @param helm asked for the release; stays open
   * @param progress told what is waited for
   */
  public Verifier(ClusterClient cluster, HelmClient helm, Consumer<ProgressEvent> progress) {
    this(progress, cluster, helm, null);
  }

  private Verifier(
      Consumer<ProgressEvent> progress,
      ClusterClient cluster,
      HelmClient helm,
      @Nullable RegistryClient registries) {
    this.cluster = cluster;
    this.helm = new ProbedHelmClient(helm, cluster);
    this.registries = registries;
    this.progress = progress;
  }

  /**
   * Looks at a release until everything is as it should be, something can no longer become so, or
   * the time is over.
   *
   * @param installation the release, and the plan whose images it should run
   * @param options waitPolicy
   * @return what was seen last; what is not as it should be stands in it, and is no exception
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
        VerificationReport::isPassed,
        VerificationReport::summary);
  }

  private VerificationReport verify(
      Installation installation, VerifyOptions options, Progress run) {
    ExpectedImages images = new ExpectedImages(installation.plan(), registries);
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
   * While pods still start, others may fail for want of them. But when all that is pending are the
   * workloads and services of what has failed for itself, it is worth no more waiting.
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
    Optional<Release> release = helm.status(installation.release());
    boolean deployed = release.filter(Release::isDeployed).isPresent();
    checks.add(
        Check.of(
            Check.Kind.RELEASE,
            installation.release().name(),
            deployed ? Check.Result.PASS : Check.Result.FAIL,
            release
                .map(
                    found ->
                        found.chart()
                            + " is "
                            + found.status()
                            + " at revision "
                            + found.revision())
                .orElse("there is no such release in " + installation.release().namespace())));
    Namespaces namespaces = Namespaces.look(cluster, installation.namespaces());
    checks.addAll(new WorkloadChecks(namespaces, deployed).run());
    checks.addAll(new PodChecks(namespaces, images).run());
    if (options.askServices()) {
      checks.addAll(new HealthChecks(namespaces).run());
    }
    return VerificationReport.of(installation.release(), checks);
  }
}
