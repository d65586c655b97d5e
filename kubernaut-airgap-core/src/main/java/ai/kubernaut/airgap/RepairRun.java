package ai.kubernaut.airgap;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretConfigurer;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.repair.RepairOptions;
import ai.kubernaut.airgap.repair.RepairReport;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * One repair: first the images, then the pull secrets, then the Jobs that fail without them. What
 * fails is a problem of the report, and the other repairs go on. Not thread-safe.
 */
final class RepairRun {
  private static final Set<ProblemCode> IMAGES =
      EnumSet.of(ProblemCode.IMAGE_NOT_IN_MIRROR, ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR);

  private static final Set<ProblemCode> FAILED_JOBS =
      EnumSet.of(ProblemCode.JOB_FAILED, ProblemCode.HOOK_FAILED);

  /** Credentials that the mirror knows and does not accept have to be replaced. */
  private static final Set<ProblemCode> REJECTED =
      EnumSet.of(ProblemCode.PULL_CREDENTIALS_REJECTED, ProblemCode.PULL_CREDENTIALS_FORBIDDEN);

  private static final Set<ProblemCode> CREDENTIALS =
      EnumSet.of(
          ProblemCode.PULL_CREDENTIALS_MISSING,
          ProblemCode.PULL_SECRET_NOT_FOUND,
          ProblemCode.PULL_CREDENTIALS_REJECTED,
          ProblemCode.PULL_CREDENTIALS_FORBIDDEN);

  private final Airgap airgap;
  private final ClusterClient cluster;
  private final MirrorPlan plan;
  private final Diagnosis diagnosis;
  private final RepairOptions options;
  private final RepairReport.Builder report;
  private final Set<Problem> repaired = new HashSet<>();

  RepairRun(
      Airgap airgap,
      ClusterClient cluster,
      Installation installation,
      Diagnosis diagnosis,
      RepairOptions options) {
    this.airgap = airgap;
    this.cluster = cluster;
    this.plan = installation.plan();
    this.diagnosis = diagnosis;
    this.options = options;
    this.report = RepairReport.builder().release(installation.release()).dryRun(options.dryRun());
  }

  RepairReport run() {
    Map<Problem, MirrorEntry> images = new LinkedHashMap<>();
    Set<Problem> secrets = new LinkedHashSet<>();
    Set<Problem> jobs = failedJobs();
    for (Cause root : diagnosis.roots()) {
      Problem problem = root.problem();
      Optional<MirrorEntry> image = image(problem);
      if (jobs.stream().anyMatch(job -> isOfJob(problem, job))) {
        continue;
      }
      boolean isSecret = isSecret(problem);
      if (image.isEmpty() && !isSecret) {
        notAutomatic(root);
      } else if (isChosen(problem)) {
        image.ifPresent(entry -> images.put(problem, entry));
        if (isSecret) {
          secrets.add(problem);
        }
      }
    }
    mirror(images);
    renew(secrets);
    recreate(jobs);
    return report.build();
  }

  private Optional<MirrorEntry> image(Problem problem) {
    return IMAGES.contains(problem.code())
        ? plan.entryInMirror(ImageRef.parse(problem.subject().name()))
        : Optional.empty();
  }

  /** Whether a problem is about a Secret that the pull secret step writes on this cluster. */
  private boolean isSecret(Problem problem) {
    return CREDENTIALS.contains(problem.code())
        && problem.subject().kind() == Subject.Kind.SECRET
        && (PullSecretConfigurer.isOfCluster(problem.subject())
            || !cluster.serves(ResourceType.CLUSTER_VERSION));
  }

  /** Jobs that have failed stay so when their cause is gone; consequences count too. */
  private Set<Problem> failedJobs() {
    Set<Problem> jobs = new LinkedHashSet<>();
    for (Cause cause : diagnosis.causes()) {
      if (FAILED_JOBS.contains(cause.problem().code())) {
        jobs.add(cause.problem());
      }
    }
    return jobs;
  }

