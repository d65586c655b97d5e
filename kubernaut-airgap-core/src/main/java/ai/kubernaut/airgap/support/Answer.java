package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one question: a value or the exception of the port. Immutable.
 *
 * @param value the value; null if the question failed
 * @param failure the exception; null if it did not
 */
record Answer<T>(@Nullable T value, @Nullable RuntimeException failure) {
  static <T> Answer<T> of(T value) {
    return new Answer<>(value, null);
  }

  static <T> Answer<T> failed(RuntimeException failure) {
    return new Answer<>(null, failure);
  }

  /** Asks. Exceptions of other kinds, such as a cancellation, are thrown. */
  static <T> Answer<T> ask(Supplier<T> question) {
    try {
      return of(question.get());
    } catch (ClusterException | RegistryException | InvalidManifestException e) {
      return failed(e);
    }
  }

  T get() {
    if (value != null) {
      return value;
    }
    throw failure == null ? new IllegalStateException("neither a value nor a failure") : failure;
  }
}
