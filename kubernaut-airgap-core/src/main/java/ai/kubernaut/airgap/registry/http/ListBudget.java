package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.registry.RegistryException.Reason;

/**
 * How much one list may bring over all its pages: a registry chooses the number of pages, and would
 * otherwise choose how much memory they take.
 */
final class ListBudget {
  /** What a page counts at least, so that their number is limited too. */
  private static final int PAGE_BYTES = 4096;

  /** What one entry takes in memory at least. */
  private static final int ENTRY_BYTES = 64;

  private final Call call;
  private final Failures failures;
  private final long limit;
  private long used;

  ListBudget(Call call, Failures failures, long limit) {
    this.call = call;
    this.failures = failures;
    this.limit = limit;
  }

  /** The most bytes that the next page may have. */
  int left() {
    return (int) Math.min(limit - used, Integer.MAX_VALUE - 1);
  }

  /** Counts a page. */
  void addPage(int bytes) {
    add(Math.max(PAGE_BYTES, bytes));
  }

  /** Counts what is kept beside the pages. */
  void add(long bytes) {
    used += bytes;
    if (used > limit) {
      throw failures.of(
          call,
          Reason.TOO_LARGE,
          call.endpoint().describe()
              + " has more than "
              + limit
              + " bytes of them; if that is right, allow more with maxListBytes(…)");
    }
  }

  /** Counts what the entries of a page take beyond its bytes. */
  void addEntries(int entries, long bytes) {
    add(Math.max(0, (long) entries * ENTRY_BYTES - bytes));
  }
}
