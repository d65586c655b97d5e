package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.attestation.Statement;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Statements on where images come from: how a bundle was created, and what was loaded from it into
 * a mirror. Thread-safe.
 *
 * <pre>{@code
 * BundleReport report = airgap.bundle(plan, layout, BundleOptions.builder().build()).orElseThrow();
 * Provenance.ofCreation(report, Instant.now()).sign(key, Path.of("medium/bundle.intoto.json"));
 * }</pre>
 */
public final class Provenance {
  private static final String CREATION = "https://slsa.dev/provenance/v1";
  private static final String LOADING = "https://airgap.kubernaut.ai/loading/v1";
  private static final String BUILD = "https://airgap.kubernaut.ai/bundle/v1";
  private static final String BUILDER = "https://airgap.kubernaut.ai/bundler";

  private Provenance() {}

  /**
   * Returns the SLSA provenance (version 1) of a bundle: the digests that its images have at their
   * sources, and the plan by which it was created. Its subject is the root manifest.
   *
   * @param report the result of {@link Bundler#create}
   * @param finished when the bundle was complete
   * @return the statement
   * @throws BundleException when the bundle could not be created
   */
  public static Statement ofCreation(BundleReport report, Instant finished) {
    Bundle bundle = report.orElseThrow().bundle().orElseThrow();
    MirrorReport packed = report.images().orElseThrow();
    Map<String, Object> parameters = new LinkedHashMap<>();
    parameters.put("target", packed.plan().target().address());
    bundle
        .planFile()
        .ifPresent(plan -> parameters.put("plan", resource(Bundle.title(plan), plan.digest())));
    List<Map<String, Object>> sources = new ArrayList<>();
    for (MirroredImage image : packed.images()) {
      ImageRef source = image.entry().source();
      Digest there = image.sourceDigest().orElseThrow();
      Map<String, Object> one = resource(source.toString(), there);
      one.put("uri", Sbom.purl(source, there));
      if (image.digestHasChanged()) {
        one.put("annotations", Map.of("digestInBundle", image.digest().orElseThrow().toString()));
      }
      sources.add(one);
    }
    Map<String, Object> definition = new LinkedHashMap<>();
    definition.put("buildType", BUILD);
    definition.put("externalParameters", parameters);
    definition.put("resolvedDependencies", sources);
    Map<String, Object> run = new LinkedHashMap<>();
    run.put("builder", Map.of("id", BUILDER));
    run.put("metadata", Map.of("finishedOn", time(finished)));
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("buildDefinition", definition);
    predicate.put("runDetails", run);
    return Statement.of(
        CREATION,
        List.of(new Statement.Subject(bundle.subject().name(), bundle.digest())),
        predicate);
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
  public static Statement ofLoading(Bundle bundle, MirrorReport loaded, Instant finished) {
    List<Statement.Subject> subjects = new ArrayList<>();
    List<Map<String, Object>> images = new ArrayList<>();
    for (MirroredImage image : loaded.images()) {
      if (image.failure().isEmpty()) {
        String target = image.entry().target().toString();
        Digest digest = image.digest().orElseThrow();
        subjects.add(new Statement.Subject(target, digest));
        Map<String, Object> one = new LinkedHashMap<>();
        one.put("source", image.entry().source().toString());
        one.put("sourceDigest", image.sourceDigest().orElse(digest).toString());
        one.put("target", target);
        one.put("digest", digest.toString());
        images.add(one);
      }
    }
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("bundle", resource(bundle.subject().name(), bundle.digest()));
    predicate.put("mirror", loaded.plan().target().address());
    predicate.put("finishedOn", time(finished));
    predicate.put("images", images);
    return Statement.of(LOADING, subjects, predicate);
  }

  /** A resource descriptor of in-toto. */
  private static Map<String, Object> resource(String name, Digest digest) {
    Map<String, Object> resource = new LinkedHashMap<>();
    resource.put("name", name);
    resource.put("digest", Map.of(digest.algorithm().toString(), digest.hex()));
    return resource;
  }

  private static String time(Instant instant) {
    return instant.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  /**
   * Checks that an envelope was signed with a key and is about a digest.
   *
   * @throws BundleException when that is not so
   */
  static void require(Path file, PublicKey key, Digest digest) {
    Subject subject = new Subject(Subject.Kind.FILE, file.toString());
    Statement statement;
    try {
      statement =
          Statement.read(file, key)
              .orElseThrow(
                  () ->
                      RootSignature.refused(
                          Problem.of(ProblemCode.BUNDLE_SIGNATURE_INVALID, subject)));
    } catch (NoSuchFileException e) {
      throw RootSignature.refused(Problem.of(ProblemCode.BUNDLE_SIGNATURE_MISSING, subject));
    } catch (IOException e) {
      throw RootSignature.refused(
          Problem.of(ProblemCode.BUNDLE_SIGNATURE_INVALID, subject).causedBy(e));
    }
    if (!statement.isAbout(digest)) {
      throw RootSignature.refused(Problem.of(ProblemCode.BUNDLE_PROVENANCE_DIFFERS, subject));
    }
  }
}
