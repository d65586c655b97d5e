package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.attestation.Statement;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import java.io.IOException;
import java.nio.file.Path;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.immutables.value.Value;

/**
 * The result of a verification as a statement that can be signed: at which time which containers of
 * a release ran which digests, and whether every check passed. Its subjects are the images that
 * ran. It can be checked without a cluster, and long after the verification. Immutable.
 *
 * <pre>{@code
 * VerificationReport report = airgap.verify(airgap.installationOf(plan));
 * VerificationAttestation.of(report, Instant.now()).sign(key, Path.of("release.intoto.json"));
 * }</pre>
 */
@Value.Immutable
public interface VerificationAttestation {
  /** The type of the predicate. */
  String PREDICATE_TYPE = "https://airgap.kubernaut.ai/verification/v1";

  /** {@return the name and the namespace of the release} */
  @Value.Parameter
  ReleaseName release();

  /** {@return when the verification ended, in whole seconds} */
  @Value.Parameter
  Instant finished();

  /** {@return whether no check failed or was still pending} */
  @Value.Parameter
  boolean isOk();

  /** {@return the checks: kind, result, subject and what was found} */
  @Value.Parameter
  List<AttestedCheck> checks();

  /** {@return where the image of each container came from} */
  @Value.Parameter
  List<ContainerOrigin> origins();

  /**
   * One check of the verification.
   *
   * @param kind what was checked, for example {@code IMAGE}
   * @param result {@code PASS}, {@code FAIL}, {@code PENDING} or {@code SKIPPED}
   * @param subject what it is about, for example {@code pod kubernaut-system/gateway-7d9f}
   * @param detail what was found
   */
  record AttestedCheck(String kind, String result, String subject, String detail) {}

  /**
   * Creates an attestation.
   *
   * @param report the verification
   * @param finished when it ended
   * @return the attestation
   */
  static VerificationAttestation of(VerificationReport report, Instant finished) {
    List<AttestedCheck> checks =
        report.checks().stream()
            .map(
                check ->
                    new AttestedCheck(
                        check.kind().name(),
                        check.result().name(),
                        check.subject().toString(),
                        check.detail()))
            .toList();
    return ImmutableVerificationAttestation.of(
        report.release(),
        finished.truncatedTo(ChronoUnit.SECONDS),
        report.isOk(),
        checks,
        report.origins());
  }

  /** {@return the attestation as a statement of in-toto} */
  default Statement statement() {
    Map<String, Object> predicate = new LinkedHashMap<>();
    predicate.put("release", Map.of("name", release().name(), "namespace", release().namespace()));
    predicate.put("finishedOn", finished().toString());
    predicate.put("result", isOk() ? "PASSED" : "FAILED");
    predicate.put(
        "checks",
        checks().stream()
            .map(
                check -> {
                  Map<String, Object> one = new LinkedHashMap<>();
                  one.put("kind", check.kind());
                  one.put("result", check.result());
                  one.put("subject", check.subject());
                  one.put("detail", check.detail());
                  return one;
                })
            .toList());
    predicate.put("origins", origins().stream().map(ContainerOrigin::toTree).toList());
    List<Statement.Subject> subjects =
        origins().stream()
            .flatMap(
                origin ->
                    origin.running().stream()
                        .map(digest -> new Statement.Subject(origin.requested(), digest)))
            .distinct()
            .toList();
    return Statement.of(PREDICATE_TYPE, subjects, predicate);
  }

  /**
   * Signs the attestation and writes it in a DSSE envelope.
   *
   * @param key an RSA, EC or EdDSA key of any JCA provider
   * @param file the file to write
   * @throws AirgapException when the key cannot be used, or the file cannot be written
   */
  default void sign(PrivateKey key, Path file) {
    statement().sign(key, file);
  }

  /**
   * Reads an attestation and checks its signature. Needs no network.
   *
   * @param file the file that {@link #sign} wrote
   * @param key the public key
   * @return the attestation
   * @throws ProblemsException when the file is not an attestation signed with the key
   * @throws AirgapException when the file cannot be read
   */
  static VerificationAttestation read(Path file, PublicKey key) {
    Statement statement;
    try {
      statement =
          Statement.read(file, key)
              .orElseThrow(
                  () -> invalid(file, "it has no statement with a valid signature by the key"));
    } catch (IOException e) {
      throw new AirgapException("the attestation in " + file + " cannot be read: " + e, e);
    }
    if (!statement.predicateType().equals(PREDICATE_TYPE)) {
      throw invalid(file, "its predicate has the type '" + statement.predicateType() + "'");
    }
    Fields predicate = Fields.of(statement.predicate());
    try {
      List<AttestedCheck> checks = new ArrayList<>();
      for (Fields check : predicate.list("checks")) {
        checks.add(
            new AttestedCheck(
                text(check, "kind"),
                text(check, "result"),
                text(check, "subject"),
                text(check, "detail")));
      }
      return ImmutableVerificationAttestation.of(
          ReleaseName.of(
              text(predicate, "release", "name"), text(predicate, "release", "namespace")),
          Instant.parse(text(predicate, "finishedOn")),
          text(predicate, "result").equals("PASSED"),
          checks,
          OriginFile.of(predicate, file.toString()));
    } catch (IllegalArgumentException | DateTimeException e) {
      throw invalid(file, String.valueOf(e.getMessage()));
    }
  }

  private static String text(Fields fields, String... path) {
    return fields
        .text(path)
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "its predicate has no '" + String.join(".", path) + "'"));
  }

  private static ProblemsException invalid(Path file, String detail) {
    return ProblemsException.of(
        "the attestation is not trusted",
        List.of(
            Problem.of(
                ProblemCode.ATTESTATION_INVALID,
                new Subject(Subject.Kind.FILE, file.toString()),
                Map.of("detail", detail))));
  }

  /**
   * Summarizes the attestation in one line.
   *
   * @return for example {@code kubernaut in kubernaut-system was healthy at 2026-03-01T10:20:30Z;
   *     44 of 44 checks passed; 14 of 14 containers ran mirrored digests}
   */
  default String summary() {
    long passed = checks().stream().filter(check -> check.result().equals("PASS")).count();
    long proven = origins().stream().filter(origin -> origin.agreement().isProven()).count();
    return String.format(
        Locale.ROOT,
        "%s in %s %s at %s; %d of %d checks passed; %d of %d containers ran mirrored digests",
        release().name(),
        release().namespace(),
        isOk() ? "was healthy" : "was not healthy",
        finished(),
        passed,
        checks().size(),
        proven,
        origins().size());
  }
}
