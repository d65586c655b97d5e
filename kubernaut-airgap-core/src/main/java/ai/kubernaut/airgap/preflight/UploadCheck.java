package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryPreset;
import ai.kubernaut.airgap.registry.RegistryPreset.Prerequisite;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Starts uploads in repositories of the plan, and concludes whether names are valid, whether
 * projects and repositories exist, and whether pushing is allowed.
 */
final class UploadCheck {
  private static final int MAX_PROJECTS = 8;
  private static final int MAX_REPOSITORIES = 64;

  private final RegistryClient registries;
  private final PreflightOptions options;
  private final Target target;
  private final UploadProbe uploads;
  private final Findings findings;

  UploadCheck(
      RegistryClient registries,
      PreflightOptions options,
      Target target,
      UploadProbe uploads,
      Findings findings) {
    this.registries = registries;
    this.options = options;
    this.target = target;
    this.uploads = uploads;
    this.findings = findings;
  }

  void check(List<Repository> repositories) {
    startUploads(repositories);
    if (uploads.isUnsupported()) {
      return;
    }
    addExistence();
    findShallowerName().ifPresent(this::addTooDeep);
    addNames(RepositoryNames.maximumDepth(repositories));
    addPush();
  }

  private void startUploads(List<Repository> repositories) {
    List<Repository> all = RepositoryNames.first(repositories, MAX_REPOSITORIES);
    Optional<Prerequisite> prerequisite = options.preset().map(RegistryPreset::prerequisite);
    if (prerequisite.filter(Prerequisite.EACH_REPOSITORY::equals).isPresent()) {
      all.forEach(uploads::accepts);
      return;
    }
    RepositoryNames.first(RepositoryNames.deepestOfEachProject(repositories), MAX_PROJECTS)
        .forEach(uploads::accepts);
    if (!uploads.missing().isEmpty() && prerequisite.isEmpty()) {
      // The registry may not create repositories by itself; the report then lists all of them.
      all.forEach(uploads::accepts);
    }
  }

  private void addExistence() {
    List<Repository> missing = uploads.missing();
    if (!missing.isEmpty()) {
      RegistryException failure = uploads.failure(missing.get(0));
      findings.addProblem(
          Capability.EXISTS,
          missingCode(),
          Map.of(
              "detail", Findings.detail(failure),
              "projects", RepositoryNames.projects(missing),
              "repositories", RepositoryNames.list(missing)),
          failure);
    } else if (uploads.accepted().isEmpty()) {
      findings.add(Capability.EXISTS, Support.UNKNOWN, FactCode.EXISTENCE_NOT_CONFIRMED);
    } else {
      findings.add(Capability.EXISTS, Support.YES, FactCode.NOTHING_TO_CREATE);
    }
  }

  private ProblemCode missingCode() {
    return switch (options
        .preset()
        .map(RegistryPreset::prerequisite)
        .orElse(Prerequisite.NOTHING)) {
      case FIRST_COMPONENT -> ProblemCode.PROJECTS_MISSING;
      case EACH_REPOSITORY -> ProblemCode.REPOSITORIES_MISSING;
      case NOTHING -> ProblemCode.PROJECTS_OR_REPOSITORIES_MISSING;
    };
  }

  /**
   * Finds a shallower name that the registry accepts in place of the one that it rejects.
   * Registries with a maximum depth do not report it: most respond with 401, 403 or 400.
   */
  private Optional<Repository> findShallowerName() {
    Repository denied = deepestDenied().orElse(null);
    if (denied == null) {
      return Optional.empty();
    }
    UploadProbe shallower = new UploadProbe(registries);
    // The project stays the same, because another project could have other permissions.
    int minimum = Math.max(2, prefixDepth() + 1);
    for (int depth = RepositoryNames.depth(denied) - 1; depth >= minimum; depth--) {
      Repository candidate = withDepth(denied, depth);
      if (shallower.accepts(candidate)) {
        return Optional.of(candidate);
      }
    }
    return Optional.empty();
  }

  private Optional<Repository> deepestDenied() {
    return uploads.denied().stream().max(Comparator.comparingInt(RepositoryNames::depth));
  }

  private int prefixDepth() {
    String prefix = target.prefix();
    return prefix.isEmpty() ? 0 : prefix.split("/", -1).length;
  }

  private static Repository withDepth(Repository repository, int depth) {
    String name = Target.registry(repository.registry()).depth(depth).join(repository.name());
    return Repository.parse(repository.registry() + "/" + name);
  }

  private void addTooDeep(Repository accepted) {
    Repository rejected = deepestDenied().orElseThrow();
    RegistryException failure = uploads.failure(rejected);
    int maximum = RepositoryNames.depth(accepted);
    findings.addProblem(
        Capability.NAMES,
        ProblemCode.REPOSITORY_NAMES_REJECTED,
        Map.of(
            "depth", String.valueOf(RepositoryNames.depth(rejected)),
            "accepted", accepted.name(),
            "maximum", String.valueOf(maximum),
            "target", PresetCheck.withDepth(target, maximum),
            "detail", Findings.detail(failure)),
        failure);
    findings.add(
        Capability.PUSH,
        Support.YES,
        FactCode.PUSH_ALLOWED,
        Map.of("repositories", accepted.name()));
  }

  private void addNames(int depth) {
    boolean accepted = RepositoryNames.maximumDepth(uploads.accepted()) >= depth;
    findings.add(
        Capability.NAMES,
        accepted ? Support.YES : Support.UNKNOWN,
        accepted ? FactCode.REPOSITORY_NAMES_ACCEPTED : FactCode.REPOSITORY_NAMES_NOT_CONFIRMED,
        Map.of("depth", String.valueOf(depth)));
  }

  private void addPush() {
    List<Repository> denied = uploads.denied();
    Optional<RegistryException> otherFailure = uploads.otherFailure();
    if (!denied.isEmpty()) {
      RegistryException failure = uploads.failure(denied.get(0));
      findings.addProblem(
          Capability.PUSH,
          ProblemCode.PUSH_DENIED,
          Map.of(
              "repositories", RepositoryNames.listSome(denied),
              "detail", Findings.detail(failure)),
          failure);
    } else if (otherFailure.isPresent()) {
      findings.addUnknown(Capability.PUSH, otherFailure.get());
    } else if (uploads.accepted().isEmpty()) {
      findings.add(Capability.PUSH, Support.UNKNOWN, FactCode.PUSH_NOT_CHECKED);
    } else {
      findings.add(
          Capability.PUSH,
          Support.YES,
          FactCode.PUSH_ALLOWED,
          Map.of("repositories", RepositoryNames.listSome(uploads.accepted())));
    }
  }
}
