package ai.kubernaut.airgap.repair;

import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.mirror.CheckDepth;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.registry.Credentials;
import java.util.Collections;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.immutables.value.Value;

/** Options for a repair. Immutable. */
@Value.Immutable
public interface RepairOptions {
  /**
   * Which problems are repaired.
   *
   * @return codes of {@link #automatic()}; by default empty, which stands for all of them
   */
  Set<ProblemCode> only();

  /**
   * Whether the repairs are only listed, and nothing is changed.
   *
   * @return false by default
   */
  @Value.Default
  default boolean dryRun() {
    return false;
  }

  /**
   * The credentials with which the nodes pull, for pull secrets that are renewed.
   *
   * @return by default empty: pull secrets are not renewed
   */
  Optional<Credentials> credentials();

  /**
   * Options for mirroring images again.
   *
   * @return by default the defaults, but the blobs of an image are checked too
   */
  @Value.Default
  default MirrorOptions mirror() {
    return MirrorOptions.builder().presence(CheckDepth.BLOBS).build();
  }

  /**
   * Options for the pull secrets. The name and the namespaces are those of the Secrets that the
   * diagnosis names, and credentials that the mirror rejects are replaced.
   *
   * @return by default the defaults
   */
  @Value.Default
  default PullSecretOptions pullSecret() {
    return PullSecretOptions.builder().build();
  }

  /**
   * Options for the upgrade that creates failed Jobs again: those of the installation, so that the
   * upgrade changes nothing else. A release that does not exist is never installed.
   *
   * @return by default the defaults
   */
  @Value.Default
  default InstallOptions install() {
    return InstallOptions.builder().build();
  }

  /** {@return the codes of the problems that a repair does not leave to a person} */
  static Set<ProblemCode> automatic() {
    return Collections.unmodifiableSet(
        EnumSet.of(
            ProblemCode.IMAGE_NOT_IN_MIRROR,
            ProblemCode.IMAGE_INCOMPLETE_IN_MIRROR,
            ProblemCode.PULL_CREDENTIALS_MISSING,
            ProblemCode.PULL_SECRET_NOT_FOUND,
            ProblemCode.PULL_CREDENTIALS_REJECTED,
            ProblemCode.PULL_CREDENTIALS_FORBIDDEN,
            ProblemCode.JOB_FAILED,
            ProblemCode.HOOK_FAILED));
  }

  /** Checks that the chosen problems have a repair. */
  @Value.Check
  default void check() {
    Set<ProblemCode> others = new TreeSet<>(only());
    others.removeAll(automatic());
    if (!others.isEmpty()) {
      throw new IllegalArgumentException(
          "only: there is no automatic repair for "
              + others
              + "; choose from "
              + new TreeSet<>(automatic()));
    }
  }

  /** {@return a builder with the defaults} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds {@link RepairOptions}. Not thread-safe. */
  final class Builder extends ImmutableRepairOptions.Builder {
    Builder() {}
  }
}
