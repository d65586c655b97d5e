package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.common.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.immutables.value.Value;

/** Options for installing. Immutable. */
@Value.Immutable
public interface InstallOptions {
  /**
   * Returns the content of the Secret with the credentials of the LLM (the guide, step 4a), which
   * is created when it does not exist. A chart that names such a Secret cannot be installed without
   * it.
   *
   * @return for example {@code OPENAI_API_KEY} and its value; by default empty: the Secret must
   *     exist
   */
  Map<String, Secret> llmCredentials();

  /**
   * Returns where the content of that Secret comes from, for example a vault. It is called once in
   * an installation, in the thread of the caller, and only if the Secret does not exist; what it
   * throws ends the installation before anything is changed.
   *
   * @return by default empty; excludes {@link #llmCredentials()}
   */
  Optional<Supplier<Map<String, Secret>>> llmCredentialsSupplier();

  /**
   * How long each of the chart's hooks may take, and how long the API server may take to serve its
   * CustomResourceDefinitions.
   *
   * @return by default five minutes, as for Helm; less than a second counts as one
   */
  @Value.Default
  default Duration hookTimeout() {
    return Duration.ofMinutes(5);
  }

  /**
   * How long the pod of a hook may have a problem that can pass, such as no node that fits, until
   * the installation ends with this problem. A shorter time is enough where it is certain that the
   * hook cannot succeed: two seconds when the registry has refused an image again, ten seconds when
   * it has refused it once, or a Secret is missing. Set it to {@link #hookTimeout()} where nodes
   * are added on demand and that takes longer.
   *
   * @return by default one minute; the shorter times are never longer than this, and a pod without
   *     a node always has two seconds
   */
  @Value.Default
  default Duration hookGrace() {
    return Duration.ofMinutes(1);
  }

  /**
   * Returns whether to install although images are missing in the mirror. The verification reports
   * the pods that cannot start.
   *
   * @return false by default
   */
  @Value.Default
  default boolean allowIncompleteMirror() {
    return false;
  }

  /**
   * Whether every pod pulls its images by digest, so that a tag that moves does not change what
   * runs. The manifests of the chart are rewritten for it.
   *
   * @return false by default: images are pulled by the tags that the chart gives them
   */
  @Value.Default
  default boolean pinDigests() {
    return false;
  }

  /**
   * Whether every pod keeps the source names of its images and pulls them by digest, because the
   * mirror rules of the cluster redirect them (the guide, step 4). The installation checks that the
   * rules in force lead to the mirror. The manifests of the chart are rewritten for the digests.
   *
   * @return false by default: images get their names in the mirror
   */
  @Value.Default
  default boolean throughMirrorRules() {
    return false;
  }

  /**
   * Whether the release must exist already, so that it is upgraded and never installed.
   *
   * @return false by default
   */
  @Value.Default
  default boolean upgradeOnly() {
    return false;
  }

  /**
   * Returns what to do when the release is pending: an operation of Helm on it has begun and not
   * ended, because another Helm is working on it or because an earlier run was killed. An
   * installation that was interrupted or cancelled marks its revision as failed and is not pending.
   *
   * @return {@link PendingRelease#CONTINUE_IF_ABANDONED} by default
   */
  @Value.Default
  default PendingRelease pendingRelease() {
    return PendingRelease.CONTINUE_IF_ABANDONED;
  }

  /** Checks that the grace is not negative, and that the credentials have one source. */
  @Value.Check
  default void check() {
    if (hookGrace().isNegative()) {
      throw new IllegalArgumentException("hookGrace " + hookGrace() + " must not be negative");
    }
    if (!llmCredentials().isEmpty() && llmCredentialsSupplier().isPresent()) {
      throw new IllegalArgumentException(
          "llmCredentials and llmCredentialsSupplier exclude each other");
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link InstallOptions}. Not thread-safe. */
  final class Builder extends ImmutableInstallOptions.Builder {
    Builder() {}
  }
}
