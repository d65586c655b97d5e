package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.common.CancelledException;

/** Calls Helm, in this process or in another one. Thread-safe. */
interface HelmCalls extends AutoCloseable {
  /**
   * Calls Helm.
   *
   * @return the output of Helm
   * @throws IllegalStateException with the error output of Helm when it fails, as helm-java does
   * @throws ai.kubernaut.airgap.chart.HelmException when Helm cannot be called
   * @throws CancelledException when the thread is interrupted
   */
  String call(HelmCommand command);

  /** Returns what {@link #call} throws when the thread is interrupted. */
  static CancelledException interrupted(HelmCommand command, InterruptedException cause) {
    return CancelledException.interrupted(
        "interrupted while " + command.describe() + "; run the step again to continue", cause);
  }

  @Override
  void close();
}
