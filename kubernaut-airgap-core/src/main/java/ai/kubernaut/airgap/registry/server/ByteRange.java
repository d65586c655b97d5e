package ai.kubernaut.airgap.registry.server;

import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a blob that a {@code Range} header asks for.
 *
 * @param first the offset of its first byte
 * @param last the offset of its last byte
 */
record ByteRange(long first, long last) {
  private static final String UNIT = "bytes=";
  private static final Pattern RANGE = Pattern.compile("(\\d{0,18})-(\\d{0,18})");

  long length() {
    return last - first + 1;
  }

  /**
   * Reads a header.
   *
   * @return empty if the whole blob has to be sent: other units and several ranges are ignored
   * @throws ApiError with 416 if the range is malformed or outside of the blob
   */
  static Optional<ByteRange> parse(String header, long size) {
    if (!header.startsWith(UNIT) || header.indexOf(',') >= 0) {
      return Optional.empty();
    }
    Matcher range = RANGE.matcher(header.substring(UNIT.length()).trim());
    if (!range.matches() || range.group().equals("-")) {
      throw unsatisfiable(header, size);
    }
    long first;
    long last = size - 1;
    if (range.group(1).isEmpty()) {
      long length = Long.parseLong(range.group(2));
      first = length == 0 ? size : Math.max(0, size - length);
    } else {
      first = Long.parseLong(range.group(1));
      if (!range.group(2).isEmpty()) {
        long end = Long.parseLong(range.group(2));
        if (end < first) {
          throw unsatisfiable(header, size);
        }
        last = Math.min(last, end);
      }
    }
    if (first >= size) {
      throw unsatisfiable(header, size);
    }
    return Optional.of(new ByteRange(first, last));
  }

  private static ApiError unsatisfiable(String header, long size) {
    return new ApiError(
        416,
        ErrorCode.SIZE_INVALID,
        "the range '" + header + "' is malformed or outside of the blob's " + size + " bytes",
        Map.of("Content-Range", "bytes */" + size));
  }
}
