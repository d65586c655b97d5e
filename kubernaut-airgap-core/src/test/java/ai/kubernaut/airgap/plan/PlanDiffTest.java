package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class PlanDiffTest {
  private static final Target TARGET = Target.registry("harbor.corp");

  private static MirrorPlan plan(String... images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(TARGET);
    for (String image : images) {
      plan.image(ImageRef.parse(image));
    }
    return plan.build();
  }

  private static MirrorPlan resolved(String image, String content) {
    ImageRef source = ImageRef.parse(image);
    return MirrorPlan.builder(TARGET)
        .addEntries(
            MirrorEntry.builder()
                .source(source)
                .target(TARGET.nameOf(source))
                .digest(Digest.sha256(content.getBytes(StandardCharsets.UTF_8)))
                .build())
        .build();
  }

  @Test
  void equalPlans_doNotDiffer() {
    assertThat(
            PlanDiff.between(plan("q.io/a:1", "q.io/b:1"), plan("q.io/b:1", "q.io/a:1")).isEmpty())
        .isTrue();
  }

  @Test
  void aLaterVersion_hasNewGoneAndChangedImages() {
    PlanDiff diff =
        PlanDiff.between(
            plan("q.io/gateway:v1.1.0", "q.io/holmesgpt-api:v1.1.0", "q.io/same:1"),
            plan("q.io/gateway:v1.3.0", "q.io/kubernautagent:v1.3.0", "q.io/same:1"));

    assertThat(diff.toText())
        .isEqualTo(
            """
            + q.io/kubernautagent:v1.3.0
            - q.io/holmesgpt-api:v1.1.0
            ~ q.io/gateway:v1.1.0 → q.io/gateway:v1.3.0
            """);
  }

  @Test
  void aTagThatMoved_isAChange() {
    PlanDiff diff = PlanDiff.between(resolved("q.io/a:1", "old"), resolved("q.io/a:1", "new"));

    assertThat(diff.changed())
        .singleElement()
        .satisfies(
            change -> assertThat(change.before().digest()).isNotEqualTo(change.after().digest()));
  }

  @Test
  void aRepositoryWithSeveralImages_hasThemComeAndGo() {
    PlanDiff diff =
        PlanDiff.between(plan("q.io/a:1", "q.io/a:2"), plan("q.io/a:2", "q.io/a:3", "q.io/a:4"));

    assertThat(diff.changed()).isEmpty();
    assertThat(diff.added())
        .extracting(entry -> entry.source().toString())
        .containsExactly("q.io/a:3", "q.io/a:4");
    assertThat(diff.removed())
        .extracting(entry -> entry.source().toString())
        .containsExactly("q.io/a:1");
  }
}
