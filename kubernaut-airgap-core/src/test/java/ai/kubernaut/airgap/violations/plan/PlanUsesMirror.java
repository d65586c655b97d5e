package ai.kubernaut.airgap.violations.plan;

import ai.kubernaut.airgap.violations.mirror.MirrorUsesFrontDoor;

/** A step that depends on a later one. */
final class PlanUsesMirror {
  MirrorUsesFrontDoor mirror() {
    return new MirrorUsesFrontDoor();
  }
}
