package ai.kubernaut.airgap.mirror;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorOptions.Attachments;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.registry.retry.NoSleep;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * What is attached to an image comes along: in a registry that lists referrers, and in one that
 * does not.
 */
@Timeout(120)
final class AttachmentsTest {
  private static final String SIGNATURE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final String SBOM = "application/spdx+json";

  private static Manifest attach(
      RegistryClient client, Repository repository, Manifest subject, String type, String text) {
    byte[] content = text.getBytes(StandardCharsets.UTF_8);
    byte[] empty = "{}".getBytes(StandardCharsets.UTF_8);
    for (byte[] blob : List.of(content, empty)) {
      client.writeBlob(
          repository,
          Descriptor.of("application/octet-stream", Digest.sha256(blob), blob.length),
          new ByteArrayInputStream(blob));
    }
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        """
        {"schemaVersion":2,"mediaType":"%s","artifactType":"%s",
         "config":{"mediaType":"application/vnd.oci.empty.v1+json","digest":"%s","size":2},
         "layers":[{"mediaType":"%s","digest":"%s","size":%d}],
         "subject":{"mediaType":"%s","digest":"%s","size":%d},
         "annotations":{"made-by":"a test"}}"""
            .formatted(
                Manifest.OCI_MANIFEST,
                type,
                Digest.sha256(empty),
                type,
                Digest.sha256(content),
                content.length,
                subject.mediaType(),
                subject.digest(),
                subject.size())
            .getBytes(StandardCharsets.UTF_8));
  }

  private static String tag(Digest digest) {
    return digest.algorithm() + "-" + digest.hex();
  }

  /** An image with a signature tag, an SBOM on a platform, and a signature on that SBOM. */
  private static final class Signed {
    final ImageRef image;
    final Manifest index;
    final Manifest child;
    final Manifest cosign;
    final Manifest sbom;
    final Manifest signedSbom;

    Signed(RegistryClient client, String registry) {
      image = ImageRef.parse(registry + "/kubernaut-ai/gateway:v1");
      Repository repository = image.repository();
      index =
          TestImages.publish(
              client, image, TestImages.Kind.OCI, List.of(TestImages.bytes(5000, 1)), 1);
      child = client.readManifest(repository.digest(index.children().get(1).digest()));
      cosign =
          TestImages.publishOne(
              client,
              repository,
              TestImages.Kind.OCI,
              List.of("signed".getBytes(StandardCharsets.UTF_8)),
              "none",
              9);
      client.writeManifest(repository.tag(tag(index.digest()) + ".sig"), cosign);
      sbom = attach(client, repository, child, SBOM, "packages");
      client.writeManifest(repository.digest(sbom.digest()), sbom);
      signedSbom = attach(client, repository, sbom, SIGNATURE, "a signature of the packages");
      client.writeManifest(repository.digest(signedSbom.digest()), signedSbom);
      if (client.referrers(repository, child.digest()).isEmpty()) {
        FallbackTag fallback = new FallbackTag(client, repository, ManifestBudget.ofOneImage());
        fallback.list(child.digest(), List.of(sbom));
        fallback.list(sbom.digest(), List.of(signedSbom));
      }
    }
  }

  private static MirroredImage mirror(
      RegistryClient client, Signed signed, String target, Attachments wanted) {
    MirrorReport report =
        new MirrorEngine(
                client,
                client,
                MirrorOptions.builder().attachments(wanted).build(),
                event -> {},
                new NoSleep(0))
            .mirror(MirrorPlan.builder(Target.registry(target)).image(signed.image).build())
            .orElseThrow();
    return report.images().get(0);
  }

  @Test
  void everythingComesAlongWhereReferrersAreListed() {
    try (MemoryRegistryClient client = MemoryRegistryClient.create()) {
      Signed signed = new Signed(client, "quay.io");

      MirroredImage image = mirror(client, signed, "harbor.corp", Attachments.ALL);

      Repository there = image.entry().target().repository();
      assertThat(image.attachments())
          .containsExactlyInAnyOrder(
              there.tag(tag(signed.index.digest()) + ".sig"),
              there.digest(signed.sbom.digest()),
              there.digest(signed.signedSbom.digest()));
      assertThat(image.describe()).contains("3 attachments");
      assertThat(client.readManifest(there.tag(tag(signed.index.digest()) + ".sig")))
          .isEqualTo(signed.cosign);
      assertThat(client.referrers(there, signed.child.digest()))
          .hasValue(List.of(signed.sbom.descriptor()));
      assertThat(client.tags(there)).doesNotContain(tag(signed.child.digest()));
    }
  }

  @Test
  void attachmentsAreThereBeforeTheTag() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      Signed signed = new Signed(memory, "quay.io");
      WatchedClient client = new WatchedClient(memory);

      mirror(client, signed, "harbor.corp", Attachments.ALL);

      List<String> writes = client.calls("writeManifest");
      assertThat(writes).hasSize(3 + 3 + 1);
      assertThat(writes.get(6)).endsWith("gateway:v1");
    }
  }

  @Test
  void theCallerChoosesSignaturesOrNothing() {
    try (MemoryRegistryClient client = MemoryRegistryClient.create()) {
      Signed signed = new Signed(client, "quay.io");
      Manifest bundle =
          attach(client, signed.image.repository(), signed.index, SIGNATURE, "another");
      client.writeManifest(signed.image.repository().digest(bundle.digest()), bundle);

      MirroredImage some = mirror(client, signed, "some.corp", Attachments.SIGNATURES);
      MirroredImage none = mirror(client, signed, "none.corp", Attachments.NONE);

      Repository there = some.entry().target().repository();
      assertThat(some.attachments())
          .containsExactlyInAnyOrder(
              there.tag(tag(signed.index.digest()) + ".sig"), there.digest(bundle.digest()));
      assertThat(none.attachments()).isEmpty();
      assertThat(client.tags(none.entry().target().repository())).containsExactly("v1");
    }
  }

  @Test
  void aRegistryThatDoesNotListReferrersGetsTheFallbackTag() {
    try (DockerRegistry registry = DockerRegistry.start();
        HttpRegistryClient client =
            HttpRegistryClient.builder()
                .plainHttp(registry.host())
                .credentials(CredentialProvider.none())
                .build()) {
      Signed signed = new Signed(client, registry.host());

      MirroredImage image = mirror(client, signed, registry.host() + "/mirror", Attachments.ALL);

      Repository there = image.entry().target().repository();
      assertThat(image.attachments()).hasSize(3);
      Manifest listed = client.readManifest(there.tag(tag(signed.child.digest())));
      assertThat(listed.children()).containsExactly(signed.sbom.descriptor());
      assertThat(new String(listed.content(), StandardCharsets.UTF_8))
          .contains("\"artifactType\":\"" + SBOM + "\"")
          .contains("\"annotations\":{\"made-by\":\"a test\"}");
      assertThat(client.readManifest(there.tag(tag(signed.sbom.digest()))).children())
          .containsExactly(signed.signedSbom.descriptor());
      assertThat(client.readManifest(there.digest(signed.signedSbom.digest())).content())
          .isEqualTo(signed.signedSbom.content());
    }
  }

  @Test
  void whatTheFallbackTagListsAlreadyStays() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      Signed signed = new Signed(memory, "quay.io");
      Repository repository = signed.image.repository();
      RegistryClient client = new WithoutReferrers(memory);
      Manifest other = attach(client, repository, signed.child, SBOM, "other packages");
      client.writeManifest(repository.digest(other.digest()), other);
      FallbackTag fallback = new FallbackTag(client, repository, ManifestBudget.ofOneImage());

      fallback.list(signed.child.digest(), List.of(other));
      fallback.list(signed.child.digest(), List.of(signed.sbom));
      fallback.list(signed.child.digest(), List.of(signed.sbom));

      assertThat(client.readManifest(repository.tag(tag(signed.child.digest()))).children())
          .containsExactly(other.descriptor(), signed.sbom.descriptor());
    }
  }

  @Test
  void aFallbackTagThatIsTheImageItselfIsNoAttachment() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      RegistryClient client = new WithoutReferrers(memory);
      ImageRef image = ImageRef.parse("gitlab.corp/kubernaut-ai/gateway:v1");
      Manifest index =
          TestImages.publish(
              client, image, TestImages.Kind.OCI, List.of(TestImages.bytes(5000, 1)), 1);
      client.writeManifest(image.repository().tag(tag(index.digest())), index);

      MirrorReport report =
          new MirrorEngine(client, MirrorOptions.builder().build(), event -> {})
              .mirror(MirrorPlan.builder(Target.registry("harbor.corp")).image(image).build())
              .orElseThrow();

      assertThat(report.images().get(0).attachments()).isEmpty();
    }
  }

  /** A registry whose tag {@code sha256-…} is the manifest with that digest, as GitLab's is. */
  private static final class TagIsDigest extends DelegatingClient {
    private final String registry;

    TagIsDigest(RegistryClient client, String registry) {
      super(client);
      this.registry = registry;
    }

    private ImageRef meant(ImageRef image) {
      String tag = image.tag().orElse("");
      return image.registry().equals(registry) && tag.matches("sha256-[0-9a-f]{64}")
          ? image.repository().digest(Digest.parse(tag.replace('-', ':')))
          : image;
    }

    @Override
    public Optional<Descriptor> findManifest(ImageRef image) {
      return super.findManifest(meant(image));
    }

    @Override
    public Manifest readManifest(ImageRef image) {
      return super.readManifest(meant(image));
    }

    @Override
    public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
      return repository.registry().equals(registry)
          ? Optional.empty()
          : super.referrers(repository, subject);
    }
  }

  @Test
  void aFallbackTagThatAnswersWithTheSubjectIsNotWritten() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      Signed signed = new Signed(memory, "quay.io");
      WatchedClient client = new WatchedClient(new TagIsDigest(memory, "gitlab.corp"));

      MirroredImage image = mirror(client, signed, "gitlab.corp", Attachments.ALL);

      Repository there = image.entry().target().repository();
      assertThat(client.calls("writeManifest")).noneMatch(call -> call.endsWith(tag(signed.child)));
      assertThat(memory.tags(there)).containsExactlyInAnyOrder("v1", tag(signed.index) + ".sig");
      assertThat(memory.readManifest(there.digest(signed.sbom.digest()))).isEqualTo(signed.sbom);
      assertThat(image.attachments()).hasSize(3);
      assertThat(image.unlistedAttachments())
          .containsExactlyInAnyOrder(
              there.digest(signed.sbom.digest()), there.digest(signed.signedSbom.digest()));
      assertThat(image.describe()).contains("2 of them not listed");
      assertThat(image.problems())
          .singleElement()
          .satisfies(
              problem -> {
                assertThat(problem.code()).isEqualTo(ProblemCode.ATTACHMENTS_NOT_LISTED);
                assertThat(problem.isError()).isFalse();
                assertThat(problem.parameters()).containsEntry("count", "2");
              });
    }
  }

  @Test
  void aFallbackTagOfSomethingElseStaysAsItIs() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      Signed signed = new Signed(memory, "quay.io");
      RegistryClient client = new WithoutReferrers(memory);
      Repository repository = signed.image.repository();
      ImageRef tag = repository.tag(tag(signed.child));
      FallbackTag fallback = new FallbackTag(client, repository, ManifestBudget.ofOneImage());

      for (Manifest other : List.of(signed.index, signed.cosign, signed.sbom)) {
        memory.writeManifest(tag, other);

        assertThat(fallback.list(signed.child.digest(), List.of(signed.sbom))).isFalse();

        assertThat(memory.readManifest(tag)).isEqualTo(other);
      }
    }
  }

  @Test
  void aListedReferrerThatIsGoneStaysListed() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      Signed signed = new Signed(memory, "quay.io");
      RegistryClient client = new WithoutReferrers(memory);
      Repository repository = signed.image.repository();
      ImageRef tag = repository.tag(tag(signed.child));
      Descriptor gone =
          Descriptor.of(Manifest.OCI_MANIFEST, Digest.sha256("gone".getBytes(UTF_8)), 4);
      Manifest old =
          Manifest.of(
              Manifest.OCI_INDEX,
              """
              {"schemaVersion":2,"mediaType":"%s","annotations":{"kept":"yes"},
               "manifests":[{"mediaType":"%s","digest":"%s","size":4}]}"""
                  .formatted(Manifest.OCI_INDEX, gone.mediaType(), gone.digest())
                  .getBytes(UTF_8));
      RegistryClient holdsOld =
          new DelegatingClient(client) {
            private boolean replaced;

            @Override
            public Optional<Descriptor> findManifest(ImageRef image) {
              return image.equals(tag) && !replaced
                  ? Optional.of(old.descriptor())
                  : super.findManifest(image);
            }

            @Override
            public Manifest readManifest(ImageRef image) {
              return image.equals(tag) && !replaced ? old : super.readManifest(image);
            }

            @Override
            public void writeManifest(ImageRef image, Manifest manifest) {
              replaced = true;
              assertThat(image).isEqualTo(tag);
              assertThat(manifest.children()).containsExactly(gone, signed.sbom.descriptor());
              assertThat(manifest.annotations()).containsEntry("kept", "yes");
            }
          };

      assertThat(
              new FallbackTag(holdsOld, repository, ManifestBudget.ofOneImage())
                  .list(signed.child.digest(), List.of(signed.sbom)))
          .isTrue();
    }
  }

  @Test
  void aFallbackTagThatCannotBeReadListsNothing() {
    try (MemoryRegistryClient memory = MemoryRegistryClient.create()) {
      ImageRef image = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1");
      Manifest index =
          TestImages.publish(
              memory, image, TestImages.Kind.OCI, List.of(TestImages.bytes(5000, 1)), 1);
      String tag = tag(index);
      memory.writeManifest(image.repository().tag(tag), index);
      RegistryClient client =
          new DelegatingClient(new WithoutReferrers(memory)) {
            @Override
            public Optional<Descriptor> findManifest(ImageRef asked) {
              return asked.tag().equals(Optional.of(tag))
                  ? Optional.of(
                      Descriptor.of("text/plain", Digest.sha256("old".getBytes(UTF_8)), 3))
                  : super.findManifest(asked);
            }

            @Override
            public Manifest readManifest(ImageRef asked) {
              if (asked.digest().equals(Optional.of(Digest.sha256("old".getBytes(UTF_8))))
                  || asked.tag().equals(Optional.of(tag))) {
                throw new InvalidManifestException("schema 1");
              }
              return super.readManifest(asked);
            }
          };

      MirrorReport report =
          new MirrorEngine(client, MirrorOptions.builder().build(), event -> {})
              .mirror(MirrorPlan.builder(Target.registry("harbor.corp")).image(image).build())
              .orElseThrow();

      assertThat(report.images().get(0).attachments()).isEmpty();
    }
  }

  private static String tag(Manifest manifest) {
    return tag(manifest.digest());
  }
}
