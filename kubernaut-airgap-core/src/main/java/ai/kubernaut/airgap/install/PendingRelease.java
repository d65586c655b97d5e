package ai.kubernaut.airgap.install;

/** What an installation does with a release that an earlier operation of Helm has left pending. */
public enum PendingRelease {
  /**
   * Continues as {@link #CONTINUE} if it is certain that no Helm works on the release: an earlier
   * run of this library has left it, and its process has ended. Otherwise the installation ends
   * with the problem {@code RELEASE_PENDING}, and nothing is changed. To find out, it waits up to
   * 15 seconds.
   */
  CONTINUE_IF_ABANDONED,
  /**
   * Marks the pending revision as failed and upgrades the release; a release that was being
   * uninstalled is uninstalled first. Only when no Helm works on it.
   */
  CONTINUE,
  /**
   * Rolls back to the last revision that was deployed and then upgrades the release; a release that
   * was never deployed is uninstalled and installed again. Only when no Helm works on it.
   */
  ROLL_BACK,
  /** Ends with the problem {@code RELEASE_PENDING}, and nothing is changed. */
  REFUSE
}