  /** Whether a problem is the failure of a Job itself, or the crash of its pod. */
  private static boolean isOfJob(Problem problem, Problem job) {
    return problem.equals(job)
        || (problem.subject().kind() == Subject.Kind.POD
            && (problem.code() == ProblemCode.CONTAINER_CRASHED
                || problem.code() == ProblemCode.POD_NOT_RUNNING)
            && problem.subject().name().startsWith(job.subject().name() + "-"));
  }

  private boolean isChosen(Problem problem) {
    boolean chosen = options.only().isEmpty() || options.only().contains(problem.code());
    if (!chosen) {
      report.addProblems(
          Problem.of(
              ProblemCode.REPAIR_NOT_CHOSEN,
              problem.subject(),
              Map.of("code", problem.code().name())));
    }
    return chosen;
  }

  private void notAutomatic(Cause root) {
    report.addProblems(
        Problem.of(
            options.only().isEmpty()
                ? ProblemCode.REPAIR_NOT_AUTOMATIC
                : ProblemCode.REPAIR_LEFT_TO_PERSON,
            root.problem().subject(),
            Map.of(
                "code",
                root.problem().code().name(),
                "message",
                root.problem().message(),
                "remedy",
                root.problem().remedy(),
                "command",
                root.repair().map(Repair::command).orElse(""))));
  }

  private void mirror(Map<Problem, MirrorEntry> images) {
    if (images.isEmpty()) {
      return;
    }
    if (options.dryRun()) {
      images.keySet().forEach(problem -> done(problem, FactCode.IMAGE_TO_BE_MIRRORED));
      return;
    }
    try {
      MirrorReport mirrored =
          airgap.mirror(
              MirrorPlan.builder(plan.target())
                  .from(plan)
                  .entries(new LinkedHashSet<>(images.values()))
                  .build(),
              options.mirror());
      images.forEach(
          (problem, entry) ->
              mirrored.images().stream()
                  .filter(image -> image.entry().source().equals(entry.source()))
                  .forEach(image -> mirrored(problem, image)));
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException e) {
      images.keySet().forEach(problem -> failed(problem, e));
    }
  }

  private void mirrored(Problem problem, MirroredImage image) {
    report.addAllProblems(image.problems());
    if (image.failure().isEmpty()) {
      done(problem, FactCode.IMAGE_MIRRORED_AGAIN);
    }
  }

  private void renew(Set<Problem> secrets) {
    Map<String, Set<Problem>> byName = new LinkedHashMap<>();
    for (Problem problem : secrets) {
      if (options.credentials().isEmpty()) {
        report.addProblems(Problem.of(ProblemCode.REPAIR_WITHOUT_CREDENTIALS, problem.subject()));
        continue;
      }
      byName
          .computeIfAbsent(
              PullSecretConfigurer.isOfCluster(problem.subject())
                  ? ""
                  : shortName(problem.subject()),
              unseen -> new LinkedHashSet<>())
          .add(problem);
    }
    byName.forEach(this::renew);
  }

  /**
   * Renews the Secrets of one name.
   *
   * @param name empty for the global pull secret
   */
  private void renew(String name, Set<Problem> problems) {
    Map<String, String> registry = Map.of("registry", plan.target().address());
    if (options.dryRun()) {
      for (Problem problem : problems) {
        report.addFacts(Fact.of(FactCode.PULL_SECRET_TO_BE_RENEWED, problem.subject(), registry));
        repaired.add(problem);
      }
      return;
    }
    PullSecretOptions.Builder how = PullSecretOptions.builder().from(options.pullSecret());
    if (problems.stream().anyMatch(problem -> REJECTED.contains(problem.code()))) {
      how.replaceOtherCredentials(true);
    }
    if (!name.isEmpty()) {
      how.secretName(name)
          .namespaces(problems.stream().map(problem -> namespace(problem.subject())).toList());
    }
    try {
      PullSecretReport renewed =
          airgap.configurePullSecret(plan, options.credentials().orElseThrow(), how.build());
      report.addAllFacts(renewed.facts()).addAllProblems(renewed.problems());
      for (Problem problem : problems) {
        if (renewed.facts().stream()
            .anyMatch(
                fact ->
                    fact.code() == FactCode.PULL_SECRET_WRITTEN
                        && fact.subject().equals(problem.subject()))) {
          repaired.add(problem);
        } else {
          failed(problem, "the Secret was not changed: it has the given credentials already");
        }
      }
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException e) {
      problems.forEach(problem -> failed(problem, e));
    }
  }

