package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** The result of creating a bundle, or of checking one. Immutable. */
@Value.Immutable
public interface BundleReport extends Outcome<BundleReport> {
  /** {@return the bundle; empty when it could not be created} */
  Optional<Bundle> bundle();

  /** {@return what became of each image while the bundle was created; empty for a check} */
  Optional<MirrorReport> images();

  /** {@return the problems of the content that a check has found} */
  List<Problem> contentProblems();

  /**
   * {@return whether there was room for the bundle, or why that is not known; empty for a check}
   */
  List<Fact> facts();

  /** {@return the problems of the images and of the content} */
  @Override
  default List<Problem> problems() {
    return images().map(MirrorReport::problems).orElse(contentProblems());
  }

  /**
   * Returns this report if the bundle is complete.
   *
   * @return this
   * @throws BundleException when there is a problem
   */
  @Override
  default BundleReport orElseThrow() {
    if (!isOk()) {
      throw new BundleException(summary(), problems());
    }
    return this;
  }

  /**
   * Returns the result in one line.
   *
   * @return for example {@code the bundle is complete: 15 images, …}
   */
  default String summary() {
    long errors = problems().stream().filter(Problem::isError).count();
    if (images().isPresent() && !isOk()) {
      return "%d of %d images are not in the bundle; fix the causes and create it again, content that is in it is not fetched again"
          .formatted(errors, images().get().images().size());
    }
    String described = bundle().map(Bundle::toString).orElse("");
    return isOk()
        ? "the bundle is complete: " + described
        : errors + " problems in the bundle (" + described + ")";
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link BundleReport}. Not thread-safe. */
  final class Builder extends ImmutableBundleReport.Builder {
    Builder() {}
  }
}
