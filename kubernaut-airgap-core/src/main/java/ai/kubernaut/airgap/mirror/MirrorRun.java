package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.mirror.MirrorOptions.IndexForm;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * One run of one plan, in three phases: find out which images the mirror lacks and read their
 * manifests; send each blob once, the largest first; write the manifests of an image as soon as its
 * last blob is there.
 */
final class MirrorRun {
  private final long begin = System.nanoTime();
  private final Sides sides;
  private final ManifestBudget manifests;
  private final Progress progress;
  private final TransferMeter meter;
  private final Journal journal;
  private final MirrorPlan plan;
  private final List<CopyJob> jobs;
  private final MirrorOptions options;
  private final IndexFallback fallback;
  private final ContentCheck check;
  private final Workers images;
  private final Workers blobs;
  private final Map<CopyJob, ImageCopy> copies = new ConcurrentHashMap<>();
  private final Map<CopyJob, MirroredImage> ended = new ConcurrentHashMap<>();

  MirrorRun(
      MirrorPlan plan,
      Function<MirrorPlan, List<CopyJob>> jobs,
      MirrorOptions options,
      Sides sides,
      Progress progress,
      TransferMeter meter,
      Journal journal,
      Workers images,
      Workers blobs) {
    this.plan = withoutRefusedIndexes(plan, options);
    this.jobs = jobs.apply(this.plan);
    this.options = options;
    this.check = new ContentCheck(options.presence());
    this.fallback = IndexFallback.of(options);
    this.sides = sides;
    this.manifests =
        ManifestBudget.of(options.manifestBytesPerImage(), options.manifestBytesPerRun());
    this.progress = progress;
    this.meter = meter;
    this.journal = journal;
    this.images = images;
    this.blobs = blobs;
  }

  private static MirrorPlan withoutRefusedIndexes(MirrorPlan plan, MirrorOptions options) {
    return options
        .platformWhereIndexRefused()
        .filter(platform -> options.isKnownUnsupported(Capability.INDEX))
        .map(
            platform ->
                MirrorPlan.builder(plan.target())
                    .from(plan)
                    .platforms(Platforms.withoutIndex(platform))
                    .build())
        .orElse(plan);
  }

  MirrorReport mirror() throws InterruptedException {
    List<Found> found =
        images.await(jobs.stream().map(job -> images.submit(() -> find(job))).toList());
    Map<Digest, BlobCopy> blobCopies = blobs(found);
    if (!blobCopies.isEmpty()) {
      learnHomes(found, blobCopies);
    }
    announce(found, blobCopies);
    Map<Digest, CompletableFuture<?>> sent = new HashMap<>();
    blobCopies.values().stream()
        .sorted(Comparator.comparingLong((BlobCopy copy) -> copy.blob().size()).reversed())
        .forEach(copy -> sent.put(copy.blob().digest(), blobs.run(copy::copy)));
    List<CompletableFuture<MirroredImage>> results = new ArrayList<>();
    for (Found image : found) {
      CompletableFuture<?>[] needed =
          image.copy().stream()
              .flatMap(copy -> copy.blobs().stream())
              .map(blob -> sent.get(blob.digest()))
              .toArray(CompletableFuture<?>[]::new);
      results.add(images.submitAfter(CompletableFuture.allOf(needed), () -> finish(image)));
    }
    List<MirroredImage> mirrored = images.await(results);
    return MirrorReport.carriedOut(plan, mirrored);
  }

  /** Returns the report of a run that ended before it asked about any image. */
  static MirrorReport notBegun(MirrorPlan plan) {
    return MirrorReport.of(
        plan,
        plan.entries().stream().map(entry -> cancelled(entry, MirroredImage.builder())).toList());
  }

