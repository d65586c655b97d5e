package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.PlanForecaster;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.retry.RetryingClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Creates bundles: copies the images of a plan from their registries to the store, and adds the
 * plan, the chart and its files, and the root manifest that makes a bundle of them. Content that
 * the store has is not copied again, so that a run that was cut short is continued. Thread-safe.
 */
public final class Bundler {
  private final RegistryClient source;
  private final RegistryClient store;
  private final Consumer<ProgressEvent> listener;

  /**
   * Creates a bundler.
   *
   * @param source reads the images of a plan by their source names; stays open
   * @param store keeps the bundle, for example an image layout; stays open
   * @param listener told what happens, one event at a time
   */
  public Bundler(RegistryClient source, RegistryClient store, Consumer<ProgressEvent> listener) {
    this.source = source;
    this.store = store;
    this.listener = listener;
  }

  /**
   * Creates a bundle with the images of a plan. The root manifest is written last: a bundle that
   * can be opened is complete.
   *
   * @param plan the images, and the chart that they are for
   * @param options how images are copied
   * @return the bundle; without one, the problems of the images that could not be copied
   * @throws BundleException before anything is written, when there is not enough room
   * @throws ai.kubernaut.airgap.chart.ChartChangedException when the chart or one of its files is
   *     not the one that was planned
   * @throws ai.kubernaut.airgap.registry.RegistryException before anything is copied, when a
   *     registry cannot be used at all; later, when the store cannot be written
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted or the run
   *     is cancelled
   */
  public BundleReport create(MirrorPlan plan, BundleOptions options) {
    plan.checkChart();
    Progress progress = Progress.of(ProgressEvent.Step.BUNDLE, listener);
    return progress.during(
        0,
        "Creating a bundle of " + plan.entries().size() + " images",
        () -> create(plan, options, progress),
        BundleReport::isOk,
        BundleReport::summary);
  }

  private BundleReport create(MirrorPlan plan, BundleOptions options, Progress progress) {
    RegistryClient images =
        options.base().<RegistryClient>map(base -> new DeltaStore(store, base)).orElse(store);
    checkRoom(plan, options, images, progress);
    MirrorReport packed = new MirrorEngine(source, images, options.mirror(), progress).pack(plan);
    if (!packed.isOk()) {
      return BundleReport.builder().images(packed).build();
    }
    BundleWriter writer = new BundleWriter(images, store, options);
    packed.images().forEach(writer::add);
    writer.finish(withDigests(packed));
    return BundleReport.builder().images(packed).bundle(Bundle.open(store, options.name())).build();
  }

  /** Compares the room in the store with what is going to be written. */
  private void checkRoom(
      MirrorPlan plan, BundleOptions options, RegistryClient images, Progress progress) {
    if (options.room().isEmpty()) {
      return;
    }
    long needed;
    try {
      needed =
          new PlanForecaster(RetryingClient.of(source, options.mirror().retry(), progress), images)
              .forecast(plan)
              .bytesToSend();
    } catch (RegistryException | InvalidManifestException e) {
      // Copying reports each image that cannot be read.
      return;
    }
    progress.tell(String.format(Locale.ROOT, "%.1f MB are to be written", needed / 1e6));
    if (needed > options.room().getAsLong()) {
      throw new BundleException(
          "the bundle is not begun",
          Problem.of(
              ProblemCode.BUNDLE_NO_ROOM,
              new Subject(Subject.Kind.BUNDLE, options.name().toString()),
              Map.of(
                  "needed",
                  String.valueOf(needed),
                  "room",
                  String.valueOf(options.room().getAsLong()))));
    }
  }

  /** The plan with every digest, so that it can be loaded without its sources. */
  private static MirrorPlan withDigests(MirrorReport packed) {
    List<MirrorEntry> entries = new ArrayList<>();
    for (int i = 0; i < packed.images().size(); i++) {
      entries.add(
          MirrorEntry.builder()
              .from(packed.plan().entries().get(i))
              .digest(packed.images().get(i).sourceDigest())
              .build());
    }
    return MirrorPlan.builder(packed.plan().target()).from(packed.plan()).entries(entries).build();
  }
}
