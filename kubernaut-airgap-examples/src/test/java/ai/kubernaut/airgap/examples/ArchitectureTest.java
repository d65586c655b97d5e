package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ArchitectureRules;
import ai.kubernaut.airgap.examples.lab.Lab;
import com.tngtech.archunit.core.domain.JavaClasses;
import java.util.List;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  /** The present share of public types in percent. */
  private static final double PUBLIC_TYPES = 16.5;

  private static final ArchitectureRules RULES = ArchitectureRules.ofThisProject();
  private static final JavaClasses MODULE = ArchitectureRules.moduleOf(Lab.class);

  @Test
  void packagesHaveNoCycles() {
    RULES.packagesHaveNoCycles().check(MODULE);
  }

  @Test
  void librariesAreUsedInOnePackageEach() {
    RULES
        .librariesAreUsedOnlyIn(List.of("examples.cli"), "picocli..", "me.tongfei..", "org.jline..")
        .check(MODULE);
    RULES
        .librariesAreUsedOnlyIn(
            List.of("examples.lab"), "com.google..", "dev.cel..", "org.apache.hc..")
        .check(MODULE);
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
    assertThat(ArchitectureRules.percentageOfPublicTypes("examples", MODULE))
        .isLessThanOrEqualTo(PUBLIC_TYPES);
  }
}