  /** Returns what became of each image, once the threads of a cancelled run have ended. */
  MirrorReport partialReport() {
    return MirrorReport.of(
        plan,
        jobs.stream()
            .map(
                job -> {
                  MirroredImage image = ended.get(job);
                  ImageCopy copy = copies.get(job);
                  return image != null
                      ? image
                      : cancelled(
                          job.entry(), copy == null ? MirroredImage.builder() : copy.counted());
                })
            .toList());
  }

  private static MirroredImage cancelled(MirrorEntry entry, MirroredImage.Builder image) {
    return image
        .entry(entry)
        .outcome(MirroredImage.Outcome.CANCELLED)
        .failure(
            Problem.of(ProblemCode.MIRRORING_CANCELLED, Subject.image(entry.source()), Map.of()))
        .build();
  }

  /** Finds out whether the mirror has one image, or it has to be copied, or it has failed. */
  private Found find(CopyJob job) {
    ManifestBudget budget = manifests.forImage();
    Found found = find(job, sides.forImage(), budget);
    if (found.copy().isEmpty()) {
      budget.release();
    }
    found.copy().ifPresent(copy -> copies.put(job, copy));
    found
        .ended()
        .filter(image -> image.outcome() == MirroredImage.Outcome.PRESENT)
        .ifPresent(image -> ended.put(job, image));
    return found;
  }

  private Found find(CopyJob job, Sides clients, ManifestBudget budget) {
    Duration start = sinceBegin();
    try {
      Digest source = job.sourceDigest().orElseGet(() -> resolve(clients.source(), job.source()));
      Optional<Digest> there = clients.target().findManifest(job.target()).map(Descriptor::digest);
      if (there.isPresent()
          && there.equals(job.expectedDigest(source))
          && check.isComplete(clients, job, there.get(), budget)) {
        return Found.ended(job, present(job, source, there.get()), start);
      }
      ImageContent content = read(clients, job, source, budget);
      if (there.isPresent()
          && (there.get().equals(content.digest())
              || (options.indexForm() == IndexForm.AUTO
                  && there.get().equals(content.rewritten().digest())))
          && check.isComplete(clients, job, there.get(), budget)) {
        boolean sparse = content.isSparse() && there.get().equals(content.digest());
        return Found.ended(
            job,
            MirroredImage.builder()
                .from(present(job, source, there.get()))
                .isIndexSparse(sparse)
                .build(),
            start);
      }
      List<Attachment> attached =
          AttachmentFinder.find(
              clients.source(), job.source().repository(), content, options.attachments(), budget);
      return new Found(
          job,
          Optional.of(new ImageCopy(clients, job, source, content, attached, fallback, budget)),
          Optional.empty(),
          start);
    } catch (ListenerException e) {
      throw e;
    } catch (RuntimeException e) {
      return Found.ended(job, failed(MirroredImage.builder().entry(job.entry()), job, e), start);
    }
  }

  private Duration sinceBegin() {
    return Duration.ofNanos(System.nanoTime() - begin);
  }

  /** Reads an image in the form in which it is going to be written. */
  private ImageContent read(Sides clients, CopyJob job, Digest source, ManifestBudget budget) {
    ImageRef image = job.source().withDigest(source);
    return options.indexForm() == IndexForm.REWRITTEN || job.platforms().isWithoutIndex()
        ? ImageContent.read(clients.source(), image, job.platforms(), budget).rewritten()
        : ImageContent.readSparse(clients.source(), image, job.platforms(), Set.of(), budget);
  }

  private static MirroredImage present(CopyJob job, Digest source, Digest there) {
    return MirroredImage.builder()
        .entry(job.entry())
        .outcome(MirroredImage.Outcome.PRESENT)
        .digest(there)
        .sourceDigest(source)
        .build();
  }

  private static Digest resolve(RegistryClient registries, ImageRef source) {
    return registries
        .findManifest(source)
        .orElseThrow(
            () ->
                new RegistryException(
                    Reason.NOT_FOUND, source.registry(), 404, "there is no such image", null))
        .digest();
  }

