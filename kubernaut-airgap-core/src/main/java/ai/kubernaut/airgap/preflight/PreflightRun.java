package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryPreset;
import ai.kubernaut.airgap.registry.RegistryPreset.Prerequisite;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One preflight on its way. */
final class PreflightRun {
  private static final int MAX_GROUPS = 8;
  private static final int MAX_REPOSITORIES = 64;
  private static final int MAX_NAMED = 5;

  private final RegistryClient registries;
  private final PreflightOptions options;
  private final MirrorPlan plan;
  private final List<Repository> repositories;
  private final UploadProbe attempts;
  private final Map<Capability, Finding> findings = new EnumMap<>(Capability.class);

  PreflightRun(RegistryClient registries, PreflightOptions options, MirrorPlan plan) {
    this.registries = registries;
    this.options = options;
    this.plan = plan;
    this.repositories =
        plan.entries().stream().map(entry -> entry.target().repository()).distinct().toList();
    this.attempts = new UploadProbe(registries);
  }

  PreflightReport report() {
    List<Repository> misfits = misfits();
    if (misfits.isEmpty()) {
      askRegistry();
    } else {
      reason("the names have to change first");
    }
    return ImmutablePreflightReport.of(
        plan,
        List.copyOf(findings.values()),
        options.preset().map(RegistryPreset::limits).orElse(List.of()));
  }

  private void askRegistry() {
    if (!isReached()) {
      reason("the registry was not reached");
    } else if (repositories.isEmpty()) {
      reason("the plan has no images");
    } else {
      tryUploads();
      if (attempts.accepted().isEmpty()) {
        reason("no repository took an upload");
      } else {
        askForAbilities();
      }
    }
  }

  private void reason(String why) {
    for (Capability capability : Capability.values()) {
      findings.putIfAbsent(
          capability, Finding.of(capability, Support.NOT_ASKED, why, "found out while mirroring"));
    }
  }

  private void found(Finding finding) {
    findings.put(finding.capability(), finding);
  }

  private static int depth(Repository repository) {
    return repository.name().split("/", -1).length;
  }

  /** The names that the preset knows to be wrong. */
  private List<Repository> misfits() {
    RegistryPreset preset = options.preset().orElse(null);
    if (preset == null) {
      return List.of();
    }
    List<Repository> misfits =
        repositories.stream().filter(one -> preset.objection(one).isPresent()).toList();
    if (!misfits.isEmpty()) {
      found(
          Finding.problem(
              Capability.NAMES,
              preset.objection(misfits.get(0)).orElseThrow() + others(misfits.size() - 1),
              depth(misfits.get(0)) < preset.minimumDepth()
                  ? "plan with a path behind the host, as in "
                      + plan.target().registry()
                      + "/<name>"
                  : deeper(preset.maximumDepth().orElseThrow())));
    }
    return misfits;
  }

  private static String others(int count) {
    return count <= 0 ? "" : ", and so have " + count + " more";
  }

  private String deeper(int depth) {
    return "plan with a target of depth "
        + depth
        + ", which joins the rest with dashes: Target.registry(\""
        + plan.target().address()
        + "\").depth("
        + depth
        + ")";
  }

  private boolean isReached() {
    String host = plan.target().registry();
    try {
      registries.ping(host);
      found(
          Finding.of(
              Capability.REACHABLE,
              Support.YES,
              host + " answered at /v2/",
              "mirroring can begin"));
      trusted();
      found(
          Finding.of(
              Capability.CREDENTIALS,
              Support.YES,
              host + " let the client in",
              "what they allow is seen below"));
      return true;
    } catch (RegistryException e) {
      Interruption.check(e);
      unreached(e);
      return false;
    }
  }

  private void trusted() {
    found(
        Finding.of(
            Capability.TLS,
            Support.YES,
            "the connection came about, by plain HTTP only where the client allows it",
            "content and credentials go over it"));
  }

  private void unreached(RegistryException e) {
    switch (e.reason()) {
      case TLS ->
          found(
              Finding.problem(
                  Capability.TLS, message(e), "make the client trust the registry, and ask again"));
      case UNAUTHORIZED, FORBIDDEN -> {
        found(
            Finding.of(
                Capability.REACHABLE, Support.YES, "it refused as a registry does", "it is there"));
        trusted();
        found(
            Finding.problem(
                Capability.CREDENTIALS,
                message(e),
                "give credentials that " + e.registry() + " accepts"));
      }
      case RATE_LIMITED, SERVER ->
          found(
              Finding.of(
                  Capability.REACHABLE,
                  Support.UNKNOWN,
                  message(e),
                  "it may pass: the mirroring tries again"));
      default ->
          found(
              Finding.problem(
                  Capability.REACHABLE,
                  message(e),
                  "check the target's host and port, and the way there"));
    }
  }

