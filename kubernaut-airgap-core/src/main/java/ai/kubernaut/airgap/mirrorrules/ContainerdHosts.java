package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code hosts.toml} files of containerd. containerd replaces the host of a source, and can add
 * a prefix to all names of it; it cannot change names. So there is a file for a source registry
 * only if the mirror keeps the names of its images.
 *
 * @param files the content by source registry
 * @param problems the images that cannot be pulled from the mirror this way
 */
record ContainerdHosts(Map<String, String> files, List<Problem> problems) {
  static ContainerdHosts of(MirrorPlan plan, boolean forTags, boolean neverContactSource) {
    Map<String, String> files = new TreeMap<>();
    List<Problem> problems = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      if (keepsName(plan, entry)) {
        files.put(
            entry.source().registry(),
            file(plan, entry.source().registry(), forTags, neverContactSource));
      } else {
        problems.add(
            Problem.of(
                ProblemCode.CONTAINERD_CANNOT_RENAME,
                Subject.image(entry.source()),
                Map.of("mirror", entry.target().toString())));
      }
    }
    return new ContainerdHosts(files, problems);
  }

  private static boolean keepsName(MirrorPlan plan, MirrorEntry entry) {
    ImageRef source = entry.source();
    return entry
        .target()
        .repository()
        .toString()
        .equals(plan.target().address() + "/" + source.repository().name());
  }

  private static String file(
      MirrorPlan plan, String registry, boolean forTags, boolean neverContactSource) {
    String prefix = plan.target().prefix();
    String mirror =
        "https://" + plan.target().registry() + (prefix.isEmpty() ? "" : "/v2/" + prefix);
    String override = prefix.isEmpty() ? "" : "override_path = true\n";
    String capabilities = forTags ? "[\"pull\", \"resolve\"]" : "[\"pull\"]";
    if (neverContactSource) {
      return "server = \"" + mirror + "\"\ncapabilities = " + capabilities + "\n" + override;
    }
    String server = registry.equals("docker.io") ? "registry-1.docker.io" : registry;
    return "server = \"https://"
        + server
        + "\"\n\n[host.\""
        + mirror
        + "\"]\ncapabilities = "
        + capabilities
        + "\n"
        + override;
  }
}
