package ai.kubernaut.airgap.report;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class TextWriterTest {
  private static Subject pod(String name) {
    return Subject.object(Subject.Kind.POD, "n", name);
  }

  private static Check failed(String name, String detail) {
    return Check.of(
        Check.Kind.POD,
        Check.Result.FAIL,
        Problem.of(
            ProblemCode.POD_NOT_RUNNING,
            pod(name),
            Map.of("phase", "Failed", "detail", detail, "log", "")));
  }

  @Test
  void whatIsWrongStandsFirst_andWhatIsWellIsCounted() {
    VerificationReport report =
        VerificationReport.of(
            ReleaseName.defaultRelease(),
            List.of(
                Check.of(
                    Check.Kind.POD, Check.Result.PASS, Fact.of(FactCode.POD_READY, pod("first"))),
                Check.of(
                    Check.Kind.POD, Check.Result.PASS, Fact.of(FactCode.POD_READY, pod("second"))),
                failed("third", "")));

    assertThat(ReportDocument.of(report).toText().lines())
        .containsExactly(
            "ERROR   Pod n/third: is Failed",
            "      → look at the events of the pod",
            "  PASS     pod: 2 checks",
            "FAILED: 1 of 3 checks did not pass");
  }

  @Test
  void linesFitTheTerminal_andDoNotControlIt() {
    VerificationReport report =
        VerificationReport.of(
            ReleaseName.defaultRelease(),
            List.of(failed("pod", "word ".repeat(200) + "\u001b[2J\u202e end")));

    String text = ReportDocument.of(report).toText();

    assertThat(text.lines()).allMatch(line -> line.length() <= 100).hasSizeGreaterThan(10);
    assertThat(text).contains("\\u001B[2J\\u202E end").doesNotContain("\u001b", "\u202e");
  }

  @Test
  void lettersOfAllLanguagesAndSymbolsStay_butNoControls() {
    assertThat(SafeText.forTerminal("  日本 שלום 🚀\u0007\ufffe\ud83d"))
        .isEqualTo("  日本 שלום 🚀\\u0007\\uFFFE\\uD83D");
  }

  @Test
  void manyFactsOfOneKindAreFolded() {
    Installation.Builder installation =
        Installation.builder()
            .release(ReleaseName.defaultRelease())
            .plan(MirrorPlan.builder(Target.registry("harbor.corp")).build());
    for (int number = 0; number < 50; number++) {
      installation.addFacts(
          Fact.of(FactCode.OBJECT_CREATED, new Subject(Subject.Kind.SECRET, "n/s" + number)));
    }

    assertThat(ReportDocument.of(installation.build()).toText().lines())
        .containsExactly(
            "  Secret n/s0 was created",
            "  Secret n/s1 was created",
            "  Secret n/s2 was created",
            "  … and 47 more of OBJECT_CREATED",
            "50 actions");
  }
}
