package ai.kubernaut.airgap;

import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.registry.retry.RetryPolicy;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import org.immutables.value.Value;

/**
 * Options for a run of one or more steps: {@link Airgap#start} and {@link Airgap#run}. They apply
 * to every step of the run. Immutable.
 *
 * <pre>{@code
 * RunOptions options =
 *     RunOptions.builder().id("nightly-42").deadline(Duration.ofHours(2)).build();
 * MirrorReport report = airgap.run(steps -> steps.mirror(plan), options);
 * }</pre>
 */
@Value.Immutable
public interface RunOptions {
  /**
   * The identifier of the run, which all its events carry.
   *
   * @return not blank; by default empty: a random identifier
   */
  Optional<String> id();

  /**
   * How long the run may take. A run that takes longer is cancelled with {@link
   * ai.kubernaut.airgap.common.CancelledException.Reason#DEADLINE} and ends within a second.
   *
   * @return more than zero; by default empty: no limit
   */
  Optional<Duration> deadline();

  /**
   * A stage whose completion, normal or exceptional, cancels the run. It ends within a second; what
   * was done stays done.
   *
   * @return by default empty
   */
  Optional<CompletionStage<?>> cancelledBy();

  /**
   * The policy for retries of requests to registries.
   *
   * @return by default empty: that of {@link Airgap.Builder#retry} and of the options of the steps
   */
  Optional<RetryPolicy> retry();

  /**
   * Limits of requests and bytes per registry for all steps of the run together.
   *
   * @return by registry, as references name it: {@code docker.io}, {@code harbor.corp:8443}; by
   *     default empty, no limits
   */
  Map<String, RateLimit> limits();

  /**
   * Listens to the events of the run, in addition to {@link Airgap.Builder#onProgress}. The
   * listeners of an {@link Airgap} are called one at a time.
   *
   * @return by default empty
   */
  Optional<Consumer<ProgressEvent>> listener();

  /** Checks the values. */
  @Value.Check
  default void check() {
    if (id().filter(String::isBlank).isPresent()) {
      throw new IllegalArgumentException("id is blank; it must identify the run");
    }
    if (deadline().filter(limit -> limit.isZero() || limit.isNegative()).isPresent()) {
      throw new IllegalArgumentException(
          "deadline is " + deadline().get() + "; it must be more than zero");
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RunOptions}. Not thread-safe. */
  final class Builder extends ImmutableRunOptions.Builder {
    Builder() {}
  }
}
