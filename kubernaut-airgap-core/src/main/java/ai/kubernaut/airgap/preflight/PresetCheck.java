package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.registry.RegistryPreset;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Compares the repository names of a plan with what a preset knows. Sends no request. */
final class PresetCheck {
  private final RegistryPreset preset;
  private final Target target;
  private final Findings findings;

  PresetCheck(RegistryPreset preset, Target target, Findings findings) {
    this.preset = preset;
    this.target = target;
    this.findings = findings;
  }

  void check(List<Repository> repositories) {
    int maximum = preset.maximumDepth().orElse(Integer.MAX_VALUE);
    List<Repository> tooDeep =
        repositories.stream().filter(one -> RepositoryNames.depth(one) > maximum).toList();
    List<Repository> tooShort =
        repositories.stream()
            .filter(one -> RepositoryNames.depth(one) < preset.minimumDepth())
            .toList();
    // Short names are reported after deep ones are fixed: there is one finding for the names.
    if (!tooDeep.isEmpty()) {
      add(
          ProblemCode.REPOSITORY_NAMES_TOO_DEEP,
          tooDeep,
          Map.of("maximum", String.valueOf(maximum), "target", withDepth(target, maximum)));
    } else if (!tooShort.isEmpty()) {
      add(
          ProblemCode.REPOSITORY_NAMES_TOO_SHORT,
          tooShort,
          Map.of(
              "minimum",
              String.valueOf(preset.minimumDepth()),
              "example",
              target.registry() + "/<project>"));
    }
  }

  private void add(ProblemCode code, List<Repository> repositories, Map<String, String> more) {
    Map<String, String> parameters = new HashMap<>(more);
    parameters.put("preset", preset.name());
    parameters.put("source", preset.depthSource().orElse("no source given"));
    parameters.put("depth", String.valueOf(RepositoryNames.maximumDepth(repositories)));
    parameters.put("repositories", RepositoryNames.listSome(repositories));
    findings.addProblem(Capability.NAMES, code, parameters);
  }

  /** Returns the expression for a target whose names have at most this many components. */
  static String withDepth(Target target, int depth) {
    return "Target.registry(\"%s\").depth(%d)".formatted(target.address(), depth);
  }
}
