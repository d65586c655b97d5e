package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.FaultProxy;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A process that mirrors is killed at any moment, and another one finishes its work. */
@Timeout(1200)
final class KilledRunTest {
  private static final String[] NAMES = {"gateway", "datastorage", "notification"};

  /** What the child does: mirrors a saved plan with a journal. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      MirrorPlan plan = MirrorPlan.read(Path.of(arguments[0]));
      try (HttpRegistryClient client = client(arguments[2], arguments[3])) {
        mirror(client, plan, Path.of(arguments[1])).orElseThrow();
      }
    }
  }

  private static HttpRegistryClient client(String... hosts) {
    HttpRegistryClient.Builder builder =
        HttpRegistryClient.builder().credentials(CredentialProvider.none());
    for (String host : hosts) {
      builder.plainHttp(host);
    }
    return builder.build();
  }

  private static MirrorReport mirror(HttpRegistryClient client, MirrorPlan plan, Path journal) {
    return new MirrorEngine(client, MirrorOptions.builder().journal(journal).build(), event -> {})
        .mirror(plan);
  }

  @Test
  void whatAKilledProcessHasSentIsNotSentAgain(@TempDir Path directory)
      throws IOException, InterruptedException {
    int runs = Integer.getInteger("airgap.kill.runs", 4);
    long first = Long.getLong("airgap.kill.seed", 1);
    try (DockerRegistry source = DockerRegistry.start();
        DockerRegistry mirror = DockerRegistry.start();
        HttpRegistryClient publisher = client(source.host())) {
      List<byte[]> base = List.of(TestImages.bytes(9 << 20, 1), TestImages.bytes(300_000, 2));
      Map<String, Manifest> published = new TreeMap<>();
      for (int i = 0; i < NAMES.length; i++) {
        published.put(
            NAMES[i],
            TestImages.publish(
                publisher,
                ImageRef.parse(source.host() + "/kubernaut-ai/" + NAMES[i] + ":v1"),
                i == 1 ? TestImages.Kind.DOCKER : TestImages.Kind.OCI,
                base,
                50 + i));
      }
      for (long seed = first; seed < first + runs; seed++) {
        try (FaultProxy link = FaultProxy.before(mirror.host())) {
          Target target = Target.registry(link.host() + "/killed-" + seed);
          MirrorPlan.Builder plan = MirrorPlan.builder(target);
          published.forEach(
              (name, index) ->
                  plan.addEntries(
                      MirrorEntry.builder()
                          .source(ImageRef.parse(source.host() + "/kubernaut-ai/" + name + ":v1"))
                          .target(ImageRef.parse(target.address() + "/" + name + ":v1"))
                          .digest(index.digest())
                          .build()));
          killAndFinish(seed, directory, link, source.host(), plan.build());
        }
      }
    }
  }

  private static void killAndFinish(
      long seed, Path directory, FaultProxy link, String source, MirrorPlan plan)
      throws IOException, InterruptedException {
    // A whole run makes about 90 requests of the mirror.
    int last = 1 + new Random(seed).nextInt(90);
    AtomicReference<Process> child = new AtomicReference<>();
    link.faults(
        request -> {
          if (request.number() == last) {
            child.get().destroyForcibly();
          }
          return Optional.empty();
        });
    Path planFile = directory.resolve("plan-" + seed);
    Path journal = directory.resolve("journal-" + seed);
    Path log = directory.resolve("log-" + seed);
    plan.save(planFile);
    List<String> command =
        ChildJvm.command(Child.class, planFile.toString(), journal.toString(), source, link.host());
    child.set(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
    assertThat(child.get().waitFor(120, TimeUnit.SECONDS)).isTrue();
    assertThat(child.get().exitValue()).as(Files.readString(log)).isIn(0, 137);

    try (HttpRegistryClient client = client(source, link.host())) {
      link.faults(request -> Optional.empty());
      for (MirrorEntry entry : plan.entries()) {
        if (client.findManifest(entry.target()).isPresent()) {
          assertComplete(client, entry);
        }
      }
      mirror(client, plan, journal).orElseThrow();
      plan.entries().forEach(entry -> assertComplete(client, entry));
    }
    assertThat(journal).doesNotExist();
    Map<String, Long> stored =
        link.answers().stream()
            .filter(answer -> answer.status() == 201)
            .filter(answer -> answer.request().uri().contains("/blobs/uploads/"))
            .filter(answer -> answer.request().method().equals("PUT"))
            .map(answer -> answer.request().uri().replaceAll(".*digest=", ""))
            .collect(Collectors.groupingBy(digest -> digest, Collectors.counting()));
    assertThat(stored).as("seed " + seed).hasSize(2 + 3 * 6);
    assertThat(stored.values()).as("seed " + seed).containsOnly(1L);
  }

  private static void assertComplete(HttpRegistryClient client, MirrorEntry entry) {
    Manifest index = client.readManifest(entry.target());
    assertThat(index.digest()).isEqualTo(entry.digest().orElseThrow());
    for (Descriptor child : index.children()) {
      for (Descriptor blob :
          client.readManifest(entry.target().repository().digest(child.digest())).blobs()) {
        assertThat(client.findBlob(entry.target().repository(), blob.digest()))
            .hasValue(blob.size());
      }
    }
  }
}
