package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RefusedBranch;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ApprovedPlanTest {
  private static final Target TARGET = Target.registry("harbor.corp");

  @TempDir Path directory;
  private Path file;
  private Path received;
  private ApprovedPlan approved;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("plan.approved.yaml");
    received = directory.resolve("plan.received.yaml");
    approved = ApprovedPlan.at(file);
  }

  private static MirrorPlan.Builder plan(String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(TARGET);
    for (String image : images) {
      plan.image(ImageRef.parse(image));
    }
    return plan;
  }

  private static MirrorEntry resolved(String image, String content) {
    return MirrorEntry.builder()
        .source(ImageRef.parse(image))
        .target(TARGET.nameOf(ImageRef.parse(image)))
        .digest(Digest.sha256(content.getBytes(StandardCharsets.UTF_8)))
        .build();
  }

  private static Problem notRedirected(String wanted) {
    return Problem.of(
        ProblemCode.REFERENCE_NOT_REDIRECTED,
        Subject.image(ImageRef.parse("q.io/a:1")),
        Map.of("wanted", wanted));
  }

  private static ImageUse mention(String image) {
    return ImageUse.of(
        ImageRef.parse(image),
        List.of(ImageReason.of("templates/a.yaml", "ConfigMap a", "data.image")));
  }

  private String failure(MirrorPlan plan) {
    AssertionError failure =
        catchThrowableOfType(AssertionError.class, () -> approved.assertMatches(plan));
    assertThat(failure).isNotNull();
    return failure.getMessage();
  }

  @Test
  void theFirstRunFailsAndSavesWhatCanBeApproved() throws IOException {
    MirrorPlan plan = plan("q.io/a:1").build();

    assertThat(failure(plan))
        .isEqualTo(
            """
            the plan is not as approved in %s:
              ~ %s: there is no approved plan
            the plan of this run is in %s; review it, and to approve it, run: mv %s %s"""
                .formatted(file, file, received, received, file));
    assertThat(approved.compare(plan).problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.APPROVED_PLAN_MISSING);

    Files.move(received, file);
    approved.assertMatches(plan);
    assertThat(received).doesNotExist();
  }

  @Test
  void imagesThatComeGoAndChangeAreDifferences() {
    plan("q.io/gateway:v1.1.0", "q.io/holmesgpt-api:v1.1.0", "q.io/same:1").build().save(file);
    MirrorPlan later =
        plan("q.io/same:1", "q.io/gateway:v1.3.0", "q.io/kubernautagent:v1.3.0").build();

    PlanApproval approval = approved.compare(later);

    assertThat(approval.isOk()).isFalse();
    assertThat(approval.problems())
        .extracting(Problem::code)
        .containsExactly(
            ProblemCode.PLAN_IMAGE_ADDED,
            ProblemCode.PLAN_IMAGE_REMOVED,
            ProblemCode.PLAN_IMAGE_CHANGED);
    assertThat(approval.toText())
        .isEqualTo(
            """
            + image q.io/kubernautagent:v1.3.0
            - image q.io/holmesgpt-api:v1.1.0
            ~ image q.io/gateway:v1.1.0 → q.io/gateway:v1.3.0
            """);
    assertThatThrownBy(approval::orElseThrow)
        .isInstanceOf(ProblemsException.class)
        .hasMessageStartingWith("the plan is not as approved in " + file + ":\n  q.io/kubernaut");
    assertThat(received).as("a comparison writes nothing").doesNotExist();
    assertThat(failure(later)).contains("\n  - image q.io/holmesgpt-api:v1.1.0\n");
    assertThat(MirrorPlan.read(received)).isEqualTo(later);
  }

  @Test
  void aTagThatMovedIsADifference() {
    MirrorEntry before = resolved("q.io/a:1", "old");
    MirrorEntry after = resolved("q.io/a:1", "new");
    plan().addEntries(before).build().save(file);

    assertThat(approved.compare(plan().addEntries(after).build()).toText())
        .isEqualTo("~ image %s → %s\n".formatted(before.exactSource(), after.exactSource()));
    assertThat(approved.compare(plan("q.io/a:1").build()).toText())
        .as("a plan that was made without asking the registries")
        .isEqualTo("~ image %s → q.io/a:1\n".formatted(before.exactSource()));
  }

  @Test
  void problemsThatComeAndGoAreDifferences() {
    Branch openshift = Branch.builder().addApiVersions("config.openshift.io/v1").build();
    RefusedBranch refused = RefusedBranch.of(openshift, "a value is missing");
    plan("q.io/a:1").addProofProblems(notRedirected("harbor.corp/a:1")).build().save(file);

    PlanApproval approval = approved.compare(plan("q.io/a:1").addRefusedBranches(refused).build());

    assertThat(approval.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.PLAN_PROBLEM_ADDED, ProblemCode.PLAN_PROBLEM_REMOVED);
    assertThat(approval.toText())
        .contains("+ problem BRANCH_NOT_RENDERED of " + openshift.describe(), "a value is missing")
        .contains("- problem REFERENCE_NOT_REDIRECTED of q.io/a:1: it should become harbor.corp/");
    assertThat(approval.problems().get(0).remedy())
        .startsWith("if the cluster is like this, set the values");
  }

  @Test
  void theSameProblemForAnotherMirrorAndInAnotherDirectoryIsNoDifference() {
    Path chart = directory.resolve("chart");
    plan("q.io/a:1")
        .chart(Chart.at(chart))
        .coversAllBranches(false)
        .addProofProblems(notRedirected("harbor.corp/a:1"))
        .build()
        .save(file);

    approved.assertMatches(
        MirrorPlan.builder(Target.registry("localhost:5000/test"))
            .image(ImageRef.parse("q.io/a:1"))
            .chart(Chart.at(directory.resolve("elsewhere")))
            .coversAllBranches(false)
            .addProofProblems(notRedirected("localhost:5000/test/a:1"))
            .build());
  }

  @Test
  void aChartWithoutItsProofIsADifference() {
    plan("q.io/a:1").overlay(Overlay.of(Map.of(), Map.of(), List.of())).build().save(file);

    PlanApproval approval = approved.compare(plan("q.io/a:1").build());

    assertThat(approval.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.PLAN_PROOF_CHANGED);
    assertThat(approval.toText())
        .isEqualTo("~ " + file + ": the approved plan has a proof, and this plan has no proof\n");
  }

  @Test
  void imagesThatTheChartMentionsAreDifferences() {
    plan("q.io/a:1").addMentions(mention("q.io/b:1"), mention("q.io/c:1")).build().save(file);

    PlanApproval approval =
        approved.compare(
            plan("q.io/a:1").addMentions(mention("q.io/b:1"), mention("q.io/c:2")).build());

    assertThat(approval.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.PLAN_MENTION_ADDED, ProblemCode.PLAN_MENTION_REMOVED);
    assertThat(approval.toText()).isEqualTo("+ mention of q.io/c:2\n- mention of q.io/c:1\n");
  }

  @Test
  void aFileThatIsNotAPlanIsAnError() throws IOException {
    Files.writeString(file, "kind: Other\n");

    assertThatThrownBy(() -> approved.assertMatches(plan("q.io/a:1").build()))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining(file.toString());
    assertThat(received).doesNotExist();
  }

  @Test
  void theReceivedFileIsNamedAfterTheApprovedOne() {
    assertThat(ApprovedPlan.at(Path.of("a/kubernaut.yml")).receivedFile())
        .isEqualTo(Path.of("a/kubernaut.received.yaml"));
  }
}
