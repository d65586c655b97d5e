package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import java.nio.file.Path;
import java.util.List;
import org.immutables.value.Value;

/** A support bundle that was written, and the diagnosis that it is about. Immutable. */
@Value.Immutable
public interface SupportBundleReport extends Outcome<SupportBundleReport> {
  /** {@return the tar.gz file} */
  Path file();

  /** {@return the size of the file in bytes} */
  long bytes();

  /** {@return what was found in the cluster while the bundle was collected} */
  Diagnosis diagnosis();

  /** {@return the files that were omitted because of the size limit, as paths in the bundle} */
  List<String> omitted();

  /**
   * Returns warnings about the bundle itself; those of the release are in {@link #diagnosis()}.
   *
   * @return empty when the bundle is complete
   */
  @Override
  List<Problem> problems();

  /** {@return this report: a bundle that cannot be written is an exception} */
  @Override
  default SupportBundleReport orElseThrow() {
    return this;
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link SupportBundleReport}. Not thread-safe. */
  final class Builder extends ImmutableSupportBundleReport.Builder {
    Builder() {}
  }
}
