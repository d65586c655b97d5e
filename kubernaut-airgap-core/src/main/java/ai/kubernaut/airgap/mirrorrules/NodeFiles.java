package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.mirrorrules.MirrorRule.Pulls;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The mirror rules of a plan as files for nodes of clusters without an API for them, and for hosts
 * with podman. Immutable.
 *
 * @param files the content by the path on a node: a drop-in of {@code registries.conf} for CRI-O
 *     and podman, and a {@code hosts.toml} for containerd for each source registry whose names the
 *     mirror keeps
 * @param problems warnings: the images that containerd cannot pull from the mirror
 */
public record NodeFiles(Map<String, String> files, List<Problem> problems) {
  /**
   * Copies the map and the list.
   *
   * @param files the content by path
   * @param problems the warnings
   */
  public NodeFiles {
    files = Collections.unmodifiableMap(new LinkedHashMap<>(files));
    problems = List.copyOf(problems);
  }

  /**
   * Writes the files.
   *
   * @param plan the images and their names in the mirror
   * @param options the source policy, whether there are rules for tags, and the name
   * @return the files and what they cannot do
   */
  public static NodeFiles of(MirrorPlan plan, MirrorRuleOptions options) {
    String name = PlannedRules.name(plan, options);
    List<MirrorRule> rules = new ArrayList<>(PlannedRules.of(plan, options, name, Pulls.DIGEST));
    if (options.forTags()) {
      rules.addAll(PlannedRules.of(plan, options, name, Pulls.TAG));
    }
    Map<String, String> files = new LinkedHashMap<>();
    files.put(
        "etc/containers/registries.conf.d/" + name + ".conf",
        registriesConf(MirrorRules.of(rules)));
    ContainerdHosts hosts =
        ContainerdHosts.of(
            plan, options.forTags(), options.sourcePolicy() == SourcePolicy.NEVER_CONTACT_SOURCE);
    hosts
        .files()
        .forEach(
            (registry, text) ->
                files.put("etc/containerd/certs.d/" + registry + "/hosts.toml", text));
    return new NodeFiles(files, hosts.problems());
  }

  /** The rules in the form of containers-registries.conf(5). */
  static String registriesConf(MirrorRules rules) {
    StringBuilder text = new StringBuilder();
    for (MirrorRules.Entry entry : rules.entries()) {
      text.append("[[registry]]\nprefix = ").append(quoted(entry.source())).append('\n');
      if (!entry.source().startsWith("*.")) {
        text.append("location = ").append(quoted(entry.source())).append('\n');
      }
      if (entry.blocked()) {
        text.append("blocked = true\n");
      }
      entry.digestMirrors().forEach(mirror -> mirror(text, mirror, "digest-only"));
      entry.tagMirrors().forEach(mirror -> mirror(text, mirror, "tag-only"));
      text.append('\n');
    }
    return text.toString();
  }

  private static void mirror(StringBuilder text, String mirror, String pulls) {
    text.append("\n[[registry.mirror]]\nlocation = ")
        .append(quoted(mirror))
        .append("\npull-from-mirror = ")
        .append(quoted(pulls))
        .append('\n');
  }

  private static String quoted(String text) {
    return "\"" + text + "\"";
  }
}
