package ai.kubernaut.airgap.install;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.install.ReleaseLease.Holder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The process that works on a release, as its lease records it. */
final class ReleaseLeaseTest {
  private static final ReleaseName RELEASE = ReleaseName.of("r", "ns");
  private static final Duration NEVER = Duration.ofHours(1);

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final List<String> progress = new ArrayList<>();

  @BeforeEach
  void createNamespace() {
    cluster.create(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, "ns"));
  }

  private ReleaseLease hold(Duration interval, boolean endsWithHolder) {
    return ReleaseLease.hold(cluster, RELEASE, 3, interval, endsWithHolder, progress::add)
        .orElseThrow();
  }

  private KubernetesObject lease() {
    return cluster.get(ReleaseLease.LEASE, "ns", "kubernaut-airgap-r").orElseThrow();
  }

  /** Shortens the duration of a lease that is not renewed, so that a test can wait for it. */
  private void shorten() {
    cluster.replace(ReleaseLease.LEASE, lease().with(1, "spec", "leaseDurationSeconds"));
  }

  private Holder holder() {
    return ReleaseLease.holderOf(cluster, RELEASE, 3);
  }

  @Test
  void aLeaseThatIsRenewedIsThatOfAWorkingHolder() {
    try (ReleaseLease held = hold(Duration.ofMillis(20), true)) {
      assertThat(holder().state()).isEqualTo(Holder.State.WORKING);
      assertThat(holder().state()).isEqualTo(Holder.State.WORKING);
      assertThat(holder().identity().orElseThrow())
          .endsWith("process " + ProcessHandle.current().pid());
      assertThat(held).isNotNull();
    }
    assertThat(holder()).isEqualTo(new Holder(Holder.State.ENDED, Optional.empty()));
    assertThat(progress).isEmpty();
  }

  @Test
  void aLeaseThatIsNotRenewedIsThatOfAHolderThatHasEnded() {
    try (ReleaseLease held = hold(NEVER, true)) {
      shorten();
      assertThat(holder().state()).isEqualTo(Holder.State.ENDED);
      assertThat(held).isNotNull();
    }
  }

  @Test
  void nothingIsKnownOfAHelmThatOutlivesItsHolder() {
    try (ReleaseLease held = hold(NEVER, false)) {
      assertThat(holder().state()).isEqualTo(Holder.State.UNKNOWN);
      assertThat(holder().identity()).isPresent();
      assertThat(held).isNotNull();
    }
  }

  @Test
  void aLeaseOfAnotherRevisionTellsNothing() {
    try (ReleaseLease held = hold(NEVER, true)) {
      assertThat(ReleaseLease.holderOf(cluster, RELEASE, 4))
          .isEqualTo(new Holder(Holder.State.UNKNOWN, Optional.empty()));
      assertThat(held).isNotNull();
    }
    assertThat(ReleaseLease.holderOf(cluster, ReleaseName.of("other", "ns"), 1).state())
        .isEqualTo(Holder.State.UNKNOWN);
  }

  @Test
  void aLeaseIsTakenOverByTheNextRun() {
    hold(NEVER, true).close();
    try (ReleaseLease held = hold(Duration.ofMillis(20), true)) {
      assertThat(holder().state()).isEqualTo(Holder.State.WORKING);
      assertThat(held).isNotNull();
    }
  }

  @Test
  void aClusterThatRefusesLeasesIsNamed() {
    assertThat(
            ReleaseLease.hold(
                cluster, ReleaseName.of("r", "missing"), 1, NEVER, true, progress::add))
        .isEmpty();
    assertThat(progress).singleElement().asString().startsWith("the release has no lease: ");
  }
}
