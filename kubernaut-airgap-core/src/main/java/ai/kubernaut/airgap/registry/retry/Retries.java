package ai.kubernaut.airgap.registry.retry;

import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;

/** Applies a policy to the requests for one image. Thread-safe. */
final class Retries {
  private final RetryPolicy policy;
  private final Sleeper sleeper;
  private final Progress progress;
  private final Contacts contacts;
  private final AtomicInteger left;

  Retries(RetryPolicy policy, Sleeper sleeper, Progress progress, Contacts contacts) {
    this.contacts = contacts;
    this.policy = policy;
    this.sleeper = sleeper;
    this.progress = progress;
    this.left = new AtomicInteger(policy.retriesPerImage());
  }

  /** Returns retries for another image: with the same policy, and all its retries left. */
  Retries forImage() {
    return new Retries(policy, sleeper, progress, contacts);
  }

  /** Makes a request of a registry, and makes it again where that can help. */
  <T> T call(String registry, Supplier<T> request) {
    int failures = 0;
    while (true) {
      try {
        T result = request.get();
        contacts.answered(registry);
        return result;
      } catch (RegistryException e) {
        failures++;
        if (!e.reason().retryable()) {
          throw e;
        }
        pause(e, failures);
      }
    }
  }

  /** Makes a request without a result. */
  void run(String registry, Runnable request) {
    call(
        registry,
        () -> {
          request.run();
          return true;
        });
  }

  /**
   * Waits until it makes sense to try again.
   *
   * @param failures how often it has failed in a row
   * @throws RegistryException the failure, when the attempts are used up, the registry asks for a
   *     longer wait than the policy allows, or the thread is interrupted
   */
  void pause(RegistryException failure, int failures) {
    if (failure.status().isPresent()) {
      contacts.answered(failure.registry());
    }
    int attempts =
        contacts.hasAnswered(failure.registry())
            ? policy.attempts()
            : Math.min(policy.attempts(), Contacts.FIRST_ATTEMPTS);
    // An interrupted thread's requests fail as if the connection were lost.
    if (failures >= attempts || Thread.currentThread().isInterrupted()) {
      throw failure;
    }
    Duration asked = failure.retryAfter().orElse(Duration.ZERO);
    if (asked.compareTo(policy.maxRetryAfter()) > 0 || left.getAndDecrement() <= 0) {
      throw failure;
    }
    Duration wait = wait(failures);
    if (wait.compareTo(asked) < 0) {
      wait = asked;
    }
    Duration delay = wait;
    progress.emit(run -> new ProgressEvent.Retrying(run, failure, failures, delay));
    try {
      sleeper.sleep(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      failure.addSuppressed(e);
      throw failure;
    }
  }

  private Duration wait(int failures) {
    long longest = policy.baseDelay().toMillis();
    for (int i = 1; i < failures && longest < policy.maxDelay().toMillis(); i++) {
      longest *= 2;
    }
    longest = Math.min(longest, policy.maxDelay().toMillis());
    return Duration.ofMillis(longest - (long) (longest * policy.jitter() * sleeper.random()));
  }
}
