package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The sources that a plan needs, as narrow as possible: an organisation where the plan has several
 * of its repositories and the mirror keeps their names, else each repository. A whole registry is
 * never a source.
 */
final class RuleSources {
  private RuleSources() {}

  /** By source, most specific first, the mirror that takes its place. */
  static Map<String, String> of(MirrorPlan plan) {
    Map<String, Map<String, String>> byParent = new TreeMap<>();
    for (MirrorEntry entry : plan.entries()) {
      String source = entry.source().repository().toString();
      byParent
          .computeIfAbsent(parent(source), parent -> new TreeMap<>())
          .put(source, entry.target().repository().toString());
    }
    Map<String, String> sources = new TreeMap<>(RuleSources::mostSpecificFirst);
    byParent.forEach(
        (parent, repositories) -> {
          Set<String> mirrors = new LinkedHashSet<>();
          repositories.forEach((source, target) -> mirrors.add(mirrorOfParent(source, target)));
          String mirror = mirrors.iterator().next();
          boolean wide =
              repositories.size() > 1
                  && mirrors.size() == 1
                  && !mirror.isEmpty()
                  && parent.contains("/");
          if (wide) {
            sources.put(parent, mirror);
          } else {
            sources.putAll(repositories);
          }
        });
    return sources;
  }

  private static String parent(String repository) {
    return repository.substring(0, repository.lastIndexOf('/'));
  }

  /** What stands for the parent in the mirror; empty when the last component is another one. */
  private static String mirrorOfParent(String source, String target) {
    String last = source.substring(source.lastIndexOf('/'));
    return target.endsWith(last) ? target.substring(0, target.length() - last.length()) : "";
  }

  private static int mostSpecificFirst(String one, String other) {
    int byDepth = Long.compare(depth(other), depth(one));
    return byDepth != 0 ? byDepth : one.compareTo(other);
  }

  private static long depth(String source) {
    return source.chars().filter(c -> c == '/').count();
  }
}
