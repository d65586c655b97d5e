package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.ImageRef;
import java.time.Duration;
import java.util.Map;
import org.immutables.value.Value;

/**
 * The size of a plan, and how much of it the mirror does not have yet. Sizes are those of blobs and
 * manifests as they are sent. Immutable.
 */
@Value.Immutable
public interface PlanForecast {
  /**
   * The size of each image with all its platforms.
   *
   * @return bytes by source, in the order of the plan; what an image shares with another counts for
   *     both
   */
  Map<ImageRef, Long> bytesPerImage();

  /**
   * The size of all images together.
   *
   * @return bytes; what images share counts once
   */
  long uniqueBytes();

  /**
   * What the mirror does not have yet.
   *
   * @return bytes; what one of its repositories has, another can mount, and it is not sent
   */
  long bytesToSend();

  /**
   * Calculates how long the transfer takes at a bandwidth.
   *
   * @param bitsPerSecond the bandwidth, more than zero
   * @return the time, rounded up to seconds
   * @throws IllegalArgumentException when the bandwidth is zero or less
   */
  default Duration timeAt(long bitsPerSecond) {
    if (bitsPerSecond <= 0) {
      throw new IllegalArgumentException(
          "bitsPerSecond is " + bitsPerSecond + "; it must be more than zero");
    }
    return Duration.ofSeconds((long) Math.ceil(bytesToSend() * 8.0 / bitsPerSecond));
  }
}
