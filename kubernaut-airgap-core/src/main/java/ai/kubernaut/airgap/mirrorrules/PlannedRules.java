package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.plan.MirrorPlan;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;

/** The rules for a plan. */
final class PlannedRules {
  private static final int LONGEST_PART = 60;

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
  static String owner(MirrorPlan plan) {
    return plan.release().namespace()
        + "/"
        + plan.release().name()
        + " from "
        + plan.target().address();
  }

  static String name(MirrorPlan plan, MirrorRuleOptions options) {
    return options
        .name()
        .orElseGet(
            () ->
                part(plan.release().name() + "-" + plan.target().registry())
                    + "-"
                    + hash(owner(plan)));
  }

  private static String part(String text) {
    String legal =
        text.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-|-$", "");
    return legal.length() > LONGEST_PART ? legal.substring(0, LONGEST_PART) : legal;
  }

  private static String hash(String text) {
    try {
      byte[] hash =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(hash, 0, 4);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
