package ai.kubernaut.airgap.examples;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.RunOptions;
import ai.kubernaut.airgap.StepRun;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.mirror.MirrorCancelledException;
import ai.kubernaut.airgap.mirror.MirrorCheckpoint;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Mirrors a plan over a metered link: each process sends a limited number of bytes and pauses, and
 * the next one continues, in the middle of a blob where necessary.
 */
public final class PauseAndResume {
  private PauseAndResume() {}

  /**
   * Mirrors a part of a plan, and exits with 0 if it is complete and 3 if it is paused.
   *
   * @param arguments the file of the plan, the file of the checkpoint, the number of bytes to send,
   *     and hosts that are reached by plain HTTP
   */
  public static void main(String[] arguments) {
    HttpRegistryClient.Builder client = HttpRegistryClient.builder();
    for (int i = 3; i < arguments.length; i++) {
      client.plainHttp(arguments[i]);
    }
    try (Airgap airgap = Airgap.builder().registry(client.build()).closeClients(true).build()) {
      Optional<MirrorReport> complete =
          mirror(
              airgap,
              MirrorPlan.read(Path.of(arguments[0])),
              Path.of(arguments[1]),
              Long.parseLong(arguments[2]),
              System.out);
      System.exit(complete.isPresent() ? 0 : 3);
    }
  }

  /**
   * Mirrors a part of a plan.
   *
   * @param airgap has the registries
   * @param plan the plan, the same in each process
   * @param file the checkpoint of the process before, and afterwards of this one
   * @param quota how many bytes are sent before the run pauses; what is on its way then is
   *     completed where possible
   * @param out is told what came of it
   * @return the report if the plan is complete; empty if the run was paused
   */
  static Optional<MirrorReport> mirror(
      Airgap airgap, MirrorPlan plan, Path file, long quota, PrintStream out) {
    MirrorOptions.Builder options = MirrorOptions.builder().resumable(true);
    if (Files.exists(file)) {
      options.resumeFrom(MirrorCheckpoint.read(file));
    }
    CompletableFuture<Object> used = new CompletableFuture<>();
    AtomicLong sent = new AtomicLong();
    StepRun<MirrorReport> run =
        airgap.start(
            steps -> steps.mirror(plan, options.build()),
            RunOptions.builder()
                .listener(
                    event -> {
                      // A listener must return quickly, so it does not pause the run itself.
                      if (event instanceof ProgressEvent.BytesSent bytes
                          && sent.addAndGet(bytes.bytes()) >= quota) {
                        used.complete(null);
                      }
                    })
                .build());
    CompletableFuture.anyOf(used, run.toFuture().handle((report, failure) -> true)).join();
    run.pause().ifPresent(checkpoint -> checkpoint.save(file));
    try {
      MirrorReport report = run.await().orElseThrow();
      out.println(report.summary());
      return Optional.of(report);
    } catch (MirrorCancelledException paused) {
      out.println(paused.report().summary());
      return Optional.empty();
    } catch (CancelledException beforeMirroring) {
      out.println(beforeMirroring.getMessage());
      return Optional.empty();
    }
  }
}
