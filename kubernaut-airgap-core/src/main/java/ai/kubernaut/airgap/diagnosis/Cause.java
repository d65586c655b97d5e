package ai.kubernaut.airgap.diagnosis;

import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** A problem, why it is there, and which other problems it causes. Immutable. */
@Value.Immutable
public interface Cause {
  /** {@return what is wrong} */
  Problem problem();

  /** {@return whether no other problem of the diagnosis causes this one} */
  boolean isRoot();

  /** {@return what was seen that shows the problem; empty if the problem itself says it all} */
  List<Fact> evidence();

  /** {@return what to do; empty for a problem that goes away with its cause} */
  Optional<Repair> repair();

  /** {@return the problems that this one causes; each is the problem of another cause} */
  List<Problem> consequences();

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link Cause}. Not thread-safe. */
  final class Builder extends ImmutableCause.Builder {
    Builder() {}
  }
}
