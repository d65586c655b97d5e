package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.RegistryPreset;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The mirror. */
final class TargetArguments {
  @Option(
      names = "--target",
      paramLabel = "HOST[:PORT][/PREFIX]",
      description = "The mirror registry.")
  @Nullable Target target;

  @Option(
      names = "--separator",
      paramLabel = "SEPARATOR",
      description =
          "How names are joined in the mirror: / for nested registries, - for flat ones. Default: that of --preset, or /")
  @Nullable Separator separator;

  @Option(
      names = "--preset",
      paramLabel = "KIND",
      description =
          "What kind of registry the mirror is, for names that fit it: ${COMPLETION-CANDIDATES}.")
  @Nullable RegistryKind kind;

  Optional<RegistryPreset> preset() {
    return Optional.ofNullable(kind).map(RegistryKind::preset);
  }

  Separator separator() {
    return separator == null
        ? preset().map(RegistryPreset::separator).orElse(Separator.SLASH)
        : separator;
  }

  Target target() {
    if (target == null) {
      throw new IllegalArgumentException(
          "--target is missing: the mirror registry, HOST[:PORT][/PREFIX]");
    }
    Target joined = target.separator(separator());
    OptionalInt depth = preset().map(RegistryPreset::maximumDepth).orElse(OptionalInt.empty());
    return depth.isPresent() ? joined.depth(depth.getAsInt()) : joined;
  }
}
