package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.common.Secret;
import java.time.Duration;
import java.util.Map;
import org.immutables.value.Value;

/** Choices for installing. Immutable. */
@Value.Immutable
public interface InstallOptions {
  /**
   * Returns the content of the Secret with the credentials of the LLM (the guide, step 4a), which
   * is created when it does not exist. A chart that names such a Secret cannot be installed without
   * it.
   *
   * @return for example {@code OPENAI_API_KEY} and its value; by default empty: the Secret has to
   *     exist
   */
  Map<String, Secret> llmCredentials();

  /**
   * How long each of the chart's hooks may take.
   *
   * @return by default five minutes, as for Helm; less than a second counts as one
   */
  @Value.Default
  default Duration hookTimeout() {
    return Duration.ofMinutes(5);
  }

  /**
   * Whether to install although images are missing in the mirror, and let the verification tell
   * which pods that stops.
   *
   * @return false by default
   */
  @Value.Default
  default boolean allowIncompleteMirror() {
    return false;
  }

  /**
   * Whether every pod pulls its images by digest, so that no tag that moves can change what runs.
   * The chart's manifests are rewritten for it on the way to the cluster.
   *
   * @return false by default: images are pulled by the tags that the chart gives them
   */
  @Value.Default
  default boolean pinDigests() {
    return false;
  }

  /**
   * A new builder.
   *
   * @return a builder with the defaults
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link InstallOptions}. Not thread-safe. */
  final class Builder extends ImmutableInstallOptions.Builder {
    Builder() {}
  }
}