  private static String message(RegistryException e) {
    return String.valueOf(e.getMessage());
  }

  private void tryUploads() {
    boolean each =
        options.preset().filter(p -> p.prerequisite() == Prerequisite.EACH_REPOSITORY).isPresent();
    List<Repository> tried = each ? some(repositories, MAX_REPOSITORIES) : deepestOfEachGroup();
    tried.forEach(attempts::accepts);
    if (!attempts.missing().isEmpty() && options.preset().isEmpty()) {
      // Maybe each repository has to be created: whoever creates them wants to know all at once.
      some(repositories, MAX_REPOSITORIES).forEach(attempts::accepts);
    }
    if (attempts.isUnable()) {
      reason("this client does not begin uploads by themselves");
      return;
    }
    existence();
    acceptedBelow().ifPresentOrElse(this::tooDeep, this::namesFit);
    if (!findings.containsKey(Capability.PUSH)) {
      pushes();
    }
  }

  private static List<Repository> some(List<Repository> all, int most) {
    return all.subList(0, Math.min(all.size(), most));
  }

  /** Rights and projects go by the first component, and the deepest name is refused the soonest. */
  private List<Repository> deepestOfEachGroup() {
    Map<String, Repository> groups = new LinkedHashMap<>();
    for (Repository repository : repositories) {
      groups.merge(
          first(repository), repository, (one, other) -> depth(other) > depth(one) ? other : one);
    }
    return some(List.copyOf(groups.values()), MAX_GROUPS);
  }

  private static String first(Repository repository) {
    return repository.name().split("/", 2)[0];
  }

  private void existence() {
    List<Repository> missing = attempts.missing();
    if (missing.isEmpty()) {
      found(
          Finding.of(
              Capability.EXISTS,
              attempts.accepted().isEmpty() ? Support.UNKNOWN : Support.YES,
              attempts.accepted().isEmpty()
                  ? "it let no upload begin, and did not say that something is missing"
                  : "uploads could begin",
              attempts.accepted().isEmpty()
                  ? "some registries say that a right is missing where a project is"
                  : "nothing has to be created first"));
      return;
    }
    found(
        Finding.problem(
            Capability.EXISTS, message(attempts.failure(missing.get(0))), create(missing)));
  }

  private String create(List<Repository> missing) {
    String projects =
        String.join(
            " and ", missing.stream().map(one -> "'" + first(one) + "'").distinct().toList());
    String all = names(missing);
    return switch (options
        .preset()
        .map(RegistryPreset::prerequisite)
        .orElse(Prerequisite.NOTHING)) {
      case FIRST_COMPONENT -> "create the project " + projects + " first";
      case EACH_REPOSITORY -> "create these repositories first: " + all;
      case NOTHING ->
          "create the project "
              + projects
              + " first, or, where each repository has to be there, these: "
              + all;
    };
  }

  private static String names(List<Repository> repositories) {
    List<String> names = new ArrayList<>();
    repositories.forEach(one -> names.add(one.name()));
    return String.join(", ", names);
  }

  /**
   * A shallower name that the registry takes in place of the one it refuses. Registries that have a
   * limit say little of it: 401, 403 or 400 mostly.
   */
  private Optional<Repository> acceptedBelow() {
    Repository denied = deepestDenied().orElse(null);
    if (denied == null) {
      return Optional.empty();
    }
    UploadProbe probes = new UploadProbe(registries);
    // A name in another project would say nothing of depth, so two components stay.
    int least = Math.max(2, prefixDepth() + 1);
    for (int depth = depth(denied) - 1; depth >= least; depth--) {
      Repository shallower = shallower(denied, depth);
      if (probes.accepts(shallower)) {
        return Optional.of(shallower);
      }
    }
    return Optional.empty();
  }

  private Optional<Repository> deepestDenied() {
    return attempts.denied().stream().max(Comparator.comparingInt(PreflightRun::depth));
  }

  private int prefixDepth() {
    String prefix = plan.target().prefix();
    return prefix.isEmpty() ? 0 : prefix.split("/", -1).length;
  }

  private static Repository shallower(Repository repository, int depth) {
    String name = Target.registry(repository.registry()).depth(depth).join(repository.name());
    return Repository.parse(repository.registry() + "/" + name);
  }

  private void tooDeep(Repository accepted) {
    int depth = depth(accepted);
    found(
        Finding.problem(
            Capability.NAMES,
            message(attempts.failure(deepestDenied().orElseThrow()))
                + "; but it takes "
                + accepted
                + ": names may have "
                + depth
                + " components here",
            deeper(depth)));
    found(
        Finding.of(
            Capability.PUSH,
            Support.YES,
            "an upload could begin in " + accepted.name() + ", and was given up again",
            "images can be sent under names that are not too deep"));
  }

