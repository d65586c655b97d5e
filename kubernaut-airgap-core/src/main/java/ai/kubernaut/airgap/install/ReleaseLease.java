package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * A Lease beside a release that names the process in which Helm works on it. It is renewed until it
 * is closed. If that process is killed, the next run knows that no Helm works on the pending
 * release. Thread-safe.
 */
final class ReleaseLease implements AutoCloseable {
  static final ResourceType LEASE =
      ResourceType.namespaced("coordination.k8s.io/v1", "Lease", "leases");

  static final String REVISION = "airgap.kubernaut.ai/revision";
  static final String ENDS_WITH_HOLDER = "airgap.kubernaut.ai/ends-with-holder";

  private static final int DURATION_SECONDS = 15;
  static final Duration RENEW_INTERVAL = Duration.ofSeconds(5);
  private static final DateTimeFormatter MICRO_TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

  private final ClusterClient cluster;
  private final String namespace;
  private final String name;
  private final Duration interval;
  private final CountDownLatch closed = new CountDownLatch(1);
  private final Thread renewer;

  private ReleaseLease(ClusterClient cluster, ReleaseName release, Duration interval) {
    this.cluster = cluster;
    this.namespace = release.namespace();
    this.name = name(release);
    this.interval = interval;
    this.renewer = new Thread(this::renew, "kubernaut-airgap-lease");
    renewer.setDaemon(true);
  }

  static String name(ReleaseName release) {
    return "kubernaut-airgap-" + release.name();
  }

  /**
   * Who works on a pending release.
   *
   * @param state what is known of that process
   * @param identity its user, host and process; empty when it is not known
   */
  record Holder(State state, Optional<String> identity) {
    enum State {
      /** It has ended, and Helm with it. */
      ENDED,
      /** It renews its lease. */
      WORKING,
      /** It is not known. */
      UNKNOWN
    }
  }

  /**
   * Holds the lease of a release while Helm works on it. Without the permission to write leases
   * nothing is held.
   *
   * @param revision the revision that Helm creates
   * @param interval between two renewals
   * @param endsWithHolder whether Helm ends with this process, however it ends
   * @param progress is told when the lease cannot be held
   */
  static Optional<ReleaseLease> hold(
      ClusterClient cluster,
      ReleaseName release,
      int revision,
      Duration interval,
      boolean endsWithHolder,
      Consumer<String> progress) {
    ReleaseLease lease = new ReleaseLease(cluster, release, interval);
    try {
      lease.write(revision, endsWithHolder);
    } catch (ClusterException e) {
      progress.accept("the release has no lease: " + e.getMessage());
      return Optional.empty();
    }
    lease.renewer.start();
    return Optional.of(lease);
  }

  private void write(int revision, boolean endsWithHolder) {
    Optional<KubernetesObject> existing = cluster.get(LEASE, namespace, name);
    KubernetesObject lease =
        existing
            .orElseGet(() -> KubernetesObject.named(LEASE, namespace, name))
            .with(String.valueOf(revision), "metadata", "annotations", REVISION)
            .with(String.valueOf(endsWithHolder), "metadata", "annotations", ENDS_WITH_HOLDER)
            .with(identity(), "spec", "holderIdentity")
            .with(DURATION_SECONDS, "spec", "leaseDurationSeconds")
            .with(now(), "spec", "acquireTime")
            .with(now(), "spec", "renewTime");
    KubernetesObject unused =
        existing.isPresent() ? cluster.replace(LEASE, lease) : cluster.create(LEASE, lease);
  }

  private static String identity() {
    String host = Optional.ofNullable(System.getenv("HOSTNAME")).orElse("localhost");
    return System.getProperty("user.name")
        + "@"
        + host
        + ", process "
        + ProcessHandle.current().pid();
  }

  private static String now() {
    return MICRO_TIME.format(Instant.now());
  }

  private void renew() {
    try {
      while (!closed.await(interval.toMillis(), TimeUnit.MILLISECONDS)) {
        change(now(), "renewTime");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A lease that could not be changed is taken for that of a process that has ended too early. */
  private void change(String value, String field) {
    try {
      cluster
          .get(LEASE, namespace, name)
          .filter(lease -> holder(lease).equals(Optional.of(identity())))
          .ifPresent(lease -> cluster.replace(LEASE, lease.with(value, "spec", field)));
    } catch (ClusterException notChanged) {
      // The next renewal tries again.
    }
  }

  private static Optional<String> holder(KubernetesObject lease) {
    return lease.fields().text("spec", "holderIdentity").filter(holder -> !holder.isEmpty());
  }

  /**
   * Finds out who works on a pending release. If the lease belongs to it, this waits for its
   * duration to see whether it is renewed: clocks are not compared.
   */
  static Holder holderOf(ClusterClient cluster, ReleaseName release, int revision) {
    Optional<KubernetesObject> found;
    try {
      found = cluster.get(LEASE, release.namespace(), name(release));
    } catch (ClusterException notReadable) {
      found = Optional.empty();
    }
    if (found.isEmpty() || !annotation(found.get(), REVISION).equals(String.valueOf(revision))) {
      return new Holder(Holder.State.UNKNOWN, Optional.empty());
    }
    KubernetesObject lease = found.get();
    if (holder(lease).isEmpty()) {
      return new Holder(Holder.State.ENDED, Optional.empty());
    }
    if (!annotation(lease, ENDS_WITH_HOLDER).equals("true")) {
      return new Holder(Holder.State.UNKNOWN, holder(lease));
    }
    boolean renewed =
        WaitPolicy.of(
                Duration.ofSeconds(
                    lease.fields().number("spec", "leaseDurationSeconds").orElse(DURATION_SECONDS)),
                Duration.ofMillis(250))
            .until(() -> isRenewed(cluster, release, lease), seen -> seen);
    return new Holder(renewed ? Holder.State.WORKING : Holder.State.ENDED, holder(lease));
  }

  /** Removes the lease of a release that was uninstalled. */
  static void remove(ClusterClient cluster, ReleaseName release) {
    try {
      cluster
          .get(LEASE, release.namespace(), name(release))
          .ifPresent(lease -> cluster.delete(LEASE, lease));
    } catch (ClusterException remains) {
      // An unused lease has no effect.
    }
  }

  private static boolean isRenewed(
      ClusterClient cluster, ReleaseName release, KubernetesObject lease) {
    List<Optional<String>> before = times(lease);
    return cluster
        .get(LEASE, release.namespace(), name(release))
        .map(now -> !times(now).equals(before))
        .orElse(true);
  }

  private static List<Optional<String>> times(KubernetesObject lease) {
    return List.of(
        lease.fields().text("spec", "renewTime"), lease.fields().text("spec", "acquireTime"));
  }

  private static String annotation(KubernetesObject lease, String name) {
    return lease.annotations().getOrDefault(name, "");
  }

  /** Stops renewing and removes the holder from the lease. */
  @Override
  public void close() {
    closed.countDown();
    boolean interrupted = Thread.interrupted();
    while (renewer.isAlive()) {
      try {
        renewer.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    change("", "holderIdentity");
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
