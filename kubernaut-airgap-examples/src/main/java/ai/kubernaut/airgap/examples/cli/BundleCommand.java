package ai.kubernaut.airgap.examples.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
    name = "bundle",
    description = "Carries images, plan and chart to a site without a network.",
    mixinStandardHelpOptions = true,
    subcommands = {
      BundleCreateCommand.class,
      BundleInspectCommand.class,
      BundleCheckCommand.class,
      BundleServeCommand.class
    })
final class BundleCommand implements Callable<Integer> {
  @Spec CommandSpec command;

  @Override
  public Integer call() {
    CommandLine line = command.commandLine();
    throw new ParameterException(
        line, "a command is missing: " + String.join(", ", line.getSubcommands().keySet()));
  }
}
