package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.openshift.RolloutOptions;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.mirrorrules.MirrorRuleOptions;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.TestCertificates;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Each step that changes the cluster, with each kind of fault at each of its requests: the step
 * succeeds or reports the fault, the next run completes it, and the cluster is then as after a run
 * without faults.
 */
@Timeout(300)
final class ClusterStepFaultsTest {
  private static final Credentials ROBOT = Credentials.of("robot", "hunter2");
  private static final WaitPolicy SHORT =
      WaitPolicy.of(Duration.ofMillis(20), Duration.ofMillis(1));

  @TempDir static Path directory;
  private static String ca;

  @BeforeAll
  static void generate() throws IOException {
    ca = Files.readString(TestCertificates.create(directory).authority());
  }

  /** What goes wrong with one request. */
  enum Fault {
    /** The API server does not respond to three requests. */
    GONE,
    /** The response to a write gets lost. */
    RESPONSE_LOST,
    /** The user may not do it. */
    FORBIDDEN,
    /** Somebody else has changed the object. */
    CONFLICT
  }

  /** A step that changes the cluster. */
  enum Step {
    PULL_SECRET {
      @Override
      Outcome<?> run(Airgap airgap, World world) {
        return airgap.configurePullSecret(
            world.plan,
            ROBOT,
            PullSecretOptions.builder().rolloutBegin(SHORT).rolloutEnd(SHORT).build());
      }
    },
    PULL_SECRETS_IN_NAMESPACES {
      @Override
      boolean isOnOpenShift() {
        return false;
      }

      @Override
      Outcome<?> run(Airgap airgap, World world) {
        return PULL_SECRET.run(airgap, world);
      }
    },
    MIRROR_RULES {
      @Override
      Outcome<?> run(Airgap airgap, World world) {
        return airgap.apply(
            airgap.planMirrorRules(world.plan, MirrorRuleOptions.builder().forTags(true).build()),
            RolloutOptions.builder().begin(SHORT).end(SHORT).build());
      }
    },
    TRUST {
      @Override
      Outcome<?> run(Airgap airgap, World world) {
        return airgap.apply(airgap.planTrust(world.plan.target(), world.ca));
      }
    },
    SECRETS {
      @Override
      Outcome<?> run(Airgap airgap, World world) {
        return airgap.apply(airgap.planSecrets(world.plan, Map.of("KEY", Secret.of("sk-hunter2"))));
      }
    },
    INSTALL {
      @Override
      Outcome<?> run(Airgap airgap, World world) {
        List<MirroredImage> images = new ArrayList<>();
        for (MirrorEntry entry : world.plan.entries()) {
          images.add(
              MirroredImage.builder().entry(entry).outcome(MirroredImage.Outcome.PRESENT).build());
        }
        return airgap.install(
            MirrorReport.of(world.plan, images),
            PullSecretReport.none(),
            InstallOptions.builder()
                .putLlmCredentials("KEY", Secret.of("sk-hunter2"))
                .pendingRelease(world.pending)
                .build());
      }
    };

    boolean isOnOpenShift() {
      return true;
    }

    abstract Outcome<?> run(Airgap airgap, World world);
  }

  /** Counts the requests, and lets one of them go wrong. */
  private static final class FaultyRequest implements InterceptedCluster.Interceptor {
    private final Fault fault;
    private final int at;
    private boolean happened;

    FaultyRequest(Fault fault, int at) {
      this.fault = fault;
      this.at = at;
    }

    @Override
    public void before(InterceptedCluster.Call call) {
      int number = call.number();
      switch (fault) {
        case GONE -> {
          if (number >= at && number < at + 3) {
            throw failure(call, ClusterException.Reason.UNREACHABLE);
          }
        }
        case FORBIDDEN -> {
          if (number == at) {
            throw failure(call, ClusterException.Reason.FORBIDDEN);
          }
        }
        case CONFLICT -> {
          if (number >= at && call.isWrite() && !happened) {
            throw failure(call, ClusterException.Reason.CONFLICT);
          }
        }
        default -> {}
      }
    }

