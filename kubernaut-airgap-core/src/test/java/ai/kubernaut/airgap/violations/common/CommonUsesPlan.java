package ai.kubernaut.airgap.violations.common;

import ai.kubernaut.airgap.violations.plan.PlanUsesCommon;

/** A package at the bottom that depends on a step. */
public final class CommonUsesPlan {
  PlanUsesCommon plan() {
    return new PlanUsesCommon();
  }
}
