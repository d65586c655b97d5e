package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.CancelledException;

/**
 * Mirroring ended early because it was asked to. Images that are in the mirror stay there. A later
 * run copies the others, and continues unfinished uploads if it gets the {@linkplain #checkpoint()
 * checkpoint}.
 *
 * <pre>{@code
 * try {
 *   airgap.mirror(plan);
 * } catch (MirrorCancelledException e) {
 *   System.err.println(e.report().summary());
 *   e.checkpoint().save(Path.of("mirror.checkpoint"));
 * }
 * }</pre>
 */
public final class MirrorCancelledException extends CancelledException {
  private static final long serialVersionUID = 1L;

  private final transient MirrorReport report;
  private final transient MirrorCheckpoint checkpoint;

  MirrorCancelledException(
      Reason reason,
      String message,
      Throwable cause,
      MirrorReport report,
      MirrorCheckpoint checkpoint) {
    super(reason, message, cause);
    this.report = report;
    this.checkpoint = checkpoint;
  }

  @Override
  public MirrorCancelledException withReason(Reason better) {
    return new MirrorCancelledException(better, getMessage(), this, report, checkpoint);
  }

  /**
   * Returns what became of each image until the run ended.
   *
   * @return a report whose images are {@link MirroredImage.Outcome#CANCELLED} if they are neither
   *     in the mirror nor failed
   */
  public MirrorReport report() {
    return report;
  }

  /**
   * Returns the uploads that a later run can continue.
   *
   * @return empty of uploads unless the run was {@linkplain MirrorOptions#resumable() resumable}
   */
  public MirrorCheckpoint checkpoint() {
    return checkpoint;
  }
}
