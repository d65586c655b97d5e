package ai.kubernaut.airgap.examples.lab.cluster;

import ai.kubernaut.airgap.mirrorrules.MirrorRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads containers-registries.conf(5) as far as nodes need it to pull: the tables {@code registry}
 * and {@code registry.mirror} with one key on each line.
 */
final class RegistriesConf {
  private static final Pattern KEY = Pattern.compile("([a-z-]+) = \"?([^\"]*)\"?");

  private RegistriesConf() {}

  static List<MirrorRule> read(String content) {
    List<MirrorRule> rules = new ArrayList<>();
    String source = "";
    boolean blocked = false;
    Map<String, String> mirror = new LinkedHashMap<>();
    boolean inMirror = false;
    for (String line : (content + "\n[[registry]]").lines().map(String::strip).toList()) {
      if (line.startsWith("[[")) {
        if (inMirror) {
          rules.add(rule(source, blocked, mirror));
        }
        inMirror = line.equals("[[registry.mirror]]");
        if (!inMirror) {
          blocked = false;
        }
        mirror.clear();
      }
      Matcher key = KEY.matcher(line);
      if (key.matches() && inMirror) {
        mirror.put(key.group(1), key.group(2));
      } else if (key.matches() && key.group(1).equals("prefix")) {
        source = key.group(2);
      } else if (key.matches() && key.group(1).equals("blocked")) {
        blocked = key.group(2).equals("true");
      }
    }
    return List.copyOf(rules);
  }

  private static MirrorRule rule(String source, boolean blocked, Map<String, String> mirror) {
    return MirrorRule.builder()
        .object("registries.conf")
        .source(source)
        .addMirrors(mirror.getOrDefault("location", ""))
        .pulls(
            "tag-only".equals(mirror.get("pull-from-mirror"))
                ? MirrorRule.Pulls.TAG
                : MirrorRule.Pulls.DIGEST)
        .sourcePolicy(
            blocked
                ? MirrorRule.SourcePolicy.NEVER_CONTACT_SOURCE
                : MirrorRule.SourcePolicy.ALLOW_CONTACTING_SOURCE)
        .build();
  }
}
