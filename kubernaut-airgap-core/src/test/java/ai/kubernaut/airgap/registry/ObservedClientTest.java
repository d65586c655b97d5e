package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;

/** An observed client keeps the contract, and each call of it is told once. */
final class ObservedClientTest extends RegistryClientContract {
  private static final byte[] CONTENT = {1, 2, 3};
  private static final Descriptor BLOB =
      Descriptor.of("application/octet-stream", Digest.sha256(CONTENT), CONTENT.length);

  private final List<RegistryCall> calls = new CopyOnWriteArrayList<>();

  @Override
  protected Subject open() {
    return new Subject(
        ObservedClient.of(MemoryRegistryClient.create(), calls::add), "harbor.corp:5000");
  }

  private List<String> told() {
    return calls.stream().map(call -> call.method() + " " + call.subject()).toList();
  }

  @Test
  void callsAreToldWithTheirBytes() throws Exception {
    Repository repository = Repository.parse("harbor.corp/app");
    try (RegistryClient client = ObservedClient.of(MemoryRegistryClient.create(), calls::add)) {
      client.writeBlob(repository, BLOB, new ByteArrayInputStream(CONTENT));
      try (InputStream in = client.readBlob(repository, BLOB, 1)) {
        assertThat(in.readAllBytes()).hasSize(2);
        assertThat(calls).as("told at the end of the stream").hasSize(1);
      }
      BlobUpload upload = client.beginUpload(repository).orElseThrow();
      upload.finish(BLOB, 0, new ByteArrayInputStream(CONTENT));
    }

    assertThat(told())
        .containsExactly(
            "writeBlob harbor.corp/app@" + BLOB.digest(),
            "readBlob harbor.corp/app@" + BLOB.digest(),
            "beginUpload harbor.corp/app",
            "finish harbor.corp/app@" + BLOB.digest());
    assertThat(calls).extracting(RegistryCall::bytes).containsExactly(3L, 2L, 0L, 3L);
    assertThat(calls)
        .allMatch(call -> call.failure().isEmpty())
        .allMatch(call -> call.registry().equals("harbor.corp"))
        .allMatch(call -> !call.duration().isNegative());
  }

  @Test
  void aFailureIsToldAndThrown() {
    try (RegistryClient client = ObservedClient.of(MemoryRegistryClient.create(), calls::add)) {
      assertThatThrownBy(() -> client.readManifest(ImageRef.parse("harbor.corp/app:v1")))
          .isInstanceOf(RegistryException.class)
          .isEqualTo(calls.get(0).failure().orElseThrow());
    }

    assertThat(told()).containsExactly("readManifest harbor.corp/app:v1");
  }
}
