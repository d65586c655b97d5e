package ai.kubernaut.airgap;

import ai.kubernaut.airgap.progress.ProgressEvent;
import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/** How far a run is, at one moment. Immutable. */
@Value.Immutable
public interface RunProgress {
  /**
   * The step that runs.
   *
   * @return empty before the first step begins
   */
  Optional<ProgressEvent.Step> step();

  /**
   * How many things the step has to do, such as images.
   *
   * @return 0 if that is not known
   */
  @Value.Default
  default int items() {
    return 0;
  }

  /**
   * How many images of the step have an outcome.
   *
   * @return zero or more
   */
  @Value.Default
  default int itemsDone() {
    return 0;
  }

  /**
   * How much content the step has to send at most.
   *
   * @return bytes; 0 if the step sends nothing, or the size is not known yet
   */
  @Value.Default
  default long bytes() {
    return 0;
  }

  /**
   * How much of {@link #bytes()} need not be sent any more.
   *
   * @return bytes
   */
  @Value.Default
  default long bytesDone() {
    return 0;
  }

  /**
   * How much content the run has sent, including what was sent again after a failure.
   *
   * @return bytes
   */
  @Value.Default
  default long bytesSent() {
    return 0;
  }

  /**
   * How long sending the rest takes at the speed of the last ten seconds.
   *
   * @return empty if that is not known
   */
  Optional<Duration> remaining();

  /**
   * The last event in one line.
   *
   * @return for people; empty before the first event
   */
  @Value.Default
  default String message() {
    return "";
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link RunProgress}. Not thread-safe. */
  final class Builder extends ImmutableRunProgress.Builder {
    Builder() {}
  }

  /**
   * Returns the progress after an event.
   *
   * @param event the next event of the run
   * @return the progress; this if the event does not change it
   */
  default RunProgress after(ProgressEvent event) {
    Builder next = builder().from(this);
    if (event instanceof ProgressEvent.StepStarted started) {
      next = builder().step(started.step()).items(started.items()).bytesSent(bytesSent());
    } else if (event instanceof ProgressEvent.ImageFinished) {
      next.itemsDone(itemsDone() + 1);
    } else if (event instanceof ProgressEvent.MirrorSized sized) {
      next.bytes(sized.bytes());
    } else if (event instanceof ProgressEvent.BytesSent sent) {
      next.bytes(sent.total())
          .bytesDone(sent.done())
          .bytesSent(bytesSent() + sent.bytes())
          .remaining(sent.remaining());
    }
    return event.isDetail() ? next.build() : next.message(event.toString().strip()).build();
  }
}
