package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.io.ScratchDirectory;
import com.marcnuri.helm.DryRun;
import com.marcnuri.helm.Helm;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Calls Helm in this process. */
final class InProcessHelm implements HelmCalls {
  private boolean primed;
  private volatile boolean closed;

  @Override
  public String call(HelmCommand command) {
    if (closed) {
      throw new HelmException("the Helm client is closed", "", null);
    }
    prime();
    return command.call();
  }

  private synchronized void prime() {
    if (!primed) {
      HostSignals.keepDuring(InProcessHelm::installNothing);
      primed = true;
    }
  }

  /** Installs an empty chart without a cluster. */
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

  @Override
  public void close() {
    closed = true;
  }
}