  private Map<Digest, BlobCopy> blobs(List<Found> found) {
    Map<Digest, BlobCopy> copies = new LinkedHashMap<>();
    for (Found image : found) {
      image
          .copy()
          .ifPresent(
              copy -> {
                for (Descriptor blob : copy.blobs()) {
                  copies
                      .computeIfAbsent(
                          blob.digest(),
                          any -> new BlobCopy(blob, meter, journal, options, blobs::isStopping))
                      .neededBy(copy);
                }
              });
    }
    return copies;
  }

  /**
   * Finds blobs of images that an earlier run has copied: they can be mounted. Not called in a run
   * that copies nothing.
   */
  private void learnHomes(List<Found> found, Map<Digest, BlobCopy> copies)
      throws InterruptedException {
    List<CompletableFuture<Void>> learnt = new ArrayList<>();
    for (Found image : found) {
      image
          .ended()
          .filter(ended -> ended.outcome() == MirroredImage.Outcome.PRESENT)
          .ifPresent(there -> learnt.add(images.run(() -> learnHome(there, copies))));
    }
    images.await(learnt);
  }

  private void learnHome(MirroredImage there, Map<Digest, BlobCopy> copies) {
    ImageRef target = there.entry().target();
    ManifestBudget budget = manifests.forImage();
    try {
      ImageContent.read(
              sides.forImage().target(),
              target.withDigest(there.digest().orElseThrow()),
              Platforms.all(),
              budget)
          .blobs()
          .forEach(
              blob -> {
                BlobCopy copy = copies.get(blob.digest());
                if (copy != null) {
                  copy.heldBy(target.repository());
                }
              });
    } catch (RuntimeException e) {
      // This only saves traffic: without it the blobs are sent.
      return;
    } finally {
      budget.release();
    }
  }

  private void announce(List<Found> found, Map<Digest, BlobCopy> copies) {
    meter.begin(
        (int) found.stream().filter(image -> image.copy().isPresent()).count(),
        copies.size(),
        copies.values().stream().mapToLong(copy -> copy.blob().size()).sum());
  }

  private MirroredImage finish(Found found) {
    MirroredImage image;
    try {
      image = found.copy().isPresent() ? found.copy().get().finish() : found.ended().orElseThrow();
    } catch (ListenerException e) {
      throw e;
    } catch (RuntimeException e) {
      image =
          failed(
              found
                  .copy()
                  .map(ImageCopy::counted)
                  .orElseGet(() -> MirroredImage.builder().entry(found.job().entry())),
              found.job(),
              e);
    }
    images.checkNotStopping();
    Duration end = sinceBegin();
    MirroredImage finished =
        MirroredImage.builder()
            .from(image)
            .startedAfter(found.startedAfter())
            .duration(end.minus(found.startedAfter()))
            .build();
    ended.put(found.job(), finished);
    progress.emit(run -> event(run, finished));
    return finished;
  }

  /** Returns the event of an image that has an outcome. */
  static ProgressEvent event(String run, MirroredImage image) {
    return new ProgressEvent.ImageFinished(
        run,
        image.entry().source(),
        image.entry().target(),
        image.describe(),
        image.bytesSent(),
        image.failure());
  }

  /** Reports the image as failed, also for exceptions that no client should throw. */
  private static MirroredImage failed(
      MirroredImage.Builder image, CopyJob job, RuntimeException e) {
    return image
        .outcome(MirroredImage.Outcome.FAILED)
        .failure(
            e instanceof IndexRefusedException refused
                ? ImageProblems.of(refused.code(), job.source(), refused.refusal())
                : ImageProblems.of(job.source(), e))
        .build();
  }

  /** What the first phase found out about one image: either what to copy, or how it ended. */
  private record Found(
      CopyJob job, Optional<ImageCopy> copy, Optional<MirroredImage> ended, Duration startedAfter) {
    static Found ended(CopyJob job, MirroredImage image, Duration startedAfter) {
      return new Found(job, Optional.empty(), Optional.of(image), startedAfter);
    }
  }
}
