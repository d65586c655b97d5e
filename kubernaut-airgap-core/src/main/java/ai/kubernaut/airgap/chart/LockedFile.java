package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.Digest;
import java.nio.file.Path;
import org.immutables.value.Value;

/** A file that a plan was made with, and its content. Immutable. */
@Value.Immutable
public interface LockedFile {
  /** {@return the path of the file, or of the chart's directory} */
  @Value.Parameter
  Path path();

  /** {@return the SHA-256 digest of the content; for a directory see {@link ChartLock#digestOf}} */
  @Value.Parameter
  Digest digest();

  /**
   * Creates a locked file.
   *
   * @param path its path
   * @param digest the digest of its content
   * @return both
   */
  static LockedFile of(Path path, Digest digest) {
    return ImmutableLockedFile.of(path, digest);
  }
}
