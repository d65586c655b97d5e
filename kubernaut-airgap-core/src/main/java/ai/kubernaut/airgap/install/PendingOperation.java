package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An operation of Helm on a release that has begun and not ended. Immutable. */
final class PendingOperation {
  private final HelmClient helm;
  private final ReleaseName release;
  private final StoredRelease stored;
  private final ReleaseLease.Holder holder;
  private final PendingRelease choice;
  private final Optional<Release> lastDeployed;

  private PendingOperation(
      HelmClient helm,
      ReleaseName release,
      StoredRelease stored,
      ReleaseLease.Holder holder,
      PendingRelease choice) {
    this.helm = helm;
    this.release = release;
    this.stored = stored;
    this.holder = holder;
    this.choice = choice;
    this.lastDeployed = lastDeployed(helm.history(release));
  }

  private static Optional<Release> lastDeployed(List<Release> history) {
    return history.stream()
        .filter(one -> one.isDeployed() || one.status().equals("superseded"))
        .reduce((first, second) -> second);
  }

  /** Finds the operation; empty when none is pending. */
  static Optional<PendingOperation> find(
      ClusterClient cluster, HelmClient helm, ReleaseName release, PendingRelease choice) {
    return StoredRelease.latest(cluster, release)
        .filter(StoredRelease::isPending)
        .map(
            stored ->
                new PendingOperation(
                    helm,
                    release,
                    stored,
                    ReleaseLease.holderOf(cluster, release, stored.revision()),
                    choice));
  }

  /** Returns the problem; empty if the operation can be ended because no Helm works on it. */
  Optional<Problem> problem() {
    boolean working = holder.state() == ReleaseLease.Holder.State.WORKING;
    boolean resolvable =
        switch (choice) {
          case CONTINUE_IF_ABANDONED -> holder.state() == ReleaseLease.Holder.State.ENDED;
          case CONTINUE, ROLL_BACK -> !working;
          case REFUSE -> false;
        };
    if (resolvable) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>(parameters());
    parameters.put("since", stored.since());
    parameters.put("age", age().orElse(""));
    parameters.put("holder", holder.identity().orElse(""));
    return Optional.of(
        Problem.of(
            working ? ProblemCode.RELEASE_IN_USE : ProblemCode.RELEASE_PENDING,
            subject(),
            parameters));
  }

  /** Returns whether the release is removed before it is installed again. */
  boolean isRemoved() {
    return stored.isUninstalling()
        || (choice == PendingRelease.ROLL_BACK && lastDeployed.isEmpty());
  }

  /** Ends the operation, so that the release can be installed or upgraded. */
  Fact end(Duration hookTimeout) {
    if (isRemoved()) {
      helm.uninstall(release);
      return Fact.of(FactCode.RELEASE_REMOVED, subject(), parameters());
    }
    stored.markFailed();
    if (choice == PendingRelease.ROLL_BACK && lastDeployed.isPresent()) {
      int target = lastDeployed.get().revision();
      Release back = helm.rollback(release, target, hookTimeout);
      return Fact.of(
          FactCode.RELEASE_ROLLED_BACK,
          subject(),
          Map.of("target", String.valueOf(target), "revision", String.valueOf(back.revision())));
    }
    return Fact.of(FactCode.RELEASE_CONTINUED, subject(), parameters());
  }

  private Subject subject() {
    return new Subject(Subject.Kind.RELEASE, release.name());
  }

  private Map<String, String> parameters() {
    return Map.of("status", stored.status(), "revision", String.valueOf(stored.revision()));
  }

  private Optional<String> age() {
    try {
      long minutes = Duration.between(Instant.parse(stored.since()), Instant.now()).toMinutes();
      return Optional.of(
          minutes < 60 ? minutes + " min" : minutes / 60 + " h " + minutes % 60 + " min");
    } catch (DateTimeParseException unknown) {
      return Optional.empty();
    }
  }
}
