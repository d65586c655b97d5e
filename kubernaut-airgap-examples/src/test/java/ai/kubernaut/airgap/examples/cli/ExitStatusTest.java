package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.common.AirgapException;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The exit statuses, whose numbers scripts rely on. */
final class ExitStatusTest {
  private static final Map<String, Integer> NUMBERS =
      Map.ofEntries(
          Map.entry("OK", 0),
          Map.entry("PROBLEM", 1),
          Map.entry("USAGE", 2),
          Map.entry("CHANGED", 3),
          Map.entry("REGISTRY", 4),
          Map.entry("CLUSTER", 5),
          Map.entry("HELM", 6),
          Map.entry("FILE", 7),
          Map.entry("CANCELLED", 8),
          Map.entry("UNEXPECTED", 70),
          Map.entry("INTERRUPTED", 130),
          Map.entry("TERMINATED", 143));

  /** Every exception that can leave the library. A new one belongs here. */
  private static final Map<String, ExitStatus> FAILURES =
      Map.ofEntries(
          Map.entry("AirgapException", ExitStatus.FILE),
          Map.entry("BundleException", ExitStatus.FILE),
          Map.entry("CancelledException", ExitStatus.CANCELLED),
          Map.entry("ChartChangedException", ExitStatus.HELM),
          Map.entry("ClusterChangeException", ExitStatus.PROBLEM),
          Map.entry("ClusterException", ExitStatus.CLUSTER),
          Map.entry("HelmException", ExitStatus.HELM),
          Map.entry("HookFailedException", ExitStatus.PROBLEM),
          Map.entry("ImageNotInPlanException", ExitStatus.FILE),
          Map.entry("ImagesOutsideMirrorException", ExitStatus.PROBLEM),
          Map.entry("IncompleteMirrorException", ExitStatus.PROBLEM),
          Map.entry("InstallationFailedException", ExitStatus.PROBLEM),
          Map.entry("InstallException", ExitStatus.PROBLEM),
          Map.entry("InvalidManifestException", ExitStatus.REGISTRY),
          Map.entry("InvalidPlanException", ExitStatus.FILE),
          Map.entry("InvalidReferenceException", ExitStatus.HELM),
          Map.entry("InvalidYamlException", ExitStatus.FILE),
          Map.entry("MirrorCancelledException", ExitStatus.CANCELLED),
          Map.entry("PreflightFailedException", ExitStatus.PROBLEM),
          Map.entry("ProblemsException", ExitStatus.PROBLEM),
          Map.entry("PullSecretException", ExitStatus.PROBLEM),
          Map.entry("RegistryConfigException", ExitStatus.REGISTRY),
          Map.entry("RegistryException", ExitStatus.REGISTRY),
          Map.entry("SupportBundleException", ExitStatus.FILE),
          Map.entry("UnprovenPlanException", ExitStatus.PROBLEM),
          Map.entry("UnresolvedImagesException", ExitStatus.PROBLEM),
          Map.entry("VerificationFailedException", ExitStatus.PROBLEM));

  @Test
  void theNumbersStay() {
    Map<String, Integer> numbers = new TreeMap<>();
    for (ExitStatus status : ExitStatus.values()) {
      numbers.put(status.name(), status.number());
    }
    assertThat(numbers).containsExactlyInAnyOrderEntriesOf(NUMBERS);
  }

  @Test
  void everyExceptionOfTheLibraryHasItsStatus() {
    Map<String, ExitStatus> statuses = new TreeMap<>();
    new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("ai.kubernaut.airgap")
            .stream()
            .filter(type -> type.isAssignableTo(AirgapException.class))
            .filter(type -> type.getModifiers().contains(JavaModifier.PUBLIC))
            .map(JavaClass::reflect)
            .forEach(type -> statuses.put(type.getSimpleName(), ExitStatus.of(type)));

    assertThat(statuses).containsExactlyInAnyOrderEntriesOf(FAILURES);
  }

  @Test
  void theHelpListsThem() {
    CommandLineRun help = CommandLineRun.of("--help");

    assertThat(help.status()).isZero();
    assertThat(help.out())
        .contains("Exit status:", "  0     Success.", "  70    An unexpected error")
        .containsPattern("  4 +A registry, or the credentials");
  }

  @Test
  void missingCredentialsConcernTheRegistry() {
    assertThat(ExitStatus.of(MissingCredentialsException.class)).isEqualTo(ExitStatus.REGISTRY);
  }
}
