package ai.kubernaut.airgap.violations.registry;

import ai.kubernaut.airgap.violations.plan.PlanUsesCommon;

/** A port that depends on a step. */
final class RegistryUsesPlan {
  PlanUsesCommon plan() {
    return new PlanUsesCommon();
  }
}
