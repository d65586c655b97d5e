package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.mirror.MirrorEngine;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  /**
   * Calculates the size of a bundle. Reads the manifests of the images and their attachments;
   * nothing is written, and no blob is read.
   *
   * @param plan the images, and the chart that they are for
   * @param options as for {@link #create}
   * @return the size; {@link BundleForecast#orElseThrow()} throws an exception when there is not
   *     enough room
   * @throws BundleException when the manifests of an image cannot be read, with a problem for each
   * @throws ai.kubernaut.airgap.chart.ChartChangedException when the chart or one of its files is
   *     not the one that was planned
   * @throws ai.kubernaut.airgap.registry.RegistryException when a registry cannot be used at all
   * @throws ai.kubernaut.airgap.common.CancelledException when the thread is interrupted or the run
   *     is cancelled
   */
  public BundleForecast forecast(MirrorPlan plan, BundleOptions options) {
    plan.checkChart();
    ForecastStore sizes = new ForecastStore(store);
    MirrorOptions mirror =
        MirrorOptions.builder().from(options.mirror()).journal(Optional.empty()).build();
    MirrorReport packed = write(plan, options, mirror, sizes, event -> {});
    if (!packed.isOk()) {
      throw new BundleException("the size of the bundle is not known", packed.problems());
    }
    return BundleForecast.builder()
        .name(options.name())
        .images(plan.entries().size())
        .directoryBytes(sizes.directoryBytes())
        .archiveBytes(sizes.archiveBytes())
        .bytesToWrite(sizes.bytesToWrite())
        .room(options.room())
        .build();
  }

  private BundleReport create(MirrorPlan plan, BundleOptions options, Progress progress) {
    BundleReport.Builder report =
        BundleReport.builder().addFacts(checkRoom(plan, options, progress));
    MirrorReport packed = write(plan, options, options.mirror(), store, progress);
    if (packed.isOk()) {
      report.bundle(Bundle.open(store, options.name()));
    }
    return report.images(packed).build();
  }

  /** Writes the images, and the bundle if all of them could be copied. */
  private MirrorReport write(
      MirrorPlan plan,
      BundleOptions options,
      MirrorOptions mirror,
      RegistryClient to,
      Consumer<ProgressEvent> events) {
    boolean sparse =
        !plan.platforms().isAll()
            && options.mirror().indexForm() != MirrorOptions.IndexForm.REWRITTEN;
    RegistryClient images =
        sparse || options.base().isPresent()
            ? new DeltaStore(to, options.base().map(Inventory::blobs).orElse(Map.of()))
            : to;
    MirrorReport packed = new MirrorEngine(source, images, mirror, events).pack(plan);
    if (packed.isOk()) {
      BundleWriter writer = new BundleWriter(images, to, options);
      packed.images().forEach(writer::add);
      writer.finish(withDigests(packed));
    }
    return packed;
  }

  /** Compares the room in the store with what is going to be written. */
  private Fact checkRoom(MirrorPlan plan, BundleOptions options, Progress progress) {
    Subject subject = new Subject(Subject.Kind.BUNDLE, options.name().toString());
    if (options.room().isEmpty()) {
      return Fact.of(FactCode.BUNDLE_ROOM_UNKNOWN, subject);
    }
    BundleForecast forecast;
    try {
      forecast = forecast(plan, options);
    } catch (BundleException e) {
      // Copying reports each image that cannot be read.
      return Fact.of(FactCode.BUNDLE_SIZE_UNKNOWN, subject);
    }
    progress.tell(forecast.summary());
    forecast.orElseThrow();
    return Fact.of(
        FactCode.BUNDLE_ROOM_CHECKED,
        subject,
        Map.of(
            "needed",
            String.valueOf(forecast.bytesToWrite()),
            "room",
            String.valueOf(options.room().getAsLong())));
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
