package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.preflight.Finding.Support;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The questions that only a push answers: the smallest image that there can be, for one platform
 * and as an index, is stored.
 */
final class PushProbe {
  private static final String CONTENT = "{}";
  private static final Descriptor BLOB =
      Descriptor.of(
          "application/vnd.oci.empty.v1+json",
          Digest.sha256(CONTENT.getBytes(StandardCharsets.UTF_8)),
          CONTENT.length());

  private final RegistryClient registries;
  private final MirrorPlan plan;
  private final Repository repository;
  private final Optional<Repository> other;
  private final Consumer<Finding> findings;

  PushProbe(
      RegistryClient registries,
      MirrorPlan plan,
      Repository repository,
      Optional<Repository> other,
      Consumer<Finding> findings) {
    this.registries = registries;
    this.plan = plan;
    this.repository = repository;
    this.other = other;
    this.findings = findings;
  }

  void leave() {
    try {
      sendInPieces();
      Manifest image = image();
      registries.writeManifest(repository.digest(image.digest()), image);
      if (!plan.platforms().isWithoutIndex()) {
        pushIndex(image);
      }
      other.ifPresent(this::mount);
    } catch (RegistryException e) {
      // The questions that are open then stay so; the mirroring tells why it fails, if it does.
      Interruption.check(e);
    }
  }

  private void sendInPieces() {
    try {
      Optional<BlobUpload> begun = registries.beginUpload(repository);
      // Two bytes in one piece, and none behind them, so that no least size is in the way.
      if (begun.isPresent() && begun.get().minimumChunk() <= CONTENT.length()) {
        BlobUpload upload = begun.get();
        upload.append(0, CONTENT.length(), content());
        boolean counted = upload.offset() == CONTENT.length();
        upload.finish(BLOB, CONTENT.length(), InputStream.nullInputStream());
        findings.accept(
            Finding.of(
                Capability.CHUNKED_UPLOADS,
                counted ? Support.YES : Support.NO,
                counted
                    ? "a piece was taken (PATCH), and counted"
                    : "a piece was taken (PATCH), and not counted",
                counted
                    ? "a broken upload goes on where it broke"
                    : "a broken upload begins anew"));
        return;
      }
      begun.ifPresent(BlobUpload::abandon);
    } catch (RegistryException e) {
      Interruption.check(e);
      findings.accept(
          Finding.of(
              Capability.CHUNKED_UPLOADS,
              e.reason().retryable() ? Support.UNKNOWN : Support.NO,
              String.valueOf(e.getMessage()),
              "a broken upload begins anew"));
    }
    registries.writeBlob(repository, BLOB, content());
  }

  private static InputStream content() {
    return new ByteArrayInputStream(CONTENT.getBytes(StandardCharsets.UTF_8));
  }

  private static String json(Descriptor descriptor) {
    return "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
        .formatted(descriptor.mediaType(), descriptor.digest(), descriptor.size());
  }

  private static Manifest image() {
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"artifactType\":\"application/vnd.kubernaut.airgap.preflight\",\"config\":%s,\"layers\":[%s]}"
            .formatted(Manifest.OCI_MANIFEST, json(BLOB), json(BLOB))
            .getBytes(StandardCharsets.UTF_8));
  }

  private void pushIndex(Manifest image) {
    Manifest index =
        Manifest.of(
            Manifest.OCI_INDEX,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
                .formatted(Manifest.OCI_INDEX, json(image.descriptor()))
                .getBytes(StandardCharsets.UTF_8));
    try {
      registries.writeManifest(repository.tag(Preflight.TAG), index);
      findings.accept(
          Finding.of(
              Capability.INDEX,
              Support.YES,
              "it took one, which is " + repository.tag(Preflight.TAG) + " now",
              "every platform is mirrored"));
    } catch (RegistryException e) {
      Interruption.check(e);
      boolean passing = e.reason().retryable() && e.status().orElse(0) != 500;
      findings.accept(
          passing
              ? Finding.of(
                  Capability.INDEX,
                  Support.UNKNOWN,
                  String.valueOf(e.getMessage()),
                  "it may pass: the mirroring tries again")
              : Finding.problem(
                  Capability.INDEX,
                  String.valueOf(e.getMessage()),
                  "choose one platform: platformWhereIndexRefused for the mirroring, or"
                      + " Platforms.withoutIndex for the plan"));
    }
  }

  private void mount(Repository to) {
    boolean mounted = registries.mountBlob(to, BLOB.digest(), repository);
    findings.accept(
        Finding.of(
            Capability.MOUNT,
            mounted ? Support.YES : Support.NO,
            (mounted ? "it took a blob over from " : "it would not take a blob over from ")
                + repository
                + " to "
                + to,
            mounted
                ? "what several images share is sent once"
                : "what several images share is sent once for each repository"));
  }
}
