package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.server.RegistryServer;
import ai.kubernaut.airgap.shard.PlanPartition;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A plan of a thousand images that several processes mirror, as the pods of an Indexed Job do. */
@Timeout(600)
final class ShardedMirrorTest {
  private static final int IMAGES = 1000;
  private static final int FAMILIES = 20;
  private static final int SHARDS = 4;

  /** The pod of this shard is killed, and restarted by the controller of the Job. */
  private static final int KILLED = 2;

  /** How many blobs that shard reads before its pod is killed. */
  private static final int READ_BEFORE = 100;

  /** The end of an upload in the log of the registry. */
  private static final Pattern UPLOAD =
      Pattern.compile(
          "\"PUT /v2/(\\S+)/blobs/uploads/\\S*[?&]digest=([^&\"\\s]+)\\S* HTTP/1.1\" 201");

  @TempDir Path directory;

  private final MemoryRegistryClient images = MemoryRegistryClient.create();
  private final KillingClient source = new KillingClient(images);

  /** Kills a process in the middle of what it reads. */
  private static final class KillingClient extends ForwardingRegistryClient {
    private final AtomicInteger reads = new AtomicInteger();
    private volatile Set<String> repositories = Set.of();
    private volatile Optional<Process> process = Optional.empty();

    KillingClient(RegistryClient client) {
      super(client);
    }

