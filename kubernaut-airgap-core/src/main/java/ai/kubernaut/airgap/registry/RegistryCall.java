package ai.kubernaut.airgap.registry;

import java.time.Duration;
import java.util.Optional;
import org.immutables.value.Value;

/** A call of a {@link RegistryClient} that has ended, for logs and metrics. Immutable. */
@Value.Immutable
public interface RegistryCall {
  /**
   * What was called.
   *
   * @return the name of the method of {@link RegistryClient} or {@link BlobUpload}
   */
  String method();

  /**
   * The registry that the call was about.
   *
   * @return host, with its port when it has one
   */
  String registry();

  /**
   * What the call was about.
   *
   * @return a reference, a repository, or a repository and a digest; never a secret
   */
  String subject();

  /**
   * How long it took. For {@code readBlob} until the stream was closed.
   *
   * @return 0 or more
   */
  Duration duration();

  /**
   * How many bytes of a blob were read or sent.
   *
   * @return 0 for calls without a blob
   */
  @Value.Default
  default long bytes() {
    return 0;
  }

  /**
   * Why it failed.
   *
   * @return empty when it did not
   */
  Optional<RuntimeException> failure();

  /** {@return a builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link RegistryCall}. Not thread-safe. */
  final class Builder extends ImmutableRegistryCall.Builder {
    Builder() {}
  }
}
