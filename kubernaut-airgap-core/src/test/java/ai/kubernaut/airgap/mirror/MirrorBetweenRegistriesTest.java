package ai.kubernaut.airgap.mirror;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.FaultProxy;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.Skopeo;
import ai.kubernaut.airgap.registry.WelcomePage;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Mirrors between real registries: an open one, and one with a password and a certificate of a
 * private authority.
 */
@Timeout(120)
final class MirrorBetweenRegistriesTest {
  private static DockerRegistry source;
  private static DockerRegistry mirror;
  private static FaultProxy link;
  private static final Map<ImageRef, byte[]> published = new TreeMap<>();

  @BeforeAll
  static void publish() {
    source = DockerRegistry.start();
    mirror = DockerRegistry.builder().basicAuth().tls().start();
    link = FaultProxy.before(source.host());
    List<byte[]> base = List.of(TestImages.bytes(700_000, 1), TestImages.bytes(90_000, 2));
    try (HttpRegistryClient client = client(true).build()) {
      int seed = 0;
      for (String name : List.of("gateway", "datastorage")) {
        for (TestImages.Kind kind : TestImages.Kind.values()) {
          ImageRef image =
              ImageRef.parse(
                  link.host() + "/kubernaut-ai/" + name + ":v1-" + kind.manifest.length());
          published.put(image, TestImages.publish(client, image, kind, base, 100 + seed).content());
          seed++;
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    for (AutoCloseable part : new AutoCloseable[] {link, source, mirror}) {
      if (part != null) {
        assertThat(catchThrowable(part::close)).isNull();
      }
    }
  }

  private static HttpRegistryClient.Builder client(boolean goodPassword) {
    return HttpRegistryClient.builder()
        .plainHttp(source.host())
        .plainHttp(link.host())
        .caFile(mirror.host(), mirror.authority())
        .credentials(
            CredentialProvider.forRegistry(
                mirror.host(),
                Credentials.of(
                    DockerRegistry.USER, goodPassword ? DockerRegistry.PASSWORD : "wr0ng")));
  }

  private static MirrorPlan plan(Target target) {
    MirrorPlan.Builder plan = MirrorPlan.builder(target);
    published.forEach(
        (image, content) ->
            plan.addEntries(
                MirrorEntry.builder()
                    .source(image)
                    .target(target.nameOf(image))
                    .digest(Digest.sha256(content))
                    .build()));
    return plan.build();
  }

  private static MirrorEngine engine(RegistryClient client) {
    return new MirrorEngine(client, MirrorOptions.builder().build(), event -> {});
  }

  private static byte[] inspect(ImageRef image) {
    return Skopeo.run(
        "inspect",
        "--raw",
        "--tls-verify=false",
        "--creds=" + DockerRegistry.USER + ":" + DockerRegistry.PASSWORD,
        "docker://" + image);
  }

  @ParameterizedTest
  @EnumSource(Separator.class)
  void everyManifestIsByteForByteTheSourcesAndNoBlobCrossesTwice(Separator separator) {
    Target target =
        Target.registry(mirror.host() + "/by/" + separator.name().toLowerCase(Locale.ROOT));
    MirrorPlan plan = plan(target.separator(separator));
    link.forget();

    try (HttpRegistryClient http = client(true).build()) {
      WatchedClient client = new WatchedClient(http);
      MirrorReport report = engine(client).mirror(plan).orElseThrow();

      assertThat(report.images())
          .allSatisfy(image -> assertThat(image.outcome()).isEqualTo(MirroredImage.Outcome.COPIED));
      for (MirrorEntry entry : plan.entries()) {
        assertThat(inspect(entry.target()))
            .isEqualTo(published.get(entry.source()))
            .isEqualTo(Skopeo.manifest("docker://" + entry.source()));
        Manifest index = client.readManifest(entry.target());
        assertThat(index.children()).hasSize(3);
        for (Descriptor child : index.children()) {
          assertThat(client.readManifest(entry.target().repository().digest(child.digest())))
              .isEqualTo(client.readManifest(entry.source().repository().digest(child.digest())));
        }
      }
      List<String> pulled =
          link.requests().stream()
              .map(Object::toString)
              .filter(request -> request.startsWith("GET ") && request.contains("/blobs/"))
              .map(request -> request.substring(request.indexOf("/blobs/")))
              .toList();
      // Two base layers, and a layer and a configuration for each platform of each image.
      assertThat(pulled).hasSize(2 + 4 * 3 * 2).doesNotHaveDuplicates();
      assertThat(client.calls("writeBlob")).hasSameSizeAs(pulled);
      assertThat(report.images().stream().mapToInt(MirroredImage::blobsSent).sum())
          .isEqualTo(pulled.size());
      // The base layers came into one more repository.
      assertThat(client.calls("mountBlob")).hasSize(2);
      assertThat(report.images().stream().mapToInt(MirroredImage::blobsMounted).sum()).isEqualTo(2);

      link.forget();
      client.forget();
      MirrorReport again = engine(client).mirror(plan).orElseThrow();
      assertThat(again.images())
          .allSatisfy(
              image -> assertThat(image.outcome()).isEqualTo(MirroredImage.Outcome.PRESENT));
      assertThat(again.bytesSent()).isZero();
      assertThat(client.calls())
          .containsExactlyInAnyOrderElementsOf(
              plan.entries().stream()
                  .map(entry -> "findManifest " + entry.target())
                  .collect(
                      Collectors.collectingAndThen(
                          Collectors.toList(),
                          heads -> {
                            heads.add("ping " + mirror.host());
                            heads.add("ping " + link.host());
                            return heads;
                          })));
    }
  }

  @Test
  void aFailingImageIsReportedAndTheOthersAreFinished() {
    Target target = Target.registry(mirror.host() + "/with-a-gap");
    ImageRef missing = ImageRef.parse(link.host() + "/kubernaut-ai/absent:v9");
    MirrorPlan plan =
        MirrorPlan.builder(target).image(missing).addAllEntries(plan(target).entries()).build();

    try (HttpRegistryClient client = client(true).build()) {
      MirrorReport report = engine(client).mirror(plan);

      assertThat(report.failures()).hasSize(1);
      assertThat(report.failures().get(0).entry().source()).isEqualTo(missing);
      assertThat(report.failures().get(0).failure().orElseThrow().describe())
          .contains(missing.toString())
          .contains("there is no such image");
      assertThat(report.images()).hasSize(published.size() + 1);
      assertThat(catchThrowableOfType(IncompleteMirrorException.class, report::orElseThrow))
          .hasMessageContaining("1 of 5 images")
          .hasMessageContaining(missing.toString());
      for (MirrorEntry entry : plan(target).entries()) {
        assertThat(client.readManifest(entry.target()).content())
            .isEqualTo(published.get(entry.source()));
      }
    }
  }

  private static RegistryException refusal(HttpRegistryClient.Builder builder, String registry) {
    link.forget();
    try (HttpRegistryClient client = builder.build()) {
      MirrorPlan plan = plan(Target.registry(registry));
      RegistryException e =
          catchThrowableOfType(RegistryException.class, () -> engine(client).mirror(plan));
      assertThat(e).isNotNull();
      assertThat(e.registry()).isEqualTo(registry);
      assertThat(link.requests()).isEmpty();
      return e;
    }
  }

  @Test
  void wrongCredentialsAreToldBeforeAnythingIsAsked() {
    RegistryException e = refusal(client(false), mirror.host());

    assertThat(e.reason()).isEqualTo(Reason.UNAUTHORIZED);
    assertThat(e)
        .hasMessageContaining(mirror.host())
        .hasMessageContaining(DockerRegistry.USER)
        .hasMessageContaining("check the password")
        .message()
        .doesNotContain("wr0ng");
  }

  @Test
  void anUnknownHostIsToldBeforeAnythingIsAsked() {
    RegistryException e = refusal(client(true), "mirror.invalid");

    assertThat(e.reason()).isEqualTo(Reason.UNREACHABLE);
    assertThat(e).hasMessageContaining("mirror.invalid").hasMessageContaining("unknown");
  }

  @Test
  void aTargetThatIsNoRegistryIsToldBeforeAnythingIsAsked() throws IOException {
    try (WelcomePage page = WelcomePage.start()) {
      String host = page.host();
      RegistryException e = refusal(client(true).plainHttp(host), host);

      assertThat(e.reason()).isEqualTo(Reason.NOT_A_REGISTRY);
      assertThat(e).hasMessageContaining(host).hasMessageContaining("not as a registry");
    }
  }
}
