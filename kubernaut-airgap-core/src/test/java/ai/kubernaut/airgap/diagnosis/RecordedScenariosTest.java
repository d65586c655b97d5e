package ai.kubernaut.airgap.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import ai.kubernaut.airgap.support.SupportBundle;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The scenarios of the lab from support bundles that its tests have recorded, with all causes,
 * their evidence, repairs and consequences. Without a cluster they are fast enough for mutation
 * tests.
 */
@EnabledIfSystemProperty(
    named = "airgap.scenarios",
    matches = ".+",
    disabledReason = "-Dairgap.scenarios names no directory of recorded scenarios")
final class RecordedScenariosTest {
  static List<Path> recorded() throws IOException {
    try (Stream<Path> files = Files.list(Path.of(System.getProperty("airgap.scenarios", "")))) {
      return files.filter(file -> file.toString().endsWith(".tar.gz")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void theDiagnosisIsThatOfTheScenario(Path bundle) throws IOException {
    String recorded = bundle.getFileName().toString().replace(".tar.gz", ".json");
    Diagnosis diagnosis = SupportBundle.read(bundle).diagnose();
    assertThat(ReportFormat.JSON.write(ReportDocument.of(diagnosis)))
        .isEqualTo(Files.readString(bundle.resolveSibling(recorded)));
  }
}
