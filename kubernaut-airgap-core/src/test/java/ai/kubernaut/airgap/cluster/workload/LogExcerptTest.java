package ai.kubernaut.airgap.cluster.workload;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Which lines of a log are shown, and what they are about. */
final class LogExcerptTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "E1127 18:41:07.113204       1 reflector.go:158] \"Unhandled Error\"|ERROR",
        "W1127 18:41:07.113204       1 reflector.go:158] failed to list|NOTICE",
        "I1127 18:41:07.113204       1 main.go:10] starting|OTHER",
        "{\"level\":\"error\",\"msg\":\"unable to create client\"}|ERROR",
        "{\"level\":\"info\",\"msg\":\"healthz check failed\"}|NOTICE",
        "time=2026-11-27T18:41:07Z level=warn msg=\"connection refused\"|NOTICE",
        "2026-11-27T18:42:52Z\tERROR\tsetup\tproblem running manager|ERROR",
        "2026-11-27T18:42:52Z\tINFO\tWait completed|OTHER",
        "WARNING:  audit: http://a:8080 is not reachable|NOTICE",
        "INFO:     Started server process [1]|OTHER",
        "2026-11-27 18:41:07 UTC [1] FATAL:  database \"a\" does not exist|ERROR",
        "2026-11-27 18:41:07 UTC [1] LOG:  starting PostgreSQL|OTHER",
        "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings|ERROR",
        "panic: runtime error: invalid memory address|ERROR",
        "at com.example.Main(Main.java:3)|OTHER"
      })
  void aLineHasTheLevelThatItsLoggerWrites(String line, LogLine expected) {
    assertThat(LogLine.of(line)).isEqualTo(expected);
  }

  @Test
  void aShortLogIsShownWithoutItsEmptyLines() {
    assertThat(LogExcerpt.of("started\n\nlistening\n\n")).isEqualTo("started | listening");
  }

  @Test
  void errorsAreShownRatherThanWhatWasLoggedAroundThem() {
    assertThat(
            LogExcerpt.of(
                """
                INFO starting
                WARNING cache is not reachable
                ERROR the schema is too old
                INFO closing
                INFO closed
                INFO ended
                INFO done
                """))
        .isEqualTo(
            "WARNING cache is not reachable | ERROR the schema is too old | INFO closed | INFO ended | INFO done");
  }

  @Test
  void theLastErrorsAreShown() {
    StringBuilder log = new StringBuilder();
    for (int i = 0; i < 9; i++) {
      log.append("ERROR ").append(i).append('\n');
    }
    assertThat(LogExcerpt.of(log + "INFO end\n"))
        .isEqualTo("ERROR 4 | ERROR 5 | ERROR 6 | ERROR 7 | ERROR 8");
  }

  @Test
  void aLineThatIsRepeatedIsShownOnce() {
    assertThat(LogExcerpt.of("retry failed\nother\nretry failed\nretry failed\n"))
        .isEqualTo("other | retry failed");
  }
}
