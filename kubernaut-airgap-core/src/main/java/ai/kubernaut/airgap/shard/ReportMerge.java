package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Joins the reports of the shards of one partition. Not thread-safe. */
final class ReportMerge {
  private final PlanPartition partition;
  private final MirrorPlan whole;
  private final List<Problem> problems = new ArrayList<>();

  ReportMerge(PlanPartition partition, MirrorPlan whole) {
    this.partition = partition;
    this.whole = whole;
  }

  MirrorReport merge(List<MirrorReport> reports) {
    checkPlan();
    Map<ImageRef, MirroredImage> images = collect(reports);
    if (!problems.isEmpty()) {
      throw ProblemsException.of("the reports of the shards were not merged", problems);
    }
    List<MirroredImage> merged = new ArrayList<>();
    for (MirrorEntry entry : whole.entries()) {
      MirroredImage image = Objects.requireNonNull(images.get(entry.source()), "it is in a shard");
      merged.add(MirroredImage.builder().from(image).entry(entry).build());
    }
    return MirrorReport.carriedOut(whole, merged);
  }

  /** Finds the first image that the plan has in another way than the partition. */
  private void checkPlan() {
    Map<ImageRef, String> divided = names(partition.plan());
    Map<ImageRef, String> planned = names(whole);
    Set<ImageRef> all = new TreeSet<>((a, b) -> a.toString().compareTo(b.toString()));
    all.addAll(divided.keySet());
    all.addAll(planned.keySet());
    all.stream()
        .filter(image -> !Objects.equals(divided.get(image), planned.get(image)))
        .findFirst()
        .ifPresent(
            image ->
                problems.add(
                    Problem.of(
                        ProblemCode.PARTITION_OF_OTHER_PLAN,
                        Subject.image(image),
                        Map.of(
                            "partition",
                            divided.getOrDefault(image, "no such image"),
                            "plan",
                            planned.getOrDefault(image, "no such image")))));
  }

  private static Map<ImageRef, String> names(MirrorPlan plan) {
    Map<ImageRef, String> names = new LinkedHashMap<>();
    String platforms = plan.platforms().isAll() ? "" : " " + plan.platforms();
    plan.entries().forEach(entry -> names.put(entry.source(), name(entry) + platforms));
    return names;
  }

  private static String name(MirrorEntry entry) {
    return entry.target() + entry.digest().map(digest -> " with " + digest).orElse("");
  }

  /** Collects the images of the reports, each of which has to be that of one shard. */
  private Map<ImageRef, MirroredImage> collect(List<MirrorReport> reports) {
    Map<ImageRef, Integer> shardOf = new HashMap<>();
    for (int index = 0; index < partition.shards().size(); index++) {
      for (ImageRef image : partition.shards().get(index).images()) {
        shardOf.put(image, index);
      }
    }
    Map<ImageRef, MirrorEntry> planned = new HashMap<>();
    partition.plan().entries().forEach(entry -> planned.put(entry.source(), entry));
    Map<ImageRef, MirroredImage> images = new HashMap<>();
    int[] reported = new int[partition.shards().size()];
    for (int number = 0; number < reports.size(); number++) {
      String name = "report " + (number + 1);
      Set<Integer> shards = new TreeSet<>();
      Optional<Problem> other = Optional.empty();
      for (MirroredImage image : reports.get(number).images()) {
        ImageRef source = image.entry().source();
        images.put(source, image);
        Integer shard = shardOf.get(source);
        if (shard != null) {
          shards.add(shard);
        }
        other = other.or(() -> difference(name, image, planned.get(source)));
      }
      other.ifPresent(problems::add);
      if (other.isEmpty()) {
        count(name, reports.get(number).images().size(), shards, reported);
      }
    }
    checkEveryShard(reported);
    return images;
  }

  private void count(String name, int images, Set<Integer> shards, int[] reported) {
    if (shards.isEmpty()) {
      return;
    }
    int shard = shards.iterator().next();
    int expected = partition.shards().get(shard).images().size();
    if (shards.size() > 1 || images != expected) {
      problems.add(
          Problem.of(
              ProblemCode.REPORT_OF_OTHER_PARTITION,
              new Subject(Subject.Kind.FILE, name),
              Map.of(
                  "detail",
                  shards.size() > 1
                      ? "it has images of the shards " + shards
                      : "it has "
                          + images
                          + " of the "
                          + expected
                          + " images of the shard "
                          + shard)));
      return;
    }
    reported[shard]++;
  }

  private void checkEveryShard(int[] reported) {
    for (int index = 0; index < reported.length; index++) {
      int images = partition.shards().get(index).images().size();
      Subject subject = new Subject(Subject.Kind.SHARD, String.valueOf(index));
      if (reported[index] == 0 && images > 0) {
        problems.add(
            Problem.of(
                ProblemCode.SHARD_NOT_REPORTED, subject, Map.of("images", String.valueOf(images))));
      } else if (reported[index] > 1) {
        problems.add(
            Problem.of(
                ProblemCode.SHARD_REPORTED_TWICE,
                subject,
                Map.of("count", String.valueOf(reported[index]))));
      }
    }
  }

  /** Compares a mirrored image with the partition: its name, and the digest of its source. */
  private static Optional<Problem> difference(
      String report, MirroredImage image, @Nullable MirrorEntry entry) {
    Optional<Digest> read = image.sourceDigest().or(() -> image.entry().digest());
    String reported = image.entry().target() + read.map(digest -> " with " + digest).orElse("");
    boolean sameDigest =
        entry == null || entry.digest().isEmpty() || read.isEmpty() || entry.digest().equals(read);
    if (entry != null && entry.target().equals(image.entry().target()) && sameDigest) {
      return Optional.empty();
    }
    return Optional.of(
        Problem.of(
            ProblemCode.REPORT_OF_OTHER_PLAN,
            Subject.image(image.entry().source()),
            Map.of(
                "report",
                report,
                "reported",
                reported,
                "expected",
                entry == null ? "no such image" : name(entry))));
  }
}
