package ai.kubernaut.airgap.registry.http;

import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads {@code Retry-After}: seconds, or a date. */
final class RetryAfter {
  private RetryAfter() {}

  /** How long to wait from now on; null when the answer does not say, or says nonsense. */
  static @Nullable Duration of(HttpResponse answer) {
    return parse(answer.header("Retry-After"), answer.header("Date"));
  }

  static @Nullable Duration parse(Optional<String> value, Optional<String> date) {
    if (value.isEmpty()) {
      return null;
    }
    String text = value.get();
    if (text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      // Longer numbers than any clock needs mean for ever.
      return Duration.ofSeconds(text.length() > 9 ? 999_999_999 : Long.parseLong(text));
    }
    Instant until = instant(text);
    if (until == null) {
      return null;
    }
    // By the registry's own clock, which may be another than ours.
    Instant now = date.map(RetryAfter::instant).orElse(null);
    Duration wait = Duration.between(now == null ? Instant.now() : now, until);
    return wait.isNegative() ? Duration.ZERO : wait;
  }

  private static @Nullable Instant instant(String date) {
    try {
      return Instant.from(DateTimeFormatter.RFC_1123_DATE_TIME.parse(date));
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
