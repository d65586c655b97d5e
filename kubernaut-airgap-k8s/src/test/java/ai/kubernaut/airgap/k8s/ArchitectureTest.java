package ai.kubernaut.airgap.k8s;

import ai.kubernaut.airgap.ArchitectureRules;
import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "ai.kubernaut.airgap";
  private static final JavaClasses MODULE = ArchitectureRules.moduleOf(Fabric8ClusterClient.class);

  @Test
  void packagesHaveNoCycles() {
    ArchitectureRules.packagesHaveNoCycles().check(MODULE);
  }

  @Test
  void eachLibraryIsKnownToOnePackage() {
    ArchitectureRules.onlyIn(new String[] {ROOT + ".k8s.."}, "io.fabric8..").check(MODULE);
    ArchitectureRules.onlyIn(
            new String[] {ROOT + ".helm.."}, "com.marcnuri..", "org.apache.commons..")
        .check(MODULE);
  }

  @Test
  void theTwoAdaptersDoNotKnowEachOther() {
    ArchitectureRules.onlyIn(new String[] {ROOT + ".helm.."}, ROOT + ".helm..").check(MODULE);
    ArchitectureRules.onlyIn(new String[] {ROOT + ".k8s.."}, ROOT + ".k8s..").check(MODULE);
  }

  @Test
  void librariesStayOutOfSight() {
    ArchitectureRules.librariesStayOutOfSight(
            "io.fabric8", "com.marcnuri", "com.fasterxml", "tools.jackson", "org.apache")
        .check(MODULE);
  }

  @Test
  void nothingStaticChanges() {
    ArchitectureRules.nothingStaticChanges().check(MODULE);
  }

  @Test
  void everyVisiblePackageIsDescribedAndNullMarked() {
    ArchitectureRules.everyVisiblePackageIsDescribedAndNullMarked(MODULE);
  }
}
