package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ClusterStepFaultsTest.Step;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.install.PendingRelease;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Steps in clusters that are not as they should be, by a seed: each run succeeds or ends with a
 * report that says where, why and what to do; when that is done, the next run completes the step;
 * the entries of others in the pull secret stay byte for byte.
 */
@Timeout(300)
final class SeededClusterFaultsTest {
  private static final int RUNS = Integer.getInteger("airgap.faults.runs", 400);
  private static final long SEED = Long.getLong("airgap.faults.seed", 20261127L);

  @TempDir static Path directory;
  private static String ca;

  @BeforeAll
  static void generate() throws IOException {
    ca = Files.readString(TestCertificates.create(directory).authority());
  }

  /** What is wrong, and how an administrator ends it. */
  enum Fault {
    /** Every write of an object is answered with a conflict once. */
    CONFLICTS,
    /** The API server is gone from one request on, until the run ends. */
    GONE,
    /** The user may not do what one request asks for, however often it is repeated. */
    FORBIDDEN,
    /** A pool is degraded before the run, or by its change. */
    POOL_DEGRADED,
    /** A pool is paused before the run, or while it waits. */
    POOL_PAUSED,
    /** The pools begin later than the run waits. */
    POOL_BEGINS_LATE,
    /** A Secret of the chart exists and lacks a key. */
    SECRET_LACKS_KEY,
    /** The namespace of the release is being deleted. */
    NAMESPACE_TERMINATING,
    /** Another operation of Helm has left the release pending. */
    RELEASE_PENDING,
    /** Another run of the same step happens between two requests. */
    SECOND_RUN;

    boolean concerns(Step step) {
      boolean nodes = step == Step.PULL_SECRET || step == Step.MIRROR_RULES;
      return switch (this) {
        case POOL_DEGRADED, POOL_PAUSED, POOL_BEGINS_LATE -> nodes;
        case SECRET_LACKS_KEY -> step == Step.SECRETS || step == Step.INSTALL;
        case NAMESPACE_TERMINATING ->
            step == Step.SECRETS || step == Step.INSTALL || step == Step.PULL_SECRETS_IN_NAMESPACES;
        case RELEASE_PENDING -> step == Step.INSTALL;
        default -> true;
      };
    }
  }

  /** How many runs of one fault there were. */
  private static final class Count {
    int runs;
    int succeeded;
  }

  @Test
  void everyRunSucceedsOrSaysWhatToDo_andTheNextOneCompletesTheStep() {
    Map<Step, ClusterState> expected = new EnumMap<>(Step.class);
    for (Step step : Step.values()) {
      World clean = new World(step.isOnOpenShift(), ca);
      InterceptedCluster counting = new InterceptedCluster(clean.cluster, call -> {});
      assertThat(clean.run(step, counting).isOk()).isTrue();
      expected.put(step, new ClusterState(clean, counting.calls()));
    }
    Random random = new Random(SEED);
    List<Step> steps = List.of(Step.values());
    Map<Fault, Count> counts = new EnumMap<>(Fault.class);
    for (int run = 0; run < RUNS; run++) {
      Step step = steps.get(random.nextInt(steps.size()));
      List<Fault> possible =
          List.of(Fault.values()).stream().filter(fault -> fault.concerns(step)).toList();
      Fault fault = possible.get(random.nextInt(possible.size()));
      ClusterState clean = expected.get(step);
      int at = random.nextInt(clean.requests());
      boolean succeeded =
          new FaultyRun(step, fault, at, random.nextBoolean(), clean).completesTheStep();
      Count count = counts.computeIfAbsent(fault, unused -> new Count());
      count.runs++;
      count.succeeded += succeeded ? 1 : 0;
    }
    System.out.println("Seed " + SEED + ", " + RUNS + " runs:");
    counts.forEach(
        (fault, count) ->
            System.out.printf(
                "  %-21s %3d runs, %3d succeeded in spite of it%n",
                fault, count.runs, count.succeeded));
    assertThat(counts).containsOnlyKeys(Fault.values());
    assertThat(RUNS).isGreaterThanOrEqualTo(200);
  }

  /** Nodes that get a change may be those of the API server. */
  @Test
  void anOutageWhileNodesAreWaitedForDoesNotEndTheRun() {
    World world = new World(true, ca);
    AtomicInteger left = new AtomicInteger(5);
    List<Integer> reads = new ArrayList<>();
    InterceptedCluster cluster =
        new InterceptedCluster(
            world.cluster,
            call -> {
              if (call.verb().equals("list")
                  && world.pool.isChanged()
                  && left.getAndDecrement() > 0) {
                reads.add(call.number());
                throw call.failure(ClusterException.Reason.UNREACHABLE, "connection refused");
              }
            });
    WaitPolicy patient = WaitPolicy.of(Duration.ofSeconds(30), Duration.ofMillis(1));
    try (Airgap airgap = Airgap.builder().cluster(cluster).build()) {
      PullSecretReport report =
          airgap.configurePullSecret(
              world.plan,
              Credentials.of("robot", "hunter2"),
              PullSecretOptions.builder().rolloutBegin(patient).rolloutEnd(patient).build());
      assertThat(report.isOk()).isTrue();
    }
    assertThat(reads).hasSize(5);
  }

  /** How a cluster is after a run without a fault. */
  private record ClusterState(Map<String, String> objects, String pullSecret, int requests) {
    ClusterState(World world, int requests) {
      this(world.state(), world.globalPullSecret(), requests);
    }
  }

