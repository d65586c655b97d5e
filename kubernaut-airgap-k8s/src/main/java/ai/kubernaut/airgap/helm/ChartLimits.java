package ai.kubernaut.airgap.helm;

import java.io.IOException;

/**
 * Counts what a chart holds, and refuses what no chart holds: its files come from elsewhere. Not
 * thread-safe.
 */
final class ChartLimits {
  private static final long MAX_BYTES = 256L << 20;
  private static final int MAX_ENTRIES = 20_000;
  private static final int MAX_HEADER_BYTES = 1 << 20;

  private final long maxBytes;
  private final int maxEntries;
  private final int maxHeaderBytes;
  private long bytes;
  private int entries;

  /**
   * Creates a counter.
   *
   * @param maxBytes of all files together
   * @param maxEntries files, and whatever else archives hold
   * @param maxHeaderBytes of what describes one entry of an archive
   */
  ChartLimits(long maxBytes, int maxEntries, int maxHeaderBytes) {
    this.maxBytes = maxBytes;
    this.maxEntries = maxEntries;
    this.maxHeaderBytes = maxHeaderBytes;
  }

  /** The limits of charts: 20,000 files of 256 MiB together, and 1 MiB of headers for each. */
  static ChartLimits ofCharts() {
    return new ChartLimits(MAX_BYTES, MAX_ENTRIES, MAX_HEADER_BYTES);
  }

  void countEntry() throws IOException {
    entries++;
    if (entries > maxEntries) {
      throw exceeded();
    }
  }

  void countBytes(long more) throws IOException {
    bytes += more;
    if (bytes > maxBytes || more > maxBytes) {
      throw exceeded();
    }
  }

  int maxHeaderBytes() {
    return maxHeaderBytes;
  }

  IOException exceeded() {
    return new IOException(
        "it holds more than "
            + maxEntries
            + " files or "
            + (maxBytes >> 20)
            + " MiB, which no chart does; is this the chart's own directory?");
  }
}
