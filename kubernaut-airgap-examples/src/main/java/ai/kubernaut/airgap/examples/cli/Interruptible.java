package ai.kubernaut.airgap.examples.cli;

/** A command whose interrupted run may have changed something. */
interface Interruptible {
  /** The message for a run that has changed nothing. */
  String NOTHING = "Nothing was changed. The same command starts again:";

  /**
   * Returns what an interrupted run has changed, and what the same command does when it is run
   * again.
   */
  String afterInterruption();
}
