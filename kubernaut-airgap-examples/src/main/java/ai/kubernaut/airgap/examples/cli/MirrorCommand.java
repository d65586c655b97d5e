package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.Provenance;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorOptions.IndexForm;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.PreflightOptions;
import ai.kubernaut.airgap.preflight.PreflightReport;
import ai.kubernaut.airgap.registry.retry.RateLimit;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.shard.PlanPartition;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "mirror",
    description = "Copies the images of a plan, or of a bundle, to the mirror.",
    mixinStandardHelpOptions = true,
    subcommands = {
      MirrorListCommand.class,
      MirrorInspectCommand.class,
      MirrorPartitionCommand.class,
      MirrorMergeCommand.class
    })
final class MirrorCommand extends StepCommand implements Interruptible {
  private static final String INDEX = "JOB_COMPLETION_INDEX";

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description =
          "Record partially sent blobs in this file; a later run with the same file continues them.")
  @Nullable Path journal;

  @Option(
      names = "--platform-if-index-refused",
      paramLabel = "OS/ARCH",
      description =
          "Where the mirror takes no images for several platforms, mirror this one alone; digests change.")
  @Nullable Platform platformIfIndexRefused;

  @Option(
      names = "--index-form",
      paramLabel = "FORM",
      description =
          "The index of an image of which only some platforms are mirrored: rewritten lists only these and changes the digest; sparse keeps index and digest, and fails where the mirror refuses that; auto is sparse where the mirror accepts it. Default: ${DEFAULT-VALUE}")
  IndexForm indexForm = IndexForm.REWRITTEN;

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

  @Option(
      names = "--partition",
      paramLabel = "FILE",
      description =
          "Mirror one shard of this partition, which mirror partition has written, instead of a plan.")
  @Nullable Path partitionFile;

  @Option(
      names = "--shard",
      paramLabel = "INDEX",
      description =
          "The shard of the --partition, from 0. Default: the environment variable JOB_COMPLETION_INDEX, which the pods of an Indexed Job have")
  @Nullable Integer shard;

  @Option(
      names = "--from-bundle",
      paramLabel = "PATH",
      description = {
        "Take plan and images from this bundle. No network but that to the mirror is needed.",
        "With --target the images get other names than planned."
      })
  @Nullable Path bundlePath;

  @Option(
      names = "--plan-directory",
      paramLabel = "DIR",
      description =
          "Where to put plan, chart and values of the bundle, for the other commands: --plan DIR/plan.yaml. Default: the directory plan in the bundle")
  @Nullable Path planDirectory;

  @Option(
      names = "--only",
      paramLabel = "REF",
      description = "Mirror only this image of the bundle, by its source name; repeatable.")
  List<ImageRef> only = new ArrayList<>();

  @Option(
      names = "--statement",
      paramLabel = "FILE",
      description =
          "Write a statement of which images were loaded from the bundle, with their digests in the mirror (in-toto), signed with --sign-key.")
  @Nullable Path statement;

  @Option(
      names = "--sign-key",
      paramLabel = "FILE",
      description = "Sign the statement with this private key, a PEM file (PKCS #8).")
  @Nullable Path signKey;

  @Mixin SignatureArguments signature = new SignatureArguments();

  private @Nullable Bundle bundle;

  @Override
  public Integer call() {
    if ((statement == null) != (signKey == null)) {
      throw new IllegalArgumentException("--statement and --sign-key need each other");
    }
    if (shard != null && partitionFile == null) {
      throw new IllegalArgumentException("--shard applies to --partition only");
    }
    if (partitionFile != null && (plan.isGiven() || bundlePath != null)) {
      throw new IllegalArgumentException(
          "--partition brings its own plan; leave --plan, --chart, --images, --imageset and --from-bundle out");
    }
    if (bundlePath == null) {
      if (planDirectory != null || !only.isEmpty() || signature.key != null || statement != null) {
        throw new IllegalArgumentException(
            "--plan-directory, --only, --verify-key and --statement apply to --from-bundle only");
      }
      return super.call();
    }
    if (plan.isGiven()) {
      throw new IllegalArgumentException(
          "--from-bundle brings its own plan; leave --plan, --chart, --images and --imageset out");
    }
    try (BundleStore opened = BundleStore.open(bundlePath)) {
      bundle = signature.verified(opened.bundle(), bundlePath);
      return super.call();
    }
  }

  @Override
  MirrorPlan plan(Airgap airgap) {
    if (partitionFile != null) {
      return PlanPartition.read(partitionFile)
          .shard(shard == null ? shardOf(System.getenv()) : shard);
    }
    if (bundle == null || bundlePath == null) {
      return super.plan(airgap);
    }
    Path directory = planDirectory == null ? bundlePath.resolve("plan") : planDirectory;
    MirrorPlan carried = bundle.unpackPlan(directory);
    MirrorPlan wanted = carried.forRelease(release.or(carried.release()));
    if (plan.target.target != null) {
      wanted = wanted.forTarget(plan.target.target());
    }
    if (wanted.chart().isPresent() && wanted.overlay().isEmpty()) {
      wanted = airgap.prove(wanted).in(wanted);
    }
    Path file = directory.resolve("plan.yaml");
    wanted.save(file);
    output.tell("The plan is saved in " + file);
    return wanted;
  }

  /** The index that Kubernetes has given to this pod of an Indexed Job. */
  static int shardOf(Map<String, String> environment) {
    String index = environment.getOrDefault(INDEX, "");
    if (!index.matches("\\d{1,9}")) {
      throw new IllegalArgumentException(
          "--shard is missing: the index of the shard, from 0; "
              + INDEX
              + (index.isEmpty() ? " is not set" : " is '" + index + "'"));
    }
    return Integer.parseInt(index);
  }

  /** The images of a bundle that were chosen, or all. */
  private MirrorPlan chosen(MirrorPlan planned) {
    if (only.isEmpty()) {
      return planned;
    }
    List<MirrorEntry> entries =
        planned.entries().stream()
            .filter(entry -> only.stream().anyMatch(entry.source()::refersToSameImageAs))
            .toList();
    if (entries.size() < only.size()) {
      throw new IllegalArgumentException(
          "--only names an image that the bundle does not have; bundle inspect lists them");
    }
    return MirrorPlan.builder(planned.target()).entries(entries).build();
  }

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
    MirrorOptions options =
        MirrorOptions.builder()
            .preflight(asked)
            .limits(limits())
            .journal(Optional.ofNullable(journal))
            .indexForm(indexForm)
            .platformWhereIndexRefused(Optional.ofNullable(platformIfIndexRefused))
            .build();
    MirrorReport report =
        bundle == null
            ? airgap.mirror(planned, options)
            : airgap.mirror(bundle, chosen(planned), options);
    if (out != null) {
      report.plan().save(out);
    }
    if (bundle != null && statement != null && signKey != null) {
      Provenance.ofLoading(bundle, report, Instant.now())
          .sign(KeyFiles.privateKey(signKey), statement);
    }
    output.closeBar();
    output.report(ReportDocument.of(report));
    report.orElseThrow();
    return 0;
  }

  @Override
  public String afterInterruption() {
    return "What was sent is in the mirror. The same command continues from there"
        + (journal == null
            ? "; with --journal FILE, also with partially sent blobs:"
            : ", also with partially sent blobs:");
  }
}
