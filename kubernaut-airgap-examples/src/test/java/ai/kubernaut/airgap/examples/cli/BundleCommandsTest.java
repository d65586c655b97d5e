package ai.kubernaut.airgap.examples.cli;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.ChildJvm;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.TestImages;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.DockerRegistry;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.Skopeo;
import ai.kubernaut.airgap.registry.http.HttpRegistryClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The commands for bundles, between two real registries. */
@Timeout(120)
class BundleCommandsTest {
  @TempDir static Path directory;

  private static DockerRegistry source;
  private static DockerRegistry mirror;
  private static Path authFile;

  @BeforeAll
  static void publish() throws IOException {
    source = DockerRegistry.start();
    mirror = DockerRegistry.start();
    authFile = Files.writeString(directory.resolve("auth.json"), "{\"auths\":{}}");
    try (HttpRegistryClient client =
        HttpRegistryClient.builder()
            .credentials(CredentialProvider.none())
            .plainHttp(source.host())
            .build()) {
      for (int version = 1; version <= 2; version++) {
        for (String name : List.of("gateway", "storage")) {
          TestImages.publish(
              client,
              ImageRef.parse(source.host() + "/kubernaut-ai/" + name + ":v" + version),
              TestImages.Kind.OCI,
              List.of(TestImages.bytes(400_000, 1)),
              version);
        }
      }
    }
  }

  @AfterAll
  static void stop() {
    if (source != null) {
      source.close();
    }
    if (mirror != null) {
      mirror.close();
    }
  }

  private static JsonNode run(Object... arguments) throws IOException {
    List<Object> all = new ArrayList<>(Arrays.asList(arguments));
    all.add("--json");
    CommandLineRun run = CommandLineRun.of(all.toArray());
    assertThat(run.status()).as(run.toString()).isZero();
    return new ObjectMapper().readTree(run.out());
  }

  private static Object[] reach(Object... arguments) {
    List<Object> all = new ArrayList<>(Arrays.asList(arguments));
    all.addAll(List.of("--authfile", authFile));
    all.addAll(List.of("--plain-http", source.host(), "--plain-http", mirror.host()));
    all.addAll(List.of("--source", "quay.io=" + source.host()));
    return all.toArray();
  }

  private static Path images(int version) throws IOException {
    return Files.writeString(
        directory.resolve("images-" + version),
        "quay.io/kubernaut-ai/gateway:v%1$d\nquay.io/kubernaut-ai/storage:v%1$d\n"
            .formatted(version));
  }

  /** Creates a bundle with the images of a version. */
  private static JsonNode create(int version, Path bundle, Object... more) throws IOException {
    List<Object> arguments =
        new ArrayList<>(
            List.of("bundle", "create", "--images", images(version), "--target", mirror.host()));
    arguments.addAll(List.of("--out", bundle));
    arguments.addAll(Arrays.asList(more));
    return run(reach(arguments.toArray()));
  }

  @Test
  void aDeltaAgainstTheInventoryOfTheMirrorCarriesTheNewVersion() throws Exception {
    Path first = directory.resolve("first");
    create(1, first);
    JsonNode loaded =
        run(reach("mirror", "--from-bundle", first, "--target", mirror.host() + "/x"));
    assertThat(loaded.path("complete").asBoolean()).isTrue();

    Path inventory = directory.resolve("inventory.json");
    JsonNode known =
        run(reach("inventory", "--plan", first.resolve("plan/plan.yaml"), "--out", inventory));
    assertThat(known.path("bytes").asLong()).isGreaterThan(400_000);

    Path second = directory.resolve("second");
    run(
        reach(
            "bundle",
            "create",
            "--images",
            images(2),
            "--target",
            mirror.host() + "/x",
            "--out",
            second,
            "--base",
            inventory,
            "--part-size",
            "20K"));
    JsonNode inspected = run("bundle", "inspect", second);
    assertThat(inspected.path("delta").asBoolean()).isTrue();
    assertThat(inspected.path("bytes").asLong()).isLessThan(200_000);

    CommandLineRun elsewhere =
        CommandLineRun.of(
            reach("mirror", "--from-bundle", second, "--target", mirror.host() + "/empty"));
    assertThat(elsewhere.status()).isEqualTo(7);
    assertThat(elsewhere.err()).contains("1 of 1 blobs are missing; nothing was sent");

    JsonNode updated = run(reach("mirror", "--from-bundle", second));
    assertThat(updated.path("bytesSent").asLong()).isLessThan(200_000);
  }

