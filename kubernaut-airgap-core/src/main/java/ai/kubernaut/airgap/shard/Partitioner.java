package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.io.Parallel;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Reads of what the images of a plan consist, and divides them. */
final class Partitioner {
  /** How many manifests are read at the same time. */
  private static final int AT_ONCE = 8;

  private final MirrorPlan plan;
  private final Map<ImageRef, Map<Digest, Long>> contents = new LinkedHashMap<>();
  private final Map<ImageRef, String> unknown = new TreeMap<>();

  /** Of what an image consists, or why that is not known. */
  private record Content(
      ImageRef image, Optional<Map<Digest, Long>> sizes, Optional<String> problem) {
    static Content unknown(ImageRef image, Exception reason) {
      return new Content(image, Optional.empty(), Optional.of(String.valueOf(reason.getMessage())));
    }
  }

  private Partitioner(MirrorPlan plan) {
    this.plan = plan;
  }

  static PlanPartition partition(MirrorPlan plan, int shards, RegistryClient source) {
    int most = Math.min(PlanPartition.MAX_SHARDS, plan.entries().size());
    if (shards < 1 || shards > most) {
      throw new IllegalArgumentException(
          "shards is "
              + shards
              + "; it must be 1 to "
              + most
              + ", as the plan has "
              + plan.entries().size()
              + " images and a partition at most "
              + PlanPartition.MAX_SHARDS
              + " shards");
    }
    Partitioner partitioner = new Partitioner(plan);
    partitioner.read(source);
    return partitioner.divide(shards);
  }

  private void read(RegistryClient source) {
    try {
      List<Content> read =
          Parallel.map(
              AT_ONCE, "airgap-partition", plan.entries(), entry -> content(entry, source));
      for (Content content : read) {
        content.sizes().ifPresent(sizes -> contents.put(content.image(), sizes));
        content.problem().ifPresent(problem -> unknown.put(content.image(), problem));
      }
    } catch (InterruptedException e) {
      throw CancelledException.interrupted(
          "dividing the plan was interrupted; nothing was changed, run it again", e);
    }
  }

  private Content content(MirrorEntry entry, RegistryClient source) {
    try {
      Map<Digest, Long> sizes =
          ImageContent.read(source, entry.exactSource(), plan.platforms()).sizes();
      return new Content(entry.source(), Optional.of(sizes), Optional.empty());
    } catch (InvalidManifestException e) {
      return Content.unknown(entry.source(), e);
    } catch (RegistryException e) {
      if (e.reason() != RegistryException.Reason.NOT_FOUND) {
        throw e;
      }
      return Content.unknown(entry.source(), e);
    }
  }

  private PlanPartition divide(int shards) {
    Map<ImageRef, Map<Digest, Long>> counted = new LinkedHashMap<>(contents);
    long mean = mean();
    // Content of its own that no other image has; it is not a part of the sizes that are reported.
    unknown.forEach(
        (image, problem) ->
            counted.put(
                image,
                Map.of(Digest.sha256(image.toString().getBytes(StandardCharsets.UTF_8)), mean)));
    Assignment assignment = Assignment.best(counted, shards);
    List<List<ImageRef>> images = new ArrayList<>();
    List<Map<Digest, Long>> unique = new ArrayList<>();
    for (int index = 0; index < shards; index++) {
      images.add(new ArrayList<>());
      unique.add(new HashMap<>());
    }
    for (MirrorEntry entry : plan.entries()) {
      int index = assignment.shardOf(entry.source());
      images.get(index).add(entry.source());
      unique.get(index).putAll(contents.getOrDefault(entry.source(), Map.of()));
    }
    ImmutablePlanPartition.Builder partition =
        ImmutablePlanPartition.builder().plan(imagesOnly(plan)).unknownSizes(unknown);
    for (int index = 0; index < shards; index++) {
      partition.addShards(
          new PlanPartition.Shard(
              images.get(index),
              unique.get(index).values().stream().mapToLong(Long::longValue).sum()));
    }
    return partition.build();
  }

  private long mean() {
    Map<Digest, Long> all = new HashMap<>();
    contents.values().forEach(all::putAll);
    return all.values().stream().mapToLong(Long::longValue).sum() / Math.max(1, contents.size());
  }

  /** Returns the plan with what mirroring needs, and without what may be secret. */
  static MirrorPlan imagesOnly(MirrorPlan plan) {
    return MirrorPlan.builder(plan.target())
        .platforms(plan.platforms())
        .release(plan.release())
        .entries(
            plan.entries().stream()
                .map(entry -> MirrorEntry.builder().from(entry).reasons(List.of()).build())
                .toList())
        .build();
  }
}
