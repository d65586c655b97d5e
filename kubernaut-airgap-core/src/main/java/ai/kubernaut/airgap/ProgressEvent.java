package ai.kubernaut.airgap;

import ai.kubernaut.airgap.image.ImageRef;
import java.time.Duration;
import java.util.Locale;

/**
 * Something that happened on the way. Events of one step come from several threads, one at a time;
 * a listener should be quick, and what it throws ends the step. Each prints as a line for people.
 */
public sealed interface ProgressEvent {
  /** The five steps of the guide. */
  enum Step {
    /** Step 1: which images there are, and their names in the mirror. */
    PLAN,
    /** Step 2: the images copied. */
    MIRROR,
    /** Step 3: the credentials given to the cluster. */
    PULL_SECRET,
    /** Step 4: the chart installed. */
    INSTALL,
    /** Step 5: the result checked. */
    VERIFY
  }

  /**
   * A step begins.
   *
   * @param step which one
   * @param items how many things it has to do, 0 when it cannot know
   * @param what what it is about to do
   */
  record StepStarted(Step step, int items, String what) implements ProgressEvent {
    @Override
    public String toString() {
      return what;
    }
  }

  /**
   * A step has done something worth a line.
   *
   * @param step which one
   * @param what what was done, or is waited for
   */
  record StepProgress(Step step, String what) implements ProgressEvent {
    @Override
    public String toString() {
      return "  " + what;
    }
  }

  /**
   * An image is in the mirror, or could not be brought there.
   *
   * @param source where it comes from
   * @param target where it goes
   * @param outcome what became of it, for people
   */
  record ImageFinished(ImageRef source, ImageRef target, String outcome) implements ProgressEvent {
    @Override
    public String toString() {
      return "  " + source + " → " + target + ": " + outcome;
    }
  }

  /**
   * The mirroring knows how much there is to do.
   *
   * @param images how many images have to be copied; the others are there already, or have failed
   * @param blobs how many different blobs those images have
   * @param bytes how large these are together: the most that will be sent, where the mirror mounts
   *     blobs
   */
  record MirrorSized(int images, int blobs, long bytes) implements ProgressEvent {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "  %d images to copy: %d blobs, %.1f MB", images, blobs, bytes / 1e6);
    }
  }

  /**
   * Content was sent to the mirror.
   *
   * @param bytes how much since the last such event
   */
  record BytesSent(long bytes) implements ProgressEvent {}

  /**
   * Something failed in a way that may pass, and will be tried again.
   *
   * @param why what failed, for people
   * @param failures how often it has failed in a row
   * @param delay how long until the next try
   */
  record Retrying(String why, int failures, Duration delay) implements ProgressEvent {
    @Override
    public String toString() {
      return String.format(
          Locale.ROOT, "  trying again in %.1f s: %s", delay.toMillis() / 1000.0, why);
    }
  }

  /**
   * A step has ended well.
   *
   * @param step which one
   * @param summary what came of it
   */
  record StepFinished(Step step, String summary) implements ProgressEvent {
    @Override
    public String toString() {
      return summary;
    }
  }
}
