package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whatever happens to the files of a bundle on the way: it is noticed, and nothing is pushed.
 * {@code -Dairgap.bundle.mutations} and {@code -Dairgap.bundle.seed} run more.
 */
@Timeout(600)
final class MutatedBundleTest {
  private static final MemoryRegistryClient SOURCE = MemoryRegistryClient.create();
  private static final int RUNS = Integer.getInteger("airgap.bundle.mutations", 250);
  private static final long SEED = Long.getLong("airgap.bundle.seed", 1);

  @TempDir private static Path directory;
  private static MirrorPlan plan;
  private static final Set<Digest> CONTENT = new HashSet<>();

  @BeforeAll
  static void create() throws IOException {
    Site.publish(SOURCE);
    plan = Site.plan(SOURCE, directory.resolve("home"), "harbor.corp");
    try (RegistryClient layout =
            LayoutRegistryClient.at(directory.resolve("layout"), Bundle.repository());
        ArchiveRegistryClient parts =
            ArchiveRegistryClient.create(directory.resolve("parts"), 60_000)) {
      for (RegistryClient store : List.of(layout, parts)) {
        new Bundler(SOURCE, store, event -> {})
            .create(plan, BundleOptions.builder().build())
            .orElseThrow();
      }
      parts.finish();
      Bundle.open(layout).content().forEach(one -> CONTENT.add(one.digest()));
    }
  }

  private static List<Path> files(Path bundle) throws IOException {
    try (Stream<Path> files = Files.walk(bundle)) {
      return files
          .filter(Files::isRegularFile)
          .filter(file -> !file.toString().contains(".airgap"))
          // For sha256sum alone; nothing is read from it.
          .filter(file -> !file.toString().endsWith("bundle.tar.sha256"))
          .sorted()
          .toList();
    }
  }

  /** Changes the content of a file; returns what was done, or empty when nothing changed. */
  private static String mutate(Path file, List<Path> all, Random random) throws IOException {
    byte[] old = Files.readAllBytes(file);
    int position = old.length == 0 ? 0 : random.nextInt(old.length);
    byte[] changed = old.clone();
    String what;
    switch (random.nextInt(8)) {
      case 0 -> {
        what = "deleted";
        Files.delete(file);
        return what;
      }
      case 1 -> {
        what = "truncated";
        changed = Arrays.copyOf(old, position);
      }
      case 2 -> {
        what = "a byte longer";
        changed = Arrays.copyOf(old, old.length + 1);
      }
      case 3 -> {
        what = "another file of the bundle";
        changed = Files.readAllBytes(all.get(random.nextInt(all.size())));
      }
      case 4 -> {
        what = "with a block of zeros";
        Arrays.fill(changed, position, Math.min(old.length, position + 512), (byte) 0);
      }
      case 5 -> {
        what = "with a random block";
        byte[] block = new byte[Math.min(64, old.length - position)];
        random.nextBytes(block);
        System.arraycopy(block, 0, changed, position, block.length);
      }
      case 6 -> {
        what = "empty";
        changed = new byte[0];
      }
      default -> {
        what = "with a flipped bit at " + position;
        if (old.length > 0) {
          changed[position] ^= (byte) (1 << random.nextInt(8));
        }
      }
    }
    Files.write(file, changed);
    return Arrays.equals(old, changed) ? "" : what;
  }

  /** Loads a bundle; whether it was accepted. What is accepted has to be what left. */
  private static boolean load(
      Path path, Function<Path, RegistryClient> open, Path unpacked, String what) {
    MemoryRegistryClient target = MemoryRegistryClient.create();
    try (RegistryClient store = open.apply(path)) {
      Bundle bundle = Bundle.open(store);
      MirrorPlan carried = bundle.unpackPlan(unpacked);
      new BundleLoader(target, event -> {})
          .load(bundle, carried, MirrorOptions.builder().build())
          .orElseThrow();
    } catch (AirgapException refused) {
      for (MirrorEntry entry : plan.entries()) {
        assertThat(target.tags(entry.target().repository())).as(what).isEmpty();
        for (Digest digest : CONTENT) {
          assertThat(target.findBlob(entry.target().repository(), digest)).as(what).isEmpty();
        }
      }
      return false;
    }
    for (MirrorEntry entry : plan.entries()) {
      assertThat(target.readManifest(entry.target()))
          .as(what)
          .isEqualTo(SOURCE.readManifest(entry.source()));
    }
    return true;
  }

  /** Mutates a file at a time, and counts those mutations that did not matter. */
  private static int mutate(String name, Function<Path, RegistryClient> open) throws IOException {
    Path bundle = directory.resolve(name);
    List<Path> files = files(bundle);
    Random random = new Random(SEED);
    int accepted = 0;
    for (int i = 0; i < RUNS; i++) {
      // Content is where most bytes are, but each of the other files counts as much.
      Path file =
          random.nextInt(4) == 0
              ? files.get(files.size() - 1 - random.nextInt(2))
              : files.get(random.nextInt(files.size()));
      byte[] old = Files.readAllBytes(file);
      String what = mutate(file, files, random);
      try {
        if (!what.isEmpty()) {
          String described = file.getFileName() + " is " + what + " (run " + i + ")";
          boolean loaded = load(bundle, open, directory.resolve("plan"), described);
          if (loaded) {
            // Only what is no content may change without being noticed.
            assertThat(file.toString()).as(described).doesNotContain("blobs");
            assertThat(file.getFileName().toString())
                .as(described)
                .isIn("index.json", "oci-layout", "bundle.tar.json");
            accepted++;
          }
        }
      } finally {
        Files.write(file, old);
      }
    }
    assertThat(load(bundle, open, directory.resolve("plan"), "unchanged")).isTrue();
    return accepted;
  }

  @Test
  void mutationsOfADirectoryAreNoticed() throws IOException {
    int accepted = mutate("layout", path -> LayoutRegistryClient.open(path, Bundle.repository()));
    assertThat(accepted).isLessThan(RUNS / 4);
  }

  @Test
  void mutationsOfPartsAreNoticed() throws IOException {
    int accepted = mutate("parts", ArchiveRegistryClient::open);
    assertThat(accepted).isLessThan(RUNS / 4);
  }
}