    @Override
    public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
      if (repositories.contains(repository.toString()) && reads.incrementAndGet() == READ_BEFORE) {
        process.ifPresent(Process::destroyForcibly);
      }
      return super.readBlob(repository, blob, offset);
    }
  }

  /** Publishes small images; those of a family share a layer, and all have a configuration. */
  private Path publish(String host) throws IOException {
    List<String> names = new ArrayList<>();
    for (int number = 0; number < IMAGES; number++) {
      Repository repository = Repository.parse(host + "/acme/image-" + number);
      ImageRef image = repository.tag("1");
      String family = ("family " + number % FAMILIES).repeat(200);
      String layers =
          Stream.of(bytes(family), bytes("image " + number))
              .map(content -> push(repository, content))
              .collect(Collectors.joining(","));
      images.writeManifest(
          image,
          Manifest.of(
              Manifest.OCI_MANIFEST,
              bytes(
                  "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"config\":%s,\"layers\":[%s]}"
                      .formatted(Manifest.OCI_MANIFEST, push(repository, bytes("{}")), layers))));
      names.add(image.toString());
    }
    return Files.write(directory.resolve("images.txt"), names);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private String push(Repository repository, byte[] content) {
    Descriptor blob =
        Descriptor.of("application/octet-stream", Digest.sha256(content), content.length);
    images.writeBlob(repository, blob, new ByteArrayInputStream(content));
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(blob.mediaType(), blob.digest(), blob.size());
  }

  @Test
  void theShardsOfAJobMirrorAThousandImages_andSendNoBlobTwiceWithinAShard_alsoAfterARestart()
      throws Exception {
    Path plan = directory.resolve("plan.yaml");
    Path partition = directory.resolve("partition.yaml.gz");
    Path job = directory.resolve("job.yaml");
    try (DockerRegistry mirror = DockerRegistry.start();
        RegistryServer sources =
            RegistryServer.builder(source, "source.corp").readOnly(true).start()) {
      Object[] registries = {
        "--source", "source.corp=" + sources.host(),
        "--plain-http", sources.host(),
        "--plain-http", mirror.host()
      };
      Path list = publish("source.corp");
      succeed(
          registries,
          "plan",
          "--offline",
          "--images",
          list,
          "--target",
          mirror.host(),
          "--out",
          plan);

      succeed(
          registries,
          "mirror",
          "partition",
          "--plan",
          plan,
          "--shards",
          SHARDS,
          "--out",
          partition,
          "--job",
          job,
          "--job-image",
          "registry.corp/kubernaut-airgap:1");
      PlanPartition divided = PlanPartition.read(partition);
      source.repositories =
          divided.shard(KILLED).entries().stream()
              .map(entry -> entry.source().repository().toString())
              .collect(Collectors.toSet());
      runShards(job);

      assertNoBlobWasSentTwiceWithinAShard(divided, mirror.log());
      Path carriedOut = directory.resolve("carried-out.yaml");
      List<Object> merge =
          new ArrayList<>(
              List.of("mirror", "merge", "--plan", plan, "--partition", partition, "--json"));
      merge.addAll(List.of("--out", carriedOut));
      IntStream.range(0, SHARDS).mapToObj(index -> report(index)).forEach(merge::add);
      JsonNode merged = new ObjectMapper().readTree(CommandLineRun.of(merge.toArray()).out());
      assertThat(merged.path("complete").asBoolean()).isTrue();
      assertThat(merged.path("images")).hasSize(IMAGES);
      assertThat(merged.findValuesAsText("outcome")).isSubsetOf("copied", "present");
      assertEveryImageIsThere(MirrorPlan.read(carriedOut), mirror.host());

      merge.remove(merge.size() - 1);
      CommandLineRun incomplete = CommandLineRun.of(merge.toArray());
      assertThat(incomplete.status()).isEqualTo(1);
      assertThat(incomplete.err()).contains("shard 3: has ", "images and no report");
    }
  }

  @Test
  void theShardIsThatOfTheOption_orOfTheEnvironment() {
    assertThat(MirrorCommand.shardOf(Map.of("JOB_COMPLETION_INDEX", "12"))).isEqualTo(12);
    assertThatThrownBy(() -> MirrorCommand.shardOf(Map.of()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("JOB_COMPLETION_INDEX is not set");
    assertThatThrownBy(() -> MirrorCommand.shardOf(Map.of("JOB_COMPLETION_INDEX", "-1")))
        .hasMessageContaining("JOB_COMPLETION_INDEX is '-1'");
  }

  @Test
  void optionsThatExcludeOrNeedEachOtherAreWrongUsage() throws IOException {
    Path list = Files.writeString(directory.resolve("images.txt"), "q.io/acme/a:1\n");
    Path out = directory.resolve("partition.yaml");
    assertWrongUsage("--shard applies to --partition only", "mirror", "--shard", 0);
    assertWrongUsage(
        "--partition brings its own plan", "mirror", "--partition", out, "--images", list);
    Object[] partition = {"mirror", "partition", "--images", list, "--out", out};
    assertWrongUsage("--shards is 0", partition, "--shards", 0);
    assertWrongUsage(
        "--job and --job-image need each other", partition, "--shards", 1, "--job", "job.yaml");
    assertThat(out).doesNotExist();
  }

  private static void assertWrongUsage(String message, Object... arguments) {
    CommandLineRun run =
        CommandLineRun.of(
            Stream.of(arguments)
                .flatMap(one -> one instanceof Object[] more ? Stream.of(more) : Stream.of(one))
                .toArray());
    assertThat(run.status()).as(run.toString()).isEqualTo(2);
    assertThat(run.err()).contains(message);
  }

  private static void succeed(Object[] registries, Object... arguments) {
    Object[] all = Stream.of(arguments, registries).flatMap(Arrays::stream).toArray();
    CommandLineRun run = CommandLineRun.of(all);
    assertThat(run.status()).as(run.toString()).isZero();
  }

  private Path report(int index) {
    return directory.resolve("state").resolve(index + ".json");
  }

  /** Runs the pods of the Job as processes, with the volumes of the manifest as directories. */
  private void runShards(Path manifest) throws Exception {
    List<Fields> objects =
        Stream.of(Files.readString(manifest).split("(?m)^---\n"))
            .map(yaml -> Fields.of(Yaml.readMapping("job", yaml, Yaml.DuplicateKeys.REFUSED)))
            .toList();
    Path configuration = Files.createDirectory(directory.resolve("configuration"));
    for (Map.Entry<String, String> file : objects.get(0).strings("binaryData").entrySet()) {
      Files.write(
          configuration.resolve(file.getKey()), Base64.getDecoder().decode(file.getValue()));
    }
    Path state = Files.createDirectory(directory.resolve("state"));
    Fields spec = objects.get(2).fields("spec");
    List<String> arguments = spec.list("template", "spec", "containers").get(0).texts("args");
    List<Pod> pods = new ArrayList<>();
    try {
      for (int index = 0; index < spec.number("completions").orElse(0); index++) {
        String completion = String.valueOf(index);
        pods.add(
            new Pod(
                completion,
                arguments.stream()
                    .map(argument -> argument.replace("$(JOB_COMPLETION_INDEX)", completion))
                    .map(
                        argument -> argument.replace("/etc/kubernaut-airgap/", configuration + "/"))
                    .map(argument -> argument.replaceFirst("^/state/", state + "/"))
                    .toList()));
      }
      assertThat(pods).hasSize(SHARDS);
      for (Pod pod : pods) {
        pod.start();
      }
      source.process = Optional.of(pods.get(KILLED).process());
      assertThat(pods.get(KILLED).end()).as("killed").isEqualTo(128 + 9);
      pods.get(KILLED).start();
      for (Pod pod : pods) {
        assertThat(pod.end()).as(Files.readString(pod.log())).isZero();
      }
    } finally {
      pods.forEach(pod -> pod.process.ifPresent(Process::destroyForcibly));
    }
  }

  /** A process with the arguments of a pod. */
  private final class Pod {
    private final String index;
    private final List<String> arguments;
    private Optional<Process> process = Optional.empty();

    Pod(String index, List<String> arguments) {
      this.index = index;
      this.arguments = arguments;
    }

    void start() throws IOException {
      ProcessBuilder builder =
          new ProcessBuilder(
                  ChildJvm.command(
                      List.of("-Xmx128m"), Main.class, arguments.toArray(String[]::new)))
              .redirectErrorStream(true)
              .redirectOutput(log().toFile());
      builder.environment().put("JOB_COMPLETION_INDEX", index);
      process = Optional.of(builder.start());
    }

    Process process() {
      return process.orElseThrow();
    }

    Path log() {
      return directory.resolve("pod-" + index + ".log");
    }

    /** Waits for the end, and returns the exit status. */
    int end() throws InterruptedException {
      assertThat(process().waitFor(200, TimeUnit.SECONDS)).isTrue();
      return process().exitValue();
    }
  }

  /** Each repository is that of one image, and so of one shard. */
  private static void assertNoBlobWasSentTwiceWithinAShard(PlanPartition divided, String log) {
    Map<String, Integer> shardOf = new HashMap<>();
    for (int index = 0; index < SHARDS; index++) {
      for (MirrorEntry entry : divided.shard(index).entries()) {
        shardOf.put(entry.target().repository().name(), index);
      }
    }
    List<String> sent = new ArrayList<>();
    Matcher upload = UPLOAD.matcher(log);
    while (upload.find()) {
      sent.add(
          "shard %d: %s"
              .formatted(
                  shardOf.get(upload.group(1)),
                  URLDecoder.decode(upload.group(2), StandardCharsets.UTF_8)));
    }
    assertThat(sent).hasSizeGreaterThanOrEqualTo(IMAGES + FAMILIES + 1).doesNotHaveDuplicates();
    // The configuration is sent by each shard, and the layers of families by some of them.
    assertThat(sent).hasSizeLessThanOrEqualTo(IMAGES + SHARDS * (FAMILIES + 1));
    for (PlanPartition.Shard shard : divided.shards()) {
      assertThat(shard.images()).hasSizeBetween(IMAGES / SHARDS - 25, IMAGES / SHARDS + 25);
    }
    assertThat(new TreeSet<>(shardOf.values())).hasSize(SHARDS);
  }

  private static void assertEveryImageIsThere(MirrorPlan plan, String host) {
    try (Airgap airgap =
        Airgap.builder()
            .registry(HttpRegistryClient.builder().plainHttp(host).build())
            .closeClients(true)
            .build()) {
      MirrorReport there = airgap.checkMirror(plan).orElseThrow();
      assertThat(there.images()).hasSize(IMAGES);
    }
  }
}
