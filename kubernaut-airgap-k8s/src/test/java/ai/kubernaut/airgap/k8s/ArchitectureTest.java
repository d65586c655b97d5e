package ai.kubernaut.airgap.k8s;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ArchitectureRules;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  /** The present share of public types in percent. */
  private static final double PUBLIC_TYPES = 13.7;

  private static final ArchitectureRules RULES = ArchitectureRules.ofThisProject();
  private static final JavaClasses MODULE = ArchitectureRules.moduleOf(Fabric8ClusterClient.class);

  @Test
  void packagesHaveNoCycles() {
    RULES.packagesHaveNoCycles().check(MODULE);
  }

  @Test
  void everyPackageHasARole() {
    RULES.everyPackageHasARole().check(MODULE);
  }

  @Test
  void adaptersKnowNeitherEachOtherNorTheFrontDoor() {
    RULES.nothingDependsOnAdapters().check(MODULE);
    RULES.nothingDependsOnTheFrontDoor().check(MODULE);
  }

  @Test
  void librariesAreUsedInOnePackageEach() {
    RULES.librariesAreUsedOnlyIn(List.of("k8s"), "io.fabric8..").check(MODULE);
    RULES
        .librariesAreUsedOnlyIn(List.of("helm"), "com.marcnuri..", "org.apache.commons..")
        .check(MODULE);
  }

  @Test
  void libraryTypesAreNotVisible() {
    RULES.libraryTypesAreNotVisible().check(MODULE);
  }

  @Test
  void libraryExceptionsAreNotThrown() {
    RULES.libraryExceptionsAreNotThrown().check(MODULE);
  }

  @Test
  void nothingStaticChanges() {
    RULES.nothingStaticChanges().check(MODULE);
  }

  @Test
  void visiblePackagesAreDescribedAndNullMarked() {
    RULES.visiblePackagesAreDescribedAndNullMarked().check(MODULE);
  }

  @Test
  void theShareOfPublicTypesDoesNotGrow() {
    assertThat(ArchitectureRules.percentageOfPublicTypes("k8s", MODULE))
        .isLessThanOrEqualTo(PUBLIC_TYPES);
  }
}
