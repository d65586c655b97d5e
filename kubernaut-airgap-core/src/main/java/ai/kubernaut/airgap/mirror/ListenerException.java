package ai.kubernaut.airgap.mirror;

/** The host's progress listener threw an exception, which ends the run. */
final class ListenerException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  ListenerException(RuntimeException cause) {
    super("the progress listener failed: " + cause, cause);
  }
}
