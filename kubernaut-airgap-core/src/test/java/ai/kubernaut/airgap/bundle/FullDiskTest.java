package ai.kubernaut.airgap.bundle;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bundles on a file system that is full; needs the right to mount one. */
@Timeout(120)
final class FullDiskTest {
  @TempDir private Path directory;
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private Path disk;
  private MirrorPlan plan;

  private static boolean run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(Arrays.asList(command))
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
  }

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectory(directory.resolve("disk"));
    assumeTrue(Files.isExecutable(Path.of("/bin/mount")), "mount is not available");
    assumeTrue(
        run("mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString()),
        "file systems cannot be mounted");
    Site.publish(source);
    plan = Site.plan(source, directory.resolve("home"), "harbor.corp");
  }

  @AfterEach
  void unmount() throws Exception {
    boolean unused = run("umount", disk.toString());
  }

  private RegistryClient store(boolean parts) {
    return parts
        ? ArchiveRegistryClient.create(disk.resolve("bundle"), 64 << 10)
        : LayoutRegistryClient.at(disk.resolve("bundle"), Bundle.repository());
  }

  private BundleReport create(boolean parts, OptionalLong room) {
    try (RegistryClient store = store(parts)) {
      BundleReport report =
          new Bundler(source, store, event -> {})
              .create(
                  plan,
                  BundleOptions.builder()
                      .room(room)
                      .mirror(MirrorOptions.builder().blobsAtOnce(1).build())
                      .build())
              .orElseThrow();
      if (store instanceof ArchiveRegistryClient archive) {
        archive.finish();
      }
      return report;
    }
  }

  private OptionalLong room() throws IOException {
    return OptionalLong.of(Files.getFileStore(disk).getUsableSpace());
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aDiskThatFillsUpLeavesABundleThatIsContinued(boolean parts) throws Exception {
    assertThat(catchThrowable(() -> create(parts, OptionalLong.empty())))
        .hasStackTraceContaining("No space left on device");

    assertThat(run("mount", "-o", "remount,size=2m", disk.toString())).isTrue();
    MirrorReport images = create(parts, room()).images().orElseThrow();
    assertThat(images.isOk()).isTrue();
    try (RegistryClient store =
        parts
            ? ArchiveRegistryClient.open(disk.resolve("bundle"))
            : LayoutRegistryClient.open(disk.resolve("bundle"), Bundle.repository())) {
      BundleReport checked = BundleLoader.check(Bundle.open(store), event -> {});
      assertThat(checked.problems()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void aBundleThatFitsByTheForecastFits(boolean parts) throws Exception {
    // As much as the forecast says, and not more than a few blocks beyond.
    long needed;
    try (MemoryRegistryClient empty = MemoryRegistryClient.create()) {
      needed =
          new Bundler(source, empty, event -> {})
              .forecast(plan, BundleOptions.builder().build())
              .bytesToWrite();
    }
    String size = "remount,size=" + (needed + (32 << 10));
    assertThat(run("mount", "-o", size, disk.toString())).isTrue();
    assertThat(create(parts, room()).isOk()).isTrue();
    assertThat(List.of(disk.resolve("bundle"))).allMatch(Files::isDirectory);
  }
}
