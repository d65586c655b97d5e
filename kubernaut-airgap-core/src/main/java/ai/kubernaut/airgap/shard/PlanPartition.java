package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.immutables.value.Value;

/**
 * The images of a plan, divided into shards that several processes mirror at the same time. Every
 * image is in exactly one shard. A shard is a plan of its own, so that within a shard no blob is
 * sent twice to a mirror that mounts blobs; a blob that images of several shards share can be sent
 * once for each of these shards.
 *
 * <p>Shards are balanced by unique bytes. The cost of a shard is the size of its blobs and
 * manifests, each counted once, and 64 KiB for the requests of each image. Images are assigned from
 * the largest to the smallest, each to the shard whose cost would be lowest with it. Then this is
 * repeated with limits near the mean cost, in which each image goes to the shard that already has
 * most of its content while the shard stays below the limit, so that images with common layers stay
 * together. The assignment whose largest shard has the lowest cost is used, and of equal ones that
 * with the fewest bytes in total. The same images and sizes always result in the same partition.
 *
 * <p>The cost of the largest shard is at most the sum of the costs of all images, each on its own,
 * divided by the number of shards, plus the cost of the largest image. If images share nothing, it
 * is at most 4/3 of the lowest cost that is possible.
 *
 * <p>Attachments such as signatures are not counted. They are mirrored with their images.
 *
 * <p>A partition is made once and saved, because registries can answer differently later. It has no
 * chart and no values, so that it has no secrets. Immutable.
 */
@Value.Immutable
public interface PlanPartition extends Outcome<PlanPartition> {
  /** The most shards of a partition. */
  int MAX_SHARDS = 1000;

  /**
   * One part of the plan.
   *
   * @param images the images by their source, in the order of the plan
   * @param uniqueBytes the size of their blobs and manifests, each counted once; without images of
   *     unknown size
   */
  record Shard(List<ImageRef> images, long uniqueBytes) {
    /**
     * Copies the list of images.
     *
     * @param images the images by their source
     * @param uniqueBytes the size of their blobs and manifests
     */
    public Shard {
      images = List.copyOf(images);
    }
  }

  /**
   * Returns the images that are divided, with their names in the mirror.
   *
   * @return the plan without chart, overlay, branches, mentions and reasons
   */
  MirrorPlan plan();

  /**
   * Returns the shards.
   *
   * @return in the order of their indexes, which start at 0; a shard can be empty if there are few
   *     images
   */
  List<Shard> shards();

  /**
   * Returns the images whose size is not known, because their source does not have them or their
   * manifests are invalid. They count as much as the mean of the others.
   *
   * @return by source, with what was wrong
   */
  Map<ImageRef, String> unknownSizes();

  /**
   * Divides a plan. Reads the manifests of all images.
   *
   * @param plan the plan
   * @param shards how many parts, 1 to {@value #MAX_SHARDS}, and at most one for each image
   * @param source reads the manifests of the images; stays open
   * @return the partition; an image whose source does not have it is a warning
   * @throws IllegalArgumentException when the number of shards is out of range
   * @throws ai.kubernaut.airgap.registry.RegistryException when a source cannot be used
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  static PlanPartition of(MirrorPlan plan, int shards, RegistryClient source) {
    return Partitioner.partition(plan, shards, source);
  }

  /**
   * Returns one shard as a plan of the same target and release.
   *
   * @param index the index of the shard, from 0; {@code JOB_COMPLETION_INDEX} in an Indexed Job
   * @return the plan with the images of the shard
   * @throws IllegalArgumentException when there is no such shard
   */
  default MirrorPlan shard(int index) {
    if (index < 0 || index >= shards().size()) {
      throw new IllegalArgumentException(
          "shard "
              + index
              + " does not exist; the partition has the shards 0 to "
              + (shards().size() - 1));
    }
    Set<ImageRef> images = new HashSet<>(shards().get(index).images());
    List<MirrorEntry> entries =
        plan().entries().stream().filter(entry -> images.contains(entry.source())).toList();
    return MirrorPlan.builder(plan().target()).from(plan()).entries(entries).build();
  }

  /**
   * Returns the warnings of the partition.
   *
   * @return one for each image whose size is not known
   */
  @Override
  default List<Problem> problems() {
    return plan().entries().stream()
        .map(MirrorEntry::source)
        .filter(unknownSizes()::containsKey)
        .map(
            image ->
                Problem.of(
                    ProblemCode.IMAGE_SIZE_UNKNOWN,
                    Subject.image(image),
                    Map.of("detail", unknownSizes().getOrDefault(image, ""))))
        .toList();
  }

  @Override
  default PlanPartition orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of("the plan was not divided", problems());
    }
    return this;
  }

  /**
   * Merges the reports of all shards.
   *
   * @param whole the plan that was divided, with its chart if there is one, for the steps that
   *     follow
   * @param reports one for each shard, in any order
   * @return the report of the whole plan, with the digests that images have got in the mirror
   * @throws ProblemsException when the partition or a report is of another plan, or a shard has no
   *     report or more than one
   */
  default MirrorReport merge(MirrorPlan whole, List<MirrorReport> reports) {
    return new ReportMerge(this, whole).merge(reports);
  }

  /**
   * Returns the partition as {@link #save} writes it.
   *
   * @return a YAML document
   */
  default String toYaml() {
    return PartitionFile.write(this);
  }

  /**
   * Saves the partition as a YAML file, compressed with gzip if the name of the file ends with
   * {@code .gz}. The file is written completely or not at all, and only its owner can read it.
   *
   * @param file where to; an existing file is replaced
   * @throws AirgapException when the file cannot be written
   */
  default void save(Path file) {
    PartitionFile.save(this, file);
  }

  /**
   * Reads a saved partition.
   *
   * @param file a file that {@link #save} wrote, compressed or not
   * @return the partition, equal to the one saved
   * @throws AirgapException when the file cannot be read, or is not a partition
   */
  static PlanPartition read(Path file) {
    return PartitionFile.read(file);
  }

  /** Checks that every image is in exactly one shard. */
  @Value.Check
  default void check() {
    Set<ImageRef> left = new HashSet<>();
    plan().entries().forEach(entry -> left.add(entry.source()));
    for (Shard shard : shards()) {
      for (ImageRef image : shard.images()) {
        if (!left.remove(image)) {
          throw new IllegalArgumentException(
              image + " is in two shards, or not in the plan; make the partition again");
        }
      }
    }
    if (!left.isEmpty()) {
      throw new IllegalArgumentException(
          left.iterator().next() + " is in no shard; make the partition again");
    }
    if (shards().isEmpty() || shards().size() > MAX_SHARDS) {
      throw new IllegalArgumentException(
          "a partition has 1 to " + MAX_SHARDS + " shards, not " + shards().size());
    }
  }
}
