package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.FaultProxy;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that creates or loads a bundle is killed at any moment, or its disk is full, and
 * another one finishes its work. {@code -Dairgap.kill.runs} runs more.
 */
@Timeout(1200)
final class KilledBundleTest {
  private static final int RUNS = Integer.getInteger("airgap.kill.runs", 3);
  private static final long SEED = Long.getLong("airgap.kill.seed", 1);
  private static final long PART = 1 << 20;

  @TempDir private static Path directory;
  private static DockerRegistry source;

  /** What the child does: creates or loads a bundle. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) {
      Path bundle = Path.of(arguments[1]);
      if (arguments[0].equals("create")) {
        createBundle(bundle, arguments[2]);
      } else {
        loadBundle(bundle, arguments[2]);
      }
    }
  }

  private static HttpRegistryClient client(String host) {
    return HttpRegistryClient.builder()
        .credentials(CredentialProvider.none())
        .plainHttp(host)
        .build();
  }

  private static boolean isParts(Path bundle) {
    return bundle.getFileName().toString().startsWith("parts");
  }

  private static RegistryClient store(Path bundle) {
    return isParts(bundle)
        ? ArchiveRegistryClient.create(bundle, PART)
        : LayoutRegistryClient.at(bundle, Bundle.repository());
  }

  private static void createBundle(Path bundle, String host) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry("harbor.corp"));
    for (String name : List.of("gateway", "storage", "notification")) {
      plan.image(ImageRef.parse("quay.io/kubernaut-ai/" + name + ":v1"));
    }
    try (RegistryClient from =
            HttpRegistryClient.builder()
                .credentials(CredentialProvider.none())
                .plainHttp(host)
                .endpoint("quay.io", host)
                .build();
        RegistryClient store = store(bundle)) {
      new Bundler(from, store, event -> {})
          .create(
              plan.build(),
              BundleOptions.builder()
                  .mirror(MirrorOptions.builder().blobsAtOnce(isParts(bundle) ? 1 : 4).build())
                  .build())
          .orElseThrow();
      if (store instanceof ArchiveRegistryClient parts) {
        parts.finish();
      }
    }
  }

  private static void loadBundle(Path bundle, String target) {
    try (RegistryClient store =
            isParts(bundle)
                ? ArchiveRegistryClient.open(bundle)
                : LayoutRegistryClient.open(bundle, Bundle.repository());
        RegistryClient mirror = client(target.substring(0, target.indexOf('/')))) {
      Bundle opened = Bundle.open(store);
      MirrorPlan plan =
          opened
              .unpackPlan(bundle.resolveSibling("plan-of-" + bundle.getFileName()))
              .forTarget(Target.registry(target));
      new BundleLoader(mirror, event -> {})
          .load(opened, plan, MirrorOptions.builder().build())
          .orElseThrow();
    }
  }

  @BeforeAll
  static void publish() {
    source = DockerRegistry.start();
    try (HttpRegistryClient publisher = client(source.host())) {
      List<byte[]> base = List.of(TestImages.bytes(5 << 20, 1), TestImages.bytes(300_000, 2));
      int seed = 50;
      for (String name : List.of("gateway", "storage", "notification")) {
        TestImages.publish(
            publisher,
            ImageRef.parse(source.host() + "/kubernaut-ai/" + name + ":v1"),
            TestImages.Kind.OCI,
            base,
            seed++);
      }
    }
  }

  @AfterAll
  static void stop() {
    if (source != null) {
      source.close();
    }
  }

  /** Runs a child that is killed at a request; gives back its exit status. */
  private static int run(FaultProxy link, int last, List<String> command) throws Exception {
    AtomicReference<Process> child = new AtomicReference<>();
    link.faults(
        request -> {
          if (request.number() == last) {
            child.get().destroyForcibly();
          }
          return Optional.empty();
        });
    Path log = Files.createTempFile(directory, "log", "");
    child.set(
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start());
    assertThat(child.get().waitFor(120, TimeUnit.SECONDS)).isTrue();
    link.faults(request -> Optional.empty());
    return child.get().exitValue();
  }

