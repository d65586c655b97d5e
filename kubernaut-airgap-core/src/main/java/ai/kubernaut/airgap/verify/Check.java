package ai.kubernaut.airgap.verify;

import java.util.Optional;
import org.immutables.value.Value;

/** One thing that was looked at. Immutable. */
@Value.Immutable
public interface Check {
  /** What came of it. */
  enum Result {
    /** It is as it should be. */
    PASS,
    /** It is not, and will not become so by waiting. */
    FAIL,
    /** It is not yet; in a finished report, it was not in time. */
    PENDING,
    /** It could not be looked at, and nothing depends on it. */
    SKIPPED
  }

  /** What is looked at. */
  enum Kind {
    /** The Helm release. */
    RELEASE,
    /** A Deployment or StatefulSet has all its pods. */
    WORKLOAD,
    /** A pod runs, or has run to its end. */
    POD,
    /** A container runs the mirrored image. */
    IMAGE,
    /** A hook's Job is done. */
    JOB,
    /** A service answers at its health path. */
    HEALTH
  }

  /**
   * What is looked at.
   *
   * @return the kind
   */
  Kind kind();

  /**
   * Which one.
   *
   * @return for example {@code kubernaut-system/gateway-7d9f/gateway}
   */
  String subject();

  /**
   * What came of it.
   *
   * @return the result
   */
  Result result();

  /**
   * What was seen.
   *
   * @return for people, without secrets
   */
  String detail();

  /**
   * What to do about it.
   *
   * @return empty where nothing is to be done
   */
  Optional<String> remedy();

  /**
   * A check without a remedy.
   *
   * @param kind what is looked at
   * @param subject which one
   * @param result what came of it
   * @param detail what was seen
   * @return the check
   */
  static Check of(Kind kind, String subject, Result result, String detail) {
    return builder().kind(kind).subject(subject).result(result).detail(detail).build();
  }

  /**
   * A new builder.
   *
   * @return an empty builder
   */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link Check}. Not thread-safe. */
  final class Builder extends ImmutableCheck.Builder {
    Builder() {}
  }
}
