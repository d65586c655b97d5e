package ai.kubernaut.airgap.shard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.IncompleteMirrorException;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import ai.kubernaut.airgap.shard.PlanPartition.Shard;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PlanPartitionTest {
  private static final Target MIRROR = Target.registry("harbor.corp");

  @TempDir Path directory;

  private final MemoryRegistryClient registries = MemoryRegistryClient.create();

  /** Publishes an image of one platform with layers of these sizes, each by its seed. */
  private ImageRef publish(String name, Map<Integer, Integer> layers) {
    ImageRef image = ImageRef.parse(name);
    String list =
        layers.entrySet().stream()
            .map(layer -> push(image, content(layer.getKey(), layer.getValue())))
            .collect(Collectors.joining(","));
    String manifest =
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
            .formatted(
                Manifest.OCI_MANIFEST, push(image, name.getBytes(StandardCharsets.UTF_8)), list);
    registries.writeManifest(
        image, Manifest.of(Manifest.OCI_MANIFEST, manifest.getBytes(StandardCharsets.UTF_8)));
    return image;
  }

  private static byte[] content(int seed, int size) {
    byte[] content = new byte[size];
    new Random(seed).nextBytes(content);
    return content;
  }

  private String push(ImageRef image, byte[] content) {
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    registries.writeBlob(image.repository(), blob, new ByteArrayInputStream(content));
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(blob.mediaType(), blob.digest(), blob.size());
  }

  private static MirrorPlan plan(List<ImageRef> images) {
    MirrorPlan.Builder plan = MirrorPlan.builder(MIRROR);
    images.forEach(plan::image);
    return plan.build();
  }

  /** Images with a few of twenty common layers and up to two layers of their own. */
  private List<ImageRef> randomImages(int count, long seed) {
    Random random = new Random(seed);
    List<ImageRef> images = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      Map<Integer, Integer> layers = new HashMap<>();
      for (int layer = random.nextInt(4); layer >= 0; layer--) {
        int common = random.nextInt(20);
        layers.put(common, 10_000 * (common + 1));
      }
      for (int layer = random.nextInt(3); layer > 0; layer--) {
        layers.put(1000 + 10 * number + layer, 1 + random.nextInt(300_000));
      }
      images.add(publish("q.io/acme/image-%d:1".formatted(number), layers));
    }
    return images;
  }

  private Map<Digest, Long> parts(ImageRef image) {
    ImageContent content = ImageContent.read(registries, image, Platforms.all());
    Map<Digest, Long> parts = new HashMap<>();
    parts.put(content.digest(), (long) content.root().size());
    content.blobs().forEach(blob -> parts.put(blob.digest(), blob.size()));
    return parts;
  }

  private static long sum(Map<Digest, Long> parts) {
    return parts.values().stream().mapToLong(Long::longValue).sum();
  }

  private static long cost(Shard shard) {
    return shard.uniqueBytes() + Assignment.COST_OF_IMAGE * shard.images().size();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 16, 40})
  void everyImageIsInOneShard_andTheLargestShardIsBounded(int shards) {
    List<ImageRef> images = randomImages(40, shards);

    PlanPartition partition = PlanPartition.of(plan(images), shards, registries).orElseThrow();

    assertThat(partition.problems()).isEmpty();
    assertThat(partition.shards()).hasSize(shards);
    assertThat(partition.shards().stream().flatMap(shard -> shard.images().stream()))
        .containsExactlyInAnyOrderElementsOf(images);
    long sumOfCosts = 0;
    long largestImage = 0;
    for (ImageRef image : images) {
      long cost = sum(parts(image)) + Assignment.COST_OF_IMAGE;
      sumOfCosts += cost;
      largestImage = Math.max(largestImage, cost);
    }
    for (Shard shard : partition.shards()) {
      Map<Digest, Long> unique = new HashMap<>();
      shard.images().forEach(image -> unique.putAll(parts(image)));
      assertThat(shard.uniqueBytes()).isEqualTo(sum(unique));
      assertThat(cost(shard)).isLessThanOrEqualTo(sumOfCosts / shards + largestImage);
    }
  }

  @Test
  void theSameImagesResultInTheSamePartition_inAnyOrderOfThePlan() {
    List<ImageRef> images = randomImages(30, 5);
    List<ImageRef> shuffled = new ArrayList<>(images);
    Collections.shuffle(shuffled, new Random(1));

    PlanPartition one = PlanPartition.of(plan(images), 4, registries);
    PlanPartition other = PlanPartition.of(plan(shuffled), 4, registries);

    assertThat(PlanPartition.of(plan(images), 4, registries)).isEqualTo(one);
    for (int index = 0; index < 4; index++) {
      assertThat(other.shards().get(index).images())
          .containsExactlyInAnyOrderElementsOf(one.shards().get(index).images());
    }
  }

  @Test
  void imagesWithACommonBaseStayTogether() {
    List<ImageRef> images = new ArrayList<>();
    Map<Digest, Long> all = new HashMap<>();
    for (int number = 0; number < 20; number++) {
      int family = number % 4;
      ImageRef image =
          publish(
              "q.io/acme/i%d:1".formatted(number), Map.of(family, 2_000_000, 100 + number, 9_000));
      images.add(image);
      all.putAll(parts(image));
    }

    PlanPartition partition = PlanPartition.of(plan(images), 4, registries);

    assertThat(partition.shards().stream().mapToLong(Shard::uniqueBytes).sum()).isEqualTo(sum(all));
    assertThat(partition.shards()).extracting(shard -> shard.images().size()).containsOnly(5);
  }

  @Test
  void imagesWithTheSameContentAreDividedByTheirNumber() {
    List<ImageRef> images =
        IntStream.range(0, 12)
            .mapToObj(number -> publish("q.io/acme/same:" + number, Map.of(1, 500)))
            .toList();

    PlanPartition partition = PlanPartition.of(plan(images), 3, registries);

    assertThat(partition.shards()).extracting(shard -> shard.images().size()).containsOnly(4);
  }

  @Test
  void anImageOfUnknownSizeIsAWarning_andCountsAsTheMean() {
    List<ImageRef> images = new ArrayList<>(randomImages(6, 1));
    ImageRef missing = ImageRef.parse("q.io/acme/missing:1");
    images.add(missing);

    PlanPartition partition = PlanPartition.of(plan(images), 2, registries);

    assertThat(partition.isOk()).isTrue();
    assertThat(partition.problems())
        .extracting(Problem::code, problem -> problem.subject().name())
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(
                ProblemCode.IMAGE_SIZE_UNKNOWN, "q.io/acme/missing:1"));
    assertThat(partition.shards().stream().flatMap(shard -> shard.images().stream()))
        .contains(missing);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 4, 1001})
  void aNumberOfShardsOutOfRangeIsRefused(int shards) {
    MirrorPlan plan = plan(randomImages(3, 1));

    assertThatThrownBy(() -> PlanPartition.of(plan, shards, registries))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("shards is " + shards + "; it must be 1 to 3");
  }

  @Test
  void anInterruptedThreadIsACancelledRun() {
    MirrorPlan plan = plan(randomImages(3, 1));
    Thread.currentThread().interrupt();

    assertThatThrownBy(() -> PlanPartition.of(plan, 2, registries))
        .isInstanceOf(CancelledException.class);
    assertThat(Thread.interrupted()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"partition.yaml", "partition.yaml.gz"})
  void aSavedPartitionIsReadEqual(String name) throws IOException {
    List<ImageRef> images = new ArrayList<>(randomImages(9, 2));
    images.add(ImageRef.parse("q.io/acme/missing:1"));
    PlanPartition partition = PlanPartition.of(plan(images), 3, registries);
    Path file = directory.resolve(name);

    partition.save(file);

    assertThat(PlanPartition.read(file)).isEqualTo(partition);
    assertThat(Files.readAllBytes(file)[0])
        .isEqualTo(name.endsWith(".gz") ? (byte) 0x1f : (byte) 'a');
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "kind: MirrorPlan\n",
        "[",
        "apiVersion: airgap.kubernaut.ai/v1\nkind: PlanPartition\nplan: {}\n"
      })
  void aFileThatIsNoPartitionIsRefusedByName(String text) throws IOException {
    Path file = Files.writeString(directory.resolve("other.yaml"), text);

    assertThatThrownBy(() -> PlanPartition.read(file))
        .isInstanceOf(AirgapException.class)
        .hasMessageStartingWith("no partition can be read from " + file);
  }

  @Test
  void aPartitionHasEveryImageOnce() throws IOException {
    PlanPartition partition = PlanPartition.of(plan(randomImages(4, 3)), 2, registries);
    Path file = directory.resolve("p.yaml");
    String first = partition.shards().get(0).images().get(0).toString();
    String yaml = partition.toYaml();
    int last = yaml.lastIndexOf("- " + first);

    Files.writeString(file, yaml.substring(0, last) + yaml.substring(yaml.indexOf('\n', last) + 1));

    assertThatThrownBy(() -> PlanPartition.read(file))
        .hasMessageContaining(first + " is in no shard");
    assertThatThrownBy(() -> partition.shard(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("shard 2 does not exist; the partition has the shards 0 to 1");
  }

  private MirrorReport mirror(MirrorPlan plan) {
    return new MirrorEngine(registries, MirrorOptions.builder().build(), event -> {}).mirror(plan);
  }

  private List<MirrorReport> mirrorShards(PlanPartition partition) {
    return IntStream.range(0, partition.shards().size())
        .mapToObj(index -> mirror(partition.shard(index)))
        .toList();
  }

  private static List<Problem> problemsOfMerging(
      PlanPartition partition, MirrorPlan plan, List<MirrorReport> reports) {
    return catchThrowableOfType(ProblemsException.class, () -> partition.merge(plan, reports))
        .problems();
  }

  @Test
  void theReportsOfAllShardsAreMerged_inTheOrderOfThePlan() {
    MirrorPlan plan = plan(randomImages(10, 4));
    PlanPartition partition = PlanPartition.of(plan, 3, registries);
    List<MirrorReport> reports = new ArrayList<>(mirrorShards(partition));
    Collections.reverse(reports);

    MirrorReport merged = partition.merge(plan, reports).orElseThrow();

    assertThat(merged.plan()).isEqualTo(plan);
    assertThat(merged.images()).extracting(image -> image.entry()).isEqualTo(plan.entries());
    assertThat(merged.bytesSent())
        .isEqualTo(reports.stream().mapToLong(MirrorReport::bytesSent).sum());
  }

  @Test
  void reportsAreMergedFromTheirJson_withTheirFailures() throws IOException {
    List<ImageRef> images = new ArrayList<>(randomImages(5, 4));
    images.add(ImageRef.parse("q.io/acme/missing:1"));
    MirrorPlan plan = plan(images);
    PlanPartition partition = PlanPartition.of(plan, 2, registries);
    List<MirrorReport> reports = mirrorShards(partition);
    List<MirrorReport> read = new ArrayList<>();
    for (MirrorReport report : reports) {
      Path file = directory.resolve("report-" + read.size() + ".json");
      Files.writeString(file, ReportFormat.JSON.write(ReportDocument.of(report)));
      read.add(MirrorReport.read(file, plan));
    }

    MirrorReport merged = partition.merge(plan, read);

    assertThat(read).isEqualTo(reports);
    assertThat(merged.isOk()).isFalse();
    assertThatThrownBy(merged::orElseThrow)
        .isInstanceOf(IncompleteMirrorException.class)
        .hasMessageContaining("1 of 6 images are not in harbor.corp")
        .hasMessageContaining("q.io/acme/missing:1");
  }

  @Test
  void aShardWithoutAReport_orWithTwo_isRefused() {
    MirrorPlan plan = plan(randomImages(6, 4));
    PlanPartition partition = PlanPartition.of(plan, 3, registries);
    List<MirrorReport> reports = mirrorShards(partition);

    assertThat(
            problemsOfMerging(
                partition, plan, List.of(reports.get(0), reports.get(2), reports.get(2))))
        .extracting(problem -> problem.code() + " " + problem.subject())
        .containsExactly("SHARD_NOT_REPORTED shard 1", "SHARD_REPORTED_TWICE shard 2");
  }

  @Test
  void aReportOfOtherImages_orOfAnotherPartition_isRefused() {
    MirrorPlan plan = plan(randomImages(6, 4));
    PlanPartition partition = PlanPartition.of(plan, 2, registries);
    MirrorReport first = mirror(partition.shard(0));
    MirrorReport whole = mirror(plan);
    MirrorReport other = mirror(plan(List.of(publish("q.io/acme/other:1", Map.of(1, 10)))));

    assertThat(problemsOfMerging(partition, plan, List.of(first, whole)))
        .extracting(Problem::code)
        .containsExactly(ProblemCode.REPORT_OF_OTHER_PARTITION, ProblemCode.SHARD_NOT_REPORTED);
    assertThat(problemsOfMerging(partition, plan, List.of(first, other)))
        .extracting(problem -> problem.code() + " " + problem.subject())
        .containsExactly("REPORT_OF_OTHER_PLAN q.io/acme/other:1", "SHARD_NOT_REPORTED shard 1");
  }

  @Test
  void aReportOfAnotherDigestIsRefused() {
    List<ImageRef> images = randomImages(2, 4);
    MirrorPlan plan = pinned(images);
    PlanPartition partition = PlanPartition.of(plan, 1, registries);
    publish(images.get(0).toString(), Map.of(77, 77));
    MirrorReport later = mirror(pinned(images));

    assertThat(problemsOfMerging(partition, plan, List.of(later)))
        .extracting(Problem::code)
        .containsExactly(ProblemCode.REPORT_OF_OTHER_PLAN, ProblemCode.SHARD_NOT_REPORTED);
  }

  /** A plan with the digests that the images have now. */
  private MirrorPlan pinned(List<ImageRef> images) {
    return MirrorPlan.builder(MIRROR)
        .entries(
            images.stream()
                .map(
                    image ->
                        MirrorEntry.builder()
                            .source(image)
                            .target(MIRROR.nameOf(image))
                            .digest(registries.findManifest(image).orElseThrow().digest())
                            .build())
                .toList())
        .build();
  }

  @Test
  void aPartitionOfAnotherPlanIsRefused() {
    List<ImageRef> images = randomImages(4, 4);
    MirrorPlan plan = plan(images);
    PlanPartition partition = PlanPartition.of(plan(images.subList(0, 3)), 2, registries);

    assertThat(problemsOfMerging(partition, plan, mirrorShards(partition)))
        .extracting(problem -> problem.code() + " " + problem.subject())
        .containsExactly("PARTITION_OF_OTHER_PLAN " + images.get(3));
  }

  @Test
  void aFileThatIsNoMirrorReportIsRefused() throws IOException {
    MirrorPlan plan = plan(randomImages(2, 4));
    Path failed =
        Files.writeString(
            directory.resolve("failed.json"),
            "{\"kind\": \"FailedRun\", \"message\": \"q.io is down\"}");
    Path other = Files.writeString(directory.resolve("other.json"), "{\"kind\": \"MirrorPlan\"}");
    Path broken =
        Files.writeString(
            directory.resolve("broken.json"),
            "{\"kind\": \"MirrorReport\", \"images\": [{\"source\": \"q.io/acme/image-0:1\", \"target\": \"harbor.corp/acme/image-0:1\", \"outcome\": \"lost\"}]}");

    assertThatThrownBy(() -> MirrorReport.read(failed, plan))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining(
            failed + " is not a mirror report, but that of a run which failed: q.io is down");
    assertThatThrownBy(() -> MirrorReport.read(other, plan))
        .hasMessageContaining(other + " is not a mirror report");
    assertThatThrownBy(() -> MirrorReport.read(broken, plan))
        .hasMessageContaining("element 0 of 'images'");
  }

  @Test
  void aCountThatIsOutOfRangeIsRefused() throws IOException {
    Path file =
        Files.writeString(
            directory.resolve("counts.json"),
            "{\"kind\": \"MirrorReport\", \"images\": [{\"source\": \"q.io/acme/image-0:1\", \"target\": \"harbor.corp/acme/image-0:1\", \"outcome\": \"copied\", \"blobsSent\": 4294967297}]}");

    assertThatThrownBy(() -> MirrorReport.read(file, plan(randomImages(1, 4))))
        .isInstanceOf(AirgapException.class)
        .hasMessageContaining("element 0 of 'images': the field 'blobsSent' is 4294967297");
  }
}
