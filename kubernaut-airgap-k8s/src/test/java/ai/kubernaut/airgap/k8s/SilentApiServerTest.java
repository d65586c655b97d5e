package ai.kubernaut.airgap.k8s;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterException.Reason;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.CancelledException;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An API server that accepts connections and never answers must not hold anybody up. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
final class SilentApiServerTest {
  private static final ApiTimeouts SHORT =
      ApiTimeouts.builder().connect(Duration.ofMillis(300)).request(Duration.ofMillis(300)).build();

  @TempDir Path directory;
  private SilentApiServer server;

  @BeforeEach
  void start() throws IOException {
    server = SilentApiServer.start();
  }

  @AfterEach
  void stop() throws IOException {
    server.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http", "https"})
  void everyRequestEndsAfterTheTimeoutOfRequests(String scheme) throws IOException {
    KubernetesObject secret = KubernetesObject.named(ResourceType.SECRET, "ns", "s");
    try (ClusterClient cluster =
        Fabric8ClusterClient.fromKubeconfig(server.kubeconfig(directory, scheme), SHORT)) {
      List<ThrowingCallable> calls =
          List.of(
              () -> cluster.serves(ResourceType.SECRET),
              cluster::versions,
              () -> cluster.get(ResourceType.SECRET, "ns", "s"),
              () -> cluster.list(ResourceType.SECRET, "ns", Map.of()),
              () -> cluster.create(ResourceType.SECRET, secret),
              () -> cluster.replace(ResourceType.SECRET, secret),
              () -> cluster.log("ns", "p", "c", 5));
      for (ThrowingCallable call : calls) {
        ClusterException refusal = catchThrowableOfType(ClusterException.class, call);
        assertThat(refusal).isNotNull();
        assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
        assertThat(refusal)
            .hasMessageContaining(cluster.address())
            // A TLS handshake that never ends counts as a connection that is not made.
            .hasMessageMatching("(?s).*(has not answered within PT0.3S|timed out).*");
      }
      if (scheme.equals("http")) {
        assertThat(cluster.getFromService("ns", "s", "80", "/healthz").status())
            .as("the service may be the one that is silent")
            .isEqualTo(504);
      }
    }
  }

  @Test
  void aConnectionThatIsNotMadeEndsAfterTheTimeoutOfConnections() throws IOException {
    ApiTimeouts timeouts = ApiTimeouts.builder().connect(Duration.ofMillis(300)).build();
    try (ClusterClient cluster =
        Fabric8ClusterClient.fromKubeconfig(server.kubeconfig(directory, "https"), timeouts)) {
      ClusterException refusal =
          catchThrowableOfType(ClusterException.class, () -> cluster.serves(ResourceType.SECRET));
      assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE);
      assertThat(refusal).hasMessageContaining("timed out");
    }
  }

  @Test
  void aWaitEndsWithItsOwnTimeoutWhenThatIsShorter() throws IOException {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofMillis(1500), Duration.ofMillis(10));
    try (ClusterClient cluster =
        Fabric8ClusterClient.fromKubeconfig(
            server.kubeconfig(directory, "http"),
            ApiTimeouts.builder().request(Duration.ofHours(1)).build())) {
      assertThatThrownBy(
              () ->
                  waitPolicy.until(() -> cluster.get(ResourceType.SECRET, "ns", "s"), seen -> true))
          .isInstanceOfSatisfying(
              ClusterException.class,
              refusal -> assertThat(refusal.reason()).isEqualTo(Reason.UNREACHABLE))
          .hasMessageContaining("PT1.5S");
    }
  }

  @Test
  void anInterruptEndsARequestAndAWait() throws Exception {
    WaitPolicy waitPolicy = WaitPolicy.of(Duration.ofHours(1), Duration.ofMillis(10));
    try (ClusterClient cluster =
        Fabric8ClusterClient.fromKubeconfig(
            server.kubeconfig(directory, "http"),
            ApiTimeouts.builder().request(Duration.ofHours(1)).build())) {
      assertThat(interrupted(() -> cluster.serves(ResourceType.SECRET)))
          .isInstanceOf(CancelledException.class)
          .hasMessageContaining("interrupted");
      assertThat(
              interrupted(
                  () -> waitPolicy.until(() -> cluster.serves(ResourceType.SECRET), seen -> true)))
          .hasMessageContaining("interrupted");
    }
  }

  private static Throwable interrupted(ThrowingCallable call) throws InterruptedException {
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch begun = new CountDownLatch(1);
    Thread caller =
        new Thread(
            () -> {
              begun.countDown();
              thrown.set(catchThrowable(call));
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
    caller.setDaemon(true);
    caller.start();
    begun.await();
    caller.interrupt();
    caller.join(TimeUnit.SECONDS.toMillis(30));
    assertThat(caller.isAlive()).as("the call goes on").isFalse();
    return thrown.get();
  }
}
