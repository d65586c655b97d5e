package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.plan.MirrorPlan;

/** Reports of plans that were not really mirrored, for tests of the steps after it. */
public final class MirrorReports {
  private MirrorReports() {}

  /** A report in which every image of a plan has the same outcome. */
  public static MirrorReport of(MirrorPlan plan, MirroredImage.Outcome outcome) {
    return MirrorReport.of(
        plan,
        plan.entries().stream()
            .map(entry -> MirroredImage.builder().entry(entry).outcome(outcome).build())
            .toList());
  }
}
