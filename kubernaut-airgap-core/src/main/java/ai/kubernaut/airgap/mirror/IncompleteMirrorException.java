package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;

/**
 * Some images of a plan are not in the mirror. Mirroring the same plan again sends only what is
 * missing.
 */
public final class IncompleteMirrorException extends AirgapException {
  private static final long serialVersionUID = 1L;

  @SuppressWarnings("serial") // a value for the code that catches this, never serialised
  private final MirrorReport report;

  IncompleteMirrorException(MirrorReport report) {
    super(message(report));
    this.report = report;
  }

  private static String message(MirrorReport report) {
    StringBuilder message = new StringBuilder();
    message
        .append(report.failures().size())
        .append(" of ")
        .append(report.images().size())
        .append(" images are not in ")
        .append(report.plan().target().address())
        .append(
            "; mend the causes and mirror the same plan again, what is there is not sent twice:");
    for (MirroredImage image : report.failures()) {
      message
          .append("\n  ")
          .append(image.entry().source())
          .append(": ")
          .append(image.failure().orElse("unknown"));
    }
    return message.toString();
  }

  /**
   * The whole report, with the images that are in the mirror too.
   *
   * @return the report
   */
  public MirrorReport report() {
    return report;
  }
}
