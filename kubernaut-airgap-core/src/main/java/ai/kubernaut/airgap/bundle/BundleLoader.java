package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Loads bundles into a mirror. The whole bundle is checked before the first push, and each blob
 * again while it is sent. Thread-safe.
 */
public final class BundleLoader {
  private final RegistryClient target;
  private final Consumer<ProgressEvent> listener;

  /**
   * Creates a loader.
   *
   * @param target stores the images by their target names; stays open
   * @param listener told what happens, one event at a time
   */
  public BundleLoader(RegistryClient target, Consumer<ProgressEvent> listener) {
    this.target = target;
    this.listener = listener;
  }

  /**
   * Reads the whole content of a bundle and compares it with its digests.
   *
   * @param bundle the bundle
   * @param listener told what happens
   * @return the problems of the content
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted
   */
  public static BundleReport check(Bundle bundle, Consumer<ProgressEvent> listener) {
    return Progress.of(ProgressEvent.Step.BUNDLE, listener)
        .during(
            0,
            "Checking the bundle: " + bundle,
            () ->
                BundleReport.builder()
                    .bundle(bundle)
                    .contentProblems(ContentCheck.check(bundle))
                    .build(),
            BundleReport::isOk,
            BundleReport::summary);
  }

  /**
   * Copies the images of a plan from a bundle to the mirror.
   *
   * @param bundle the bundle
   * @param plan the plan of the bundle; it may have another target, or fewer images
   * @param options limits
   * @return the result for each image
   * @throws BundleException before anything is sent, when the bundle is not complete, or the mirror
   *     lacks what a delta leaves out
   * @throws ai.kubernaut.airgap.registry.RegistryException before anything is sent, when the mirror
   *     cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted or the run
   *     is cancelled
   */
  public MirrorReport load(Bundle bundle, MirrorPlan plan, MirrorOptions options) {
    check(bundle, listener).orElseThrow();
    Map<Digest, Repository> base = BaseContent.find(bundle, plan, target);
    try (RegistryClient content = bundle.client(target, base)) {
      return new MirrorEngine(content, target, options, listener).unpack(plan);
    }
  }
}