  /** Creates Jobs again whose cause is repaired, or unknown. */
  private void recreate(Set<Problem> jobs) {
    Set<Problem> ready = new LinkedHashSet<>();
    for (Problem job : jobs) {
      boolean canSucceed =
          diagnosis.roots().stream()
              .filter(root -> diagnosis.allConsequences(root).contains(job))
              .map(Cause::problem)
              .allMatch(root -> isOfJob(root, job) || repaired.contains(root));
      if (canSucceed && isChosen(job)) {
        ready.add(job);
      }
    }
    if (ready.isEmpty()) {
      return;
    }
    if (!diagnosis.managedBy().isEmpty()) {
      ready.forEach(job -> leave(job, diagnosis.managedBy().get(0)));
      return;
    }
    if (options.dryRun()) {
      ready.forEach(job -> done(job, FactCode.JOB_TO_BE_RECREATED));
      return;
    }
    try {
      Map<Problem, Optional<String>> before = new LinkedHashMap<>();
      ready.forEach(job -> before.put(job, uid(job)));
      MirrorReport mirrored = airgap.checkMirror(plan).orElseThrow();
      Installation upgraded =
          airgap.install(
              mirrored,
              airgap.findPullSecret(plan, options.pullSecret()),
              InstallOptions.builder().from(options.install()).upgradeOnly(true).build());
      report.addAllFacts(upgraded.facts()).addAllProblems(upgraded.problems());
      before.forEach(this::recreated);
    } catch (CancelledException e) {
      throw e;
    } catch (AirgapException e) {
      ready.forEach(job -> failed(job, e));
    }
  }

  /** An upgrade would be reverted. */
  private void leave(Problem job, GitOpsResource manager) {
    report.addProblems(
        Problem.of(
            ProblemCode.REPAIR_LEFT_TO_GITOPS,
            job.subject(),
            Map.of(
                "code",
                job.code().name(),
                "resource",
                manager.subject().toString(),
                "tool",
                manager.tool().toString(),
                "namespace",
                namespace(job.subject()),
                "job",
                manager.isHelmRelease() ? "" : shortName(job.subject()),
                "command",
                manager.syncCommand())));
  }

  /** Helm creates the Jobs of hooks again, but no others. */
  private void recreated(Problem job, Optional<String> before) {
    if (before.isPresent() && uid(job).equals(before)) {
      failed(job, "Helm has not created the Job again, because it is not a hook; delete it first");
    } else {
      done(job, FactCode.JOB_RECREATED);
    }
  }

  private Optional<String> uid(Problem job) {
    return cluster
        .get(ResourceType.JOB, namespace(job.subject()), shortName(job.subject()))
        .map(KubernetesObject::fields)
        .flatMap(fields -> fields.text("metadata", "uid"));
  }

  private static String namespace(Subject namespaced) {
    return namespaced.name().substring(0, namespaced.name().indexOf('/'));
  }

  private static String shortName(Subject namespaced) {
    return namespaced.name().substring(namespaced.name().indexOf('/') + 1);
  }

  private void done(Problem problem, FactCode code) {
    report.addFacts(Fact.of(code, problem.subject()));
    repaired.add(problem);
  }

  private void failed(Problem problem, AirgapException failure) {
    report.addProblems(failure(problem, String.valueOf(failure.getMessage())).causedBy(failure));
  }

  private void failed(Problem problem, String detail) {
    report.addProblems(failure(problem, detail));
  }

  private static Problem failure(Problem problem, String detail) {
    return Problem.of(
        ProblemCode.REPAIR_FAILED,
        problem.subject(),
        Map.of("code", problem.code().name(), "detail", detail));
  }
}
