package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.cluster.change.ObjectOwner;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.List;

/** The rules for a plan. */
final class PlannedRules {
  private static final String OWNER = "airgap.kubernaut.ai/mirror-rules-for";

  private PlannedRules() {}

  static List<MirrorRule> of(MirrorPlan plan, MirrorRuleOptions options, RuleObjects.Kind kind) {
    return of(plan, options, kind.object(name(plan, options)), kind.pulls());
  }

  static List<MirrorRule> of(
      MirrorPlan plan, MirrorRuleOptions options, String object, MirrorRule.Pulls pulls) {
    return RuleSources.of(plan).entrySet().stream()
        .<MirrorRule>map(
            rule ->
                MirrorRule.builder()
                    .object(object)
                    .pulls(pulls)
                    .source(rule.getKey())
                    .addMirrors(rule.getValue())
                    .sourcePolicy(options.sourcePolicy())
                    .build())
        .toList();
  }

  /** The owner of the objects: two releases, or two mirrors of one release, have different ones. */
  static ObjectOwner owner(MirrorPlan plan) {
    return new ObjectOwner(
        OWNER,
        plan.release().namespace()
            + "/"
            + plan.release().name()
            + " from "
            + plan.target().address());
  }

  static String name(MirrorPlan plan, MirrorRuleOptions options) {
    return options
        .name()
        .orElseGet(() -> owner(plan).name(plan.release().name() + "-" + plan.target().registry()));
  }
}
