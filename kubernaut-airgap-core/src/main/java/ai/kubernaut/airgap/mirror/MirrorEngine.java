package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.retry.Sleeper;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Copies the images of a plan from one client, the source, to another, the target (the guide, step
 * 2b): every platform, every manifest as its exact bytes, each blob at most once. Either side may
 * be a registry, an image layout or a host's own adapter; image names may be the same on both.
 * Transient failures are retried ({@link ai.kubernaut.airgap.registry.retry.RetryPolicy}), and
 * broken transfers are resumed. Thread-safe; each run has its own threads, which have ended when it
 * returns.
 */
public final class MirrorEngine {
  /** How long chunks that are being sent may take when a run is stopped. */
  private static final Duration CHUNK_GRACE = Duration.ofMillis(800);

  private final RegistryClient source;
  private final RegistryClient target;
  private final MirrorOptions options;
  private final Consumer<ProgressEvent> listener;
  private final Sleeper sleeper;

  /**
   * Creates an engine with one client for sources and mirror.
   *
   * @param registries reads and writes the content; stays open
   * @param options limits
   * @param progress told what happens, one event at a time
   */
  public MirrorEngine(
      RegistryClient registries, MirrorOptions options, Consumer<ProgressEvent> progress) {
    this(registries, registries, options, progress);
  }

  /**
   * Creates an engine.
   *
   * @param source reads the images of a plan by their source names; stays open
   * @param target stores and checks the images by their target names; stays open
   * @param options limits
   * @param progress told what happens, one event at a time
   */
  public MirrorEngine(
      RegistryClient source,
      RegistryClient target,
      MirrorOptions options,
      Consumer<ProgressEvent> progress) {
    this(source, target, options, progress, Sleeper.real());
  }

  MirrorEngine(
      RegistryClient source,
      RegistryClient target,
      MirrorOptions options,
      Consumer<ProgressEvent> progress,
      Sleeper sleeper) {
    this.source = source;
    this.target = target;
    this.options = options;
    this.listener = progress;
    this.sleeper = sleeper;
  }

  /**
   * Copies every image of a plan to the mirror. An image that fails is reported, and the others are
   * copied.
   *
   * @param plan what to mirror
   * @return what became of each image
   * @throws RegistryException before anything is sent, when the mirror, or a registry that images
   *     come from, cannot be used at all
   * @throws MirrorCancelledException when the thread is interrupted or the run is cancelled; what
   *     is in the mirror by then stays, so that a later run continues from there
   * @throws AirgapException when the journal cannot be opened
   */
  public MirrorReport mirror(MirrorPlan plan) {
    return mirror("Mirroring", plan, CopyJob::of);
  }

  /**
   * Copies every image of a plan under its source name, to a target that lies between the sources
   * and the mirror, such as an image layout. {@link #unpack} copies them on to the mirror.
   *
   * @param plan what to copy
   * @return what became of each image
   * @throws RegistryException before anything is copied, when a registry that images come from
   *     cannot be used at all
   * @throws MirrorCancelledException when the thread is interrupted or the run is cancelled; a
   *     later run continues from there
   * @throws AirgapException when the journal cannot be opened
   */
  public MirrorReport pack(MirrorPlan plan) {
    return mirror("Packing", plan, CopyJob::packing);
  }

  /**
   * Copies every image of a plan to the mirror from where {@link #pack} has copied it to. The
   * mirror gets the images as they were packed: with the platforms that the plan had then.
   *
   * @param plan what to mirror, with the digests of what was packed
   * @return what became of each image
   * @throws RegistryException before anything is sent, when the mirror cannot be used at all
   * @throws MirrorCancelledException when the thread is interrupted or the run is cancelled; a
   *     later run continues from there
   * @throws AirgapException when the journal cannot be opened
   */
  public MirrorReport unpack(MirrorPlan plan) {
    return mirror(
        "Mirroring",
        MirrorPlan.builder(plan.target()).from(plan).platforms(Platforms.all()).build(),
        CopyJob::unpacking);
  }

  private MirrorReport mirror(
      String what, MirrorPlan plan, Function<MirrorPlan, List<CopyJob>> jobs) {
    Progress progress = progress();
    return progress.during(
        plan.entries().size(),
        what + " " + plan.entries().size() + " images for " + plan.target().address(),
        () -> mirror(plan, jobs, progress),
        MirrorReport::isOk,
        MirrorReport::summary);
  }

  private MirrorReport mirror(
      MirrorPlan plan, Function<MirrorPlan, List<CopyJob>> jobs, Progress progress) {
    Sides sides = Sides.of(source, target, options, sleeper, progress);
    AtomicReference<@Nullable MirrorRun> begun = new AtomicReference<>();
    try (Journal journal = Journal.of(options)) {
      try {
        return inThreads(
            "mirroring",
            (images, blobs) -> {
              checkRegistries(images, plan, sides);
              MirrorRun run =
                  new MirrorRun(
                      plan,
                      jobs,
                      options,
                      sides,
                      progress,
                      new TransferMeter(progress, sleeper::nanoTime),
                      journal,
                      images,
                      blobs);
              begun.set(run);
              return run.mirror();
            });
      } catch (CancelledException e) {
        // Here all threads of the run have ended.
        MirrorRun run = begun.get();
        throw new MirrorCancelledException(
            e.reason(),
            e.getMessage(),
            e,
            run == null ? MirrorRun.notBegun(plan) : run.partialReport(),
            journal.checkpoint());
      }
    }
  }

