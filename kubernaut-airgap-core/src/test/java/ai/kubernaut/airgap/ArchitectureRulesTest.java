package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import java.util.List;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Each rule finds the classes that violate it, below {@code ai.kubernaut.airgap.violations}. */
final class ArchitectureRulesTest {
  private static final String ROOT = "ai.kubernaut.airgap.violations";
  private static final ArchitectureRules RULES = new ArchitectureRules(ROOT);
  private static final JavaClasses VIOLATIONS = new ClassFileImporter().importPackages(ROOT);

  private static Arguments rule(String name, ArchRule rule, String... violations) {
    return Arguments.of(name, rule, List.of(violations));
  }

  static Stream<Arguments> rules() {
    return Stream.of(
        rule(
            "packagesHaveNoCycles",
            RULES.packagesHaveNoCycles(),
            "common.CommonUsesPlan",
            "plan.PlanUsesCommon"),
        rule(
            "nothingDependsOnTheFrontDoor",
            RULES.nothingDependsOnTheFrontDoor(),
            "mirror.MirrorUsesFrontDoor"),
        rule(
            "bottomPackagesKnowNoOthers",
            RULES.bottomPackagesKnowNoOthers(),
            "common.CommonUsesPlan"),
        rule(
            "portsKnowNoStepsAndNoAdapters",
            RULES.portsKnowNoStepsAndNoAdapters(),
            "registry.RegistryUsesPlan"),
        rule(
            "stepsSeePortsAndValuesOnly",
            RULES.stepsSeePortsAndValuesOnly(),
            "mirror.MirrorUsesFrontDoor",
            "plan.PlanUsesHttp"),
        rule("noStepKnowsALaterOne", RULES.noStepKnowsALaterOne(), "plan.PlanUsesMirror"),
        rule(
            "nothingDependsOnAdapters",
            RULES.nothingDependsOnAdapters(),
            "plan.PlanUsesHttp",
            "registry.layout.LayoutUsesHttp"),
        rule(
            "everyPackageHasARole",
            RULES.everyPackageHasARole(),
            "library.LibraryAsSupertype",
            "library.LibraryExceptionThrown",
            "library.LibraryInField",
            "library.LibraryInMethod",
            "library.LibraryInThrows",
            "norole.WithoutRole",
            "state.StaticState"),
        rule(
            "librariesAreUsedOnlyIn",
            RULES.librariesAreUsedOnlyIn(List.of("yaml"), "org.snakeyaml.."),
            "library.LibraryExceptionThrown"),
        rule(
            "libraryTypesAreNotVisible",
            RULES.libraryTypesAreNotVisible(),
            "library.LibraryAsSupertype",
            "library.LibraryInField",
            "library.LibraryInMethod",
            "library.LibraryInThrows"),
        rule(
            "libraryExceptionsAreNotThrown",
            RULES.libraryExceptionsAreNotThrown(),
            "library.LibraryExceptionThrown"),
        rule(
            "visiblePackagesAreDescribedAndNullMarked",
            RULES.visiblePackagesAreDescribedAndNullMarked(),
            "FrontDoor",
            "common.CommonUsesPlan",
            "library.LibraryAsSupertype",
            "library.LibraryExceptionThrown",
            "library.LibraryInField",
            "library.LibraryInMethod",
            "library.LibraryInThrows",
            "mirror.MirrorUsesFrontDoor",
            "norole.WithoutRole",
            "plan.PlanUsesCommon",
            "registry.http.HttpAdapter"),
        rule("nothingStaticChanges", RULES.nothingStaticChanges(), "state.StaticState"));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("rules")
  void aRuleFindsTheClassesThatViolateIt(String name, ArchRule rule, List<String> violations) {
    TreeSet<String> found = new TreeSet<>();
    for (String detail : rule.evaluate(VIOLATIONS).getFailureReport().getDetails()) {
      // A detail begins with what violates the rule; the details of a cycle list its dependencies.
      Pattern.compile(
              "(?:Class|Method|Field|Constructor) <"
                  + Pattern.quote(ROOT)
                  + "\\.((?:[a-z]\\w*\\.)*[A-Z]\\w*)")
          .matcher(detail)
          .results()
          .forEach(violation -> found.add(violation.group(1)));
    }
    assertThat(found).containsExactlyElementsOf(violations);
  }

  @Test
  void eachStaticFieldThatChangesIsFound() {
    assertThat(RULES.nothingStaticChanges().evaluate(VIOLATIONS).getFailureReport().getDetails())
        .hasSize(5);
  }

  @Test
  void theShareOfPublicTypesCountsTopLevelTypes() {
    assertThat(
            ArchitectureRules.percentageOfPublicTypes(
                "plan", new ClassFileImporter().importPackages(ROOT + ".plan")))
        .isBetween(33.0, 34.0);
  }
}