  @Test
  void theSizeOfABundleIsKnownBeforeItIsWritten() throws Exception {
    Path bundle = directory.resolve("forecast");
    JsonNode forecast = create(1, bundle, "--dry-run", "--part-size", "64K");
    ReportSchema.check(forecast.toString());
    assertThat(bundle).doesNotExist();
    assertThat(forecast.path("images").asInt()).isEqualTo(2);
    assertThat(forecast.path("room").asLong()).isGreaterThan(forecast.path("bytes").asLong());
    CommandLineRun text =
        CommandLineRun.of(
            reach(
                "bundle",
                "create",
                "--images",
                images(1),
                "--target",
                mirror.host(),
                "--out",
                bundle,
                "--dry-run"));
    assertThat(text.out()).contains("2 images, 0.5 MB, of which 0.5 MB are to be written");

    JsonNode created = create(1, bundle, "--part-size", "64K");
    ReportSchema.check(created.toString());
    assertThat(created.path("facts").findValuesAsText("code"))
        .containsExactly("BUNDLE_ROOM_CHECKED");
    try (Stream<Path> files = Files.list(bundle)) {
      assertThat(files.filter(file -> file.toString().matches(".*tar\\.\\d+")))
          .hasSize(forecast.path("parts").asInt());
    }
    JsonNode complete = create(1, directory.resolve("forecast-layout"));
    assertThat(complete.path("complete").asBoolean()).isTrue();
    JsonNode again = create(1, directory.resolve("forecast-layout"), "--dry-run");
    assertThat(again.path("bytesToWrite").asLong()).isLessThan(20_000);
  }

  @Test
  void anIndexIsCarriedAsItIs_andRewrittenWhereTheMirrorRefusesIt() throws Exception {
    Path bundle = directory.resolve("sparse");
    create(1, bundle, "--platform", "linux/amd64", "--index-form", "sparse");
    JsonNode inspected = run("bundle", "inspect", bundle);
    ReportSchema.check(inspected.toString());
    assertThat(inspected.path("sparseImages")).hasSize(2);
    Object[] load = reach("mirror", "--from-bundle", bundle, "--target", mirror.host() + "/sparse");
    List<Object> auto = new ArrayList<>(Arrays.asList(load));
    auto.addAll(List.of("--index-form", "auto"));
    JsonNode loaded = run(auto.toArray());
    ReportSchema.check(loaded.toString());
    assertThat(loaded.path("images").findValuesAsText("index"))
        .containsExactly("rewritten", "rewritten");
  }

  @Test
  void someImagesOfABundleCanBeChosen() throws Exception {
    Path bundle = directory.resolve("chosen");
    create(1, bundle);
    String target = mirror.host() + "/chosen";
    JsonNode some =
        run(
            reach(
                "mirror",
                "--from-bundle",
                bundle,
                "--target",
                target,
                "--only",
                "quay.io/kubernaut-ai/storage:v1",
                "--plan-directory",
                directory.resolve("p")));
    assertThat(some.path("images")).hasSize(1);
    CommandLineRun unknown =
        CommandLineRun.of(
            reach("mirror", "--from-bundle", bundle, "--target", target, "--only", "quay.io/a:v1"));
    assertThat(unknown.status()).isEqualTo(2);
    CommandLineRun twoPlans =
        CommandLineRun.of(
            reach("mirror", "--from-bundle", bundle, "--images", images(1), "--target", target));
    assertThat(twoPlans.status()).isEqualTo(2);
    assertThat(twoPlans.err()).contains("--from-bundle brings its own plan");
  }

