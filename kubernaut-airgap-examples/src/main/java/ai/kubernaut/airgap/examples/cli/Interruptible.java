package ai.kubernaut.airgap.examples.cli;

/** A command of which an interrupted run leaves something. */
interface Interruptible {
  /** What a command leaves that changes nothing. */
  String NOTHING = "Nothing was changed. The same command starts again:";

  /** Returns what an interrupted run has left, and what the same command does then. */
  String afterInterruption();
}
