package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.install.InstallOptions;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.PendingRelease;
import ai.kubernaut.airgap.install.PlannedInstallation;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.report.ReportDocument;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.TypeConversionException;

@Command(
    name = "install",
    description = "Installs the chart from the mirror, or upgrades it.",
    mixinStandardHelpOptions = true)
class InstallCommand extends ClusterCommand implements Interruptible {
  @Option(names = "--dry-run", description = "Print what would change, and change nothing.")
  boolean dryRun;

  @Mixin ReferenceArguments references = new ReferenceArguments();
  @Mixin LlmArguments llm = new LlmArguments();

  @Option(
      names = "--pending",
      paramLabel = "ACTION",
      converter = PendingReleaseConverter.class,
      defaultValue = "continue-if-abandoned",
      description =
          "What to do when an earlier operation has left the release pending: continue-if-abandoned (default), continue, roll-back or refuse. Use continue and roll-back only when no other Helm is working on the release.")
  PendingRelease pending = PendingRelease.CONTINUE_IF_ABANDONED;

  /** Reads the name of an action. */
  static final class PendingReleaseConverter implements ITypeConverter<PendingRelease> {
    @Override
    public PendingRelease convert(String value) {
      return Stream.of(PendingRelease.values())
          .filter(one -> name(one).equals(value))
          .findFirst()
          .orElseThrow(
              () ->
                  new TypeConversionException(
                      "'%s' is not one of %s"
                          .formatted(
                              value,
                              Stream.of(PendingRelease.values())
                                  .map(PendingReleaseConverter::name)
                                  .collect(Collectors.joining(", ")))));
    }

    private static String name(PendingRelease action) {
      return action.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  /** Returns whether the release must exist. */
  boolean isUpgradeOnly() {
    return false;
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    MirrorReport mirrored = airgap.checkMirror(planned).orElseThrow();
    PullSecretReport secret = airgap.findPullSecret(planned, PullSecretOptions.builder().build());
    InstallOptions options =
        InstallOptions.builder()
            .llmCredentials(llm.credentials())
            .pinDigests(references.pinDigests)
            .throughMirrorRules(references.throughMirrorRules)
            .upgradeOnly(isUpgradeOnly())
            .pendingRelease(pending)
            .build();
    if (dryRun) {
      PlannedInstallation change = airgap.planInstall(mirrored, secret, options);
      output.report(ReportDocument.of(change));
      change.orElseThrow();
      return 0;
    }
    Installation installation = airgap.install(mirrored, secret, options);
    output.report(ReportDocument.of(installation));
    return 0;
  }

  @Override
  public String afterInterruption() {
    return dryRun
        ? NOTHING
        : "What was installed stays, and the release may be pending. The same command continues:";
  }
}
