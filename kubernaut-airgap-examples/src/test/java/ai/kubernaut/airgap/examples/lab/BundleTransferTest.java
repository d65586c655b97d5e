package ai.kubernaut.airgap.examples.lab;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.bundle.Bundle;
import ai.kubernaut.airgap.bundle.archive.ArchiveRegistryClient;
import ai.kubernaut.airgap.examples.cli.CommandLineRun;
import ai.kubernaut.airgap.examples.cli.Main;
import ai.kubernaut.airgap.examples.lab.cluster.Flavour;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sites that share nothing but a directory: each command runs in a JVM of its own, and the
 * source is shut down before the bundle is loaded.
 */
@Timeout(300)
class BundleTransferTest {
  private static final Credentials ANYBODY = Credentials.of("anybody", "anything");

  @TempDir private Path directory;
  private Path medium;
  private Path site;
  private final Map<String, byte[]> published = new HashMap<>();

  @BeforeEach
  void directories() throws Exception {
    medium = directory.resolve("medium");
    site = Files.createDirectories(directory.resolve("site"));
  }

  private static String run(Path directory, int status, Object... arguments) throws Exception {
    List<String> texts = new ArrayList<>();
    for (Object argument : arguments) {
      texts.add(argument.toString());
    }
    Path log = Files.createTempFile(directory, "log", "");
    Process process =
        new ProcessBuilder(
                ChildJvm.command(List.of("-Xmx512m"), Main.class, texts.toArray(String[]::new)))
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    String said = Files.readString(log, StandardCharsets.UTF_8);
    assertThat(process.exitValue()).as(said).isEqualTo(status);
    return said;
  }

  private static HttpRegistryClient plainHttp(String host) {
    return HttpRegistryClient.builder()
        .credentials(CredentialProvider.none())
        .plainHttp(host)
        .build();
  }

  /** Creates the bundle on the medium; the source and the chart are gone afterwards. */
  private void createBundle(LabVersion version, Object... more) throws Exception {
    Path home = Files.createDirectories(directory.resolve("home"));
    published.clear();
    try (DockerRegistry source = DockerRegistry.start()) {
      LabImages.push(source.host(), ANYBODY, version, home.resolve("images"));
      Path chart = LabChart.unpack(Files.createDirectory(home.resolve("chart")), version);
      Path sdkConfig = Files.writeString(home.resolve("sdk.yaml"), "llm:\n  provider: litellm\n");
      List<Object> arguments =
          new ArrayList<>(List.of("bundle", "create", "--out", medium, "--target", "planned.corp"));
      arguments.addAll(List.of("--chart", chart, "--values", chart.resolve("values-ocp.yaml")));
      version
          .requiredValues()
          .forEach((key, value) -> arguments.addAll(List.of("--set", key + "=" + value)));
      arguments.addAll(List.of("--sdk-config", sdkConfig));
      arguments.addAll(List.of("--source", "quay.io=" + source.host()));
      arguments.addAll(List.of("--source", "registry.redhat.io=" + source.host()));
      arguments.addAll(List.of("--plain-http", source.host()));
      arguments.addAll(List.of(more));
      assertThat(run(home, 0, arguments.toArray())).contains("the bundle is complete: ");
      try (HttpRegistryClient client = plainHttp(source.host())) {
        for (MirrorEntry entry : carriedPlan().entries()) {
          ImageRef published =
              ImageRef.parse(
                  source.host()
                      + "/"
                      + entry.source().repository().name()
                      + ":"
                      + entry.source().tagOrLatest().orElseThrow());
          this.published.put(entry.source().toString(), client.readManifest(published).content());
        }
      }
    }
    Files.move(home, directory.resolve("gone-" + version));
  }

  /** Returns the plan that the bundle carries. */
  private MirrorPlan carriedPlan() {
    try (RegistryClient store =
        ArchiveRegistryClient.isArchive(medium)
            ? ArchiveRegistryClient.open(medium)
            : LayoutRegistryClient.open(medium, Bundle.repository())) {
      return Bundle.open(store).unpackPlan(directory.resolve("looked-at-" + medium.getFileName()));
    }
  }

  /** A site with a mirror and a cluster that reaches nothing else. */
  private static Lab lab(DockerRegistry mirror) {
    return Lab.builder()
        .flavour(Flavour.KUBERNETES)
        .withoutSource()
        .externalMirror(mirror.host(), client -> client.plainHttp(mirror.host()))
        .start();
  }

  private void loadInstallAndVerify() throws Exception {
    try (DockerRegistry mirror = DockerRegistry.start();
        Lab lab = lab(mirror)) {
      assertThat(loadInstallAndVerify(mirror, lab, 1))
          .contains("14 copied, 0 already there, 0 failed");
    }
  }

