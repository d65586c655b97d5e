package ai.kubernaut.airgap.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.k8s.Fabric8ClusterClient;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The names that the jars of the library have on the module path. */
final class ModuleNamesTest {
  private static ModuleDescriptor moduleOf(Class<?> member) throws URISyntaxException {
    Path jar = Path.of(member.getProtectionDomain().getCodeSource().getLocation().toURI());
    assumeTrue(Files.isRegularFile(jar), "the module was compiled, but not packaged");
    return ModuleFinder.of(jar).findAll().stream()
        .map(ModuleReference::descriptor)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theJarsOfTheLibraryAreModules() throws URISyntaxException {
    ModuleDescriptor core = moduleOf(Airgap.class);
    assertThat(core.name()).isEqualTo("ai.kubernaut.airgap.core");
    assertThat(core.packages()).contains("ai.kubernaut.airgap", "ai.kubernaut.airgap.outcome");

    ModuleDescriptor k8s = moduleOf(Fabric8ClusterClient.class);
    assertThat(k8s.name()).isEqualTo("ai.kubernaut.airgap.k8s");
    assertThat(k8s.packages()).doesNotContainAnyElementsOf(core.packages());
  }
}
