package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A mirror in an image layout whose files are damaged between two runs of other processes. */
@Timeout(120)
final class DamagedLayoutTest {
  private static final byte[] SHARED = TestImages.bytes(1_000_000, 1);
  private static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1");
  private static final ImageRef DATASTORAGE = ImageRef.parse("quay.io/kubernaut-ai/datastorage:v1");

  @TempDir private Path directory;
  private Path plan;
  private Path sharedBlob;

  /** Mirrors a plan from one layout to another; the exit status says whether that succeeded. */
  static final class MirroringProcess {
    private MirroringProcess() {}

    public static void main(String[] arguments) {
      Path directory = Path.of(arguments[0]);
      try (RegistryClient source = layout(directory, "source");
          RegistryClient mirror = layout(directory, "mirror")) {
        engine(source, mirror)
            .mirror(MirrorPlan.read(directory.resolve(arguments[1])))
            .orElseThrow();
      }
    }
  }

  private static RegistryClient layout(Path directory, String name) {
    return LayoutRegistryClient.at(directory.resolve(name));
  }

  private static MirrorEngine engine(RegistryClient source, RegistryClient mirror) {
    return new MirrorEngine(source, mirror, MirrorOptions.builder().build(), event -> {});
  }

  @BeforeEach
  void publishAndMirror() throws Exception {
    MirrorPlan.Builder both = MirrorPlan.builder(Target.registry("harbor.corp"));
    try (RegistryClient client = layout(directory, "source")) {
      long seed = 0;
      for (ImageRef image : List.of(GATEWAY, DATASTORAGE)) {
        TestImages.publish(client, image, TestImages.Kind.OCI, List.of(SHARED), seed++);
        both.image(image);
      }
    }
    both.build().save(directory.resolve("plan"));
    plan = directory.resolve("plan");
    MirrorPlan.builder(Target.registry("harbor.corp"))
        .image(GATEWAY)
        .build()
        .save(directory.resolve("gateway"));
    mirror("gateway");
    sharedBlob = directory.resolve("mirror/blobs/sha256").resolve(Digest.sha256(SHARED).hex());
  }

  private void mirror(String plan) throws Exception {
    Process process = ChildJvm.start(MirroringProcess.class, directory.toString(), plan);
    try {
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
      assertThat(process.exitValue()).isZero();
    } finally {
      process.destroyForcibly();
    }
  }

  private MirrorReport check(CheckDepth depth) {
    try (RegistryClient mirror = layout(directory, "mirror")) {
      return engine(mirror, mirror).check(MirrorPlan.read(plan), depth);
    }
  }

  private void truncate() throws IOException {
    try (FileChannel file = FileChannel.open(sharedBlob, StandardOpenOption.WRITE)) {
      file.truncate(1_234);
    }
  }

  @Test
  void aTruncatedBlobIsSentAgainForImagesThatHaveIt() throws Exception {
    truncate();

    mirror("plan");

    assertThat(sharedBlob).hasBinaryContent(SHARED);
    assertThat(check(CheckDepth.CONTENT).isOk()).isTrue();
  }

  @Test
  void aDeletedBlobIsSentAgain() throws Exception {
    Files.delete(sharedBlob);

    mirror("plan");

    assertThat(sharedBlob).hasBinaryContent(SHARED);
  }

  @Test
  void anImageWithATruncatedBlobIsNotPresent() throws Exception {
    mirror("plan");
    truncate();

    for (CheckDepth depth : CheckDepth.values()) {
      assertThat(check(depth).failures()).as(depth.toString()).hasSize(2);
      assertThat(check(depth).failures().get(0).failure().orElseThrow().describe())
          .contains(Digest.sha256(SHARED).toString())
          .contains("1234 of 1000000 bytes");
    }
  }

  @Test
  void changedContentIsFoundWhereItIsRead() throws Exception {
    mirror("plan");
    byte[] changed = SHARED.clone();
    changed[500_000]++;
    Files.write(sharedBlob, changed);

    assertThat(check(CheckDepth.BLOBS).isOk()).isTrue();
    assertThat(check(CheckDepth.CONTENT).failures())
        .hasSize(2)
        .allSatisfy(
            image ->
                assertThat(image.failure().orElseThrow().describe())
                    .contains(sharedBlob.getFileName().toString()));
  }

  @Test
  void aManifestWithAnInvalidMediaTypeFailsItsImageOnly() throws IOException {
    Path source = directory.resolve("source");
    byte[] odd =
        "{\"schemaVersion\":2,\"mediaType\":\"application/x,y\",\"layers\":[]}"
            .getBytes(StandardCharsets.UTF_8);
    Digest digest = Digest.sha256(odd);
    Files.write(source.resolve("blobs/sha256").resolve(digest.hex()), odd);
    Files.writeString(
        source.resolve("index.json"),
        """
        {"schemaVersion":2,"manifests":[
         {"mediaType":"application/x,y","digest":"%s","size":%d,
          "annotations":{"org.opencontainers.image.ref.name":"%s"}}]}"""
            .formatted(digest, odd.length, DATASTORAGE));
    try (RegistryClient client = layout(directory, "source");
        RegistryClient mirror = layout(directory, "mirror")) {
      TestImages.publish(client, GATEWAY, TestImages.Kind.OCI, List.of(SHARED), 0);

      MirrorReport report = engine(client, mirror).mirror(MirrorPlan.read(plan));

      assertThat(report.failures()).hasSize(1);
      assertThat(report.failures().get(0).entry().source()).isEqualTo(DATASTORAGE);
      assertThat(report.failures().get(0).failure().orElseThrow().describe())
          .contains("application/x,y");
    }
  }
}
