package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.FaultProxy;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Each process mirrors a part of the plan, and no byte that the mirror acknowledged goes twice. */
@Timeout(300)
final class PauseAndResumeTest {
  private static final int SIZE = 17 << 20;
  private static final long QUOTA = 6 << 20;

  @Test
  void aPlanIsMirroredByOneProcessAfterTheOther(@TempDir Path directory)
      throws IOException, InterruptedException {
    try (DockerRegistry source = DockerRegistry.start();
        DockerRegistry mirror = DockerRegistry.start();
        FaultProxy link = FaultProxy.before(mirror.host());
        HttpRegistryClient client =
            HttpRegistryClient.builder()
                .credentials(CredentialProvider.none())
                .plainHttp(source.host())
                .plainHttp(link.host())
                .build()) {
      ImageRef image = ImageRef.parse(source.host() + "/kubernaut-ai/gateway:v1");
      Manifest index =
          TestImages.publish(
              client,
              image,
              TestImages.Kind.OCI,
              List.of(TestImages.bytes(SIZE, 1), TestImages.bytes(SIZE, 2)),
              50);
      MirrorPlan plan = MirrorPlan.builder(Target.registry(link.host())).image(image).build();
      Path planFile = directory.resolve("plan.yaml");
      plan.save(planFile);

      List<Integer> statuses = new ArrayList<>();
      do {
        Path log = directory.resolve("log-" + statuses.size());
        Process process =
            new ProcessBuilder(
                    ChildJvm.command(
                        PauseAndResume.class,
                        planFile.toString(),
                        directory.resolve("mirror.checkpoint").toString(),
                        String.valueOf(QUOTA),
                        source.host(),
                        link.host()))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(log)).isIn(0, 3);
        statuses.add(process.exitValue());
      } while (statuses.get(statuses.size() - 1) != 0 && statuses.size() < 20);

      assertThat(statuses).hasSizeGreaterThan(2).endsWith(0);
      assertThat(client.findManifest(plan.entries().get(0).target()))
          .hasValueSatisfying(there -> assertThat(there.digest()).isEqualTo(index.digest()));
      assertThat(acknowledged(link)).isEqualTo(blobBytes(client, image, index));
    }
  }

  /** Returns how many bytes of blobs the mirror has accepted. */
  private static long acknowledged(FaultProxy link) {
    return link.answers().stream()
        .filter(answer -> answer.status() == 201 || answer.status() == 202)
        .map(FaultProxy.Answered::request)
        .filter(request -> request.uri().contains("/blobs/uploads/"))
        .filter(request -> request.method().equals("PATCH") || request.method().equals("PUT"))
        .mapToLong(request -> request.header("Content-Length").map(Long::parseLong).orElse(0L))
        .sum();
  }

  private static long blobBytes(HttpRegistryClient client, ImageRef image, Manifest index) {
    return index.children().stream()
        .flatMap(
            child ->
                client.readManifest(image.repository().digest(child.digest())).blobs().stream())
        .distinct()
        .mapToLong(blob -> blob.size())
        .sum();
  }
}
