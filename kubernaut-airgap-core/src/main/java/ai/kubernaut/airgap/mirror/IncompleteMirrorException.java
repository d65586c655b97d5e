package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.outcome.ProblemsException;

/**
 * Some images of a plan are not in the mirror. Mirroring the same plan again sends only what is
 * missing.
 */
public final class IncompleteMirrorException extends ProblemsException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final MirrorReport report;

  IncompleteMirrorException(MirrorReport report) {
    super(
        list(
            "%d of %d images are not in %s; fix the causes and mirror the same plan again, content that is in the mirror is not sent again"
                .formatted(
                    report.failures().size(),
                    report.images().size(),
                    report.plan().target().address()),
            report.problems()),
        report.problems());
    this.report = report;
  }

  /** {@return the whole report, with the images that are in the mirror too} */
  public MirrorReport report() {
    return report;
  }
}
