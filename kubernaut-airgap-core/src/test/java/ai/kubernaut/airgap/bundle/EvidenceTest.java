package ai.kubernaut.airgap.bundle;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.mirror.MirrorOptions;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.layout.LayoutRegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.Signature;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a bundle proves of itself: its SBOM, and statements of where its images come from. */
@Timeout(120)
final class EvidenceTest {
  private static final Instant TIME = Instant.parse("2026-03-01T10:20:30.4Z");
  private static final ObjectMapper JSON = new ObjectMapper();

  @TempDir private Path directory;
  private final MemoryRegistryClient source = MemoryRegistryClient.create();
  private final MemoryRegistryClient target = MemoryRegistryClient.create();
  private LayoutRegistryClient store;
  private MirrorPlan plan;
  private BundleReport report;
  private Bundle bundle;

  @BeforeEach
  void create() throws IOException {
    Site.publish(source);
    plan = Site.plan(source, directory.resolve("home"), "harbor.corp");
    store = LayoutRegistryClient.at(directory.resolve("bundle"), Bundle.repository());
    report =
        new Bundler(source, store, event -> {})
            .create(plan, BundleOptions.builder().build())
            .orElseThrow();
    bundle = report.bundle().orElseThrow();
  }

  @AfterEach
  void close() {
    store.close();
    source.close();
    target.close();
  }

  private Path envelope(KeyPair keys) {
    Path file = directory.resolve("bundle.intoto.json");
    Provenance.ofCreation(report, TIME).sign(keys.getPrivate(), file);
    return file;
  }

  /** The pre-authentication encoding, as the DSSE specification defines it. */
  private static byte[] preAuthenticationEncoding(String type, byte[] body) {
    ByteArrayOutputStream encoded = new ByteArrayOutputStream();
    encoded.writeBytes("DSSEv1".getBytes(UTF_8));
    for (byte[] part : List.of(type.getBytes(UTF_8), body)) {
      encoded.writeBytes((" " + part.length + " ").getBytes(UTF_8));
      encoded.writeBytes(part);
    }
    return encoded.toByteArray();
  }

  /** Verifies an envelope with the JDK and Jackson alone. */
  private static JsonNode verified(Path envelope, PublicKey key, String algorithm)
      throws Exception {
    JsonNode json = JSON.readTree(envelope.toFile());
    byte[] payload = Base64.getDecoder().decode(json.path("payload").asText());
    Signature signature = Signature.getInstance(algorithm);
    signature.initVerify(key);
    signature.update(preAuthenticationEncoding(json.path("payloadType").asText(), payload));
    String bytes = json.path("signatures").path(0).path("sig").asText();
    assertThat(signature.verify(Base64.getDecoder().decode(bytes))).isTrue();
    assertThat(json.path("payloadType").asText()).isEqualTo("application/vnd.in-toto+json");
    return JSON.readTree(payload);
  }

  @ParameterizedTest
  @CsvSource({"RSA, SHA256withRSA", "EC, SHA256withECDSA", "Ed25519, Ed25519"})
  void aPlainVerifierFindsSourcesPlanAndRootInTheSignedStatement(String kind, String algorithm)
      throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance(kind).generateKeyPair();
    JsonNode statement = verified(envelope(keys), keys.getPublic(), algorithm);

