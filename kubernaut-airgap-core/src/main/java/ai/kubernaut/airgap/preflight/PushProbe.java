package ai.kubernaut.airgap.preflight;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.ProblemCode;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Pushes the smallest possible image, for one platform and as an index, to check what only a push
 * can show.
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
  private final Findings findings;

  PushProbe(
      RegistryClient registries,
      MirrorPlan plan,
      Repository repository,
      Optional<Repository> other,
      Findings findings) {
    this.registries = registries;
    this.plan = plan;
    this.repository = repository;
    this.other = other;
    this.findings = findings;
  }

  void push() {
    try {
      pushBlob();
      Manifest image = image();
      registries.writeManifest(repository.digest(image.digest()), image);
      if (!plan.platforms().isWithoutIndex()) {
        pushIndex(image);
      }
      if (!plan.platforms().isAll() && !plan.platforms().isWithoutIndex()) {
        pushSparseIndex(image);
      }
      other.ifPresent(this::mount);
    } catch (RegistryException e) {
      Interrupts.check(e);
      for (Capability capability :
          List.of(
              Capability.CHUNKED_UPLOADS,
              Capability.INDEX,
              Capability.SPARSE_INDEX,
              Capability.MOUNT)) {
        findings.addUnknown(capability, e);
      }
    }
  }

  private void pushBlob() {
    try {
      Optional<BlobUpload> upload = registries.beginUpload(repository);
      // The whole content is one chunk, so that a minimum chunk size of the registry is observed.
      if (upload.isPresent() && upload.get().minimumChunk() <= CONTENT.length()) {
        pushChunk(upload.get());
        return;
      }
      upload.ifPresent(BlobUpload::abandon);
    } catch (RegistryException e) {
      Interrupts.check(e);
      if (e.reason().retryable()) {
        findings.addUnknown(Capability.CHUNKED_UPLOADS, e);
      } else {
        findings.add(
            Capability.CHUNKED_UPLOADS,
            Support.NO,
            FactCode.CHUNK_REJECTED,
            Map.of("detail", Findings.detail(e)));
      }
    }
    registries.writeBlob(repository, BLOB, content());
  }

  private void pushChunk(BlobUpload upload) {
    upload.append(0, CONTENT.length(), content());
    boolean received = upload.offset() == CONTENT.length();
    upload.finish(BLOB, CONTENT.length(), InputStream.nullInputStream());
    findings.add(
        Capability.CHUNKED_UPLOADS,
        received ? Support.YES : Support.NO,
        received ? FactCode.CHUNK_ACCEPTED : FactCode.CHUNK_LOST);
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
    Manifest index = Manifest.index(image.descriptor());
    try {
      registries.writeManifest(repository.tag(Preflight.TAG), index);
      findings.add(
          Capability.INDEX,
          Support.YES,
          FactCode.INDEX_ACCEPTED,
          Map.of("image", repository.tag(Preflight.TAG).toString()));
    } catch (RegistryException e) {
      Interrupts.check(e);
      // The integrated registry of OpenShift rejects indexes with status 500.
      if (e.reason().retryable() && e.status().orElse(0) != 500) {
        findings.addUnknown(Capability.INDEX, e);
      } else {
        findings.addProblem(Capability.INDEX, ProblemCode.INDEX_REFUSED, e);
      }
    }
  }

  /** Stores an index that also lists a manifest that does not exist. */
  private void pushSparseIndex(Manifest image) {
    Descriptor absent =
        Descriptor.of(
            Manifest.OCI_MANIFEST,
            Digest.sha256("absent".getBytes(StandardCharsets.UTF_8)),
            image.size());
    Manifest index = Manifest.index(image.descriptor(), absent);
    try {
      registries.writeManifest(repository.digest(index.digest()), index);
      findings.add(Capability.SPARSE_INDEX, Support.YES, FactCode.SPARSE_INDEX_ACCEPTED);
    } catch (RegistryException e) {
      Interrupts.check(e);
      if (e.reason().retryable()) {
        findings.addUnknown(Capability.SPARSE_INDEX, e);
      } else {
        findings.add(
            Capability.SPARSE_INDEX,
            Support.NO,
            FactCode.SPARSE_INDEX_REJECTED,
            Map.of("detail", Findings.detail(e)));
      }
    }
  }

  private void mount(Repository to) {
    boolean mounted = registries.mountBlob(to, BLOB.digest(), repository);
    findings.add(
        Capability.MOUNT,
        mounted ? Support.YES : Support.NO,
        mounted ? FactCode.BLOB_MOUNTED : FactCode.BLOB_NOT_MOUNTED,
        Map.of("from", repository.toString(), "to", to.toString()));
  }
}
