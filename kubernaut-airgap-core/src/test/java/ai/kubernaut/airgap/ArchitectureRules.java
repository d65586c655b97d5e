package ai.kubernaut.airgap;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.conditions.ArchConditions.have;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.fields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.members;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaConstructorCall;
import com.tngtech.archunit.core.domain.JavaField;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.CompositeArchRule;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/** The rules for the packages of this project, below a root package. */
public final class ArchitectureRules {
  /** Packages that everything may depend on, and that depend on nothing else. */
  private static final List<String> BOTTOM =
      List.of("common", "outcome", "progress", "image", "attestation", "yaml", "io", "kubernaut");

  /** Packages with a port and the values of its methods, without the adapters below them. */
  private static final List<String> PORTS =
      List.of(
          "registry",
          "registry.retry",
          "cluster",
          "cluster.change",
          "cluster.gitops",
          "cluster.workload",
          "cluster.openshift",
          "cluster.rbac",
          "chart");

  private static final List<String> ADAPTERS =
      List.of(
          "registry.http",
          "registry.layout",
          "registry.memory",
          "registry.server",
          "bundle.archive",
          "cluster.memory",
          "k8s",
          "helm");

  /** The steps in their order. */
  private static final List<String> STEPS =
      List.of(
          "plan",
          "overlay",
          "preflight",
          "mirror",
          "shard",
          "bundle",
          "pullsecret",
          "mirrorrules",
          "trust",
          "seal",
          "install",
          "release",
          "verify",
          "permissions",
          "prune",
          "diagnosis",
          "repair",
          "report",
          "support");

  private final String root;

  ArchitectureRules(String root) {
    this.root = root;
  }

  /** Returns the rules for the packages of this project. */
  public static ArchitectureRules ofThisProject() {
    return new ArchitectureRules("ai.kubernaut.airgap");
  }

