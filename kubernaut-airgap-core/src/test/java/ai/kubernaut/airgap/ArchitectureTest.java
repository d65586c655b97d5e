package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.common.AirgapException;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  /** The present share of public types in percent; about 40 is the goal. */
  private static final double PUBLIC_TYPES = 52.4;

  private static final ArchitectureRules RULES = ArchitectureRules.ofThisProject();
  private static final JavaClasses CORE = ArchitectureRules.moduleOf(AirgapException.class);

  @Test
  void packagesHaveNoCycles() {
    RULES.packagesHaveNoCycles().check(CORE);
  }

  @Test
  void everyPackageHasARole() {
    RULES.everyPackageHasARole().check(CORE);
  }

  @Test
  void nothingDependsOnTheFrontDoor() {
    RULES.nothingDependsOnTheFrontDoor().check(CORE);
  }

  @Test
  void bottomPackagesKnowNoOthers() {
    RULES.bottomPackagesKnowNoOthers().check(CORE);
  }

  @Test
  void portsKnowNoStepsAndNoAdapters() {
    RULES.portsKnowNoStepsAndNoAdapters().check(CORE);
  }

  @Test
  void stepsSeePortsAndValuesOnly() {
    RULES.stepsSeePortsAndValuesOnly().check(CORE);
  }

  @Test
  void noStepKnowsALaterOne() {
    RULES.noStepKnowsALaterOne().check(CORE);
  }

  @Test
  void nothingDependsOnAdapters() {
    RULES.nothingDependsOnAdapters().check(CORE);
  }

  @Test
  void librariesAreUsedInOnePackageEach() {
    RULES
        .librariesAreUsedOnlyIn(List.of("registry.http"), "com.google.cloud.tools.jib..")
        .check(CORE);
    RULES
        .librariesAreUsedOnlyIn(
            List.of("registry.http", "registry.server"), "org.apache.hc..", "org.apache.http..")
        .check(CORE);
    RULES.librariesAreUsedOnlyIn(List.of("yaml"), "org.snakeyaml..").check(CORE);
  }

  @Test
  void thisModuleKnowsNoClusterAndNoHelmLibrary() {
    RULES.librariesAreUsedOnlyIn(List.of(), "io.fabric8..", "com.marcnuri..").check(CORE);
  }

  @Test
  void libraryTypesAreNotVisible() {
    RULES.libraryTypesAreNotVisible().check(CORE);
  }

  @Test
  void libraryExceptionsAreNotThrown() {
    RULES.libraryExceptionsAreNotThrown().check(CORE);
  }

  @Test
  void nothingStaticChanges() {
    RULES.nothingStaticChanges().check(CORE);
  }

  @Test
  void visiblePackagesAreDescribedAndNullMarked() {
    RULES.visiblePackagesAreDescribedAndNullMarked().check(CORE);
  }

  @Test
  void theShareOfPublicTypesDoesNotGrow() {
    assertThat(ArchitectureRules.percentageOfPublicTypes("core", CORE))
        .isLessThanOrEqualTo(PUBLIC_TYPES);
  }
}
