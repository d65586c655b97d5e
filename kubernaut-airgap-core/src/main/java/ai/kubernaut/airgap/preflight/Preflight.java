package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.function.Consumer;

/**
 * Asks the mirror of a plan what it can do before anything is sent (the guide, step 2b), by few
 * requests that leave no content behind: uploads are begun and given up. (What a registry notes of
 * such an upload it sweeps away by itself; one that creates repositories at the first contact may
 * have an empty one.) Passing failures are no problems here, because the mirroring tries again.
 * Thread-safe.
 */
public final class Preflight {
  /** The tag under which an index is stored where the options allow it. */
  public static final String TAG = "airgap-preflight";

  private final RegistryClient registries;
  private final PreflightOptions options;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a preflight.
   *
   * @param registries reaches the mirror; stays open
   * @param options what is known of the mirror, and what may be done to it
   * @param progress told when it begins and ends
   */
  public Preflight(
      RegistryClient registries, PreflightOptions options, Consumer<ProgressEvent> progress) {
    this.registries = registries;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Asks.
   *
   * @param plan whose target is asked, and whose names are tried: one for each first component,
   *     eight at most; each repository, 64 at most, where repositories have to be there first
   * @return the answers
   * @throws ai.kubernaut.airgap.registry.RegistryException when the thread is interrupted
   */
  public PreflightReport check(MirrorPlan plan) {
    return Progress.of(ProgressEvent.Step.PREFLIGHT, progress)
        .during(
            0,
            "Asking " + plan.target().address() + " what it can do",
            () -> new PreflightRun(registries, options, plan).report(),
            report -> report.problems().isEmpty(),
            PreflightReport::summary);
  }
}
