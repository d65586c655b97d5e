package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
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
      paramLabel = "/|-",
      defaultValue = "/",
      description =
          "How names are joined in the mirror: / for nested registries, - for flat ones. Default: ${DEFAULT-VALUE}")
  Separator separator = Separator.SLASH;

  Target target() {
    if (target == null) {
      throw new IllegalArgumentException(
          "--target is missing: the mirror registry, HOST[:PORT][/PREFIX]");
    }
    return target.separator(separator);
  }
}
