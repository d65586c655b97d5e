package ai.kubernaut.airgap.verify;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** When a verification stops waiting. The clock is set by hand. */
final class WaitProgressTest {
  private static final Subject POD = new Subject(Subject.Kind.POD, "n/gateway-1");

  /** The parameters of all codes that are used here. */
  private static final List<String> NAMES =
      List.of(
          "reason",
          "container",
          "image",
          "detail",
          "log",
          "phase",
          "scheduler",
          "ready",
          "wanted",
          "storageClass",
          "events",
          "status",
          "path",
          "port",
          "chart",
          "revision");

  private final AtomicLong clock = new AtomicLong();
  private final WaitProgress progress = new WaitProgress(Duration.ofSeconds(15), clock::get);

  private static Check check(
      Check.Kind kind, Check.Result result, ProblemCode code, String... parameters) {
    Map<String, String> all = new HashMap<>();
    for (String name : NAMES) {
      all.put(name, "");
    }
    for (int i = 0; i < parameters.length; i += 2) {
      all.put(parameters[i], parameters[i + 1]);
    }
    return Check.of(kind, result, Problem.of(code, POD, all));
  }

  private static Check pending(Check.Kind kind, ProblemCode code, String... parameters) {
    return check(kind, Check.Result.PENDING, code, parameters);
  }

  private boolean isFinalAfter(int seconds, Check... checks) {
    clock.addAndGet(Duration.ofSeconds(seconds).toNanos());
    return progress.isFinal(
        VerificationReport.of(ReleaseName.defaultRelease(), Arrays.asList(checks)), Set.of());
  }

  @Test
  void nothingPendingIsFinal() {
    assertThat(isFinalAfter(0)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(names = {"POD_NOT_READY", "POD_OF_JOB_RUNNING"})
  void whatTimeMayCureIsWaitedFor(ProblemCode code) {
    assertThat(isFinalAfter(0, pending(Check.Kind.POD, code))).isFalse();
    assertThat(isFinalAfter(200, pending(Check.Kind.POD, code))).isFalse();
  }

  @ParameterizedTest
  @EnumSource(
      names = {
        "POD_UNSCHEDULABLE",
        "POD_WITHOUT_SCHEDULER",
        "PULL_IMAGE_NOT_FOUND",
        "PULL_UNAUTHORIZED"
      })
  void whatDoesNotPassByItselfIsWaitedForOnlyForTheGrace(ProblemCode code) {
    assertThat(isFinalAfter(0, pending(Check.Kind.POD, code))).isFalse();
    assertThat(isFinalAfter(14, pending(Check.Kind.POD, code))).isFalse();
    assertThat(isFinalAfter(1, pending(Check.Kind.POD, code))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({
    "CreateContainerConfigError, '', true",
    "ContainerCreating, 'MountVolume.SetUp failed for volume \"c\" : secret \"s\" not found', true",
    "ContainerCreating, '', false",
    "CrashLoopBackOff, 'back-off', false"
  })
  void aMissingSecretDoesNotPassByItselfAndACrashMay(
      String reason, String detail, boolean isStuck) {
    Check waiting =
        pending(Check.Kind.POD, ProblemCode.CONTAINER_WAITING, "reason", reason, "detail", detail);
    assertThat(isFinalAfter(0, waiting)).isFalse();
    assertThat(isFinalAfter(15, waiting)).isEqualTo(isStuck);
  }

  @Test
  void aClaimOfAStorageClassThatDoesNotExistDoesNotPassByItself() {
    Check claim =
        pending(
            Check.Kind.CLAIM,
            ProblemCode.CLAIM_NOT_BOUND,
            "detail",
            "storageclass \"fast\" not found");
    assertThat(isFinalAfter(0, claim)).isFalse();
    assertThat(isFinalAfter(15, claim)).isTrue();
  }

  @Test
  void aNodeThatIsBeingAddedIsWaitedFor() {
    Check unschedulable = pending(Check.Kind.POD, ProblemCode.POD_UNSCHEDULABLE);
    VerificationReport report =
        VerificationReport.of(ReleaseName.defaultRelease(), Arrays.asList(unschedulable));
    assertThat(progress.isFinal(report, Set.of(POD))).isFalse();
    clock.addAndGet(Duration.ofMinutes(2).toNanos());
    assertThat(progress.isFinal(report, Set.of(POD))).isFalse();
    assertThat(progress.isFinal(report, Set.of())).isTrue();
  }

  @Test
  void afterAFailureWaitingGoesOnWhileAnythingChanges() {
    Check failed = check(Check.Kind.POD, Check.Result.FAIL, ProblemCode.PULL_IMAGE_NOT_FOUND);
    Check crashing =
        pending(Check.Kind.POD, ProblemCode.CONTAINER_WAITING, "reason", "CrashLoopBackOff");
    Check starting = pending(Check.Kind.POD, ProblemCode.POD_NOT_READY);
    assertThat(isFinalAfter(0, failed, crashing)).isFalse();
    assertThat(isFinalAfter(10, failed, starting)).isFalse();
    assertThat(isFinalAfter(10, failed, crashing)).isFalse();
    assertThat(isFinalAfter(15, failed, crashing)).isTrue();
  }

  @Test
  void workloadsAndServicesOfAFailedPodAreNotWaitedFor() {
    assertThat(
            isFinalAfter(
                0,
                check(Check.Kind.POD, Check.Result.FAIL, ProblemCode.PULL_IMAGE_NOT_FOUND),
                pending(Check.Kind.WORKLOAD, ProblemCode.WORKLOAD_NOT_READY),
                pending(Check.Kind.HEALTH, ProblemCode.SERVICE_UNHEALTHY)))
        .isTrue();
  }

  @Test
  void aWarningDoesNotEndTheWait() {
    Check warning =
        Check.of(
            Check.Kind.LLM,
            Check.Result.FAIL,
            Problem.of(ProblemCode.LLM_ENDPOINT_MISSING, POD, Map.of("key", "sdk-config.yaml")));
    assertThat(
            isFinalAfter(0, warning, pending(Check.Kind.WORKLOAD, ProblemCode.WORKLOAD_NOT_READY)))
        .isFalse();
  }
}
