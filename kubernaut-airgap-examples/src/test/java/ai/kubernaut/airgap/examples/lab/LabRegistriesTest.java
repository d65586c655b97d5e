package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.net.ConnectException;
import java.net.Socket;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The lab's registries are for this machine only, and for the time of the lab. */
class LabRegistriesTest {
  @Test
  void theRegistriesListenOnLoopbackOnly() {
    try (Lab lab = Lab.builder().withoutSource().withoutCluster().start()) {
      String mirror = mirror(lab);
      assertThat(mirror).startsWith("127.0.0.1:");
      int port = Integer.parseInt(mirror.substring(mirror.indexOf(':') + 1));
      // A registry on all addresses would accept this one.
      assertThatThrownBy(() -> new Socket("127.0.0.2", port).close())
          .isInstanceOf(ConnectException.class);
    }
  }

  @Test
  void theRegistriesEndWithTheLab() {
    Lab lab = Lab.builder().withoutCluster().start();
    try (RegistryClient client = lab.newRegistryClient()) {
      List<String> registries = List.of("quay.io", mirror(lab));
      try {
        registries.forEach(client::ping);
      } finally {
        lab.close();
      }
      for (String registry : registries) {
        RegistryException e =
            catchThrowableOfType(RegistryException.class, () -> client.ping(registry));
        assertThat(e).as(registry).isNotNull();
        assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
      }
    }
  }

  private static String mirror(Lab lab) {
    return lab.target(Separator.SLASH).registry();
  }
}
