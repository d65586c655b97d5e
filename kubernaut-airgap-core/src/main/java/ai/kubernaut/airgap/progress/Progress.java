package ai.kubernaut.airgap.progress;

import ai.kubernaut.airgap.progress.ProgressEvent.Step;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Tells a listener what happens in one run of one step. Every event carries the identifier of the
 * run, so that the events of several runs can be told apart.
 *
 * <p>Thread-safe if the listener is. It is itself a listener: steps that are given it as their
 * listener belong to the same run.
 */
public final class Progress implements Consumer<ProgressEvent> {
  private final String run;
  private final Step step;
  private final Consumer<ProgressEvent> listener;

  private Progress(String run, Step step, Consumer<ProgressEvent> listener) {
    this.run = run;
    this.step = step;
    this.listener = listener;
  }

  /**
   * Returns the progress of a run.
   *
   * @param step the step that runs
   * @param listener told every event; where it is a progress too, its run is continued
   * @return a new run otherwise
   */
  public static Progress of(Step step, Consumer<ProgressEvent> listener) {
    return listener instanceof Progress outer
        ? new Progress(outer.run, step, outer.listener)
        : new Progress(UUID.randomUUID().toString(), step, listener);
  }

  /**
   * Returns the progress of a run with an identifier of the caller.
   *
   * @param run the identifier that all events carry
   * @param step the step that runs
   * @param listener told every event
   * @return the run
   */
  public static Progress of(String run, Step step, Consumer<ProgressEvent> listener) {
    return new Progress(run, step, listener);
  }

  /**
   * Returns the same run with another listener, such as one that guards this run's listener.
   *
   * @param other told every event instead
   * @return this run
   */
  public Progress withListener(Consumer<ProgressEvent> other) {
    return new Progress(run, step, other);
  }

  /**
   * Runs the step between its first and its last event. The last event is sent in any case: when
   * the work throws, it says that the step failed.
   *
   * @param <T> the result of the step
   * @param items how many things the step has to do, 0 when that is not known
   * @param what what it is about to do, for people
   * @param work the step
   * @param successful whether a result means that the step succeeded
   * @param summary describes a result in one line
   * @return the result of the work
   */
  public <T> T during(
      int items,
      String what,
      Supplier<T> work,
      Predicate<T> successful,
      Function<T, String> summary) {
    accept(new ProgressEvent.StepStarted(run, step, items, what));
    T result;
    try {
      result = work.get();
    } catch (RuntimeException e) {
      try {
        accept(new ProgressEvent.StepFinished(run, step, false, what + ": failed", Optional.of(e)));
      } catch (RuntimeException ofListener) {
        e.addSuppressed(ofListener);
      }
      throw e;
    }
    accept(
        new ProgressEvent.StepFinished(
            run, step, successful.test(result), summary.apply(result), Optional.empty()));
    return result;
  }

  /**
   * Tells something worth a line.
   *
   * @param what what was done, or is waited for
   */
  public void tell(String what) {
    accept(new ProgressEvent.StepProgress(run, step, what));
  }

  /**
   * Sends an event of this run.
   *
   * @param event makes the event from the identifier of the run
   */
  public void emit(Function<String, ProgressEvent> event) {
    accept(event.apply(run));
  }

  @Override
  public void accept(ProgressEvent event) {
    listener.accept(event);
  }
}
