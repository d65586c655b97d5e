package ai.kubernaut.airgap.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Repository;
import org.junit.jupiter.api.Test;

final class RegistryPresetTest {
  private static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0");

  private static String name(RegistryPreset preset, String address) {
    return preset.target(address).nameOf(GATEWAY).toString();
  }

  @Test
  void targetsMakeNamesThatFit() {
    assertThat(name(RegistryPreset.harbor(), "harbor.corp"))
        .isEqualTo("harbor.corp/kubernaut-ai/gateway:v1.1.0");
    assertThat(name(RegistryPreset.quay(), "quay.io/myorg"))
        .isEqualTo("quay.io/myorg/kubernaut-ai-gateway:v1.1.0");
    assertThat(name(RegistryPreset.openShift(), "registry.apps.ocp.corp/kubernaut"))
        .isEqualTo("registry.apps.ocp.corp/kubernaut/kubernaut-ai-gateway:v1.1.0");
    for (RegistryPreset preset : RegistryPreset.all()) {
      assertThat(preset.objection(preset.target("mirror.corp/myorg").nameOf(GATEWAY).repository()))
          .as(preset.name())
          .isEmpty();
    }
    assertThatThrownBy(() -> RegistryPreset.quay().target("quay.io/a/b"))
        .isInstanceOf(InvalidReferenceException.class)
        .hasMessageContaining("names may have 2 components here");
  }

  @Test
  void objectionsSayWhereTheyAreKnownFrom() {
    assertThat(RegistryPreset.quay().objection(Repository.parse("quay.io/a/b/c")))
        .hasValueSatisfying(
            text ->
                assertThat(text)
                    .startsWith(
                        "quay.io/a/b/c has 3 components, but quay.io accepts at most 2 (https:"));
    assertThat(RegistryPreset.openShift().objection(Repository.parse("ocp:5000/a")))
        .hasValue(
            "ocp:5000/a has 1 component, but OpenShift's integrated registry requires 2 (seen in the field)");
  }

  @Test
  void everyLimitHasItsSource() {
    for (RegistryPreset preset : RegistryPreset.all()) {
      assertThat(preset.limits())
          .as(preset.name())
          .isNotEmpty()
          .allSatisfy(limit -> assertThat(limit.source()).matches("https://.+|seen in the field"));
      assertThat(preset.depthSource().isPresent())
          .isEqualTo(preset.minimumDepth() > 1 || preset.maximumDepth().isPresent());
    }
  }

  @Test
  void aPresetCanBeAdjusted() {
    RegistryPreset own = RegistryPreset.quay().toBuilder().name("our Quay").maximumDepth(4).build();

    assertThat(own.objection(Repository.parse("quay.corp/a/b/c/d"))).isEmpty();
    assertThat(own.limits()).isEqualTo(RegistryPreset.quay().limits());
    assertThatThrownBy(
            () -> RegistryPreset.builder().name("x").minimumDepth(3).maximumDepth(2).build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("names of 3 to 2 components are not possible");
  }
}
