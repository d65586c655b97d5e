package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.io.ScratchDirectory;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Keeps the host's signal handlers the host's. The first installation in a process makes the Go
 * runtime inside Helm take over SIGTERM and SIGINT, once and for all: the JVM then ignores both,
 * and shutdown hooks never run. So the first installation is one that does nothing, and afterwards
 * the JVM's handlers are put back; Go does not take them again.
 */
final class HostSignals {
  private HostSignals() {}

  /**
   * Static and synchronized: handlers belong to the process, and two clients must not put back each
   * other's.
   */
  static synchronized void prime() {
    KeptSignal terminate = KeptSignal.keep("TERM");
    KeptSignal interrupt = KeptSignal.keep("INT");
    try {
      installNothing();
    } finally {
      interrupt.restore();
      terminate.restore();
    }
  }

  private static void installNothing() {
    try (ScratchDirectory directory = ScratchDirectory.create()) {
      Path chart = directory.path();
      Files.writeString(
          chart.resolve("Chart.yaml"), "apiVersion: v2\nname: nothing\nversion: 0.0.0\n");
      Files.createDirectory(chart.resolve("templates"));
      new Helm(chart)
          .install()
          .withName("nothing")
          .clientOnly()
          .dryRun()
          .withDryRunOption(DryRun.CLIENT)
          .call();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
