package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.function.Consumer;

/**
 * Checks which capabilities the mirror of a plan has before any image is sent (the guide, step 2b).
 * It needs few requests and leaves no content, unless {@link PreflightOptions#mayWrite()} allows
 * it: uploads are started and cancelled. A registry that creates repositories by itself may have an
 * empty repository afterwards. Temporary failures are not problems, because mirroring retries.
 * Thread-safe.
 */
public final class Preflight {
  /** The tag under which an image index is stored if the options allow it. */
  public static final String TAG = "airgap-preflight";

  private final RegistryClient registries;
  private final PreflightOptions options;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a preflight.
   *
   * @param registries the client of the mirror; it is not closed
   * @param options the options
   * @param progress receives an event at the start and at the end
   */
  public Preflight(
      RegistryClient registries, PreflightOptions options, Consumer<ProgressEvent> progress) {
    this.registries = registries;
    this.options = options;
    this.progress = progress;
  }

  /**
   * Checks the mirror of a plan.
   *
   * @param plan the plan whose target is checked. Uploads are started in one repository for each
   *     first component of the names, at most 8; if each repository may have to be created first,
   *     in each repository, at most 64
   * @return the findings
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public PreflightReport check(MirrorPlan plan) {
    return Progress.of(ProgressEvent.Step.PREFLIGHT, progress)
        .during(
            0,
            "Checking " + plan.target().address(),
            () -> new PreflightRun(registries, options, plan).report(),
            PreflightReport::isOk,
            PreflightReport::summary);
  }
}