    @Override
    public void after(InterceptedCluster.Call call) {
      if (fault == Fault.RESPONSE_LOST && call.isWrite() && call.number() >= at && !happened) {
        throw failure(call, ClusterException.Reason.UNREACHABLE);
      }
    }

    private ClusterException failure(InterceptedCluster.Call call, ClusterException.Reason reason) {
      happened = true;
      return call.failure(reason, "a fault of the test");
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyFaultAtEveryRequestIsReportedAndTheNextRunCompletesTheStep(Step step) {
    World clean = new World(step.isOnOpenShift(), ca);
    InterceptedCluster counting = new InterceptedCluster(clean.cluster, call -> {});
    assertThat(clean.run(step, counting).isOk()).isTrue();
    Map<String, String> expected = clean.state();
    int requests = counting.calls();
    int runs = 0;
    List<String> succeeded = new ArrayList<>();
    for (Fault fault : Fault.values()) {
      for (int at = 0; at < requests; at++) {
        World world = new World(step.isOnOpenShift(), ca);
        FaultyRequest faulty = new FaultyRequest(fault, at);
        String run = step + " with " + fault + " at request " + at;
        if (ends(run, world, step, faulty)) {
          succeeded.add(fault + "@" + at);
        }
        runs++;
        assertThat(world.run(step, world.cluster).isOk()).as("after " + run).isTrue();
        assertThat(world.state()).as(run).isEqualTo(expected);
        assertThat(world.globalPullSecret()).as(run).isEqualTo(clean.globalPullSecret());
        assertThat(world.hasForeignEntries()).as(run).isTrue();
      }
    }
    System.out.printf(
        "%s: %d requests, %d runs with a fault, %d of them succeeded%n",
        step, requests, runs, succeeded.size());
    assertThat(runs).isEqualTo(4 * requests).isGreaterThan(12);
  }

  /** Runs a step with a fault; returns whether it succeeded. */
  private static boolean ends(String run, World world, Step step, FaultyRequest faulty) {
    try {
      Outcome<?> outcome = world.run(step, new InterceptedCluster(world.cluster, faulty));
      assertThat(outcome.problems().toString()).as(run).doesNotContain("hunter2");
      assertThat(outcome.isOk() || !outcome.problems().isEmpty()).as(run).isTrue();
      return outcome.isOk();
    } catch (AirgapException e) {
      assertThat(faulty.happened).as(run).isTrue();
      assertThat(e.getMessage()).as(run).isNotBlank().doesNotContain("hunter2");
      if (e instanceof ProblemsException problems) {
        assertThat(problems.problems()).as(run).isNotEmpty();
      } else {
        assertThat(e).as(run).isInstanceOf(ClusterException.class);
      }
      return false;
    }
  }

  @Test
  void undoingEveryStepRestoresTheCluster() {
    for (Step step : Step.values()) {
      if (step == Step.INSTALL) {
        continue;
      }
      World world = new World(step.isOnOpenShift(), ca);
      Map<String, String> before = world.state();
      Outcome<?> outcome = world.run(step, world.cluster);
      ChangeReport report =
          outcome instanceof PullSecretReport secret ? secret.change() : (ChangeReport) outcome;
      assertThat(world.state()).as("%s", step).isNotEqualTo(before);
      try (Airgap airgap = Airgap.builder().cluster(world.cluster).build()) {
        airgap
            .apply(
                airgap.planUndo(report), RolloutOptions.builder().begin(SHORT).end(SHORT).build())
            .orElseThrow();
      }
      assertThat(world.state()).as("%s", step).isEqualTo(before);
      assertThat(
              world.cluster.list(
                  ResourceType.SECRET, null, Map.of("airgap.kubernaut.ai/backup", "true")))
          .as("%s", step)
          .isEmpty();
    }
  }
}
