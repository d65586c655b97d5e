package ai.kubernaut.airgap.violations.plan;

import ai.kubernaut.airgap.violations.common.CommonUsesPlan;

/** The other half of a cycle. */
public final class PlanUsesCommon {
  CommonUsesPlan common() {
    return new CommonUsesPlan();
  }
}
