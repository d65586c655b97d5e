package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorCheckpoint;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.InvalidPlanException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.shard.PlanPartition;
import ai.kubernaut.airgap.verify.VerificationDrift;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What docs/upgrade-notes.md says about files of other versions. */
final class FileVersionsTest {
  private static final MirrorPlan PLAN =
      MirrorPlan.builder(Target.registry("harbor.corp"))
          .image(ImageRef.parse("quay.io/a/b:v1"))
          .build();

  private static final String PARTITION =
      "apiVersion: airgap.kubernaut.ai/v1\nkind: PlanPartition\nplan:\n"
          + PLAN.toYaml().indent(2)
          + "shards: [{uniqueBytes: 1, images: ['quay.io/a/b:v1']}]\n";

  @TempDir Path directory;

  private Path file(String content) throws IOException {
    return Files.writeString(directory.resolve("file"), content);
  }

  private static String later(String content) {
    return content.replace("airgap.kubernaut.ai/v1", "airgap.kubernaut.ai/v2");
  }

  @Test
  void aPlanOfAnotherVersionOrWithAnUnknownKeyIsRefused() throws IOException {
    Path later = file(later(PLAN.toYaml()));
    assertThatThrownBy(() -> MirrorPlan.read(later))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("airgap.kubernaut.ai/v2");
    Path unknown = file(PLAN.toYaml() + "later: 1\n");
    assertThatThrownBy(() -> MirrorPlan.read(unknown))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("'later' in the plan is not known");
  }

  @Test
  void aPartitionOfAnotherVersionIsRefused_andUnknownKeysAreNotRead() throws IOException {
    assertThat(PlanPartition.read(file(PARTITION + "later: 1\n")).shards()).hasSize(1);
    Path later = file(later(PARTITION));
    assertThatThrownBy(() -> PlanPartition.read(later)).isInstanceOf(AirgapException.class);
    Path unknown = file(PARTITION.replace("  kind:", "  later: 1\n  kind:"));
    assertThatThrownBy(() -> PlanPartition.read(unknown)).hasMessageContaining("'later'");
  }

  @Test
  void reportsAndInventoriesAreReadWhateverTheirVersion() throws IOException {
    Path inventory =
        file(
            "{\"apiVersion\":\"airgap.kubernaut.ai/v2\",\"kind\":\"Inventory\",\"blobs\":{},\"x\":1}");
    assertThat(Inventory.read(inventory).blobs()).isEmpty();
    Path mirrored =
        file(
            "{\"apiVersion\":\"airgap.kubernaut.ai/v2\",\"kind\":\"MirrorReport\",\"images\":[],\"x\":1}");
    assertThat(MirrorReport.read(mirrored, PLAN).images()).isEmpty();
    Path verified =
        file(
            "{\"apiVersion\":\"airgap.kubernaut.ai/v2\",\"kind\":\"VerificationReport\",\"origins\":[],\"x\":1}");
    assertThat(VerificationDrift.readOrigins(verified)).isEmpty();
    Path changed =
        file(
            "{\"apiVersion\":\"airgap.kubernaut.ai/v2\",\"kind\":\"ChangeReport\",\"changes\":[],\"x\":1}");
    assertThat(ChangeReport.read(changed).changes()).isEmpty();
  }

  @Test
  void unknownLinesOfACheckpointAreIgnored() {
    assertThat(MirrorCheckpoint.parse("00000000 later something\nnonsense\n").uploads()).isZero();
  }
}
