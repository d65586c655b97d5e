package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.RateLimit;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.PreflightOptions;
import ai.kubernaut.airgap.preflight.PreflightReport;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "mirror",
    description = "Copies the images of a plan to the mirror.",
    mixinStandardHelpOptions = true)
final class MirrorCommand extends StepCommand {
  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description =
          "Lets half-sent blobs survive the process: run again with the same file to go on with them.")
  @Nullable Path journal;

  @Option(
      names = "--platform-if-index-refused",
      paramLabel = "OS/ARCH",
      description =
          "Where the mirror takes no images for several platforms, mirror this one alone; digests change.")
  @Nullable Platform platformIfIndexRefused;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description =
          "Save the plan as it was carried out, for the other commands: with the digests that images have got.")
  @Nullable Path out;

  @Option(
      names = "--no-preflight",
      description = "Do not check first whether the mirror accepts the images.")
  boolean withoutPreflight;

  @Option(
      names = "--requests-per-second",
      paramLabel = "REGISTRY=NUMBER",
      description = "Ask this registry no more often; repeatable.")
  Map<String, Double> requestsPerSecond = new HashMap<>();

  @Option(
      names = "--bytes-per-second",
      paramLabel = "REGISTRY=NUMBER",
      description = "Read from, or send to, this registry no more; repeatable.")
  Map<String, Long> bytesPerSecond = new HashMap<>();

  private Map<String, RateLimit> limits() {
    Map<String, RateLimit> limits = new HashMap<>();
    requestsPerSecond.forEach(
        (registry, most) ->
            limits.put(registry, RateLimit.builder().requestsPerSecond(most).build()));
    bytesPerSecond.forEach(
        (registry, most) ->
            limits.put(
                registry,
                RateLimit.builder()
                    .from(limits.getOrDefault(registry, RateLimit.builder().build()))
                    .bytesPerSecond(most)
                    .build()));
    return limits;
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Optional<PreflightReport> asked =
        withoutPreflight
            ? Optional.empty()
            : Optional.of(
                airgap
                    .preflight(
                        planned, PreflightOptions.builder().preset(plan.target.preset()).build())
                    .orElseThrow());
    MirrorReport report =
        airgap.mirror(
            planned,
            MirrorOptions.builder()
                .preflight(asked)
                .limits(limits())
                .journal(Optional.ofNullable(journal))
                .platformWhereIndexRefused(Optional.ofNullable(platformIfIndexRefused))
                .build());
    if (out != null) {
      report.plan().save(out);
    }
    output.closeBar();
    output.report("MirrorReport", Reports.json(report), report.summary());
    report.orElseThrow();
    return 0;
  }
}
