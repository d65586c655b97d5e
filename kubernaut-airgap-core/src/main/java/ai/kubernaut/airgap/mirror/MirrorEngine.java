package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.time.Duration;
import java.util.TreeSet;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Copies the images of a plan from their registries to the mirror (the guide, step 2b): every
 * platform, every manifest as its exact bytes, each blob at most once. What fails in a way that may
 * pass is tried again ({@link RetryPolicy}), and what broke off goes on where it broke.
 * Thread-safe; each run has its own threads, and they are gone when it returns.
 */
public final class MirrorEngine {
  /** How long pieces on their way may take when a run is stopped. */
  private static final Duration PIECE_GRACE = Duration.ofMillis(800);

  private final RegistryClient registries;
  private final MirrorOptions options;
  private final Consumer<ProgressEvent> listener;
  private final Sleeper sleeper;

  /**
   * Creates an engine.
   *
   * @param registries carries the content; stays open
   * @param options limits
   * @param progress told what happens, one event at a time
   */
  public MirrorEngine(
      RegistryClient registries, MirrorOptions options, Consumer<ProgressEvent> progress) {
    this(registries, options, progress, Sleeper.real());
  }

  MirrorEngine(
      RegistryClient registries,
      MirrorOptions options,
      Consumer<ProgressEvent> progress,
      Sleeper sleeper) {
    this.sleeper = sleeper;
    this.options = options;
    this.registries = registries;
    this.listener = progress;
  }

  /**
   * Brings every image of a plan into the mirror. An image that fails is reported, and the others
   * are finished.
   *
   * @param plan what to mirror
   * @return what became of each image
   * @throws RegistryException before anything is sent, when the mirror, or a registry that images
   *     come from, cannot be used at all
   * @throws AirgapException when the thread is interrupted or the run is cancelled, and what is in
   *     the mirror by then stays, so that a later run goes on from there; or when the journal
   *     cannot be opened
   */
  public MirrorReport mirror(MirrorPlan plan) {
    Progress progress = progress();
    return progress.during(
        plan.entries().size(),
        "Mirroring " + plan.entries().size() + " images to " + plan.target().address(),
        () -> mirror(plan, new Clients(progress)),
        MirrorReport::isComplete,
        MirrorReport::summary);
  }

  private MirrorReport mirror(MirrorPlan plan, Clients clients) {
    checkRegistries(plan, clients.get());
    try (Journal journal = options.journal().map(Journal::open).orElseGet(Journal::none)) {
      return inThreads(
          (images, blobs) ->
              new MirrorRun(
                      plan,
                      options,
                      clients::get,
                      clients.progress,
                      new TransferMeter(clients.progress, sleeper::nanoTime),
                      journal,
                      images,
                      blobs)
                  .mirror());
    }
  }

  /** The progress of a new run, which tells one event at a time. */
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

  /** Makes the clients of one run, each with retries of its own. */
  private final class Clients {
    private final Progress progress;
    private final Contacts contacts = new Contacts();
    private final RegistryClient limited;

    Clients(Progress progress) {
      this.progress = progress;
      this.limited =
          options.limits().isEmpty()
              ? registries
              : new ThrottledClient(registries, options.limits(), sleeper, progress);
    }

    /** Returns a client for one image. */
    RetryingClient get() {
      return new RetryingClient(limited, new Retries(options.retry(), sleeper, progress, contacts));
    }
  }

  /**
   * Checks that every image of a plan is in the mirror. Read-only.
   *
   * @param plan what should be there
   * @param depth how much of each image is checked
   * @return PRESENT for each image that is there with the plan's digest (any digest where the plan
   *     has none), FAILED for the others
   * @throws RegistryException when the mirror cannot be used at all
   * @throws AirgapException when the thread is interrupted or the run is cancelled
   */
  public MirrorReport check(MirrorPlan plan, CheckDepth depth) {
    Clients clients = new Clients(progress());
    clients.get().ping(plan.target().registry());
    ContentCheck content = new ContentCheck(depth);
    return inThreads(
        (images, blobs) ->
            MirrorReport.of(
                plan,
                images.await(
                    plan.entries().stream()
                        .map(entry -> images.submit(() -> check(plan, entry, content, clients)))
                        .toList())));
  }

  private MirroredImage check(
      MirrorPlan plan, MirrorEntry entry, ContentCheck content, Clients clients) {
    MirroredImage image =
        new MirrorCheck(clients.get(), plan, entry)
            .look(
                content,
                ManifestBudget.of(options.manifestBytesPerImage(), options.manifestBytesPerRun()));
    clients.progress.emit(
        run ->
            new ProgressEvent.ImageFinished(run, entry.source(), entry.target(), image.describe()));
    return image;
  }

  private static void checkRegistries(MirrorPlan plan, RegistryClient client) {
    client.ping(plan.target().registry());
    TreeSet<String> sources = new TreeSet<>();
    plan.entries().forEach(entry -> sources.add(entry.source().registry()));
    for (String source : sources) {
      try {
        client.ping(source);
      } catch (RegistryException e) {
        // Some registries let nobody in without naming a repository; whether an image may be read
        // is seen at the image.
        if (e.reason() != RegistryException.Reason.FORBIDDEN
            && e.reason() != RegistryException.Reason.UNAUTHORIZED) {
          throw e;
        }
      }
    }
  }

  /** Work that needs this run's threads; they are gone when it returns. */
  private interface Work {
    MirrorReport with(Workers images, Workers blobs) throws InterruptedException;
  }

  private MirrorReport inThreads(Work work) {
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
    // With a journal, a piece that has arrived whole need not be sent again.
    Duration grace = options.journal().isPresent() ? PIECE_GRACE : Duration.ZERO;
    try (Workers images = new Workers("image", options.imagesAtOnce(), cancelled, Duration.ZERO);
        Workers blobs = new Workers("blob", options.blobsAtOnce(), cancelled, grace)) {
      return work.with(images, blobs);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw stopped("interrupted", e);
    } catch (CancellationException e) {
      throw stopped("cancelled", e);
    } finally {
      // A token that outlives the run keeps nothing of it.
      ended.complete(null);
    }
  }

  private static AirgapException stopped(String how, Exception cause) {
    return new AirgapException(
        "mirroring was " + how + "; mirror the same plan again, what is there is not sent twice",
        cause);
  }
}