  /** The blobs that are complete in a bundle that is not. */
  private static Set<String> complete(Path bundle, List<Descriptor> content) {
    try (RegistryClient store = store(bundle)) {
      return content.stream()
          .filter(one -> store.findBlob(Bundle.repository(), one.digest()).isPresent())
          .map(one -> one.digest().toString())
          .collect(Collectors.toSet());
    }
  }

  private static Set<String> blobsRead(FaultProxy link, int after) {
    return link.answers().stream()
        .filter(answer -> answer.request().number() > after)
        .map(answer -> answer.request().uri())
        .filter(uri -> uri.contains("/blobs/sha256:"))
        .map(uri -> uri.replaceAll(".*/blobs/", ""))
        .collect(Collectors.toSet());
  }

  private static List<Descriptor> content(Path bundle) {
    try (RegistryClient store =
        isParts(bundle)
            ? ArchiveRegistryClient.open(bundle)
            : LayoutRegistryClient.open(bundle, Bundle.repository())) {
      Bundle opened = Bundle.open(store);
      assertThat(BundleLoader.check(opened, event -> {}).isOk()).isTrue();
      return opened.content();
    }
  }

  @Test
  void creationThatWasKilledIsFinished_andNoCompleteBlobIsFetchedTwice() throws Exception {
    for (String kind : List.of("layout", "parts")) {
      Path whole = directory.resolve(kind + "-whole");
      createBundle(whole, source.host());
      List<Descriptor> content = content(whole);
      for (long seed = SEED; seed < SEED + RUNS; seed++) {
        try (FaultProxy link = FaultProxy.before(source.host())) {
          Path bundle = directory.resolve(kind + "-" + seed);
          int last = 1 + new Random(seed).nextInt(28);
          run(link, last, ChildJvm.command(Child.class, "create", bundle.toString(), link.host()));
          Set<String> complete = complete(bundle, content);
          int before =
              link.answers().stream().mapToInt(one -> one.request().number()).max().orElse(0);
          createBundle(bundle, link.host());
          assertThat(blobsRead(link, before)).as("seed " + seed).noneMatch(complete::contains);
          assertThat(content(bundle)).hasSameElementsAs(content);
        }
      }
    }
  }

  @Test
  void loadingThatWasKilledIsFinished_andNoCompleteBlobIsSentTwice() throws Exception {
    try (DockerRegistry mirror = DockerRegistry.start()) {
      for (String kind : List.of("layout", "parts")) {
        Path bundle = directory.resolve(kind + "-to-load");
        createBundle(bundle, source.host());
        for (long seed = SEED; seed < SEED + RUNS; seed++) {
          try (FaultProxy link = FaultProxy.before(mirror.host())) {
            String target = link.host() + "/" + kind + "-" + seed;
            run(
                link,
                1 + new Random(seed).nextInt(80),
                ChildJvm.command(Child.class, "load", bundle.toString(), target));
            loadBundle(bundle, target);
            Map<String, Long> stored =
                link.answers().stream()
                    .filter(answer -> answer.status() == 201)
                    .filter(answer -> answer.request().method().equals("PUT"))
                    .filter(answer -> answer.request().uri().contains("/blobs/uploads/"))
                    .map(answer -> answer.request().uri().replaceAll(".*digest=", ""))
                    .collect(Collectors.groupingBy(digest -> digest, Collectors.counting()));
            assertThat(stored.values()).as(kind + ", seed " + seed).containsOnly(1L);
          }
        }
      }
    }
  }

  @Test
  void aFullDiskLeavesABundleThatIsContinued() throws Exception {
    for (String kind : List.of("layout", "parts")) {
      Path bundle = directory.resolve(kind + "-on-a-full-disk");
      List<String> command =
          new ArrayList<>(List.of("sh", "-c", "ulimit -f 1500; exec \"$@\"", "sh"));
      command.addAll(ChildJvm.command(Child.class, "create", bundle.toString(), source.host()));
      try (FaultProxy link = FaultProxy.before(source.host())) {
        assertThat(run(link, -1, command)).isNotZero();
      }
      createBundle(bundle, source.host());
      assertThat(content(bundle)).isNotEmpty();
    }
  }
}
