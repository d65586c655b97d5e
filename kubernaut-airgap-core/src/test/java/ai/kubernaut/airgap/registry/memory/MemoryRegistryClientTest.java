package ai.kubernaut.airgap.registry.memory;

import ai.kubernaut.airgap.registry.RegistryClientContract;

final class MemoryRegistryClientTest extends RegistryClientContract {
  @Override
  protected Subject open() {
    return new Subject(MemoryRegistryClient.create(), "harbor.corp:5000");
  }
}
