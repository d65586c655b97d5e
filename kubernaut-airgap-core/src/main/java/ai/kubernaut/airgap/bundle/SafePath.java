package ai.kubernaut.airgap.bundle;

import java.util.regex.Pattern;

/** Paths that others wrote. */
final class SafePath {
  private static final int MAX_LENGTH = 1024;
  private static final int MAX_NAME = 255;

  /** No control characters, no backslashes, and no colons, which some systems treat as special. */
  private static final Pattern NAME = Pattern.compile("[^\\p{Cntrl}/\\\\:]+");

  private SafePath() {}

  /** Whether a path is relative and stays where it is resolved. */
  static boolean isSafe(String path) {
    if (path.isEmpty() || path.length() > MAX_LENGTH) {
      return false;
    }
    for (String name : path.split("/", -1)) {
      if (name.equals(".")
          || name.equals("..")
          || name.length() > MAX_NAME
          || !NAME.matcher(name).matches()) {
        return false;
      }
    }
    return true;
  }
}
