package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Which branches of a chart are rendered, and what is said about them. */
final class ChartBranchesTest {
  private static final String OPENSHIFT = "route.openshift.io/v1";
  private static final ReleaseName RELEASE = ReleaseName.of("one", "here");

  private static String pod(String template, String image) {
    return "---\n# Source: kubernaut/templates/%s\nkind: Pod\nmetadata: {name: %s}\nspec: {containers: [{image: %s}]}\n"
        .formatted(template, image.replaceAll("\\W", "-"), image);
  }

  private static ChartBranches branches(TemplateHelm helm, Chart chart) {
    return ChartBranches.of(helm, chart, RELEASE, List.of(ImageFinder.containers()));
  }

  @Test
  void branchesWithTheSameReferencesAreOne() {
    TemplateHelm helm =
        TemplateHelm.branching("", (values, branch) -> pod("a.yaml", "quay.io/x/a:1"))
            .asking(
                TemplateConditions.of(
                    "templates/a.yaml", List.of(OPENSHIFT), List.of(), List.of()));
    ChartBranches branches = branches(helm, TemplateHelm.chart());
    assertThat(helm.renders()).isEqualTo(2);
    assertThat(branches.branches()).containsExactly(Branch.defaults());
    assertThat(branches.images().get(0).branches()).isEmpty();
  }

  @Test
  void templatesThatAskForDifferentFactsAreNotMultiplied() {
    TemplateHelm helm =
        TemplateHelm.branching("", (values, branch) -> pod("a.yaml", "quay.io/x/a:1"));
    for (int i = 0; i < 6; i++) {
      helm.asking(
          TemplateConditions.of(
              "templates/" + i + ".yaml", List.of("g" + i + "/v1"), List.of(), List.of("l" + i)));
    }
    assertThat(branches(helm, TemplateHelm.chart()).isComplete()).isTrue();
    assertThat(helm.renders()).as("the default and three for each template").isEqualTo(19);
  }

  @Test
  void aReasonNamesOnlyTheFactsThatItsTemplateAsksFor() {
    TemplateHelm helm =
        TemplateHelm.branching(
                "",
                (values, branch) ->
                    pod("a.yaml", "quay.io/x/a:1")
                        + (branch.apiVersions().contains(OPENSHIFT)
                            ? pod("b.yaml", "quay.io/x/b:1")
                            : ""))
            .asking(
                TemplateConditions.of("templates/a.yaml", List.of(), List.of("1.20.0"), List.of()))
            .asking(
                TemplateConditions.of(
                    "templates/b.yaml", List.of(OPENSHIFT), List.of(), List.of("x")));
    ChartBranches branches = branches(helm, TemplateHelm.chart());
    assertThat(branches.images()).hasSize(2);
    assertThat(branches.images().get(0).branches()).isEmpty();
    assertThat(branches.images().get(1).branches())
        .extracting(Branch::describe)
        .containsExactly("API " + OPENSHIFT, "API " + OPENSHIFT + ", lookup x");
    assertThat(branches.branches())
        .extracting(Branch::describe)
        .containsExactly("default", "API " + OPENSHIFT);
  }

  private static TemplateHelm failingOnOpenShift(String helmMessage) {
    return TemplateHelm.branching(
            "",
            (values, branch) -> {
              if (!branch.apiVersions().isEmpty()) {
                throw new HelmException("cannot render", helmMessage, null);
              }
              return pod("a.yaml", "quay.io/x/a:1");
            })
        .asking(
            TemplateConditions.of("templates/a.yaml", List.of(OPENSHIFT), List.of(), List.of()));
  }

  @Test
  void aRefusalIsReportedWithTheMessageOfTheChart() {
    ChartBranches branches =
        branches(
            failingOnOpenShift("url is needed\nset it\n\nUse --debug flag to see more\n"),
            TemplateHelm.chart());
    assertThat(branches.refused())
        .extracting(RefusedBranch::message)
        .containsExactly("url is needed\nset it");
  }

  @Test
  void aRenderingThatWasInterruptedIsNoRefusalOfTheChart() {
    assertThatExceptionOfType(HelmException.class)
        .isThrownBy(() -> branches(failingOnOpenShift(""), TemplateHelm.chart()))
        .withMessage("cannot render");
  }

  @Test
  void moreCombinationsThanAllowedAreNotRendered() {
    TemplateHelm helm =
        TemplateHelm.branching("", (values, branch) -> pod("a.yaml", "quay.io/x/a:1"));
    for (int i = 0; i < 200; i++) {
      helm.asking(
          TemplateConditions.of(
              "templates/" + i + ".yaml", List.of("g" + i + "/v1"), List.of(), List.of()));
    }
    assertThat(branches(helm, TemplateHelm.chart()).isComplete()).isFalse();
    assertThat(helm.renders()).isEqualTo(128);
  }
}
