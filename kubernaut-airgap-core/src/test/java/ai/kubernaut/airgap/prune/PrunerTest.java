package ai.kubernaut.airgap.prune;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.ReleaseHistory;
import ai.kubernaut.airgap.mirror.DelegatingClient;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(120)
final class PrunerTest {
  private final MemoryRegistryClient memory = MemoryRegistryClient.create();
  private final Repository app = Repository.parse("harbor.corp/org/app");

  private record TestRevision(
      int number, String status, String chart, Set<ImageRef> images, List<Problem> problems)
      implements ReleaseHistory.Revision {
    @Override
    public Set<ImageRef> locations() {
      return images;
    }
  }

  private static ReleaseHistory history(ImageRef... images) {
    return ReleaseHistory.builder()
        .release(ReleaseName.defaultRelease())
        .addRevisions(new TestRevision(1, "superseded", "app-1", Set.of(images), List.of()))
        .build();
  }

  private static MirrorPlan plan(String registry, String... sources) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry(registry));
    List.of(sources).forEach(source -> plan.image(ImageRef.parse(source)));
    return plan.build();
  }

  private static MirrorPlan keepV2() {
    return plan("harbor.corp", "quay.io/org/app:v2");
  }

  private static Manifest publish(RegistryClient client, ImageRef image, long seed) {
    return TestImages.publish(
        client, image, TestImages.Kind.OCI, List.of(TestImages.bytes(100, 1)), seed);
  }

  /** Signs an image as cosign does, and attaches an SBOM as a referrer. */
  private static void sign(RegistryClient client, Repository repository, Manifest image) {
    publish(
        client,
        repository.tag("sha256-" + image.digest().hex() + ".sig"),
        image.digest().hashCode());
    Manifest config = client.readManifest(repository.digest(image.children().get(0).digest()));
    Manifest sbom =
        Manifest.of(
            Manifest.OCI_MANIFEST,
            "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"artifactType\":\"application/spdx+json\",\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"%s\",\"size\":%d},\"layers\":[],\"subject\":{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}}"
                .formatted(
                    Manifest.OCI_MANIFEST,
                    config.blobs().get(0).digest(),
                    config.blobs().get(0).size(),
                    image.mediaType(),
                    image.digest(),
                    image.size())
                .getBytes(StandardCharsets.UTF_8));
    client.writeManifest(repository.digest(sbom.digest()), sbom);
  }

  private static Set<Digest> digests(List<StoredManifest> manifests) {
    return manifests.stream().map(StoredManifest::digest).collect(Collectors.toSet());
  }

  private static Set<Digest> withChildren(Manifest index) {
    Set<Digest> digests = new HashSet<>(Set.of(index.digest()));
    index.children().forEach(child -> digests.add(child.digest()));
    return digests;
  }

  private static List<ProblemCode> codes(PruneReport report) {
    return report.problems().stream().map(Problem::code).toList();
  }

  private Pruner pruner() {
    return new Pruner(memory, event -> {});
  }

  @Test
  void whatNoPlanNeedsIsListedWithItsPlatformsAndAttachments() {
    Manifest old = publish(memory, app.tag("v1"), 1);
    Manifest kept = publish(memory, app.tag("v2"), 2);
    memory.writeManifest(app.tag("latest"), kept);
    sign(memory, app, old);
    sign(memory, app, kept);
    publish(memory, ImageRef.parse("harbor.corp/other/app:v1"), 3);

    PruneReport report = pruner().find(List.of(keepV2()), List.of()).orElseThrow();

    // The index, three platforms, the signature with three, and the SBOM.
    assertThat(report.unneeded()).hasSize(9);
    assertThat(digests(report.unneeded())).containsAll(withChildren(old));
    assertThat(report.unneeded().get(0).toString()).isEqualTo(app.digest(old.digest()) + " (v1)");
    assertThat(report.needed()).hasSize(9);
    assertThat(digests(report.needed())).containsAll(withChildren(kept));
    assertThat(report.unneeded()).allMatch(manifest -> manifest.repository().equals(app));
    assertThat(report.deleted()).isEmpty();
    assertThat(memory.tags(app)).hasSize(5);
  }

  @Test
  void theImagesOfEveryRevisionAreKept() {
    Manifest first = publish(memory, app.tag("v1"), 1);
    publish(memory, app.tag("v2"), 2);
    Manifest third = publish(memory, app.tag("v3"), 3);
    Manifest pinned = publish(memory, app.tag("v4"), 4);
    PruneReport report =
        pruner()
            .find(List.of(keepV2()), List.of(history(app.tag("v1"), app.digest(pinned.digest()))));
    assertThat(digests(report.needed())).containsAll(withChildren(first));
    assertThat(digests(report.needed())).containsAll(withChildren(pinned));
    assertThat(digests(report.unneeded())).isEqualTo(withChildren(third));
  }

  @Test
  void nothingIsReportedWhenTheImagesOfARevisionAreNotKnown() {
    publish(memory, app.tag("v1"), 1);
    PruneReport report = pruner().delete(List.of(keepV2()), List.of(history()));
    assertThat(codes(report)).containsExactly(ProblemCode.REVISION_IMAGES_UNKNOWN);
    assertThat(report.unneeded()).isEmpty();
    assertThat(memory.tags(app)).containsExactly("v1");
  }

  @Test
  void aRepositoryThatCannotBeReadCompletelyIsLeftAsItIs() {
    publish(memory, app.tag("v1"), 1);
    Manifest kept = publish(memory, app.tag("v2"), 2);
    RegistryClient broken =
        new DelegatingClient(memory) {
          @Override
          public Manifest readManifest(ImageRef image) {
            if (image.digest().equals(Optional.of(kept.children().get(1).digest()))) {
              throw new RegistryException(
                  RegistryException.Reason.SERVER, image.registry(), 500, "broken disk", null);
            }
            return super.readManifest(image);
          }
        };
    PruneReport report = new Pruner(broken, event -> {}).delete(List.of(keepV2()), List.of());
    assertThat(codes(report)).containsExactly(ProblemCode.REPOSITORY_NOT_PRUNED);
    assertThat(report.problems().get(0).describe()).contains("broken disk");
    assertThat(report.unneeded()).isEmpty();
    assertThat(memory.tags(app)).containsExactly("v1", "v2");
  }

  @Test
  void aManifestThatGetsATagMeanwhileIsNotDeleted() {
    publish(memory, app.tag("v0"), 0);
    Manifest old = publish(memory, app.tag("v1"), 1);
    publish(memory, app.tag("v2"), 2);
    AtomicBoolean first = new AtomicBoolean(true);
    RegistryClient disturbed =
        new DelegatingClient(memory) {
          @Override
          public void deleteManifest(Repository repository, Digest digest) {
            if (first.getAndSet(false)) {
              memory.writeManifest(app.tag("v9"), old);
            }
            memory.deleteManifest(repository, digest);
          }
        };
    PruneReport report = new Pruner(disturbed, event -> {}).delete(List.of(keepV2()), List.of());
    assertThat(codes(report)).containsExactly(ProblemCode.MANIFEST_TAGGED_SINCE);
    assertThat(memory.findManifest(app.tag("v9"))).isPresent();
    assertThat(digests(report.deleted())).doesNotContain(old.digest());
  }

  /** Platforms are shared between random indexes, and tags between names. */
  @Test
  void whatIsKeptStaysCompleteInRandomMirrors() {
    int deleted = 0;
    for (int seed = 0; seed < 100; seed++) {
      Random random = new Random(seed);
      MemoryRegistryClient client = MemoryRegistryClient.create();
      List<Manifest> platforms = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        Manifest index = publish(client, app.tag("base" + i), seed * 10L + i);
        index
            .children()
            .forEach(child -> platforms.add(client.readManifest(app.digest(child.digest()))));
      }
      Set<String> tags = new TreeSet<>(client.tags(app));
      for (int i = 0; i < 8; i++) {
        Manifest[] some = new Manifest[1 + random.nextInt(3)];
        for (int j = 0; j < some.length; j++) {
          some[j] = platforms.get(random.nextInt(platforms.size()));
        }
        Manifest index = index(some);
        client.writeManifest(app.tag("t" + i), index);
        tags.add("t" + i);
        if (random.nextInt(3) == 0) {
          sign(client, app, index);
        }
      }
      List<String> kept =
          tags.stream().filter(tag -> tag.equals("base0") || random.nextInt(3) == 0).toList();
      MirrorPlan plan =
          plan(
              "harbor.corp",
              kept.stream().map(tag -> "quay.io/org/app:" + tag).toArray(String[]::new));
      Set<Digest> reachable = new HashSet<>();
      for (String tag : kept) {
        reachable.addAll(withChildren(client.readManifest(app.tag(tag))));
      }
      PruneReport report = new Pruner(client, event -> {}).delete(List.of(plan), List.of());
      assertThat(codes(report)).as("seed %s", seed).isEmpty();
      assertThat(report.deleted()).isEqualTo(report.unneeded());
      assertThat(digests(report.deleted())).doesNotContainAnyElementsOf(reachable);
      for (String tag : kept) {
        assertThat(ImageContent.read(client, app.tag(tag)).children()).isNotEmpty();
      }
      Set<Digest> left = new HashSet<>();
      for (String tag : client.tags(app)) {
        left.add(client.findManifest(app.tag(tag)).orElseThrow().digest());
      }
      assertThat(digests(report.needed())).containsAll(left);
      deleted += report.deleted().size();
    }
    assertThat(deleted).isGreaterThan(500);
  }

  private static Manifest index(Manifest... children) {
    return Manifest.of(
        Manifest.OCI_INDEX,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",\"manifests\":[%s]}"
            .formatted(
                Manifest.OCI_INDEX,
                List.of(children).stream()
                    .distinct()
                    .map(
                        child ->
                            "{\"mediaType\":\"%s\",\"digest\":\"%s\",\"size\":%d}"
                                .formatted(child.mediaType(), child.digest(), child.size()))
                    .collect(Collectors.joining(",")))
            .getBytes(StandardCharsets.UTF_8));
  }

  private static HttpRegistryClient client(DockerRegistry registry) {
    return HttpRegistryClient.builder()
        .plainHttp(registry.host())
        .credentials(CredentialProvider.none())
        .build();
  }

  @Test
  void aRealRegistryDeletesByDigestWhenItAllowsIt() {
    try (DockerRegistry registry = DockerRegistry.builder().deleteEnabled().start();
        HttpRegistryClient client = client(registry)) {
      Repository repository = Repository.parse(registry.host() + "/org/app");
      Manifest old = publish(client, repository.tag("v1"), 1);
      client.writeManifest(repository.tag("old"), old);
      Manifest kept = publish(client, repository.tag("v2"), 2);
      client.writeManifest(repository.tag("also"), kept);
      publish(client, repository.tag("sha256-" + old.digest().hex() + ".sig"), 3);

      PruneReport report =
          new Pruner(client, event -> {})
              .delete(List.of(plan(registry.host(), "quay.io/org/app:v2")), List.of())
              .orElseThrow();

      assertThat(report.deleted()).hasSize(8);
      assertThat(client.tags(repository)).containsExactlyInAnyOrder("v2", "also");
      assertThat(client.findManifest(repository.digest(old.digest()))).isEmpty();
      assertThat(ImageContent.read(client, repository.tag("v2")).children()).hasSize(3);
    }
  }

  @Test
  void aRegistryThatDoesNotAllowDeletionIsAProblemWithItsRemedy() {
    try (DockerRegistry registry = DockerRegistry.start();
        HttpRegistryClient client = client(registry)) {
      Repository repository = Repository.parse(registry.host() + "/org/app");
      publish(client, repository.tag("v1"), 1);
      publish(client, repository.tag("v2"), 2);
      PruneReport report =
          new Pruner(client, event -> {})
              .delete(List.of(plan(registry.host(), "quay.io/org/app:v2")), List.of());
      assertThat(codes(report)).containsExactly(ProblemCode.DELETION_UNSUPPORTED);
      assertThat(report.problems().get(0).remedy()).contains("REGISTRY_STORAGE_DELETE_ENABLED");
      assertThat(report.deleted()).isEmpty();
      assertThat(client.tags(repository)).containsExactlyInAnyOrder("v1", "v2");
    }
  }
}
