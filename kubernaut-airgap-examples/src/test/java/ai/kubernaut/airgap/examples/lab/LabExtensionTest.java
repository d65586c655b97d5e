package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

final class LabExtensionTest {
  @RegisterExtension
  static final LabExtension LAB = LabExtension.of(Lab.builder().flavour(Flavour.KUBERNETES));

  private static Lab shared;

  @BeforeAll
  static void getTheLab(Lab lab) {
    shared = lab;
  }

  @Test
  void aTestUsesTheLabOfItsClass(Lab lab) {
    assertThat(lab).isSameAs(shared);
    try (Airgap airgap =
        Airgap.builder().registry(lab.newRegistryClient()).closeClients(true).build()) {
      MirrorReport report =
          airgap.mirror(
              MirrorPlan.builder(lab.target(Separator.SLASH)).image(Lab.MUST_GATHER).build());
      assertThat(report.isOk()).as(report.summary()).isTrue();
    }
  }

  @Nested
  class NestedTests {
    private final Lab given;

    NestedTests(Lab lab) {
      given = lab;
    }

    @Test
    void haveTheLabOfTheClassAroundThem(Lab lab) {
      assertThat(lab).isSameAs(shared).isSameAs(given);
    }
  }
}