  /** Returns the main classes of the module that a class belongs to. */
  public static JavaClasses moduleOf(Class<?> member) {
    try {
      return new ClassFileImporter()
          .importPath(Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI()));
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Returns the patterns of these packages, without the packages below them. */
  private String[] exactly(List<String> packages) {
    return packages.stream().map(name -> root + "." + name).toArray(String[]::new);
  }

  /** Returns the patterns of these packages and of all packages below them. */
  private String[] below(List<String> packages) {
    return packages.stream().map(name -> root + "." + name + "..").toArray(String[]::new);
  }

  /** Returns a predicate for the classes of this project outside some packages. */
  private DescribedPredicate<JavaClass> ofTheProjectOutside(String... packages) {
    return resideInAPackage(root + "..").and(not(resideInAnyPackage(packages)));
  }

  private static String[] join(String[]... groups) {
    return Arrays.stream(groups).flatMap(Arrays::stream).toArray(String[]::new);
  }

  /** Packages do not depend on each other in a cycle. */
  public ArchRule packagesHaveNoCycles() {
    return SlicesRuleDefinition.slices()
        .assignedFrom(
            new SliceAssignment() {
              @Override
              public SliceIdentifier getIdentifierOf(JavaClass javaClass) {
                return resideInAPackage(root + "..").test(javaClass)
                    ? SliceIdentifier.of(javaClass.getPackageName())
                    : SliceIdentifier.ignore();
              }

              @Override
              public String getDescription() {
                return "the packages";
              }
            })
        .should()
        .beFreeOfCycles();
  }

  /** No package depends on the root package, which depends on all others. */
  public ArchRule nothingDependsOnTheFrontDoor() {
    return noClasses()
        .that()
        .resideOutsideOfPackage(root)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(root)
        .allowEmptyShould(true);
  }

  /** The packages at the bottom depend on each other only. */
  public ArchRule bottomPackagesKnowNoOthers() {
    return noClasses()
        .that()
        .resideInAnyPackage(below(BOTTOM))
        .should()
        .dependOnClassesThat(ofTheProjectOutside(below(BOTTOM)));
  }

  /** Ports depend on each other and on the packages at the bottom. */
  public ArchRule portsKnowNoStepsAndNoAdapters() {
    return noClasses()
        .that()
        .resideInAnyPackage(exactly(PORTS))
        .should()
        .dependOnClassesThat(ofTheProjectOutside(join(below(BOTTOM), exactly(PORTS))));
  }

  /** Steps depend on ports, on the packages at the bottom, and on other steps. */
  public ArchRule stepsSeePortsAndValuesOnly() {
    return noClasses()
        .that()
        .resideInAnyPackage(below(STEPS))
        .should()
        .dependOnClassesThat(
            ofTheProjectOutside(join(below(BOTTOM), exactly(PORTS), below(STEPS))));
  }

  /** A step depends on earlier steps only. */
  public ArchRule noStepKnowsALaterOne() {
    List<ArchRule> rules = new ArrayList<>();
    for (int step = 0; step < STEPS.size() - 1; step++) {
      rules.add(
          noClasses()
              .that()
              .resideInAnyPackage(below(List.of(STEPS.get(step))))
              .should()
              .dependOnClassesThat()
              .resideInAnyPackage(below(STEPS.subList(step + 1, STEPS.size())))
              .allowEmptyShould(true));
    }
    return CompositeArchRule.of(rules);
  }

  /** No package of a library module depends on an adapter, and no adapter on another one. */
  public ArchRule nothingDependsOnAdapters() {
    List<ArchRule> rules = new ArrayList<>();
    for (String adapter : ADAPTERS) {
      rules.add(
          noClasses()
              .that()
              .resideOutsideOfPackage(root + "." + adapter + "..")
              .should()
              .dependOnClassesThat()
              .resideInAPackage(root + "." + adapter + "..")
              .allowEmptyShould(true));
    }
    return CompositeArchRule.of(rules);
  }

  /** Every package is at the bottom, a port, a step, an adapter, or the root: none is forgotten. */
  public ArchRule everyPackageHasARole() {
    return classes()
        .that()
        .resideInAPackage(root + "..")
        .should()
        .resideInAnyPackage(
            join(
                new String[] {root}, below(BOTTOM), exactly(PORTS), below(STEPS), below(ADAPTERS)));
  }

  /** Libraries are used in some packages only, given below the root. */
  public ArchRule librariesAreUsedOnlyIn(List<String> packages, String... libraries) {
    return noClasses()
        .that()
        .resideOutsideOfPackages(below(packages))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(libraries)
        .allowEmptyShould(true);
  }

  /** What a host can see has types of the JDK and of this project only. */
  public ArchRule libraryTypesAreNotVisible() {
    return CompositeArchRule.of(
            members()
                .that(
                    describe(
                        "a host can see",
                        (JavaMember member) ->
                            isVisible(member.getModifiers()) && isVisible(member.getOwner())))
                .should(
                    have(
                        DescribedPredicate.<JavaMember>describe(
                            "types of the JDK and of this project only",
                            member -> typesOf(member).allMatch(this::isOwn)))))
        .and(
            classes()
                .that(describe("a host can see", ArchitectureRules::isVisible))
                .should(
                    have(
                        DescribedPredicate.<JavaClass>describe(
                            "supertypes of the JDK and of this project only",
                            one ->
                                Stream.concat(
                                        one.getSuperclass().stream(), one.getInterfaces().stream())
                                    .flatMap(type -> type.getAllInvolvedRawTypes().stream())
                                    .allMatch(this::isOwn)))));
  }

  /**
   * What a host can see creates no exception of a library, so that a host has to catch this
   * project's exceptions only. An adapter may create one for the library that calls it.
   */
  public ArchRule libraryExceptionsAreNotThrown() {
    return noClasses()
        .that(describe("a host can see", ArchitectureRules::isVisible))
        .should()
        .callConstructorWhere(
            describe(
                "the exception is one of a library",
                (JavaConstructorCall call) ->
                    call.getTargetOwner().isAssignableTo(Throwable.class)
                        && !isOwn(call.getTargetOwner())));
  }

  private static Stream<JavaClass> typesOf(JavaMember member) {
    if (member instanceof JavaCodeUnit unit) {
      return Stream.concat(
          Stream.concat(Stream.of(unit.getReturnType()), unit.getParameterTypes().stream())
              .flatMap(type -> type.getAllInvolvedRawTypes().stream()),
          unit.getThrowsClause().getTypes().stream());
    }
    return ((JavaField) member).getType().getAllInvolvedRawTypes().stream();
  }

  private boolean isOwn(JavaClass type) {
    JavaClass element = type.getBaseComponentType();
    return element.isPrimitive()
        || resideInAnyPackage("java..", "javax.net..", root + "..").test(element);
  }

  private static boolean isVisible(Set<JavaModifier> modifiers) {
    return modifiers.contains(JavaModifier.PUBLIC) || modifiers.contains(JavaModifier.PROTECTED);
  }

  private static boolean isVisible(JavaClass owner) {
    return isVisible(owner.getModifiers())
        && owner.getEnclosingClass().map(ArchitectureRules::isVisible).orElse(true);
  }

  /** Several runs can go on in one JVM at the same time: no static field changes. */
  public ArchRule nothingStaticChanges() {
    return fields()
        .that()
        .areStatic()
        .and(
            describe(
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
                                .equals("java.util.concurrent.atomic"))))
        .allowEmptyShould(true);
  }

  /** Every package that a host can see has a description, and is null-marked there. */
  public ArchRule visiblePackagesAreDescribedAndNullMarked() {
    return classes()
        .that(describe("a host can see", ArchitectureRules::isVisible))
        .should(
            have(
                describe(
                    "a package that is described and null-marked",
                    (JavaClass one) -> one.getPackage().isAnnotatedWith(NullMarked.class))));
  }

  /**
   * Prints and returns the share of public types among the top-level types that are written by
   * hand.
   *
   * @param name the name of the module, to be printed
   * @param module the classes of the module
   * @return the share in percent
   */
  public static double percentageOfPublicTypes(String name, JavaClasses module) {
    Predicate<JavaClass> isPublic = one -> one.getModifiers().contains(JavaModifier.PUBLIC);
    List<JavaClass> types =
        module.stream()
            .filter(JavaClass::isTopLevelClass)
            .filter(one -> !one.getSimpleName().equals("package-info"))
            .filter(one -> !one.isAnnotatedWith("org.immutables.value.Generated"))
            .toList();
    long visible = types.stream().filter(isPublic).count();
    double percentage = 100.0 * visible / types.size();
    System.out.printf(
        "%s: %d of %d top-level types are public, %.1f %%%n",
        name, visible, types.size(), percentage);
    return percentage;
  }
}
