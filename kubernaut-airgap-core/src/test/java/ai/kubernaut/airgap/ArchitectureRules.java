package ai.kubernaut.airgap;

import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.codeUnits;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** Rules that every module of this project follows. */
public final class ArchitectureRules {
  /** The classes of the root package that may depend on everything, and on which nothing may. */
  private static final Set<String> FRONT_DOOR = Set.of("Airgap", "InstallationFailedException");

  private ArchitectureRules() {}

  /** The main classes of the module that a class belongs to. */
  public static JavaClasses moduleOf(Class<?> member) {
    try {
      return new ClassFileImporter()
          .importPath(Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Packages have an order; the shared classes of the root package stand each for themselves. */
  public static ArchRule packagesHaveNoCycles() {
    return SlicesRuleDefinition.slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                if (!javaClass.getPackageName().startsWith("ai.kubernaut.airgap")) {
                  return SliceIdentifier.ignore();
                }
                return javaClass.getPackageName().equals("ai.kubernaut.airgap")
                    ? SliceIdentifier.of("the root's " + rootName(javaClass))
                    : SliceIdentifier.of(javaClass.getPackageName());
              }

              @Override
              public String getDescription() {
                return "the packages";
              }
            })
        .should()
        .beFreeOfCycles();
  }

  private static String rootName(JavaClass javaClass) {
    String name = javaClass.getFullName().substring("ai.kubernaut.airgap.".length());
    int nested = name.indexOf('$');
    String outer = nested < 0 ? name : name.substring(0, nested);
    return FRONT_DOOR.contains(outer) ? "front door" : outer;
  }

  /** Some libraries are known to some packages alone. */
  public static ArchRule onlyIn(String[] packages, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(packages)
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .allowEmptyShould(true);
  }

  /** What a host can see of this project speaks of no other library. */
  public static ArchRule librariesStayOutOfSight(String... libraries) {
    return codeUnits()
        .that(
            DescribedPredicate.describe(
                "a host can see",
                (JavaCodeUnit unit) -> isVisible(unit) && isVisible(unit.getOwner())))
        .should(
            have(
                DescribedPredicate.<JavaCodeUnit>describe(
                    "only types of the JDK and of this project",
                    unit -> types(unit).noneMatch(type -> isOneOf(type, libraries)))));
  }

  private static Stream<JavaClass> types(JavaCodeUnit unit) {
    return Stream.of(
            unit.getRawParameterTypes().stream(),
            unit.getReturnType().getAllInvolvedRawTypes().stream(),
            unit.getParameterTypes().stream()
                .flatMap(type -> type.getAllInvolvedRawTypes().stream()),
            unit.getThrowsClause().getTypes().stream())
        .flatMap(types -> types);
  }

  private static boolean isOneOf(JavaClass type, String[] libraries) {
    return Arrays.stream(libraries).anyMatch(type.getPackageName()::startsWith);
  }

  private static boolean isVisible(JavaCodeUnit unit) {
    return unit.getModifiers().contains(JavaModifier.PUBLIC)
        || unit.getModifiers().contains(JavaModifier.PROTECTED);
  }

  private static boolean isVisible(JavaClass owner) {
    return owner.getModifiers().contains(JavaModifier.PUBLIC)
        && owner.getEnclosingClass().map(ArchitectureRules::isVisible).orElse(true);
  }

  /** Several runs may go on in one JVM at the same time. */
  public static ArchRule nothingStaticChanges() {
    return fields()
        .that()
        .areStatic()
        .and(
            DescribedPredicate.describe(
                "are written by hand",
                (JavaField field) ->
                    !field.getModifiers().contains(JavaModifier.SYNTHETIC)
                        && !field.getOwner().getModifiers().contains(JavaModifier.SYNTHETIC)))
        .should()
        .beFinal()
        .andShould(
            have(
                DescribedPredicate.<JavaField>describe(
                    "a type whose values do not change",
                    field ->
                        !field.getRawType().isArray()
                            && !field.getRawType().isAssignableTo(StringBuilder.class)
                            && !field.getRawType().getPackageName().equals("java.util.concurrent")
                            && !field
                                .getRawType()
                                .getPackageName()
                                .equals("java.util.concurrent.atomic"))));
  }

  /** Every package that a host can see says what it is for, and has no unmarked nulls. */
  public static void everyVisiblePackageIsDescribedAndNullMarked(JavaClasses module) {
    Set<String> packages = new TreeSet<>();
    module.forEach(
        one -> {
          if (isVisible(one)) {
            packages.add(one.getPackageName());
          }
        });
    assertThat(packages)
        .isNotEmpty()
        .allSatisfy(
            name ->
                assertThat(Class.forName(name + ".package-info"))
                    .as(name)
                    .hasAnnotation(NullMarked.class));
  }
}
