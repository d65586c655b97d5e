package ai.kubernaut.airgap.progress;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.Problem;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/**
 * An event of a running step. The events of a step come from several threads, one at a time. A
 * listener must return quickly; an exception that it throws ends the step. {@code toString()}
 * returns one line for people.
 */
public sealed interface ProgressEvent {
  /**
   * Identifies the run that the event belongs to: one call of a step.
   *
   * @return a random identifier
   */
  String run();

  /**
   * Returns whether the event is one of very many, for a progress bar rather than a log.
   *
   * @return true for {@link BytesSent} and {@link BlobFinished}
   */
  default boolean isDetail() {
    return this instanceof BytesSent || this instanceof BlobFinished;
  }

  /** The steps of the guide, and the preflight. */
  enum Step {
    /** Step 1: find the images and their names in the mirror. */
    PLAN,
    /** Before step 2: check the mirror. */
    PREFLIGHT,
    /** Step 2: copy the images. */
    MIRROR,
    /** Step 2 without a network to the mirror: put the images into a bundle, or check one. */
    BUNDLE,
    /** Step 3: configure the pull secret. */
    PULL_SECRET,
    /** Step 3: change objects of the cluster, such as mirror rules. */
    CLUSTER_CHANGE,
    /** Step 4: install the chart. */
    INSTALL,
    /** Step 5: verify the release. */
    VERIFY,
    /** Afterwards: delete content of the mirror that is not needed. */
    PRUNE
  }

  /**
   * A step begins.
   *
   * @param run the run that it belongs to
   * @param step which one
   * @param items the number of items, 0 when it is not known
   * @param what what it is about to do
   */
  record StepStarted(String run, Step step, int items, String what) implements ProgressEvent {
    @Override
    public String toString() {
      return what;
    }
  }

  /**
   * A step reports what it has done or waits for.
   *
   * @param run the run that it belongs to
   * @param step which one
   * @param what what was done, or is waited for
   */
  record StepProgress(String run, Step step, String what) implements ProgressEvent {
    @Override
    public String toString() {
      return "  " + what;
    }
  }

  /**
   * An image was copied, was present, or failed.
   *
   * @param run the run that it belongs to
   * @param source where it comes from
   * @param target where it goes
   * @param outcome the result, for people
   * @param bytesSent how much content of its blobs this run sent to the mirror for it
   * @param failure why it is not in the mirror; empty if it is
   */
  record ImageFinished(
      String run,
      ImageRef source,
      ImageRef target,
      String outcome,
      long bytesSent,
      Optional<Problem> failure)
      implements ProgressEvent {
    @Override
    public String toString() {
      return "  " + source + " → " + target + ": " + outcome;
    }
  }

  /**
   * The size of a mirror run is known.
   *
   * @param run the run that it belongs to
   * @param images how many images have to be copied; the others are there already, or have failed
   * @param blobs how many different blobs those images have
   * @param bytes how large these are together: the most that will be sent, where the mirror mounts
   *     blobs
   */
  record MirrorSized(String run, int images, int blobs, long bytes) implements ProgressEvent {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "  %d images to copy: %d blobs, %.1f MB", images, blobs, bytes / 1e6);
    }
  }

  /**
   * Content was sent to the mirror. These events are many; they cost little.
   *
   * @param run the run that it belongs to
   * @param bytes how much since the last such event, also when it was sent before and got lost
   * @param done how much of the total need not be sent any more
   * @param total how much there was to do: what {@link MirrorSized} said, and more where the mirror
   *     does not mount
   * @param remaining how long the rest takes at the speed of the last ten seconds; empty in the
   *     first second
   */
  record BytesSent(String run, long bytes, long done, long total, Optional<Duration> remaining)
      implements ProgressEvent {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "  %.1f of %.1f MB%s",
          done / 1e6,
          total / 1e6,
          remaining.map(time -> ", " + (time.toSeconds() + 1) + " s left").orElse(""));
    }
  }

  /**
   * A blob is in one of the mirror's repositories.
   *
   * @param run the run that it belongs to
   * @param blob which blob
   * @param bytes its size
   * @param repository where it is now
   * @param way how it got there
   */
  record BlobFinished(String run, Digest blob, long bytes, Repository repository, Way way)
      implements ProgressEvent {
    /** How a blob gets into a repository. */
    public enum Way {
      /** Sent by this run. */
      SENT,
      /** Taken over from another repository of the mirror. */
      MOUNTED,
      /** There before. */
      PRESENT
    }

    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "  %s (%.1f MB) %s in %s",
          blob.abbreviated(),
          bytes / 1e6,
          way.name().toLowerCase(Locale.ROOT),
          repository);
    }
  }

  /**
   * A request waits because a registry's limit is reached.
   *
   * @param run the run that it belongs to
   * @param registry which registry
   * @param delay how long
   */
  record Waiting(String run, String registry, Duration delay) implements ProgressEvent {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "  waiting %.1f s, as %s is to be asked no faster",
          delay.toMillis() / 1000.0,
          registry);
    }
  }

  /**
   * A transient failure; the request will be retried.
   *
   * @param run the run that it belongs to
   * @param failure what failed, for example a {@code RegistryException} with its reason
   * @param failures the number of failures in a row
   * @param delay the time until the next attempt
   */
  record Retrying(String run, AirgapException failure, int failures, Duration delay)
      implements ProgressEvent {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT,
          "  trying again in %.1f s: %s",
          delay.toMillis() / 1000.0,
          failure.getMessage());
    }
  }

  /**
   * A step has ended. This is the last event of every run, also of one that failed.
   *
   * @param run the run that it belongs to
   * @param step which one
   * @param successful false when the step threw an exception, or its report names a problem
   * @param summary what came of it
   * @param failure what the step threw; empty if it returned a report
   */
  record StepFinished(
      String run, Step step, boolean successful, String summary, Optional<RuntimeException> failure)
      implements ProgressEvent {
    @Override
    public String toString() {
      return summary;
    }
  }
}