    assertThat(statement.path("_type").asText()).isEqualTo("https://in-toto.io/Statement/v1");
    assertThat(statement.path("predicateType").asText())
        .isEqualTo("https://slsa.dev/provenance/v1");
    assertThat(statement.at("/subject/0/digest/sha256").asText()).isEqualTo(bundle.digest().hex());
    JsonNode definition = statement.at("/predicate/buildDefinition");
    for (int i = 0; i < plan.entries().size(); i++) {
      MirrorEntry entry = plan.entries().get(i);
      JsonNode dependency = definition.path("resolvedDependencies").path(i);
      assertThat(dependency.path("name").asText()).isEqualTo(entry.source().toString());
      assertThat(dependency.at("/digest/sha256").asText())
          .isEqualTo(source.readManifest(entry.source()).digest().hex());
    }
    assertThat(definition.at("/externalParameters/plan/digest/sha256").asText())
        .isEqualTo(bundle.planFile().orElseThrow().digest().hex());
    assertThat(statement.at("/predicate/runDetails/metadata/finishedOn").asText())
        .isEqualTo("2026-03-01T10:20:30Z");
    assertThat(bundle.requireProvenance(keys.getPublic(), directory.resolve("bundle.intoto.json")))
        .isSameAs(bundle);
  }

  @Test
  void opensslVerifiesTheStatement() throws Exception {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/openssl")), "no openssl");
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    JsonNode json = JSON.readTree(envelope(keys).toFile());
    byte[] payload = Base64.getDecoder().decode(json.path("payload").asText());
    Files.write(
        directory.resolve("signed"),
        preAuthenticationEncoding(json.path("payloadType").asText(), payload));
    Files.write(
        directory.resolve("signature"),
        Base64.getDecoder().decode(json.at("/signatures/0/sig").asText()));
    Files.writeString(
        directory.resolve("key.pem"),
        "-----BEGIN PUBLIC KEY-----\n%s\n-----END PUBLIC KEY-----\n"
            .formatted(Base64.getMimeEncoder().encodeToString(keys.getPublic().getEncoded())));
    Process openssl =
        new ProcessBuilder(
                "openssl",
                "dgst",
                "-sha256",
                "-verify",
                "key.pem",
                "-signature",
                "signature",
                "signed")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(openssl.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(openssl.exitValue()).isZero();
  }

  private ProblemCode refusal(Bundle of, PublicKey key, Path envelope) {
    return catchThrowableOfType(BundleException.class, () -> of.requireProvenance(key, envelope))
        .problems()
        .get(0)
        .code();
  }

  @Test
  void aStatementOfAnotherBundleOrKeyIsRefused() throws Exception {
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    PublicKey other = KeyPairGenerator.getInstance("RSA").generateKeyPair().getPublic();
    Path file = envelope(keys);
    assertThat(refusal(bundle, other, file)).isEqualTo(ProblemCode.BUNDLE_SIGNATURE_INVALID);
    assertThat(refusal(bundle, other, directory.resolve("none")))
        .isEqualTo(ProblemCode.BUNDLE_SIGNATURE_MISSING);

    MirrorPlan one =
        MirrorPlan.builder(plan.target()).entries(plan.entries().subList(0, 1)).build();
    try (LayoutRegistryClient elsewhere =
        LayoutRegistryClient.at(directory.resolve("other"), Bundle.repository())) {
      Bundle another =
          new Bundler(source, elsewhere, event -> {})
              .create(one, BundleOptions.builder().build())
              .bundle()
              .orElseThrow();
      assertThat(refusal(another, keys.getPublic(), file))
          .isEqualTo(ProblemCode.BUNDLE_PROVENANCE_DIFFERS);
    }

    String json = Files.readString(file);
    for (String forged :
        List.of(
            json.replace("vnd.in-toto+json", "vnd.other+json"),
            json.replaceFirst("\"payload\":\"..", "\"payload\":\"AA"),
            json.replaceFirst("\"sig\":\"[^\"]*", "\"sig\":\"%%"),
            json.replaceFirst("\"sig\":\"[^\"]*", "\"sig\":\""),
            "{}",
            "no JSON")) {
      Files.writeString(file, forged);
      assertThat(refusal(bundle, keys.getPublic(), file))
          .as(forged)
          .isEqualTo(ProblemCode.BUNDLE_SIGNATURE_INVALID);
    }
  }

  @Test
  void theStatementOfALoadedBundleHasTheDigestsInTheMirror() throws Exception {
    MirrorReport loaded =
        new BundleLoader(target, event -> {})
            .load(
                bundle,
                bundle.unpackPlan(directory.resolve("carried")),
                MirrorOptions.builder().build())
            .orElseThrow();
    KeyPair keys = KeyPairGenerator.getInstance("EC").generateKeyPair();
    Path file = directory.resolve("loaded.intoto.json");
    Provenance.ofLoading(bundle, loaded, TIME).sign(keys.getPrivate(), file);
    JsonNode statement = verified(file, keys.getPublic(), "SHA256withECDSA");

    assertThat(statement.at("/predicate/bundle/digest/sha256").asText())
        .isEqualTo(bundle.digest().hex());
    assertThat(statement.path("subject")).hasSize(2);
    for (int i = 0; i < 2; i++) {
      MirrorEntry entry = plan.entries().get(i);
      JsonNode subject = statement.path("subject").path(i);
      assertThat(subject.path("name").asText()).isEqualTo(entry.target().toString());
      assertThat(subject.at("/digest/sha256").asText())
          .isEqualTo(target.readManifest(entry.target()).digest().hex());
      assertThat(statement.at("/predicate/images/" + i + "/source").asText())
          .isEqualTo(entry.source().toString());
    }
  }

  @Test
  void theSbomNamesImagesAttachmentsAndFilesByDigest() throws Exception {
    Path file = directory.resolve("bundle.cdx.json");
    bundle.saveSbom(file);
    JsonNode sbom = JSON.readTree(file.toFile());
    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    assertThat(sbom.path("specVersion").asText()).isEqualTo("1.6");
    assertThat(sbom.path("serialNumber").asText())
        .matches("urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");
    assertThat(sbom.at("/metadata/component/hashes/0/content").asText())
        .isEqualTo(bundle.digest().hex());
    String gateway = source.readManifest(Site.GATEWAY).digest().hex();
    assertThat(sbom.path("components").findValuesAsText("purl"))
        .hasSize(2)
        .contains(
            "pkg:oci/gateway@sha256%3A"
                + gateway
                + "?repository_url=quay.io/kubernaut-ai/gateway&tag=v1");
    List<String> hashes = sbom.path("components").findValuesAsText("content");
    for (Descriptor one : bundle.titled()) {
      assertThat(hashes).contains(one.digest().hex());
    }
    // Two images, two attachments, and the files; references are unique.
    List<String> references = sbom.path("components").findValuesAsText("bom-ref");
    assertThat(references).hasSize(4 + bundle.titled().size()).doesNotHaveDuplicates();
    assertThat(sbom.at("/dependencies/0/dependsOn")).hasSize(references.size());
    assertThat(Sbom.of(bundle)).isEqualTo(Files.readAllBytes(file));
    assertThat(sbom.path("components").findValuesAsText("type"))
        .containsOnly("container", "data", "file");
  }

  @Test
  void thereIsNoStatementOfABundleThatCouldNotBeCreated() {
    MirrorPlan missing =
        MirrorPlan.builder(plan.target()).image(Site.GATEWAY.withTag("none")).build();
    BundleReport failed =
        new Bundler(source, store, event -> {}).create(missing, BundleOptions.builder().build());
    BundleException refused =
        catchThrowableOfType(BundleException.class, () -> Provenance.ofCreation(failed, TIME));
    assertThat(refused.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.IMAGE_NOT_FOUND);
  }
}
