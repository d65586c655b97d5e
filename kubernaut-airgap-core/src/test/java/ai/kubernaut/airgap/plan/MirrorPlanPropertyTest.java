package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Random plans, each made from a seed of its own. */
final class MirrorPlanPropertyTest {
  private static final String[] TEXTS = {
    "v1.1.0",
    "",
    "yes",
    "~",
    "null",
    "0644",
    "1e3",
    "1.10",
    "true",
    " x ",
    "a: b",
    "# c",
    "a\nb\n",
    "a\n\u0085b",
    "\u2028",
    "\ttab",
    "\"quoted\"",
    "'single'",
    "back\\slash",
    "{a,b}",
    "é🚢",
    "\u0000\u0007",
    "- list",
    "*alias",
    "&anchor",
    "!tag",
    "|",
    ">",
    "%",
    "@",
    "`",
    "<<",
    "12:30:45"
  };

  private static String text(Random random) {
    return TEXTS[random.nextInt(TEXTS.length)];
  }

  private static MirrorPlan plan(long seed) {
    Random random = new Random(seed);
    Target target =
        Target.registry(random.nextBoolean() ? "harbor.corp:5000" : "quay.io/my-org/sub")
            .separator(random.nextBoolean() ? Separator.SLASH : Separator.DASH);
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    if (random.nextBoolean()) {
      plan.chart(chart(random));
    }
    for (int i = random.nextInt(6); i > 0; i--) {
      plan.addEntries(entry(random, target, i));
    }
    return plan.build();
  }

  private static Chart chart(Random random) {
    Chart chart = Chart.at(Path.of("/charts/kubernaut " + random.nextInt(3)).toAbsolutePath());
    for (int i = random.nextInt(3); i > 0; i--) {
      chart = chart.values(Path.of("/values-" + i + " é.yaml"));
    }
    for (int i = random.nextInt(4); i > 0; i--) {
      chart = chart.set("a.b\\.c[" + i + "]", text(random));
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      chart = chart.setFile("key" + i, Path.of("/etc/file" + i));
    }
    if (random.nextBoolean()) {
      chart = chart.rewriting(Map.of("quay.io/a/b:1", "x" + text(random)));
    }
    return random.nextBoolean() ? chart.sdkConfig(Path.of("/sdk.yaml")) : chart;
  }

  private static MirrorEntry entry(Random random, Target target, int number) {
    Digest digest = Digest.sha256(("image " + number).getBytes(StandardCharsets.UTF_8));
    ImageRef source = ImageRef.parse("registry" + number + ".io/group/image-" + number);
    source = random.nextBoolean() ? source.withTag("v" + number + ".10") : source;
    source = random.nextBoolean() ? source.withDigest(digest) : source;
    MirrorEntry.Builder entry = MirrorEntry.builder().source(source).target(target.nameOf(source));
    if (source.digest().isPresent() || random.nextBoolean()) {
      entry.digest(digest);
    }
    for (int i = random.nextInt(3); i > 0; i--) {
      entry.addReasons(ImageReason.of(text(random), text(random), text(random)));
    }
    return entry.build();
  }

  @Test
  void aSavedPlanIsReadBackEqual(@TempDir Path directory) {
    Path file = directory.resolve("plan.yaml");
    for (long seed = 0; seed < 300; seed++) {
      MirrorPlan plan = plan(seed);
      plan.save(file);
      assertThat(MirrorPlan.read(file)).as("seed " + seed).isEqualTo(plan);
      assertThat(MirrorPlan.read(file).toYaml()).as("seed " + seed).isEqualTo(plan.toYaml());
    }
  }
}
