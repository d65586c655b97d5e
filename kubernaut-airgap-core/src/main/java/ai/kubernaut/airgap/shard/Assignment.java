package ai.kubernaut.airgap.shard;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;

/** Assigns images to shards; {@link PlanPartition} describes how. Not thread-safe. */
final class Assignment {
  /** What the requests of an image cost beside its content, as bytes. */
  static final long COST_OF_IMAGE = 64 << 10;

  /** The limits of a shard's cost that are tried, in percent of the lowest that is possible. */
  private static final List<Integer> LIMITS = List.of(100, 102, 105, 110, 125);

  /** An image with the numbers of its parts and the sum of their sizes. */
  private record Image(ImageRef name, List<Integer> parts, long cost) {}

  private final List<Long> sizes;
  private final BitSet[] content;
  private final long[] costs;
  private final Map<ImageRef, Integer> shards = new HashMap<>();

  private Assignment(List<Long> sizes, int shards) {
    this.sizes = sizes;
    this.content = new BitSet[shards];
    this.costs = new long[shards];
    for (int shard = 0; shard < shards; shard++) {
      content[shard] = new BitSet(sizes.size());
    }
  }

  /**
   * Assigns images to shards.
   *
   * @param images the size of each part of each image
   * @param shards how many shards
   * @return the assignment whose largest shard has the lowest cost
   */
  static Assignment best(Map<ImageRef, Map<Digest, Long>> images, int shards) {
    Map<Digest, Integer> numbers = new HashMap<>();
    List<Long> sizes = new ArrayList<>();
    List<Image> sorted = new ArrayList<>();
    images.forEach(
        (name, parts) -> {
          List<Integer> own =
              parts.entrySet().stream()
                  .map(
                      part ->
                          numbers.computeIfAbsent(
                              part.getKey(),
                              any -> {
                                sizes.add(part.getValue());
                                return sizes.size() - 1;
                              }))
                  .toList();
          long bytes = parts.values().stream().mapToLong(Long::longValue).sum();
          sorted.add(new Image(name, own, bytes + COST_OF_IMAGE));
        });
    sorted.sort(
        Comparator.comparingLong(Image::cost)
            .reversed()
            .thenComparing(image -> image.name().toString()));
    long total =
        sizes.stream().mapToLong(Long::longValue).sum() + COST_OF_IMAGE * (long) sorted.size();
    long largest = sorted.isEmpty() ? 0 : sorted.get(0).cost();
    long lowest = Math.max((total + shards - 1) / shards, largest);
    // Without a limit no shard counts as one that has room.
    Assignment best = new Assignment(sizes, shards).assign(sorted, 0);
    for (int percent : LIMITS) {
      Assignment other = new Assignment(sizes, shards).assign(sorted, lowest / 100 * percent);
      if (other.isBetterThan(best)) {
        best = other;
      }
    }
    return best;
  }

  private Assignment assign(List<Image> images, long limit) {
    for (Image image : images) {
      int shard = choose(image, limit);
      for (int part : image.parts()) {
        content[shard].set(part);
      }
      shards.put(image.name(), shard);
    }
    return this;
  }

  private int choose(Image image, long limit) {
    int lowest = 0;
    long lowestCost = Long.MAX_VALUE;
    int roomy = -1;
    long roomyAdded = Long.MAX_VALUE;
    long[] added = new long[costs.length];
    for (int shard = 0; shard < costs.length; shard++) {
      added[shard] = added(image, shard);
      long cost = costs[shard] + added[shard];
      if (cost < lowestCost) {
        lowest = shard;
        lowestCost = cost;
      }
      boolean hasRoom = cost <= limit;
      if (hasRoom
          && (roomy < 0
              || added[shard] < roomyAdded
              || (added[shard] == roomyAdded && costs[shard] < costs[roomy]))) {
        roomy = shard;
        roomyAdded = added[shard];
      }
    }
    int chosen = roomy >= 0 ? roomy : lowest;
    costs[chosen] += added[chosen];
    return chosen;
  }

  /** Returns what an image adds to the cost of a shard. */
  private long added(Image image, int shard) {
    long added = COST_OF_IMAGE;
    for (int part : image.parts()) {
      if (!content[shard].get(part)) {
        added += sizes.get(part);
      }
    }
    return added;
  }

  private boolean isBetterThan(Assignment other) {
    int byLargest = Long.compare(largestCost(), other.largestCost());
    return byLargest < 0
        || (byLargest == 0 && LongStream.of(costs).sum() < LongStream.of(other.costs).sum());
  }

  /** Returns the cost of the largest shard. */
  long largestCost() {
    return LongStream.of(costs).max().orElse(0);
  }

  /** Returns the index of the shard that an image is assigned to. */
  int shardOf(ImageRef image) {
    return shards.getOrDefault(image, 0);
  }
}
