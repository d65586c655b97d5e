package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/**
 * A statement of in-toto (version 1) on where images come from: how a bundle was created, or what
 * was loaded from it into a mirror. It is signed in a DSSE envelope, which tools such as cosign and
 * {@code openssl} verify. Immutable.
 *
 * <pre>{@code
 * BundleReport report = airgap.bundle(plan, layout, BundleOptions.builder().build()).orElseThrow();
 * Provenance.ofCreation(report, Instant.now()).sign(key, Path.of("medium/bundle.intoto.json"));
 * }</pre>
 */
public final class Provenance {
  private static final String STATEMENT = "https://in-toto.io/Statement/v1";
  private static final String CREATION = "https://slsa.dev/provenance/v1";
  private static final String LOADING = "https://airgap.kubernaut.ai/loading/v1";
  private static final String BUILD = "https://airgap.kubernaut.ai/bundle/v1";
  private static final String BUILDER = "https://airgap.kubernaut.ai/bundler";

  private final byte[] statement;

  private Provenance(ObjectNode statement) {
    this.statement = BundleFormat.bytes(statement);
  }

  /**
   * Returns the SLSA provenance (version 1) of a bundle: the digests that its images have at their
   * sources, and the plan by which it was created. Its subject is the root manifest.
   *
   * @param report the result of {@link Bundler#create}
   * @param finished when the bundle was complete
   * @return the statement
   * @throws BundleException when the bundle could not be created
   */
  public static Provenance ofCreation(BundleReport report, Instant finished) {
    Bundle bundle = report.orElseThrow().bundle().orElseThrow();
    MirrorReport packed = report.images().orElseThrow();
    ObjectNode json = statement(CREATION);
    subject(json, bundle.subject().name(), bundle.digest());
    ObjectNode predicate = json.putObject("predicate");
    ObjectNode definition = predicate.putObject("buildDefinition").put("buildType", BUILD);
    ObjectNode parameters = definition.putObject("externalParameters");
    parameters.put("target", packed.plan().target().address());
    bundle
        .planFile()
        .ifPresent(
            plan ->
                digest(
                    parameters.putObject("plan").put("name", Bundle.title(plan)), plan.digest()));
    ArrayNode sources = definition.putArray("resolvedDependencies");
    for (MirroredImage image : packed.images()) {
      ImageRef source = image.entry().source();
      Digest there = image.sourceDigest().orElseThrow();
      ObjectNode one = sources.addObject();
      one.put("name", source.toString()).put("uri", Sbom.purl(source, there));
      digest(one, there);
      if (image.digestHasChanged()) {
        one.putObject("annotations").put("digestInBundle", image.digest().orElseThrow().toString());
      }
    }
    ObjectNode run = predicate.putObject("runDetails");
    run.putObject("builder").put("id", BUILDER);
    run.putObject("metadata").put("finishedOn", time(finished));
    return new Provenance(json);
  }

  /**
   * Returns a statement on what was loaded from a bundle: the names and digests of the images in
   * the mirror, which are its subjects.
   *
   * @param bundle the bundle
   * @param loaded the result of {@link BundleLoader#load}
   * @param finished when everything was loaded
   * @return the statement; images that failed are not in it
   */
  public static Provenance ofLoading(Bundle bundle, MirrorReport loaded, Instant finished) {
    ObjectNode json = statement(LOADING);
    json.putArray("subject");
    ObjectNode predicate = json.putObject("predicate");
    digest(predicate.putObject("bundle").put("name", bundle.subject().name()), bundle.digest());
    predicate.put("mirror", loaded.plan().target().address()).put("finishedOn", time(finished));
    ArrayNode images = predicate.putArray("images");
    for (MirroredImage image : loaded.images()) {
      if (image.outcome() != MirroredImage.Outcome.FAILED) {
        String target = image.entry().target().toString();
        Digest digest = image.digest().orElseThrow();
        subject(json, target, digest);
        images
            .addObject()
            .put("source", image.entry().source().toString())
            .put("sourceDigest", image.sourceDigest().orElse(digest).toString())
            .put("target", target)
            .put("digest", digest.toString());
      }
    }
    return new Provenance(json);
  }

  private static ObjectNode statement(String predicateType) {
    return new ObjectMapper()
        .createObjectNode()
        .put("_type", STATEMENT)
        .put("predicateType", predicateType);
  }

  private static void subject(ObjectNode json, String name, Digest digest) {
    digest(json.withArray("subject").addObject().put("name", name), digest);
  }

  private static void digest(ObjectNode json, Digest digest) {
    json.putObject("digest").put(digest.algorithm().toString(), digest.hex());
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /** {@return the statement in JSON} */
  public byte[] content() {
    return statement.clone();
  }

  /**
   * Signs the statement and writes the envelope.
   *
   * @param key an RSA, EC or EdDSA key of any JCA provider
   * @param file the file to write
   * @throws ai.kubernaut.airgap.common.AirgapException when the key cannot be used, or the file
   *     cannot be written
   */
  public void sign(PrivateKey key, Path file) {
    Envelope.write(statement, key, file);
  }

  /**
   * Checks that an envelope was signed with a key and is about a digest.
   *
   * @throws BundleException when that is not so
   */
  static void require(Path file, PublicKey key, Digest digest) {
    byte[] payload = Envelope.read(file, key);
    try {
      for (JsonNode subject : new ObjectMapper().readTree(payload).path("subject")) {
        String hex = subject.path("digest").path(digest.algorithm().toString()).asText("");
        if (hex.equals(digest.hex())) {
          return;
        }
      }
    } catch (IOException e) {
      throw invalid(file, Optional.of(e));
    }
    throw invalid(file, Optional.empty());
  }

  private static BundleException invalid(Path file, Optional<IOException> cause) {
    Problem problem =
        Problem.of(
            ProblemCode.BUNDLE_PROVENANCE_DIFFERS, new Subject(Subject.Kind.FILE, file.toString()));
    return RootSignature.refused(cause.map(problem::causedBy).orElse(problem));
  }
}
