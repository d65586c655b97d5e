package ai.kubernaut.airgap.examples.lab.cluster;

/** An image that a node could not pull, with the registry's own answer as the message. */
public final class PullFailure extends Exception {
  private static final long serialVersionUID = 1L;

  /**
   * Creates the failure.
   *
   * @param message the registry's answer, such as {@code manifest unknown}
   */
  public PullFailure(String message) {
    super(message);
  }
}
