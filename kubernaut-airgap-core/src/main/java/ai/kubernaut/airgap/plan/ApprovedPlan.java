package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A plan that a person has reviewed, as a file in the repository of a host application. A build
 * plans the chart again and compares, so that no other image gets into the mirror unnoticed:
 *
 * <pre>{@code
 * ApprovedPlan.at(Path.of("src/test/plan.approved.yaml")).assertMatches(plan);
 * }</pre>
 *
 * <p>What is compared: the images with their tags and digests; the problems of the plan, which say
 * whether the chart can be installed from the mirror and whether all its branches are known;
 * whether that was proven; and the images that the chart mentions. The name of the mirror, the
 * release, the settings and the location of the chart, and the places that need an image may
 * differ.
 *
 * <p>A plan that was made without asking the registries has no digests, and differs from one that
 * has them. A plan has the settings of its chart: use a chart whose settings may be committed.
 *
 * <p>Immutable; the file is read by each call.
 */
public final class ApprovedPlan {
  private final Path file;

  private ApprovedPlan(Path file) {
    this.file = file;
  }

  /**
   * Names the file of the approved plan.
   *
   * @param file a saved plan, for example {@code plan.approved.yaml}; it need not exist yet
   * @return the approved plan, which has not been read
   */
  public static ApprovedPlan at(Path file) {
    return new ApprovedPlan(file);
  }

  /**
   * Returns the file to which {@link #assertMatches} saves a plan that is not as approved.
   *
   * @return beside the approved plan: {@code plan.received.yaml} for {@code plan.approved.yaml} and
   *     for {@code plan.yaml}
   */
  public Path receivedFile() {
    String name =
        String.valueOf(file.getFileName())
            .replaceFirst("\\.ya?ml$", "")
            .replaceFirst("\\.approved$", "");
    return file.resolveSibling(name + ".received.yaml");
  }

  /**
   * Compares a plan with the approved one. Changes nothing.
   *
   * @param received the plan of today
   * @return the differences; a missing file is one
   * @throws InvalidPlanException when the file is not a plan
   */
  public PlanApproval compare(MirrorPlan received) {
    List<Problem> problems = new ArrayList<>();
    if (Files.exists(file)) {
      MirrorPlan approved = MirrorPlan.read(file);
      addImages(problems, PlanDiff.between(approved, received));
      addProof(problems, approved, received);
      addProblems(problems, approved, received);
      addMentions(problems, approved, received);
    } else {
      problems.add(
          Problem.of(
              ProblemCode.APPROVED_PLAN_MISSING, new Subject(Subject.Kind.FILE, file.toString())));
    }
    return ImmutablePlanApproval.of(file, received, problems);
  }

  /**
   * Fails unless a plan is as approved, for a test in any framework. A plan that is not is saved as
   * {@link #receivedFile()}, which approves it when it replaces the approved file. The first run
   * fails, because nothing is approved yet. A received file of an earlier run is deleted when the
   * plan is as approved.
   *
   * @param received the plan of today
   * @throws AssertionError when the plan is not as approved, with the differences and with what to
   *     do
   * @throws InvalidPlanException when the file is not a plan, or the received plan cannot be saved
   */
  public void assertMatches(MirrorPlan received) {
    PlanApproval approval = compare(received);
    if (!approval.isOk()) {
      received.save(receivedFile());
      throw new AssertionError(
          "the plan is not as approved in "
              + file
              + ":\n"
              + approval.toText().indent(2)
              + "the plan of this run is in "
              + receivedFile()
              + "; review it, and to approve it, run: mv "
              + receivedFile()
              + " "
              + file);
    }
    try {
      Files.deleteIfExists(receivedFile());
    } catch (IOException e) {
      throw new UncheckedIOException(
          receivedFile() + " of an earlier run cannot be deleted; delete it", e);
    }
  }

  private static void addImages(List<Problem> problems, PlanDiff images) {
    images
        .added()
        .forEach(
            entry ->
                problems.add(
                    Problem.of(ProblemCode.PLAN_IMAGE_ADDED, Subject.image(entry.exactSource()))));
    images
        .removed()
        .forEach(
            entry ->
                problems.add(
                    Problem.of(
                        ProblemCode.PLAN_IMAGE_REMOVED, Subject.image(entry.exactSource()))));
    images
        .changed()
        .forEach(
            change ->
                problems.add(
                    Problem.of(
                        ProblemCode.PLAN_IMAGE_CHANGED,
                        Subject.image(change.after().exactSource()),
                        Map.of("approved", change.before().exactSource().toString()))));
  }

  private void addProof(List<Problem> problems, MirrorPlan approved, MirrorPlan received) {
    if (approved.overlay().isPresent() != received.overlay().isPresent()) {
      problems.add(
          Problem.of(
              ProblemCode.PLAN_PROOF_CHANGED,
              new Subject(Subject.Kind.FILE, file.toString()),
              Map.of("approved", proof(approved), "received", proof(received))));
    }
  }

  private static String proof(MirrorPlan plan) {
    return plan.overlay().isPresent() ? "a proof" : "no proof";
  }

  private static void addProblems(
      List<Problem> problems, MirrorPlan approved, MirrorPlan received) {
    Map<String, Problem> before = byIdentity(approved);
    Map<String, Problem> after = byIdentity(received);
    addMissing(problems, ProblemCode.PLAN_PROBLEM_ADDED, after, before.keySet());
    addMissing(problems, ProblemCode.PLAN_PROBLEM_REMOVED, before, after.keySet());
  }

  /**
   * Returns the problems of a plan by what does not differ between two runs: parameters may name
   * the mirror, and the chart may lie in another directory.
   */
  private static Map<String, Problem> byIdentity(MirrorPlan plan) {
    Map<String, Problem> problems = new LinkedHashMap<>();
    for (Problem problem : plan.problems()) {
      Subject subject = problem.subject();
      problems.putIfAbsent(
          problem.code()
              + " "
              + subject.kind()
              + " "
              + (subject.kind() == Subject.Kind.CHART ? "" : subject.name()),
          problem);
    }
    return problems;
  }

  private static void addMissing(
      List<Problem> problems, ProblemCode code, Map<String, Problem> from, Set<String> others) {
    from.forEach(
        (identity, problem) -> {
          if (!others.contains(identity)) {
            problems.add(
                Problem.of(
                    code,
                    problem.subject(),
                    Map.of(
                        "code", problem.code().name(),
                        "problem", problem.message(),
                        "remedy", problem.remedy())));
          }
        });
  }

  private static void addMentions(
      List<Problem> problems, MirrorPlan approved, MirrorPlan received) {
    addMissing(problems, ProblemCode.PLAN_MENTION_ADDED, mentioned(received), mentioned(approved));
    addMissing(
        problems, ProblemCode.PLAN_MENTION_REMOVED, mentioned(approved), mentioned(received));
  }

  private static void addMissing(
      List<Problem> problems, ProblemCode code, Set<ImageRef> from, Set<ImageRef> others) {
    from.stream()
        .filter(image -> !others.contains(image))
        .sorted()
        .forEach(image -> problems.add(Problem.of(code, Subject.image(image))));
  }

  private static Set<ImageRef> mentioned(MirrorPlan plan) {
    return plan.mentions().stream().map(ImageUse::image).collect(Collectors.toSet());
  }
}
