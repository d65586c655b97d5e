package ai.kubernaut.airgap.helm;

/** Calls Helm, in this process or in another one. Thread-safe. */
interface HelmCalls extends AutoCloseable {
  /**
   * Calls Helm.
   *
   * @return the output of Helm
   * @throws IllegalStateException with the error output of Helm when it fails, as helm-java does
   * @throws ai.kubernaut.airgap.chart.HelmException when Helm cannot be called
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  String call(HelmCommand command);

  @Override
  void close();
}
