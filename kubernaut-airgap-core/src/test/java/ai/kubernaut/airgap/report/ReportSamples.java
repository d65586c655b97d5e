package ai.kubernaut.airgap.report;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Repair;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.verify.Check;
import ai.kubernaut.airgap.verify.VerificationReport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reports as an installation with many images, or an attacker, would make them. */
public final class ReportSamples {
  /** What must stay text in every form. */
  public static final String MALICIOUS =
      "</script><script>alert(1)</script><img src=x onerror=alert(2)> ]]> a|b `c` [d](javascript:e)"
          + " \u0000\u001b[31m \u202eevil &lt; \"quoted\"' \uD800 שלום\nsecond line";

  private ReportSamples() {}

  /**
   * Returns the report of a mirroring and a verification.
   *
   * @param images how many images; every tenth failed
   */
  public static ReportDocument steps(int images) {
    MirrorPlan.Builder builder = MirrorPlan.builder(Target.registry("harbor.corp"));
    for (int number = 0; number < images; number++) {
      builder.image(ImageRef.parse("quay.io/kubernaut-ai/service-" + number + ":v1.1.0"));
    }
    MirrorPlan plan = builder.build();
    List<MirroredImage> mirrored = new ArrayList<>();
    List<Check> checks = new ArrayList<>();
    for (int number = 0; number < images; number++) {
      MirrorEntry entry = plan.entries().get(number);
      boolean failed = number % 10 == 3;
      mirrored.add(failed ? failed(entry, number) : copied(entry, number));
      checks.add(failed ? notPulled(entry, number) : running(entry, number));
    }
    Map<String, ReportDocument> steps = new LinkedHashMap<>();
    steps.put("plan", ReportDocument.of(plan));
    steps.put("mirror", ReportDocument.of(MirrorReport.of(plan, mirrored)));
    steps.put(
        "verification",
        ReportDocument.of(VerificationReport.of(ReleaseName.defaultRelease(), checks), plan));
    return ReportDocument.ofSteps("LabReport", "All steps", steps).withCauses(causes(checks));
  }

  /** Returns the report of a verification that failed with what an attacker has written. */
  public static ReportDocument malicious() {
    Problem problem =
        Problem.of(
            ProblemCode.POD_NOT_RUNNING,
            Subject.object(Subject.Kind.POD, "n", MALICIOUS),
            Map.of("phase", "Failed", "detail", MALICIOUS, "log", MALICIOUS));
    Check unplanned =
        Check.of(
            Check.Kind.IMAGE,
            Check.Result.FAIL,
            Problem.of(
                ProblemCode.IMAGE_FROM_ELSEWHERE,
                Subject.object(Subject.Kind.CONTAINER, "n", MALICIOUS),
                Map.of("image", MALICIOUS, "mirror", "harbor.corp")));
    VerificationReport report =
        VerificationReport.of(
            ReleaseName.defaultRelease(),
            List.of(Check.of(Check.Kind.POD, Check.Result.FAIL, problem), unplanned));
    return ReportDocument.of(report)
        .withCauses(
            List.of(
                Cause.builder()
                    .problem(problem)
                    .isRoot(true)
                    .addEvidence(
                        Fact.of(
                            FactCode.OBJECT_CREATED, new Subject(Subject.Kind.OBJECT, MALICIOUS)))
                    .repair(new Repair(MALICIOUS, ""))
                    .build()));
  }

  private static Digest digest(int number) {
    return Digest.parse("sha256:" + String.format("%064x", number + 1));
  }

  private static MirroredImage copied(MirrorEntry entry, int number) {
    return MirroredImage.builder()
        .entry(entry)
        .outcome(MirroredImage.Outcome.COPIED)
        .digest(digest(number))
        .sourceDigest(digest(number))
        .bytesSent(number * 7_654_321L)
        .blobsSent(number % 7)
        .blobsMounted(number % 5)
        .blobsPresent(number % 3)
        .startedAfter(Duration.ofMillis(number * 130L))
        .duration(Duration.ofMillis(900 + number * 35L))
        .build();
  }

  private static MirroredImage failed(MirrorEntry entry, int number) {
    return MirroredImage.builder()
        .entry(entry)
        .outcome(MirroredImage.Outcome.FAILED)
        .failure(Problem.of(ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(entry.target())))
        .startedAfter(Duration.ofMillis(number * 130L))
        .duration(Duration.ofMillis(100))
        .build();
  }

  private static Check running(MirrorEntry entry, int number) {
    return Check.of(
        Check.Kind.IMAGE,
        Check.Result.PASS,
        Fact.of(
            FactCode.IMAGE_MIRRORED,
            Subject.object(
                Subject.Kind.CONTAINER, "kubernaut-system", "service-" + number + "-0/main"),
            Map.of(
                "image",
                entry.target().toString(),
                "digest",
                digest(number).toString(),
                "how",
                "")));
  }

  private static Check notPulled(MirrorEntry entry, int number) {
    return Check.of(
        Check.Kind.POD,
        Check.Result.FAIL,
        Problem.of(
            ProblemCode.PULL_IMAGE_NOT_FOUND,
            Subject.object(Subject.Kind.POD, "kubernaut-system", "service-" + number + "-0"),
            Map.of(
                "reason",
                "ImagePullBackOff",
                "container",
                "main",
                "image",
                entry.target().toString(),
                "detail",
                "manifest unknown")));
  }

  /** The first problem has led to all others. */
  private static List<Cause> causes(List<Check> checks) {
    List<Problem> problems =
        checks.stream().flatMap(check -> check.problem().stream()).distinct().toList();
    List<Cause> causes = new ArrayList<>();
    for (int index = 0; index < problems.size(); index++) {
      Cause.Builder cause = Cause.builder().problem(problems.get(index)).isRoot(index == 0);
      if (index == 0) {
        cause
            .repair(new Repair("kubernaut-airgap mirror --plan plan.yaml", "airgap.mirror(plan)"))
            .consequences(problems.subList(1, problems.size()));
      }
      causes.add(cause.build());
    }
    return causes;
  }
}
