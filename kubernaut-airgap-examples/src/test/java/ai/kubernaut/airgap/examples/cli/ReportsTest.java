package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportsTest {

  @Test
  void whatNeedsAttentionStandsLast() {
    VerificationReport report =
        VerificationReport.of(
            ReleaseName.defaultRelease(),
            List.of(
                Check.of(Check.Kind.POD, "first", Check.Result.FAIL, "broken"),
                Check.of(Check.Kind.POD, "second", Check.Result.PASS, "fine"),
                Check.of(Check.Kind.POD, "third", Check.Result.PENDING, "slow")));

    assertThat(Reports.text(report).lines())
        .containsExactly(
            "  PASS        pod      second: fine",
            "  FAIL        pod      first: broken",
            "  NOT IN TIME pod      third: slow",
            "FAILED: 2 of 3 checks did not pass");
  }
}
