package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import org.immutables.value.Value;

/**
 * The size of a bundle before anything of it is written, calculated from the manifests of its
 * images, its plan and its chart. Immutable.
 */
@Value.Immutable
public interface BundleForecast extends Outcome<BundleForecast> {
  /** {@return the name of the bundle} */
  ImageRef name();

  /** {@return how many images it has} */
  int images();

  /** {@return the size of its files as an image layout, in bytes} */
  long directoryBytes();

  /** {@return the size of all parts of it as an archive, in bytes} */
  long archiveBytes();

  /**
   * Returns how much room is needed for what the store does not have yet. Files count with what
   * their last block on the disk leaves free.
   *
   * @return bytes, enough for an image layout and for an archive
   */
  long bytesToWrite();

  /** {@return how much room the store has, in bytes; empty when that is not known} */
  OptionalLong room();

  /**
   * Returns the number of parts of an archive.
   *
   * @param partSize the size of each part but the last in bytes
   * @return 1 or more
   * @throws IllegalArgumentException when the size is zero or less
   */
  default long parts(long partSize) {
    if (partSize <= 0) {
      throw new IllegalArgumentException("partSize is " + partSize + "; it must be more than zero");
    }
    return (archiveBytes() + partSize - 1) / partSize;
  }

  /** {@return a problem when there is not enough room} */
  @Override
  default List<Problem> problems() {
    return room().isEmpty() || bytesToWrite() <= room().getAsLong()
        ? List.of()
        : List.of(
            Problem.of(
                ProblemCode.BUNDLE_NO_ROOM,
                new Subject(Subject.Kind.BUNDLE, name().toString()),
                Map.of(
                    "needed",
                    String.valueOf(bytesToWrite()),
                    "room",
                    String.valueOf(room().getAsLong()))));
  }

  /**
   * Returns this forecast if there is enough room, or the room is not known.
   *
   * @return this
   * @throws BundleException when there is not enough room
   */
  @Override
  default BundleForecast orElseThrow() {
    if (!isOk()) {
      throw new BundleException("the bundle is not begun", problems());
    }
    return this;
  }

  /**
   * Describes the bundle as an image layout.
   *
   * @return for example {@code 15 images, 1.3 GB, of which 0.4 GB are to be written}
   */
  default String summary() {
    return String.format(
        Locale.ROOT,
        "%d images, %s, of which %s are to be written",
        images(),
        gigabytes(directoryBytes()),
        gigabytes(bytesToWrite()));
  }

  /**
   * Describes the bundle as an archive in parts.
   *
   * @param partSize the size of each part but the last in bytes
   * @return for example {@code 15 images, 1.3 GB in 2 parts, of which 0.4 GB are to be written}
   */
  default String summary(long partSize) {
    return String.format(
        Locale.ROOT,
        "%d images, %s in %d parts, of which %s are to be written",
        images(),
        gigabytes(archiveBytes()),
        parts(partSize),
        gigabytes(bytesToWrite()));
  }

  private static String gigabytes(long bytes) {
    return bytes < 100_000_000
        ? String.format(Locale.ROOT, "%.1f MB", bytes / 1e6)
        : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link BundleForecast}. Not thread-safe. */
  final class Builder extends ImmutableBundleForecast.Builder {
    Builder() {}
  }
}