  @Test
  void aBundleIsServedToToolsThatKnowRegistriesOnly() throws Exception {
    Path bundle = directory.resolve("served");
    create(1, bundle, "--part-size", "64K");
    Process serving =
        new ProcessBuilder(ChildJvm.command(Main.class, "bundle", "serve", bundle.toString()))
            .redirectErrorStream(true)
            .start();
    try (BufferedReader said =
        new BufferedReader(
            new InputStreamReader(serving.getInputStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      Matcher host = Pattern.compile(" on (\\S+);").matcher(line);
      assertThat(host.find()).as(line).isTrue();
      String image = "docker://" + host.group(1) + "/quay.io/kubernaut-ai/gateway:v1";
      assertThat(Manifest.of(Manifest.OCI_INDEX, Skopeo.manifest(image)).children()).hasSize(3);
      Skopeo.copy(image, "oci:" + directory.resolve("copied-by-skopeo") + ":v1");
    } finally {
      serving.destroy();
      serving.waitFor();
    }
  }

  @Test
  void aSignatureCanBeRequired() throws Exception {
    List<Path> other = KeyPairFiles.write("EC", directory, "other");
    Path unsigned = directory.resolve("unsigned");
    create(1, unsigned);
    for (String algorithm : List.of("RSA", "EC", "Ed25519")) {
      List<Path> keys = KeyPairFiles.write(algorithm, directory, algorithm);
      Path bundle = directory.resolve("signed-" + algorithm);
      create(1, bundle, "--sign-key", keys.get(0));
      run("bundle", "check", bundle, "--verify-key", keys.get(1));
      run(
          reach(
              "mirror",
              "--from-bundle",
              bundle,
              "--verify-key",
              keys.get(1),
              "--target",
              mirror.host() + "/signed"));
      String prefix = mirror.host() + "/forged";
      assertThat(
              CommandLineRun.of(
                      reach(
                          "mirror",
                          "--from-bundle",
                          bundle,
                          "--verify-key",
                          other.get(1),
                          "--target",
                          prefix))
                  .err())
          .contains("the signature is not one of this bundle with the required key");
      CommandLineRun missing =
          CommandLineRun.of("bundle", "check", unsigned, "--verify-key", keys.get(1));
      assertThat(missing.status()).isEqualTo(7);
      assertThat(missing.err()).contains("there is no such signature, and one is required");
    }
  }

  @Test
  void aBundleHasEvidenceOfWhatIsInItAndWhereItComesFrom() throws Exception {
    List<Path> keys = KeyPairFiles.write("EC", directory, "evidence");
    Path bundle = directory.resolve("evidence");
    Path sbom = directory.resolve("bundle.cdx.json");
    Path provenance = directory.resolve("bundle.intoto.json");
    JsonNode created =
        create(
            1,
            bundle,
            "--sbom",
            sbom,
            "--provenance",
            provenance,
            "--sign-key",
            keys.get(0),
            "--part-size",
            "64K");
    assertThat(Files.readString(sbom)).contains(created.at("/bundle/digest").asText());
    run("bundle", "check", bundle, "--provenance", provenance, "--verify-key", keys.get(1));

    Path statement = directory.resolve("loaded.intoto.json");
    run(
        reach(
            "mirror",
            "--from-bundle",
            bundle,
            "--target",
            mirror.host() + "/evidence",
            "--statement",
            statement,
            "--sign-key",
            keys.get(0)));
    JsonNode envelope = new ObjectMapper().readTree(statement.toFile());
    assertThat(Base64.getDecoder().decode(envelope.path("payload").asText()))
        .asString(StandardCharsets.UTF_8)
        .contains(
            mirror.host() + "/evidence",
            created.at("/bundle/images/0/digest").asText().substring(7));

    Path other = directory.resolve("evidence-of-another");
    create(2, other, "--sign-key", keys.get(0));
    CommandLineRun differs =
        CommandLineRun.of(
            "bundle", "check", other, "--provenance", provenance, "--verify-key", keys.get(1));
    assertThat(differs.status()).isEqualTo(7);
    assertThat(differs.err()).contains("it is not about this bundle");
    CommandLineRun withoutKey =
        CommandLineRun.of("bundle", "check", bundle, "--provenance", provenance);
    assertThat(withoutKey.status()).isEqualTo(2);
    assertThat(withoutKey.err()).contains("--verify-key");
  }

  @Test
  void whatIsNoSizeAndNoBundleIsNamed() {
    CommandLineRun size =
        CommandLineRun.of(
            "bundle",
            "create",
            "--images",
            "x",
            "--target",
            "a.corp",
            "--out",
            directory,
            "--part-size",
            "4.5GB");
    assertThat(size.status()).isEqualTo(2);
    assertThat(size.err()).contains("'4.5GB' is not a size");
    assertThat(CommandLineRun.of("bundle").status()).isEqualTo(2);
    CommandLineRun nothing = CommandLineRun.of("bundle", "check", directory.resolve("nothing"));
    assertThat(nothing.status()).isEqualTo(7);
    assertThat(nothing.err()).contains("there is no such directory");
  }

  @Test
  void aDamagedBundleIsAReportWithAProblem() throws IOException {
    Path bundle = directory.resolve("damaged");
    create(1, bundle);
    Path blob = largestFile(bundle.resolve("blobs"));
    byte[] content = Files.readAllBytes(blob);
    content[content.length / 2] ^= 1;
    Files.write(blob, content);

    CommandLineRun run = CommandLineRun.of("bundle", "check", bundle, "--json");

    assertThat(run.status()).as(run.toString()).isEqualTo(1);
    assertThat(new ObjectMapper().readTree(run.out()).path("kind").asText())
        .isEqualTo("BundleReport");
  }

  private static Path largestFile(Path directory) throws IOException {
    try (Stream<Path> files = Files.walk(directory)) {
      return files
          .filter(Files::isRegularFile)
          .max(Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }
}
