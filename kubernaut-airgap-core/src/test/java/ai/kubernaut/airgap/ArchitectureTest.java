package ai.kubernaut.airgap;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import ai.kubernaut.airgap.common.AirgapException;
import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClasses;
import org.junit.jupiter.api.Test;

final class ArchitectureTest {
  private static final String ROOT = "ai.kubernaut.airgap";
  private static final JavaClasses CORE = ArchitectureRules.moduleOf(AirgapException.class);

  @Test
  void packagesHaveNoCycles() {
    ArchitectureRules.packagesHaveNoCycles().check(CORE);
  }

  @Test
  void nothingDependsOnTheFrontDoor() {
    noClasses()
        .that(
            DescribedPredicate.not(belongToAnyOf(Airgap.class, InstallationFailedException.class)))
        .should()
        .dependOnClassesThat(belongToAnyOf(Airgap.class, InstallationFailedException.class))
        .check(CORE);
  }

  @Test
  void stepsSeePortsAndNoAdapters() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".plan..",
            ROOT + ".preflight..",
            ROOT + ".mirror..",
            ROOT + ".pullsecret..",
            ROOT + ".install..",
            ROOT + ".verify..",
            ROOT + ".chart..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".registry.http..",
            ROOT + ".registry.layout..",
            ROOT + ".registry.memory..",
            ROOT + ".registry.server..",
            ROOT + ".cluster.memory..")
        .check(CORE);
  }

  @Test
  void theRegistryServerSeesThePortAndNoAdapters() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".registry.server..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            ROOT + ".registry.http..", ROOT + ".registry.layout..", ROOT + ".registry.memory..")
        .check(CORE);
  }

  @Test
  void noStepKnowsALaterOne() {
    String[] order = {"plan", "preflight", "mirror", "pullsecret", "install", "verify"};
    for (int earlier = 0; earlier < order.length; earlier++) {
      for (int later = earlier + 1; later < order.length; later++) {
        noClasses()
            .that()
            .resideInAPackage(ROOT + "." + order[earlier] + "..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage(ROOT + "." + order[later] + "..")
            .check(CORE);
      }
    }
  }

  @Test
  void eachLibraryIsKnownToOnePackage() {
    ArchitectureRules.onlyIn(
            new String[] {ROOT + ".registry.http.."}, "com.google.cloud.tools.jib..")
        .check(CORE);
    ArchitectureRules.onlyIn(
            new String[] {ROOT + ".registry.http..", ROOT + ".registry.server.."},
            "org.apache.hc..",
            "org.apache.http..")
        .check(CORE);
    ArchitectureRules.onlyIn(new String[] {ROOT + ".yaml.."}, "org.snakeyaml..").check(CORE);
  }

  @Test
  void thisModuleKnowsNoClusterAndNoHelmLibrary() {
    ArchitectureRules.onlyIn(new String[] {}, "io.fabric8..", "com.marcnuri..").check(CORE);
  }

  @Test
  void librariesStayOutOfSight() {
    ArchitectureRules.librariesStayOutOfSight(
            "com.fasterxml", "com.google", "org.apache", "org.snakeyaml", "org.slf4j")
        .check(CORE);
  }

  @Test
  void nothingStaticChanges() {
    ArchitectureRules.nothingStaticChanges().check(CORE);
  }

  @Test
  void everyVisiblePackageIsDescribedAndNullMarked() {
    ArchitectureRules.everyVisiblePackageIsDescribedAndNullMarked(CORE);
  }
}
