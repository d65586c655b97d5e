package ai.kubernaut.airgap;

import ai.kubernaut.airgap.progress.ProgressEvent;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Function;

/** The runs of an {@link Airgap}, which closing it ends. Thread-safe. */
final class Runs {
  private static final Duration END_LIMIT = Duration.ofSeconds(10);

  private final Object listening = new Object();
  private final Set<StepRun<?>> started = new HashSet<>();
  private final Set<Runnable> inCallers = ConcurrentHashMap.newKeySet();
  private volatile boolean closed;

  /** Returns an executor with a new daemon thread for each run. */
  static Executor threads() {
    return run -> {
      Thread thread = new Thread(run, "kubernaut-airgap-step");
      thread.setDaemon(true);
      thread.start();
    };
  }

  /** Returns a listener that is called by one thread at a time, whichever run it belongs to. */
  Consumer<ProgressEvent> oneAtATime(Consumer<ProgressEvent> listener) {
    return event -> {
      synchronized (listening) {
        listener.accept(event);
      }
    };
  }

  /** Throws an exception if nothing can be run any more. */
  void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this Airgap is closed");
    }
  }

  void start(StepRun<?> run, Runnable starting) {
    synchronized (started) {
      checkOpen();
      started.add(run);
    }
    boolean isStarted = false;
    try {
      starting.run();
      isStarted = true;
    } finally {
      if (!isStarted) {
        remove(run);
      }
    }
  }

  void remove(StepRun<?> run) {
    synchronized (started) {
      started.remove(run);
    }
  }

  /**
   * Calls a step in this thread.
   *
   * @param other what else cancels it
   * @param step is given what cancels it
   */
  <T> T cancellable(Optional<CompletionStage<?>> other, Function<CompletionStage<?>, T> step) {
    CompletableFuture<Object> stopped = new CompletableFuture<>();
    Runnable stop = () -> stopped.complete(null);
    inCallers.add(stop);
    try {
      if (closed) {
        stop.run();
      }
      return step.apply(
          other.isEmpty()
              ? stopped
              : CompletableFuture.anyOf(stopped, other.get().toCompletableFuture()));
    } finally {
      inCallers.remove(stop);
      stop.run();
    }
  }

  /** Cancels all runs, and gives those that were started some time to end. */
  void close() {
    List<StepRun<?>> running;
    synchronized (started) {
      closed = true;
      running = List.copyOf(started);
    }
    running.forEach(StepRun::cancel);
    try {
      for (StepRun<?> run : running) {
        run.join(END_LIMIT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    inCallers.forEach(Runnable::run);
  }
}