  private void namesFit() {
    int deepest = attempts.accepted().stream().mapToInt(PreflightRun::depth).max().orElse(0);
    int wanted = repositories.stream().mapToInt(PreflightRun::depth).max().orElse(0);
    found(
        Finding.of(
            Capability.NAMES,
            deepest >= wanted ? Support.YES : Support.UNKNOWN,
            deepest >= wanted
                ? "an upload could begin for a name of "
                    + deepest
                    + " components, the most there are"
                : "no upload could begin for a name of "
                    + wanted
                    + " components, the most there are",
            "names stay as planned"));
  }

  private void pushes() {
    List<Repository> denied = attempts.denied();
    Optional<RegistryException> unclear = attempts.unclear();
    if (!denied.isEmpty()) {
      found(
          Finding.problem(
              Capability.PUSH,
              message(attempts.failure(denied.get(0))) + others(denied),
              "ask for the right to push to "
                  + names(some(denied, MAX_NAMED))
                  + " (some registries answer the same where a project is missing), or plan with a path that these credentials may push to"));
    } else if (unclear.isPresent()) {
      found(
          Finding.of(
              Capability.PUSH,
              Support.UNKNOWN,
              message(unclear.get()),
              unclear.get().reason().retryable()
                  ? "it may pass: the mirroring tries again"
                  : "the mirroring will find out"));
    } else if (attempts.accepted().isEmpty()) {
      found(
          Finding.of(
              Capability.PUSH,
              Support.UNKNOWN,
              "what has to be there first is not there",
              "ask again once it is"));
    } else {
      found(
          Finding.of(
              Capability.PUSH,
              Support.YES,
              "uploads could begin in "
                  + names(some(attempts.accepted(), MAX_NAMED))
                  + ", and were given up again",
              "images can be sent"));
    }
  }

  private static String others(List<Repository> denied) {
    return denied.size() == 1
        ? ""
        : "; so were " + names(some(denied.subList(1, denied.size()), MAX_NAMED));
  }

  private void askForAbilities() {
    Repository repository = attempts.accepted().get(0);
    referrers(repository);
    if (options.mayWrite() && findings.values().stream().noneMatch(Finding::isProblem)) {
      new PushProbe(registries, plan, repository, other(repository), this::found).leave();
    }
    long piece = attempts.minimumPiece();
    findings.putIfAbsent(
        Capability.CHUNKED_UPLOADS,
        piece > 0
            ? Finding.of(
                Capability.CHUNKED_UPLOADS,
                Support.YES,
                "its uploads ask for pieces of " + piece + " bytes or more (OCI-Chunk-Min-Length)",
                "a broken upload goes on where it broke")
            : unasked(Capability.CHUNKED_UPLOADS, "an upload that breaks goes on, or begins anew"));
    findings.putIfAbsent(
        Capability.MOUNT,
        repositories.size() < 2
            ? Finding.of(
                Capability.MOUNT, Support.NOT_ASKED, "there is one repository", "nothing to mount")
            : unasked(
                Capability.MOUNT,
                "what several images share is mounted where it lets, else sent again"));
    findings.putIfAbsent(
        Capability.INDEX,
        plan.platforms().isWithoutIndex()
            ? Finding.of(
                Capability.INDEX, Support.NOT_ASKED, "the plan has no indexes", "none will be sent")
            : unasked(
                Capability.INDEX,
                "where it takes none, an image fails unless platformWhereIndexRefused names a platform"));
  }

  private static Finding unasked(Capability capability, String consequence) {
    return Finding.of(
        capability,
        Support.UNKNOWN,
        "only by leaving something in the mirror could that be found out (mayWrite)",
        consequence);
  }

  private Optional<Repository> other(Repository repository) {
    return repositories.stream().filter(one -> !one.equals(repository)).findFirst();
  }

  private void referrers(Repository repository) {
    Digest subject =
        plan.entries().stream()
            .flatMap(entry -> plan.expectedDigest(entry).stream())
            .findFirst()
            .orElse(Digest.sha256(new byte[0]));
    try {
      boolean listed = registries.referrers(repository, subject).isPresent();
      found(
          Finding.of(
              Capability.REFERRERS,
              listed ? Support.YES : Support.NO,
              listed
                  ? "it answered with a list for " + subject.abbreviated()
                  : "it answered with no list for " + subject.abbreviated(),
              listed
                  ? "signatures and SBOMs are found by the images they belong to"
                  : "signatures and SBOMs are listed under tags sha256-…"));
    } catch (RegistryException e) {
      Interruption.check(e);
      found(
          Finding.of(
              Capability.REFERRERS,
              Support.UNKNOWN,
              message(e),
              "found out when something is attached"));
    }
  }
}
