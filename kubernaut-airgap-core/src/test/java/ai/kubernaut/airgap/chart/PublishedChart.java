package ai.kubernaut.airgap.chart;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Files of the published chart, which lie beside the checkout on some machines and are no part of
 * it.
 */
public final class PublishedChart {
  private PublishedChart() {}

  /** A file of version 1.1.0; without it, the test that asks is skipped and says why. */
  public static Path file(String name) {
    Path file = Path.of("../../shared/kubernaut/v1.1.0").resolve(name);
    assumeTrue(
        Files.isReadable(file),
        () ->
            "skipped: the published chart's file "
                + file.toAbsolutePath().normalize()
                + " is not on this machine");
    return file;
  }
}
