package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.preflight.Capability;
import ai.kubernaut.airgap.progress.ProgressEvent.BlobFinished.Way;
import ai.kubernaut.airgap.registry.Descriptor;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * One blob and all images of the run that need it. It is sent to one repository of the mirror and
 * mounted into the others, by one thread, so that it is sent once; and as no repository gets it
 * twice, registries whose mounts are not atomic cannot lose it. Thread-safe.
 */
final class BlobCopy {
  private final Descriptor blob;
  private final TransferMeter.OfBlob meter;
  private final Journal journal;
  private final MirrorOptions options;
  private final BooleanSupplier stopping;
  private final List<ImageCopy> images = new ArrayList<>();
  private final Set<Repository> homes = new HashSet<>();
  private Optional<Repository> home = Optional.empty();

  BlobCopy(
      Descriptor blob,
      TransferMeter meter,
      Journal journal,
      MirrorOptions options,
      BooleanSupplier stopping) {
    this.options = options;
    this.stopping = stopping;
    this.blob = blob;
    this.meter = meter.of(blob);
    this.journal = journal;
  }

  Descriptor blob() {
    return blob;
  }

  /** Adds an image that needs the blob. */
  synchronized void neededBy(ImageCopy image) {
    images.add(image);
  }

  /** Adds a repository of the mirror that has the blob, because an image is complete there. */
  synchronized void heldBy(Repository repository) {
    homes.add(repository);
    if (home.isEmpty()) {
      home = Optional.of(repository);
    }
  }

  /** Copies the blob to every repository that needs it. Where that fails, the image has failed. */
  synchronized void copy() {
    for (ImageCopy image : images) {
      // The rest of a failed image is not needed.
      if (!image.hasFailed()) {
        try {
          copyTo(image);
          // The process may have been killed before the journal recorded the end of the upload.
          journal.ended(image.to(), blob.digest());
          homes.add(image.to());
          home = home.or(() -> Optional.of(image.to()));
        } catch (ListenerException e) {
          throw e;
        } catch (RuntimeException e) {
          image.failed(e);
        }
      }
    }
  }

  private void copyTo(ImageCopy image) {
    Way way = send(image);
    meter.finished(image.to(), way);
  }

  /** Returns the size of chunks: that of any blob where the mirror has no chunked uploads. */
  private int chunk() {
    return options.isKnownUnsupported(Capability.CHUNKED_UPLOADS)
        ? Integer.MAX_VALUE
        : BlobSender.CHUNK;
  }

  private Way send(ImageCopy image) {
    Repository to = image.to();
    if (homes.contains(to)) {
      image.present();
      return Way.PRESENT;
    }
    // Only while images are packed are there several registries on the target side.
    if (home.filter(other -> other.registry().equals(to.registry())).isPresent()
        && !options.isKnownUnsupported(Capability.MOUNT)
        && image.target().mountBlob(to, blob.digest(), home.orElseThrow())) {
      // A registry that mounts also accepts what is there already, so it is not asked first.
      image.mounted();
      return Way.MOUNTED;
    }
    if (image.target().findBlob(to, blob.digest()).equals(OptionalLong.of(blob.size()))) {
      image.present();
      return Way.PRESENT;
    }
    if (home.isPresent()) {
      meter.again();
    }
    new BlobSender(image, blob, meter, journal, chunk(), stopping).send();
    if (home.isPresent()) {
      image.sentAgain();
    } else {
      image.sent();
    }
    return Way.SENT;
  }
}
