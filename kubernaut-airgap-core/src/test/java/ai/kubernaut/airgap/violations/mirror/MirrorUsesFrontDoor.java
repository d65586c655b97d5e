package ai.kubernaut.airgap.violations.mirror;

import ai.kubernaut.airgap.violations.FrontDoor;

/** A step that depends on the root package. */
public final class MirrorUsesFrontDoor {
  FrontDoor frontDoor() {
    return new FrontDoor();
  }
}
