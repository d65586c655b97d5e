package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.retry.RetryingClient;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One image on its way: what it consists of, and what has become of it so far. Thread-safe. */
final class ImageCopy {
  private final Sides sides;
  private final CopyJob job;
  private final Digest sourceDigest;
  private final ImageContent content;
  private final List<Attachment> attachments;
  private final IndexFallback fallback;
  private final ManifestBudget budget;
  private @Nullable RuntimeException failure;
  private int sent;
  private int sentAgain;
  private int mounted;
  private int present;
  private long bytesSent;
  private long bytesResumed;

  ImageCopy(
      Sides sides,
      CopyJob job,
      Digest sourceDigest,
      ImageContent content,
      List<Attachment> attachments,
      IndexFallback fallback,
      ManifestBudget budget) {
    this.budget = budget;
    this.fallback = fallback;
    this.attachments = attachments;
    this.sides = sides;
    this.job = job;
    this.sourceDigest = sourceDigest;
    this.content = content;
  }

  RetryingClient source() {
    return sides.source();
  }

  RetryingClient target() {
    return sides.target();
  }

  /** Every blob that the image and its attachments need, once. */
  Collection<Descriptor> blobs() {
    Map<Digest, Descriptor> blobs = new LinkedHashMap<>();
    content.blobs().forEach(blob -> blobs.put(blob.digest(), blob));
    for (Attachment attachment : attachments) {
      attachment.content().blobs().forEach(blob -> blobs.putIfAbsent(blob.digest(), blob));
    }
    return blobs.values();
  }

  Repository from() {
    return job.source().repository();
  }

  Repository to() {
    return job.target().repository();
  }

  /** Content of a blob went to the mirror, whatever became of it there. */
  synchronized void bytesSent(long count) {
    bytesSent += count;
  }

  /** The mirror holds the beginning of a blob, which an earlier run has sent. */
  synchronized void bytesResumed(long count) {
    bytesResumed += count;
  }

  synchronized void sent() {
    sent++;
  }

  synchronized void sentAgain() {
    sentAgain++;
    sent++;
  }

  synchronized void mounted() {
    mounted++;
  }

  synchronized void present() {
    present++;
  }

  /** The image will not be complete; the first reason is the one to report. */
  synchronized void failed(RuntimeException reason) {
    if (failure == null) {
      failure = reason;
    }
  }

  synchronized boolean hasFailed() {
    return failure != null;
  }

  /** Once all its blobs are there: its manifests, the tag last, so that no tag is ever torn. */
  MirroredImage finish() {
    synchronized (this) {
      if (failure != null) {
        throw failure;
      }
    }
    writeChildren(content);
    List<ImageRef> unlisted = writeAttachments();
    ImageRef target = job.target();
    // A target that is named by digest alone is stored by it; a tagged one is complete the moment
    // its tag appears.
    Digest written =
        fallback.write(
            target(), target.tag().isPresent() ? target.withoutDigest() : target, content);
    return counted()
        .outcome(MirroredImage.Outcome.COPIED)
        .digest(written)
        .isIndexSparse(content.isSparse() && written.equals(content.digest()))
        .sourceDigest(sourceDigest)
        .addAllAttachments(attachments.stream().map(one -> one.in(to())).toList())
        .addAllUnlistedAttachments(unlisted)
        .build();
  }

  /** What has been transferred for the image so far, also when it fails in the end. */
  synchronized MirroredImage.Builder counted() {
    return MirroredImage.builder()
        .entry(job.entry())
        .blobsSent(sent)
        .blobsSentAgain(sentAgain)
        .blobsMounted(mounted)
        .blobsPresent(present)
        .bytesSent(bytesSent)
        .bytesResumed(bytesResumed);
  }

  private void writeChildren(ImageContent whole) {
    whole
        .children()
        .forEach((child, manifest) -> target().writeManifest(to().digest(child), manifest));
  }

  /**
   * Writes the attachments before the image's tag: whoever checks signatures finds them as soon as
   * there is an image.
   *
   * @return the attachments that no list of referrers names
   */
  private List<ImageRef> writeAttachments() {
    Map<Digest, List<Manifest>> referrers = new LinkedHashMap<>();
    for (Attachment attachment : attachments) {
      writeChildren(attachment.content());
      target().writeManifest(attachment.in(to()), attachment.content().root());
      if (attachment.tag().isEmpty()) {
        referrers
            .computeIfAbsent(attachment.subject(), any -> new ArrayList<>())
            .add(attachment.content().root());
      }
    }
    FallbackTag fallbackTag = new FallbackTag(target(), to(), budget);
    List<ImageRef> unlisted = new ArrayList<>();
    referrers.forEach(
        (subject, manifests) -> {
          if (!fallbackTag.list(subject, manifests)) {
            manifests.forEach(manifest -> unlisted.add(to().digest(manifest.digest())));
          }
        });
    return unlisted;
  }
}