  /** One run with one fault. */
  private static final class FaultyRun {
    private final Step step;
    private final Fault fault;
    private final int at;
    private final boolean before;
    private final ClusterState clean;
    private final World world;
    private final String name;
    private final Set<String> written = new HashSet<>();
    private Optional<InterceptedCluster.Call> forbidden = Optional.empty();

    FaultyRun(Step step, Fault fault, int at, boolean before, ClusterState clean) {
      this.step = step;
      this.fault = fault;
      this.at = at;
      this.before = before;
      this.clean = clean;
      this.world = new World(step.isOnOpenShift(), ca);
      this.name = "%s with %s at request %d (%s)".formatted(step, fault, at, before);
    }

    /** Returns whether the run with the fault succeeded. */
    boolean completesTheStep() {
      prepare();
      boolean succeeded = ends(new InterceptedCluster(world.cluster, this::intercept));
      assertThat(world.hasForeignEntries()).as(name).isTrue();
      repair();
      Outcome<?> next = world.run(step, world.cluster);
      assertThat(next.isOk()).as("after " + name + ": " + next.problems()).isTrue();
      assertThat(world.state()).as(name).isEqualTo(clean.objects());
      assertThat(world.globalPullSecret()).as(name).isEqualTo(clean.pullSecret());
      assertThat(world.hasForeignEntries()).as(name).isTrue();
      return succeeded;
    }

    private void prepare() {
      switch (fault) {
        case POOL_DEGRADED -> world.pool.breakWith(Pool.Fault.DEGRADED, before);
        case POOL_PAUSED -> world.pool.breakWith(Pool.Fault.PAUSED, before);
        case POOL_BEGINS_LATE -> world.pool.breakWith(Pool.Fault.LATE, false);
        case SECRET_LACKS_KEY -> world.putIncompleteSecret();
        case NAMESPACE_TERMINATING -> world.putTerminatingNamespace(before);
        case RELEASE_PENDING -> world.putPendingRelease();
        default -> {}
      }
    }

    private void repair() {
      switch (fault) {
        case POOL_DEGRADED, POOL_PAUSED, POOL_BEGINS_LATE -> world.pool.repair();
        case SECRET_LACKS_KEY -> world.removeIncompleteSecret();
        case NAMESPACE_TERMINATING -> world.removeTerminatingNamespace();
        case RELEASE_PENDING -> world.pending = PendingRelease.CONTINUE;
        default -> {}
      }
    }

    /** What the API server answers instead. */
    private void intercept(InterceptedCluster.Call call) {
      switch (fault) {
        case CONFLICTS -> {
          if (call.isWrite() && written.add(call.object())) {
            throw call.failure(
                call.creates()
                    ? ClusterException.Reason.ALREADY_EXISTS
                    : ClusterException.Reason.CONFLICT,
                reason());
          }
        }
        case GONE -> {
          if (call.number() >= at) {
            throw call.failure(ClusterException.Reason.UNREACHABLE, reason());
          }
        }
        case FORBIDDEN -> {
          if (call.number() == at) {
            forbidden = Optional.of(call);
          }
          if (forbidden.filter(call::isSameAs).isPresent()) {
            throw call.failure(ClusterException.Reason.FORBIDDEN, reason());
          }
        }
        case NAMESPACE_TERMINATING -> {
          if (call.creates() && call.namespace().equals(World.NAMESPACE)) {
            throw call.failure(
                ClusterException.Reason.FORBIDDEN,
                "unable to create new content in namespace %s because it is being terminated"
                    .formatted(World.NAMESPACE));
          }
        }
        case SECOND_RUN -> {
          if (call.number() == at) {
            ends(world.cluster);
          }
        }
        default -> {}
      }
    }

    /** Runs the step; returns whether it succeeded. */
    private boolean ends(ClusterClient cluster) {
      try {
        Outcome<?> outcome = world.run(step, cluster);
        if (!outcome.isOk()) {
          assertClear(outcome.problems());
        }
        return outcome.isOk();
      } catch (ClusterException e) {
        assertThat(e.getMessage())
            .as(name)
            .contains("test cluster", reason())
            .doesNotContain("hunter2");
      } catch (AirgapException e) {
        assertThat(e).as(name).isInstanceOf(ProblemsException.class);
        assertThat(e.getMessage()).as(name).doesNotContain("hunter2");
        assertClear(((ProblemsException) e).problems());
      }
      return false;
    }

    private void assertClear(List<Problem> problems) {
      assertThat(problems).as(name).isNotEmpty();
      assertThat(problems)
          .as(name)
          .allSatisfy(
              problem -> {
                assertThat(problem.subject().name()).isNotBlank();
                assertThat(problem.message()).isNotBlank();
                assertThat(problem.remedy()).isNotBlank();
                assertThat(problem.describe()).doesNotContain("hunter2");
              });
      assertThat(problems.stream().map(problem -> problem.code() + " " + problem.describe()))
          .as(name)
          .anyMatch(problem -> problem.contains(reason()));
    }

    /** What the report has to say. */
    private String reason() {
      return switch (fault) {
        case CONFLICTS -> "the object has been modified";
        case GONE -> "connection refused";
        case FORBIDDEN -> "cannot do this";
        case POOL_DEGRADED -> "POOL_DEGRADED";
        case POOL_PAUSED -> "POOL_PAUSED";
        case POOL_BEGINS_LATE -> "ROLLOUT";
        case SECRET_LACKS_KEY -> "SECRET_INCOMPLETE";
        case NAMESPACE_TERMINATING ->
            before ? "NAMESPACE_TERMINATING" : "because it is being terminated";
        case RELEASE_PENDING -> "RELEASE_PENDING";
        case SECOND_RUN -> "";
      };
    }
  }
}