  /** Returns the progress of a new run, which reports one event at a time. */
  private Progress progress() {
    Progress run = Progress.of(ProgressEvent.Step.MIRROR, listener);
    Object lock = new Object();
    return run.withListener(
        event -> {
          synchronized (lock) {
            try {
              listener.accept(event);
            } catch (RuntimeException e) {
              throw new ListenerException(e);
            }
          }
        });
  }

  /**
   * Checks that every image of a plan is in the mirror. Read-only; only the target is asked.
   *
   * @param plan what should be there
   * @param depth how much of each image is checked
   * @return PRESENT for each image that is there with the plan's digest (any digest where the plan
   *     has none), FAILED for the others
   * @throws RegistryException when the mirror cannot be used at all
   * @throws CancelledException when the thread is interrupted or the run is cancelled
   */
  public MirrorReport check(MirrorPlan plan, CheckDepth depth) {
    Progress progress = progress();
    Sides sides = Sides.of(target, target, options, sleeper, progress);
    ContentCheck content = new ContentCheck(depth);
    return inThreads(
        "checking the mirror",
        (images, blobs) -> {
          images.await(List.of(images.run(() -> ping(sides.target(), plan))));
          return MirrorReport.of(
              plan,
              images.await(
                  CopyJob.of(plan).stream()
                      .map(job -> images.submit(() -> check(job, content, sides, progress, images)))
                      .toList()));
        });
  }

  private MirroredImage check(
      CopyJob job, ContentCheck content, Sides sides, Progress progress, Workers threads) {
    MirroredImage image =
        new MirrorCheck(sides.forImage().target(), job)
            .look(
                content,
                ManifestBudget.of(options.manifestBytesPerImage(), options.manifestBytesPerRun()));
    threads.checkNotStopping();
    progress.emit(run -> MirrorRun.event(run, image));
    return image;
  }

  /** Asks the mirror, and then the sources. Nothing else is asked when one cannot be used. */
  private static void checkRegistries(Workers threads, MirrorPlan plan, Sides sides)
      throws InterruptedException {
    threads.await(List.of(threads.run(() -> ping(sides.target(), plan))));
    TreeSet<String> registries = new TreeSet<>();
    plan.entries().forEach(entry -> registries.add(entry.source().registry()));
    for (String registry : registries) {
      threads.await(List.of(threads.run(() -> pingSource(sides.source(), registry))));
    }
  }

  private static void ping(RegistryClient target, MirrorPlan plan) {
    target.ping(plan.target().registry());
  }

  private static void pingSource(RegistryClient source, String registry) {
    try {
      source.ping(registry);
    } catch (RegistryException e) {
      // Some registries require a repository before they grant access; whether an image may be
      // read is seen when it is read.
      if (e.reason() != RegistryException.Reason.FORBIDDEN
          && e.reason() != RegistryException.Reason.UNAUTHORIZED) {
        throw e;
      }
    }
  }

  /** Work in the threads of a run. */
  private interface Work {
    MirrorReport with(Workers images, Workers blobs) throws InterruptedException;
  }

  private MirrorReport inThreads(String what, Work work) {
    CompletableFuture<Object> ended = new CompletableFuture<>();
    CompletableFuture<Object> cancelled =
        options
            .cancelledBy()
            .map(token -> CompletableFuture.anyOf(ended, token.toCompletableFuture()))
            .orElse(ended)
            .handle(
                (result, failure) -> {
                  throw new CancellationException();
                });
    // In a resumable run, a chunk that has arrived whole need not be sent again.
    Duration grace = options.resumable() ? CHUNK_GRACE : Duration.ZERO;
    try (Workers images = new Workers("image", options.imagesAtOnce(), cancelled, Duration.ZERO);
        Workers blobs = new Workers("blob", options.blobsAtOnce(), cancelled, grace)) {
      if (Thread.currentThread().isInterrupted()) {
        throw new InterruptedException();
      }
      if (cancelled.isDone()) {
        throw new CancellationException();
      }
      try {
        return work.with(images, blobs);
      } finally {
        // Before either interrupts its threads, so that nothing is reported as failed.
        images.stop();
        blobs.stop();
      }
    } catch (InterruptedException e) {
      throw CancelledException.interrupted(stopped(what, "interrupted"), e);
    } catch (CancellationException e) {
      throw new CancelledException(
          CancelledException.Reason.CANCELLED, stopped(what, "cancelled"), e);
    } finally {
      // A token that outlives the run keeps nothing of it.
      ended.complete(null);
    }
  }

  private static String stopped(String what, String how) {
    return what + " was " + how + "; run it again, content that is in the mirror is not sent again";
  }
}
