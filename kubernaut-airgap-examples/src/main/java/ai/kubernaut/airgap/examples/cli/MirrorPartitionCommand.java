package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.shard.MirrorJob;
import ai.kubernaut.airgap.shard.PlanPartition;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "partition",
    description = {
      "Divides a plan into shards with about as many unique bytes each, for several processes or the pods of an Indexed Job. Sends nothing.",
      "mirror --partition FILE --shard INDEX mirrors one of them, and mirror merge joins their reports."
    },
    mixinStandardHelpOptions = true)
final class MirrorPartitionCommand extends StepCommand {
  @Option(
      names = "--shards",
      paramLabel = "COUNT",
      required = true,
      description = "How many shards, at most one for each image.")
  int shards;

  @Option(
      names = "--out",
      paramLabel = "FILE",
      required = true,
      description =
          "Save the partition in this file; compressed with gzip if its name ends with .gz.")
  Path out = Path.of("partition.yaml");

  @Option(
      names = "--job",
      paramLabel = "FILE",
      description =
          "Write the manifest of an Indexed Job that mirrors the shards, for kubectl create or kubectl apply --server-side. Its pods use --source, --plain-http and --ca as they are given here.")
  @Nullable Path job;

  @Option(
      names = "--job-image",
      paramLabel = "REF",
      description = "The image of the pods; its entry point is this command line.")
  @Nullable String image;

  @Option(
      names = "--job-name",
      paramLabel = "NAME",
      description =
          "The name of Job, ConfigMap and PersistentVolumeClaim. Default: kubernaut-airgap-mirror")
  @Nullable String name;

  @Option(
      names = "--job-namespace",
      paramLabel = "NAME",
      description = "The namespace of the objects. Default: that of the kubeconfig of kubectl")
  @Nullable String namespace;

  @Option(
      names = "--job-credentials",
      paramLabel = "SECRET",
      description =
          "The Secret of the type kubernetes.io/dockerconfigjson with the credentials of sources and mirror.")
  @Nullable String credentials;

  @Option(
      names = "--job-pull-secret",
      paramLabel = "SECRET",
      description = "The Secret with which nodes pull the --job-image.")
  @Nullable String pullSecret;

  @Option(
      names = "--job-claim",
      paramLabel = "NAME",
      description =
          "An existing PersistentVolumeClaim for journals and reports. Default: the manifest creates one, ReadWriteMany")
  @Nullable String claim;

  @Option(
      names = "--job-storage-class",
      paramLabel = "NAME",
      description = "The storage class of the claim. Default: that of the cluster")
  @Nullable String storageClass;

  @Option(
      names = "--job-partition",
      paramLabel = "FILE",
      description =
          "Where the pods find the partition on the volume, below /state, if it is too large for a ConfigMap.")
  @Nullable String partitionFile;

  @Option(
      names = "--job-parallelism",
      paramLabel = "COUNT",
      description = "How many shards are mirrored at the same time. Default: all")
  @Nullable Integer parallelism;

  @Option(
      names = "--job-retries-per-index",
      description =
          "Count the retries of each shard, so that one that fails does not end the others; needs Kubernetes 1.29.")
  boolean retriesPerIndex;

  @Option(
      names = "--job-user",
      paramLabel = "UID",
      description =
          "The user and group of the pods. Default: the user of the image, or the one that OpenShift assigns")
  @Nullable Long user;

  @Option(
      names = "--job-env",
      paramLabel = "NAME=VALUE",
      description = "An environment variable of the pods, such as HTTPS_PROXY; repeatable.")
  Map<String, String> environment = new LinkedHashMap<>();

  @Option(
      names = "--job-argument",
      paramLabel = "ARGUMENT",
      description = "One more argument of mirror in the pods, such as --no-preflight; repeatable.")
  List<String> arguments = new ArrayList<>();

  @Override
  public Integer call() {
    if (shards < 1 || shards > PlanPartition.MAX_SHARDS) {
      throw new IllegalArgumentException(
          "--shards is " + shards + "; it must be 1 to " + PlanPartition.MAX_SHARDS);
    }
    if ((job == null) != (image == null)) {
      throw new IllegalArgumentException("--job and --job-image need each other");
    }
    if (job != null && !registries.clientCertificates.isEmpty()) {
      throw new IllegalArgumentException(
          "--job cannot give pods a --client-certificate; create the manifest without it, and add a volume with the key");
    }
    return super.call();
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    Optional<MirrorJob> wanted = Optional.ofNullable(image).map(this::jobOf);
    PlanPartition partition = airgap.partition(planned, shards);
    partition.save(out);
    output.tell("The partition is saved in " + out);
    if (job != null && wanted.isPresent()) {
      TextFiles.write(job, wanted.get().manifest(partition));
      output.tell("The manifest is saved in " + job + ": kubectl create -f " + job);
    }
    output.report(ReportDocument.of(partition));
    return 0;
  }

  private MirrorJob jobOf(String ofPods) {
    MirrorJob.Builder builder =
        MirrorJob.builder()
            .image(ofPods)
            .namespace(Optional.ofNullable(namespace))
            .credentialsSecret(Optional.ofNullable(credentials))
            .imagePullSecret(Optional.ofNullable(pullSecret))
            .existingClaim(Optional.ofNullable(claim))
            .storageClass(Optional.ofNullable(storageClass))
            .partitionFile(Optional.ofNullable(partitionFile))
            .parallelism(parallelism == null ? OptionalInt.empty() : OptionalInt.of(parallelism))
            .retriesPerIndex(retriesPerIndex)
            .runAsUser(user == null ? OptionalLong.empty() : OptionalLong.of(user))
            .environment(environment);
    if (name != null) {
      builder.name(name);
    }
    registries.authorities.forEach(
        (host, file) -> builder.putAuthorities(host, TextFiles.read(file)));
    registries.endpoints.forEach(
        (registry, endpoint) -> builder.addArguments("--source", registry + "=" + endpoint));
    registries.plainHttp.forEach(host -> builder.addArguments("--plain-http", host));
    return builder.addAllArguments(arguments).build();
  }
}
