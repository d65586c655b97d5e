package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.registry.RegistryPreset;

/** The presets by the names that the command line has for them. */
enum RegistryKind {
  HARBOR(RegistryPreset.harbor()),
  QUAY(RegistryPreset.quay()),
  DOCKER_HUB(RegistryPreset.dockerHub()),
  ARTIFACTORY(RegistryPreset.artifactory()),
  NEXUS(RegistryPreset.nexus()),
  ECR(RegistryPreset.ecr()),
  OPENSHIFT(RegistryPreset.openShift());

  @SuppressWarnings("ImmutableEnumChecker") // presets are immutable
  private final RegistryPreset preset;

  RegistryKind(RegistryPreset preset) {
    this.preset = preset;
  }

  RegistryPreset preset() {
    return preset;
  }
}
