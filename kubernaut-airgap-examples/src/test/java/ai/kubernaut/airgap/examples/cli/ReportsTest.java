package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ReportsTest {
  private static Subject pod(String name) {
    return Subject.object(Subject.Kind.POD, "n", name);
  }

  @Test
  void whatNeedsAttentionStandsLast() {
    VerificationReport report =
        VerificationReport.of(
            ReleaseName.defaultRelease(),
            List.of(
                Check.of(
                    Check.Kind.POD,
                    Check.Result.FAIL,
                    Problem.of(
                        ProblemCode.POD_NOT_RUNNING,
                        pod("first"),
                        Map.of("phase", "Failed", "detail", "", "log", ""))),
                Check.of(
                    Check.Kind.POD, Check.Result.PASS, Fact.of(FactCode.POD_READY, pod("second"))),
                Check.of(
                    Check.Kind.POD,
                    Check.Result.PENDING,
                    Problem.of(
                        ProblemCode.POD_NOT_READY,
                        pod("third"),
                        Map.of("detail", "slow", "log", "")))));

    assertThat(Reports.text(report).lines())
        .containsExactly(
            "  PASS        pod      Pod n/second: is running and ready",
            "  FAIL        pod      Pod n/first: is Failed",
            "              → look at the events of the pod",
            "  NOT IN TIME pod      Pod n/third: runs but is not ready: slow",
            "              → look at the log of the pod and at its readiness probe",
            "FAILED: 2 of 3 checks did not pass");
  }

  @Test
  void aWarningIsNoFailure() {
    VerificationReport report =
        VerificationReport.of(
            ReleaseName.defaultRelease(),
            List.of(
                Check.of(
                    Check.Kind.LLM,
                    Check.Result.FAIL,
                    Problem.of(
                        ProblemCode.LLM_ENDPOINT_MISSING,
                        new Subject(Subject.Kind.OBJECT, "ConfigMap n/sdk"),
                        Map.of("key", "sdk-config.yaml")))));

    assertThat(report.isOk()).isTrue();
    assertThat(Reports.text(report).lines())
        .first()
        .asString()
        .startsWith("  WARNING     llm      ConfigMap n/sdk: sdk-config.yaml names no endpoint");
    assertThat(Reports.text(report))
        .endsWith(
            "PASSED: 0 pods are up, 0 containers run mirrored digests; 1 of 1 checks have warnings");
  }
}
