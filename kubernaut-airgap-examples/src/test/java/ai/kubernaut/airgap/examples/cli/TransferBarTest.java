package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TransferBarTest {
  /** What a terminal shows in the end: text after a carriage return replaces its line. */
  private static List<String> screen(StringWriter written) {
    return Arrays.stream(written.toString().split("\n", -1))
        .map(line -> line.substring(line.lastIndexOf('\r') + 1).replace("\u001b[K", ""))
        .toList();
  }

  @Test
  void theBarStandsBelowOtherLines_andShowsBytesRateAndImages() {
    StringWriter written = new StringWriter();
    try (TransferBar bar = new TransferBar(new PrintWriter(written), 4, 200_000_000, () -> 100)) {
      bar.sent(50_000_000, 200_000_000);
      bar.tell("  trying again in 1.0 s: connection reset");
      bar.finishedImage();
      bar.sent(100_000_000, 200_000_000);
    }

    List<String> screen = screen(written);
    assertThat(screen).hasSize(3);
    assertThat(screen.get(0)).isEqualTo("  trying again in 1.0 s: connection reset");
    assertThat(screen.get(1))
        .contains("  sending", "50%", "100/200 MB", "MB/s", "1/4 images")
        .hasSizeLessThan(100);
    assertThat(screen.get(2)).isEmpty();
    assertThat(written.toString().replace("\u001b[K", "")).doesNotContain("\u001b");
  }

  @Test
  void theBarFitsANarrowTerminal() {
    StringWriter written = new StringWriter();
    new TransferBar(new PrintWriter(written), 4, 200_000_000, () -> 40).close();

    assertThat(screen(written)).allMatch(line -> line.length() < 40);
  }
}
