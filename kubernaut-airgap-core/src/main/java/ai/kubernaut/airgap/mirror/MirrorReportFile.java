package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads the JSON of a mirror report. */
final class MirrorReportFile {
  private MirrorReportFile() {}

  static MirrorReport read(Path file, MirrorPlan plan) {
    Fields report;
    try {
      report = Fields.of(Yaml.readMapping(file, Yaml.DuplicateKeys.REFUSED));
    } catch (InvalidYamlException e) {
      throw new AirgapException("no mirror report can be read: " + e.getMessage(), e);
    }
    String kind = report.text("kind").orElse("");
    if (kind.equals("FailedRun")) {
      throw new AirgapException(
          file
              + " is not a mirror report, but that of a run which failed: "
              + report.text("message").orElse("")
              + "; mirror again");
    }
    if (!kind.equals("MirrorReport") || !(report.value("images").orElse(null) instanceof List)) {
      throw new AirgapException(
          file + " is not a mirror report; mirror --report FILE.json writes one");
    }
    Map<ImageRef, MirrorEntry> planned = new HashMap<>();
    plan.entries().forEach(entry -> planned.put(entry.source(), entry));
    List<MirrorEntry> entries = new ArrayList<>();
    List<MirroredImage> images = new ArrayList<>();
    for (Fields image : report.list("images")) {
      try {
        ImageRef source = ImageRef.parse(required(image, "source"));
        ImageRef target = ImageRef.parse(required(image, "target"));
        MirrorEntry entry = planned.get(source);
        if (entry == null || !entry.target().equals(target)) {
          throw ProblemsException.of(
              "the report cannot be used",
              List.of(
                  Problem.of(
                      ProblemCode.REPORT_OF_OTHER_PLAN,
                      Subject.image(source),
                      Map.of(
                          "report",
                          file.toString(),
                          "reported",
                          target.toString(),
                          "expected",
                          entry == null ? "no such image" : entry.target().toString()))));
        }
        entries.add(entry);
        images.add(image(image, entry));
      } catch (IllegalArgumentException | InvalidReferenceException e) {
        throw new AirgapException(
            "invalid mirror report "
                + file
                + ": element "
                + images.size()
                + " of 'images': "
                + e.getMessage(),
            e);
      }
    }
    return MirrorReport.carriedOut(
        MirrorPlan.builder(plan.target()).from(plan).entries(entries).build(), images);
  }

  private static MirroredImage image(Fields fields, MirrorEntry entry) {
    MirroredImage.Outcome outcome =
        MirroredImage.Outcome.valueOf(required(fields, "outcome").toUpperCase(Locale.ROOT));
    Optional<Digest> digest = fields.text("digest").map(Digest::parse);
    // It is written where it differs.
    Optional<Digest> sourceDigest =
        fields
            .text("sourceDigest")
            .map(Digest::parse)
            .or(() -> outcome == MirroredImage.Outcome.COPIED ? digest : Optional.empty());
    return MirroredImage.builder()
        .entry(entry)
        .outcome(outcome)
        .digest(digest)
        .sourceDigest(sourceDigest)
        .isIndexSparse(fields.text("index").filter("sparse"::equals).isPresent())
        .blobsSent(count(fields, "blobsSent"))
        .blobsSentAgain(count(fields, "blobsSentAgain"))
        .blobsMounted(count(fields, "blobsMounted"))
        .blobsPresent(count(fields, "blobsPresent"))
        .bytesSent(fields.number("bytesSent").orElse(0))
        .bytesResumed(fields.number("bytesResumed").orElse(0))
        .startedAfter(time(fields, "startSeconds"))
        .duration(time(fields, "seconds"))
        .attachments(fields.texts("attachments").stream().map(ImageRef::parse).toList())
        .unlistedAttachments(
            fields.texts("unlistedAttachments").stream().map(ImageRef::parse).toList())
        .failure(failure(fields.fields("problem")))
        .build();
  }

  private static Optional<Problem> failure(Fields problem) {
    return problem.content().isEmpty()
        ? Optional.empty()
        : Optional.of(
            Problem.of(
                ProblemCode.valueOf(required(problem, "code")),
                new Subject(
                    Subject.Kind.valueOf(required(problem, "subjectKind")),
                    required(problem, "subject")),
                problem.strings("parameters")));
  }

  private static int count(Fields fields, String field) {
    long count = fields.number(field).orElse(0);
    if (count < 0 || count > Integer.MAX_VALUE) {
      throw new IllegalArgumentException("the field '" + field + "' is " + count);
    }
    return (int) count;
  }

  private static Optional<Duration> time(Fields fields, String field) {
    return fields
        .value(field)
        .filter(Number.class::isInstance)
        .map(seconds -> Duration.ofMillis(Math.round(((Number) seconds).doubleValue() * 1e3)));
  }

  private static String required(Fields fields, String field) {
    return fields
        .text(field)
        .orElseThrow(() -> new IllegalArgumentException("the field '" + field + "' is missing"));
  }
}
