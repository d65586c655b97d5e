package ai.kubernaut.airgap.prune;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.immutables.value.Value;

/** Which content of the mirror is needed, and which is not. Immutable. */
@Value.Immutable
public interface PruneReport extends Outcome<PruneReport> {
  /** {@return the manifests that plans and revisions need, with their platforms and attachments} */
  List<StoredManifest> needed();

  /**
   * {@return the manifests that no plan and no revision needs, in the order in which they are
   * deleted}
   */
  List<StoredManifest> unneeded();

  /** {@return those that were deleted; empty if nothing was to be deleted} */
  List<StoredManifest> deleted();

  /** {@return why repositories were left as they are, or manifests could not be deleted} */
  @Override
  List<Problem> problems();

  @Override
  default PruneReport orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of("the mirror was not pruned completely", problems());
    }
    return this;
  }

  /** Checks that nothing that is needed is among what is not. */
  @Value.Check
  default void check() {
    Set<ImageRef> kept =
        needed().stream().map(StoredManifest::reference).collect(Collectors.toSet());
    for (StoredManifest manifest : unneeded()) {
      if (kept.contains(manifest.reference())) {
        throw new IllegalStateException(manifest + " is needed, and must not be pruned");
      }
    }
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link PruneReport}. Not thread-safe. */
  final class Builder extends ImmutablePruneReport.Builder {
    Builder() {}
  }
}