  /** Loads the bundle on the medium, and installs its chart; returns what loading printed. */
  private String loadInstallAndVerify(DockerRegistry mirror, Lab lab, int revision)
      throws Exception {
    Path authFile = Files.writeString(site.resolve("auth.json"), "{\"auths\":{}}");
    Object[] reach = {"--plain-http", mirror.host(), "--authfile", authFile};
    Path carried = site.resolve("carried-" + revision);
    String loaded =
        run(
            site,
            0,
            with(
                reach,
                "mirror",
                "--from-bundle",
                medium,
                "--target",
                mirror.host() + "/site",
                "--plan-directory",
                carried));

    Path plan = carried.resolve("plan.yaml");
    try (HttpRegistryClient client = plainHttp(mirror.host())) {
      List<MirrorEntry> entries = MirrorPlan.read(plan).entries();
      assertThat(entries).hasSize(published.size());
      for (MirrorEntry entry : entries) {
        assertThat(client.readManifest(entry.target()).content())
            .isEqualTo(published.get(entry.source().toString()));
      }
    }
    Path key = Files.writeString(site.resolve("llm-key"), "none\n");
    String installed =
        run(
            site,
            0,
            with(
                reach,
                "install",
                "--plan",
                plan,
                "--kubeconfig",
                lab.kubeconfig(),
                "--llm-credentials",
                "OPENAI_API_KEY=" + key));
    assertThat(installed).contains("revision " + revision);
    assertThat(
            run(site, 0, with(reach, "verify", "--plan", plan, "--kubeconfig", lab.kubeconfig())))
        .contains("PASSED");
    return loaded;
  }

  private static Object[] with(Object[] reach, Object... arguments) {
    List<Object> all = new ArrayList<>(List.of(arguments));
    all.addAll(List.of(reach));
    return all.toArray();
  }

  @Test
  void aChartIsInstalledFromABundleInADirectory() throws Exception {
    createBundle(LabVersion.V1_1);
    CommandLineRun inspected = CommandLineRun.of("bundle", "inspect", medium, "--json");
    assertThat(inspected.status()).as(inspected.toString()).isZero();
    assertThat(new ObjectMapper().readTree(inspected.out()).path("images")).hasSize(14);
    CommandLineRun checked = CommandLineRun.of("bundle", "check", medium, "--json");
    assertThat(checked.status()).as(checked.toString()).isZero();
    assertThat(new ObjectMapper().readTree(checked.out()).path("complete").asBoolean()).isTrue();
    loadInstallAndVerify();
  }

  @Test
  void aChartIsInstalledFromABundleInParts_butNotWhenAPartIsMissing() throws Exception {
    createBundle(LabVersion.V1_1, "--part-size", "64K");
    assertThat(medium.resolve("bundle.tar.003")).exists();
    assertThat(CommandLineRun.of("bundle", "inspect", medium).out()).contains("14 images");
    Path second = medium.resolve("bundle.tar.002");
    Path away = directory.resolve("left-on-the-desk");
    Files.move(second, away);
    assertThat(run(site, 7, "mirror", "--from-bundle", medium, "--target", "nowhere.invalid"))
        .contains("the part bundle.tar.002 is missing; copy all parts into one directory");
    Files.move(away, second);
    loadInstallAndVerify();
  }

  private static Map<String, Path> blobs(Path bundle) throws IOException {
    try (Stream<Path> files = Files.list(bundle.resolve("blobs/sha256"))) {
      return files.collect(Collectors.toMap(file -> file.getFileName().toString(), file -> file));
    }
  }

  @Test
  void aNewVersionIsInstalledFromADelta_whichCarriesOnlyTheNewBlobs() throws Exception {
    createBundle(LabVersion.V1_1);
    Path first = medium;
    try (DockerRegistry mirror = DockerRegistry.start();
        Lab lab = lab(mirror)) {
      loadInstallAndVerify(mirror, lab, 1);

      medium = directory.resolve("delta");
      createBundle(LabVersion.V1_5, "--base", first);
      Map<String, Path> old = blobs(first);
      for (Map.Entry<String, Path> blob : blobs(medium).entrySet()) {
        if (old.containsKey(blob.getKey())) {
          // Every bundle has all manifests, its own files, and the empty configuration of its root.
          assertThat(blob.getValue()).content().matches("(?s).*\"schemaVersion\".*|llm:.*|\\{}");
        }
      }
      // Four images are new, with a layer of 256 KiB each; all others were there.
      long bytes = 0;
      for (Path file : blobs(medium).values()) {
        bytes += Files.size(file);
      }
      assertThat(bytes).isBetween(4L * (256 << 10), 5L * (256 << 10));

      assertThat(loadInstallAndVerify(mirror, lab, 2)).contains("0 failed");
    }
  }
}
