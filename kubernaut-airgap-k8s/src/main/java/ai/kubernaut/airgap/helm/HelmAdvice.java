package ai.kubernaut.airgap.helm;

import java.util.List;
import java.util.Map;

/** Adds to Helm's own words what to do next, where they alone do not say. */
final class HelmAdvice {
  private static final List<Map.Entry<String, String>> ADVICE =
      List.of(
          Map.entry(
              "additional properties",
              "a value has a key that the chart's schema does not know; take it out of the values, or use the chart's version that has it"),
          Map.entry(
              "timed out waiting for the condition",
              "a hook Job did not finish in time; verify the release to see which pod is waiting and why, then install again"),
          Map.entry(
              "cannot re-use a name",
              "a release of this name exists already; upgrade it, or remove it first"),
          Map.entry(
              "another operation (install/upgrade/rollback) is in progress",
              "an earlier run was cut off; remove the release, or wait for the other run, then install again"),
          Map.entry(
              "missing in charts/ directory",
              "the chart's dependencies are not vendored; fetch them where there is a network, with helm dependency build"),
          Map.entry(
              "invalid ownership metadata",
              "an object of this name belongs to someone else; remove it, or give it to this release"),
          Map.entry(
              "kubernetes cluster unreachable",
              "the API server of the kubeconfig cannot be reached; check its address, and that it answers"));

  private HelmAdvice() {}

  static String explain(String said) {
    String lower = said.toLowerCase(java.util.Locale.ROOT);
    for (Map.Entry<String, String> entry : ADVICE) {
      if (lower.contains(entry.getKey())) {
        return said + " (" + entry.getValue() + ")";
      }
    }
    return said;
  }
}
