package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.seal.ImagePolicyDraft;
import ai.kubernaut.airgap.seal.ImagePolicyOptions;
import ai.kubernaut.airgap.seal.RootOfTrust;
import ai.kubernaut.airgap.seal.SealOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "seal",
    description =
        "Lets the namespaces of a release accept pods with the images of its plan only, by a ValidatingAdmissionPolicy.",
    mixinStandardHelpOptions = true)
final class SealCommand extends ChangeCommand {
  @Option(
      names = "--action",
      paramLabel = "deny|warn",
      description = "What is done with a pod that has another image. Default: ${DEFAULT-VALUE}",
      defaultValue = "deny")
  String action;

  @Option(
      names = "--source-digests",
      description =
          "Also allow the source names with their digests, for an installation through mirror rules.")
  boolean sourceDigests;

  @Option(
      names = "--also-plan",
      paramLabel = "FILE",
      description =
          "Also allow the images of this saved plan, for example that of the revision before an upgrade; repeatable.")
  List<Path> otherPlans = new ArrayList<>();

  @Option(
      names = "--seal-namespace",
      paramLabel = "NAME",
      description =
          "Seal this namespace; repeatable. Default: the namespaces in which pods of the chart run")
  List<String> namespaces = new ArrayList<>();

  @Option(names = "--remove", description = "Remove the seal of the release.")
  boolean remove;

  @Option(
      names = "--image-policy",
      paramLabel = "FILE",
      description =
          "Write a draft of ClusterImagePolicies to this file, with which the nodes of OpenShift pull signed images of the mirror only, check its preconditions, and change nothing.")
  @Nullable Path imagePolicy;

  @Option(
      names = "--signature-key",
      paramLabel = "FILE",
      description = "For --image-policy: the public key of the signatures, in PEM.")
  @Nullable Path signatureKey;

  @Option(
      names = "--fulcio-ca",
      paramLabel = "FILE",
      description =
          "For --image-policy: the CA of the Fulcio that has certified the signer, in PEM; with --rekor-key, --signer-issuer and --signer-email.")
  @Nullable Path fulcioCa;

  @Option(
      names = "--pki-roots",
      paramLabel = "FILE",
      description =
          "For --image-policy: the root certificates of the signer's certificate, in PEM; with --signer-email.")
  @Nullable Path pkiRoots;

  @Option(
      names = "--rekor-key",
      paramLabel = "FILE",
      description = "For --image-policy: the public key of the Rekor, in PEM.")
  @Nullable Path rekorKey;

  @Option(
      names = "--signer-issuer",
      paramLabel = "URL",
      description = "For --fulcio-ca: the OIDC issuer of the signer.")
  String signerIssuer = "";

  @Option(
      names = "--signer-email",
      paramLabel = "ADDRESS",
      description = "For --fulcio-ca and --pki-roots: the email address of the signer.")
  String signerEmail = "";

  @Option(
      names = "--remap-identity",
      description =
          "For --image-policy: one policy for all repositories whose names differ in the same prefix, for images that are pulled by digest.")
  boolean remapIdentity;

  @Override
  public Integer call() {
    if (imagePolicy == null) {
      return super.call();
    }
    try (Airgap airgap =
        reach(Airgap.builder().registry(registries.client()).onProgress(output))
            .closeClients(true)
            .build()) {
      ImagePolicyDraft draft =
          airgap.draftImagePolicies(
              plan.plan(airgap, release),
              ImagePolicyOptions.builder()
                  .rootOfTrust(rootOfTrust())
                  .identity(
                      remapIdentity
                          ? ImagePolicyOptions.Identity.REMAP
                          : ImagePolicyOptions.Identity.EXACT_REPOSITORY)
                  .build());
      TextFiles.write(imagePolicy, draft.toYaml());
      output.tell("wrote " + imagePolicy);
      output.report(ReportDocument.of(draft));
      draft.orElseThrow();
      return 0;
    }
  }

  private RootOfTrust rootOfTrust() {
    if (signatureKey != null) {
      return RootOfTrust.publicKey(
          read(signatureKey, "--signature-key"), Optional.ofNullable(rekorKey).map(this::pem));
    }
    if (fulcioCa != null) {
      return RootOfTrust.fulcio(
          pem(fulcioCa), read(rekorKey, "--rekor-key"), signerIssuer, signerEmail);
    }
    return RootOfTrust.pki(
        read(pkiRoots, "--signature-key, --fulcio-ca or --pki-roots"),
        Optional.empty(),
        signerEmail);
  }

  private String pem(Path file) {
    return read(file, "");
  }

  private static String read(@Nullable Path file, String option) {
    if (file == null) {
      throw new IllegalArgumentException("--image-policy needs " + option);
    }
    return TextFiles.read(file);
  }

  @Override
  ClusterChange plan(Airgap airgap) {
    if (remove) {
      return airgap.planSealRemoval(
          plan.file == null
              ? release.or(ReleaseName.defaultRelease())
              : plan.plan(airgap, release).release());
    }
    return airgap.planSeal(
        plan.plan(airgap, release),
        SealOptions.builder()
            .action(action())
            .sourceDigests(sourceDigests)
            .otherPlans(otherPlans.stream().<MirrorPlan>map(this::read).toList())
            .namespaces(namespaces)
            .build());
  }

  private MirrorPlan read(Path file) {
    return MirrorPlan.read(file, plan.directories.toArray(Path[]::new));
  }

  private SealOptions.Action action() {
    return switch (action) {
      case "deny" -> SealOptions.Action.DENY;
      case "warn" -> SealOptions.Action.WARN;
      default ->
          throw new IllegalArgumentException("invalid --action '" + action + "': deny or warn");
    };
  }

  @Override
  String manifestName() {
    return "seal.yaml";
  }
}
