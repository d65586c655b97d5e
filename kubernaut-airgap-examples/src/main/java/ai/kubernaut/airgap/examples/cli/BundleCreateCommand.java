package ai.kubernaut.airgap.examples.cli;

import ai.kubernaut.airgap.Airgap;
import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.BundleForecast;
import ai.kubernaut.airgap.bundle.BundleOptions;
import ai.kubernaut.airgap.bundle.BundleReport;
import ai.kubernaut.airgap.bundle.Inventory;
import ai.kubernaut.airgap.bundle.Provenance;
import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorOptions.IndexForm;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.report.ReportDocument;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@Command(
    name = "create",
    description = "Puts the images of a plan, the plan and its chart into a bundle.",
    mixinStandardHelpOptions = true)
final class BundleCreateCommand extends StepCommand implements Interruptible {
  @Option(
      names = "--out",
      paramLabel = "DIR",
      required = true,
      description =
          "The directory of the bundle, an OCI image layout. Run again with the same directory to continue.")
  Path out = Path.of(".");

  @Option(
      names = "--part-size",
      paramLabel = "BYTES",
      converter = ByteSize.class,
      description =
          "Write a tar archive in parts of this size instead, such as 4G or 700M, for media that hold no more.")
  @Nullable Long partSize;

  @Option(
      names = "--base",
      paramLabel = "PATH",
      description =
          "Leave out what the site has already: an earlier bundle, or a file that the command inventory has written.")
  @Nullable Path base;

  @Option(
      names = "--sign-key",
      paramLabel = "FILE",
      description =
          "Sign the bundle with this private key, a PEM file (PKCS #8); writes bundle.sig.")
  @Nullable Path signKey;

  @Option(
      names = "--sbom",
      paramLabel = "FILE",
      description =
          "Write a list of the images and files in the bundle with their digests, in the format CycloneDX 1.6.")
  @Nullable Path sbom;

  @Option(
      names = "--provenance",
      paramLabel = "FILE",
      description =
          "Write a statement of which sources and plan the bundle was created from (in-toto, SLSA provenance), signed with --sign-key.")
  @Nullable Path provenance;

  @Option(
      names = "--journal",
      paramLabel = "FILE",
      description = "Lets half-fetched blobs survive the process, as for mirror.")
  @Nullable Path journal;

  @Option(
      names = "--index-form",
      paramLabel = "FORM",
      description =
          "The index of an image of which only some platforms are in the bundle: rewritten lists only these and changes the digest; sparse keeps index and digest; the mirror decides when the bundle is loaded. Default: ${DEFAULT-VALUE}")
  IndexForm indexForm = IndexForm.REWRITTEN;

  @Option(
      names = "--dry-run",
      description =
          "Print the size of the bundle and the number of its parts, and whether there is enough room; write nothing.")
  boolean dryRun;

  @Override
  int run(Airgap airgap, MirrorPlan planned) {
    if (provenance != null && signKey == null) {
      throw new IllegalArgumentException("--provenance needs a key to sign with: --sign-key FILE");
    }
    return dryRun ? forecast(airgap, planned) : create(airgap, planned);
  }

  private int forecast(Airgap airgap, MirrorPlan planned) {
    try (RegistryClient store = existing()) {
      BundleForecast forecast = airgap.forecast(planned, store, options());
      output.closeBar();
      output.report(ReportDocument.of(forecast, Optional.ofNullable(partSize)));
      forecast.orElseThrow();
      return 0;
    }
  }

  /** What an earlier run has written; parts are not counted, because reading them takes long. */
  private RegistryClient existing() {
    return partSize == null && Files.exists(out.resolve("oci-layout"))
        ? LayoutRegistryClient.open(out, Bundle.repository())
        : MemoryRegistryClient.create();
  }

  private BundleOptions options() {
    return BundleOptions.builder()
        .base(Optional.ofNullable(base).map(BundleCreateCommand::inventory))
        .room(room())
        .mirror(
            MirrorOptions.builder()
                .journal(Optional.ofNullable(journal))
                .indexForm(indexForm)
                // An archive is written from its beginning to its end.
                .blobsAtOnce(partSize == null ? 4 : 1)
                .build())
        .build();
  }

  private int create(Airgap airgap, MirrorPlan planned) {
    try (BundleStore store = BundleStore.create(out, Optional.ofNullable(partSize))) {
      BundleReport report = airgap.bundle(planned, store.client(), options());
      if (report.isOk()) {
        store.finish();
        writeEvidence(report);
      }
      output.closeBar();
      output.report(ReportDocument.of(report));
      report.orElseThrow();
      return 0;
    }
  }

  private void writeEvidence(BundleReport report) {
    Bundle bundle = report.bundle().orElseThrow();
    if (sbom != null) {
      bundle.saveSbom(sbom);
    }
    if (signKey != null) {
      PrivateKey key = KeyFiles.privateKey(signKey);
      bundle.sign(key, out.resolve(SignatureArguments.FILE));
      if (provenance != null) {
        Provenance.ofCreation(report, Instant.now()).sign(key, provenance);
      }
    }
  }

  private static Inventory inventory(Path base) {
    if (Files.isRegularFile(base)) {
      return Inventory.read(base);
    }
    try (BundleStore store = BundleStore.openUnchecked(base)) {
      return Inventory.of(store.bundle());
    }
  }

  /** The free space where the bundle is going to be; empty where that is not known. */
  private OptionalLong room() {
    try {
      Path directory = out.toAbsolutePath();
      while (!Files.exists(directory) && directory.getParent() != null) {
        directory = directory.getParent();
      }
      return OptionalLong.of(Files.getFileStore(directory).getUsableSpace());
    } catch (IOException e) {
      return OptionalLong.empty();
    }
  }

  @Override
  public String afterInterruption() {
    return dryRun
        ? NOTHING
        : "What was written is in " + out + ". The same command continues from there:";
  }
}
