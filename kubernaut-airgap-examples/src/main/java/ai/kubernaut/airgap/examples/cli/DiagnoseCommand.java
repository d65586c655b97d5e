package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.support.SupportBundle;
import ai.kubernaut.airgap.support.SupportBundleOptions;
import ai.kubernaut.airgap.support.SupportBundleReport;
import ai.kubernaut.airgap.verify.VerifyOptions;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

@Command(
    name = "diagnose",
    description = {
      "Finds out why a release does not run as it should. Read-only.",
      "Each cause is tested: the mirror is asked for the image, and whether it accepts the credentials of the cluster."
    },
    mixinStandardHelpOptions = true)
final class DiagnoseCommand extends ClusterCommand {
  @Mixin SelectorArguments selector = new SelectorArguments();

  @Option(
      names = "--support-bundle",
      paramLabel = "FILE",
      description =
          "Also write a support bundle, a tar.gz file with the objects, events and logs that were read, readable by its owner only. The content of Secrets is masked.")
  @Nullable Path supportBundle;

  @Option(
      names = "--max-size",
      paramLabel = "BYTES",
      defaultValue = "64M",
      converter = ByteSize.class,
      description =
          "The largest size of all files of the support bundle before compression, for example 64M. Default: ${DEFAULT-VALUE}")
  long maxSize = 64L << 20;

  @Option(
      names = "--from-bundle",
      paramLabel = "FILE",
      description =
          "Diagnose the release in this support bundle, as it was when the bundle was written. Needs neither a plan nor a cluster.")
  @Nullable Path fromBundle;

  @Override
  public Integer call() {
    if (fromBundle == null) {
      return super.call();
    }
    if (plan.isGiven() || cluster.isGiven() || selector.isGiven() || supportBundle != null) {
      throw new IllegalArgumentException(
          "--from-bundle excludes a plan, a cluster, --selector and --support-bundle: the bundle has all of them");
    }
    SupportBundle bundle = SupportBundle.read(fromBundle);
    output.tell(
        "diagnosing "
            + bundle.installation().release().name()
            + " in "
            + bundle.installation().release().namespace()
            + " as it was on "
            + bundle.collected());
    if (!bundle.omitted().isEmpty()) {
      output.tell(
          "warning: the support bundle does not have "
              + bundle.omitted().size()
              + " files because of its size limit");
    }
    return report(bundle.diagnose());
  }

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    VerifyOptions options = selector.addTo(VerifyOptions.builder()).build();
    if (supportBundle == null) {
      return report(airgap.diagnose(planned, options));
    }
    if (selector.isGiven()) {
      throw new IllegalArgumentException(
          "--support-bundle excludes --selector: a support bundle has everything in the namespaces of the release");
    }
    SupportBundleReport collected =
        airgap.collectSupportBundle(
            airgap.installationOf(planned),
            supportBundle,
            SupportBundleOptions.builder().maxBytes(maxSize).build());
    collected.problems().stream().map(Problem::describe).forEach(output::tell);
    return report(collected.diagnosis());
  }

  private int report(Diagnosis diagnosis) {
    output.report(ReportDocument.of(diagnosis));
    return diagnosis.isOk() ? 0 : 1;
  }
}
