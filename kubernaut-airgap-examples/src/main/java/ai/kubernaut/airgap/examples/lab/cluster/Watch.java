package ai.kubernaut.airgap.examples.lab.cluster;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The changes of one kind of object, one after the other. Made by the store, under its lock. */
final class Watch implements AutoCloseable {
  private final Store store;
  private final ResourceKind kind;
  private final List<Change> initial;
  private final long startVersion;
  private final BlockingQueue<Change> queue = new LinkedBlockingQueue<>();
  private final Consumer<Change> listener;

  Watch(Store store, ResourceKind kind, String namespace, List<Change> initial, long startVersion) {
    this.store = store;
    this.kind = kind;
    this.initial = List.copyOf(initial);
    this.startVersion = startVersion;
    this.listener =
        change -> {
          if (change.isIn(kind, namespace)) {
            queue.add(change);
          }
        };
    store.addListener(listener);
  }

  ResourceKind kind() {
    return kind;
  }

  List<Change> initial() {
    return initial;
  }

  /** The store's version at the moment at which the initial changes end. */
  long startVersion() {
    return startVersion;
  }

  @Nullable Change next(Duration waitPolicy) throws InterruptedException {
    return queue.poll(waitPolicy.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    store.removeListener(listener);
  }
}
