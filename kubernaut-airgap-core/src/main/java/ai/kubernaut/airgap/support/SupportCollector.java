package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ProbedHelmClient;
import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.ClusterVersions;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import ai.kubernaut.airgap.diagnosis.Cause;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.Progress;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.report.ReportDocument;
import ai.kubernaut.airgap.report.ReportFormat;
import ai.kubernaut.airgap.verify.VerificationReport;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Collects support bundles: verifies and diagnoses a release, and writes what was read, with the
 * content of Secrets masked (the guide, "Troubleshooting"). Changes nothing in the cluster.
 * Thread-safe.
 */
public final class SupportCollector {
  private static final List<ResourceType> NAMESPACED =
      List.of(
          ResourceType.POD,
          ResourceType.EVENT,
          ResourceType.JOB,
          ResourceType.DEPLOYMENT,
          ResourceType.STATEFUL_SET,
          ResourceType.DAEMON_SET,
          ResourceType.REPLICA_SET,
          ResourceType.SERVICE,
          ResourceType.PERSISTENT_VOLUME_CLAIM,
          ResourceType.RESOURCE_QUOTA,
          ResourceType.SERVICE_ACCOUNT,
          ResourceType.SECRET,
          ResourceType.CONFIG_MAP);

  private static final List<ResourceType> CLUSTER_SCOPED =
      List.of(
          ResourceType.NODE,
          ResourceType.STORAGE_CLASS,
          ResourceType.CLUSTER_VERSION,
          ResourceType.IMAGE_CONFIG,
          ResourceType.IMAGE_DIGEST_MIRROR_SET,
          ResourceType.IMAGE_TAG_MIRROR_SET,
          ResourceType.IMAGE_CONTENT_SOURCE_POLICY,
          ResourceType.MACHINE_CONFIG_POOL);

  private final ClusterClient cluster;
  private final HelmClient helm;
  private final @Nullable RegistryClient registries;
  private final ProductProfile profile;
  private final InstantSource clock;
  private final Consumer<ProgressEvent> progress;

  /**
   * Creates a collector.
   *
   * @param cluster is read; stays open
   * @param helm is asked for the release; stays open
   * @param registries is asked as for a diagnosis; stays open; null when the mirror cannot be read
   *     from this machine
   * @param profile the product
   * @param clock says when the bundle is collected
   * @param progress is sent the beginning and the end
   */
  public SupportCollector(
      ClusterClient cluster,
      HelmClient helm,
      @Nullable RegistryClient registries,
      ProductProfile profile,
      InstantSource clock,
      Consumer<ProgressEvent> progress) {
    this.cluster = cluster;
    this.helm = new ProbedHelmClient(helm, cluster);
    this.registries = registries;
    this.profile = profile;
    this.clock = clock;
    this.progress = progress;
  }

  /**
   * Verifies and diagnoses a release once, and writes a support bundle. What the user may not read
   * is not part of it.
   *
   * @param installation the release, and the plan whose images it should run
   * @param file the tar.gz file to write; only its owner can read it; an existing file is replaced
   * @param options the size limit
   * @return the diagnosis, and what the bundle does not have
   * @throws ClusterException when the cluster cannot be asked
   * @throws SupportBundleException when the file cannot be written
   */
  public SupportBundleReport collect(
      Installation installation, Path file, SupportBundleOptions options) {
    return Progress.of(ProgressEvent.Step.VERIFY, progress)
        .during(
            0,
            "Collecting a support bundle of " + installation.release().name(),
            () -> collected(installation, file, options),
            SupportBundleReport::isOk,
            report -> report.file() + ", " + report.bytes() + " bytes");
  }

  private SupportBundleReport collected(
      Installation installation, Path file, SupportBundleOptions options) {
    Instant moment = clock.instant().truncatedTo(ChronoUnit.SECONDS);
    SecretMask mask = new SecretMask();
    RecordedCluster recorded = RecordedCluster.of(cluster, options.logLines());
    RecordedRegistry registry =
        registries == null ? null : RecordedRegistry.of(registries, mask::pseudonym);
    Optional<Release> release = helm.status(installation.release());
    Diagnosis diagnosis =
        new SupportBundle(
                installation, moment, List.of(), recorded, registry, new RecordedHelm(release))
            .diagnose(profile);
    readMore(recorded, installation.namespaces());

    BundleFiles files = new BundleFiles(options.maxBytes());
    ObjectNode index = SupportBundle.index(installation, release, moment);
    files.require(SupportBundle.INDEX, index);
    learn(mask, recorded);
    files.require(SupportBundle.PLAN, mask.text(withoutChart(installation.plan()).toYaml()));
    if (registry != null) {
      RegistryFiles.write(registry, mask, files);
    }
    ClusterFiles.write(recorded, mask, files);
    boolean differs = !addReports(files, diagnosis);
    files.omitted().forEach(index.withArray("omitted")::add);
    files.require(SupportBundle.INDEX, index);
    SupportArchive.write(files, moment, file);
    return SupportBundleReport.builder()
        .file(file)
        .bytes(size(file))
        .diagnosis(diagnosis)
        .omitted(files.omitted())
        .problems(problems(file, options, files, differs))
        .build();
  }

  /** The chart is not needed for a diagnosis, and its values may be secret. */
  private static MirrorPlan withoutChart(MirrorPlan plan) {
    return MirrorPlan.builder(plan.target())
        .from(plan)
        .release(plan.release())
        .chart(Optional.empty())
        .lock(Optional.empty())
        .build();
  }

  /**
   * Diagnoses the bundle, so that its reports have nothing that the bundle does not have.
   *
   * @return whether the findings are those of the cluster
   */
  private boolean addReports(BundleFiles files, Diagnosis diagnosis) {
    try {
      SupportBundle bundle = SupportBundle.of(files);
      VerificationReport verified = bundle.verify(profile);
      Diagnosis replayed = bundle.diagnose(profile, verified);
      ReportDocument causes = ReportDocument.of(replayed);
      files.add("reports/diagnosis.json", ReportFormat.JSON.write(causes));
      files.add("reports/diagnosis.html", ReportFormat.HTML.write(causes));
      files.add("reports/verification.json", ReportFormat.JSON.write(ReportDocument.of(verified)));
      return findings(diagnosis).equals(findings(replayed));
    } catch (ClusterException omitted) {
      return false;
    } catch (IOException e) {
      throw new IllegalStateException("the bundle was written here", e);
    }
  }

  private static void learn(SecretMask mask, RecordedCluster recorded) {
    ClusterFiles.objects(recorded).stream()
        .filter(object -> object.kind().equals("Secret"))
        .forEach(mask::learn);
    mask.keep(ClusterFiles.names(recorded));
  }

  /** Reads what the diagnosis did not need, and persons may need. */
  private static void readMore(RecordedCluster recorded, Set<String> namespaces) {
    List<KubernetesObject> pods = new ArrayList<>();
    for (String namespace : namespaces) {
      for (ResourceType type : NAMESPACED) {
        List<KubernetesObject> found =
            readable(() -> recorded.list(type, namespace, Map.of())).orElse(List.of());
        if (type.equals(ResourceType.POD)) {
          pods.addAll(found);
        }
      }
    }
    for (ResourceType type : CLUSTER_SCOPED) {
      if (readable(() -> recorded.serves(type)).orElse(false)) {
        Optional<List<KubernetesObject>> unused =
            readable(() -> recorded.list(type, null, Map.of()));
      }
    }
    Optional<ClusterVersions> unused = readable(recorded::versions);
    pods.stream().filter(SupportCollector::isFailing).forEach(pod -> readLogs(recorded, pod));
  }

  private static boolean isFailing(KubernetesObject pod) {
    String phase = PodFields.phase(pod);
    return !phase.equals("Succeeded")
        && !(phase.equals("Running") && PodFields.isTrue(pod, "Ready"));
  }

  private static void readLogs(RecordedCluster recorded, KubernetesObject pod) {
    Stream.concat(
            pod.fields().list("spec", "initContainers").stream(),
            pod.fields().list("spec", "containers").stream())
        .flatMap((Fields container) -> container.text("name").stream())
        .forEach(
            container -> {
              Optional<String> unused =
                  readable(
                      () -> recorded.log(pod.namespace().orElse(""), pod.name(), container, 1));
            });
  }

  /** The failure is recorded as the answer. */
  private static <T> Optional<T> readable(Supplier<T> question) {
    try {
      return Optional.of(question.get());
    } catch (ClusterException recorded) {
      return Optional.empty();
    }
  }

  private record Finding(
      ProblemCode code, Subject subject, boolean isRoot, Set<String> consequences) {}

  private static Set<Finding> findings(Diagnosis diagnosis) {
    return diagnosis.causes().stream()
        .map(SupportCollector::finding)
        .collect(Collectors.toUnmodifiableSet());
  }

  private static Finding finding(Cause cause) {
    return new Finding(
        cause.problem().code(),
        cause.problem().subject(),
        cause.isRoot(),
        cause.consequences().stream()
            .map(problem -> problem.code() + " " + problem.subject())
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static List<Problem> problems(
      Path file, SupportBundleOptions options, BundleFiles files, boolean differs) {
    List<Problem> problems = new ArrayList<>();
    Subject subject = new Subject(Subject.Kind.FILE, file.toString());
    if (!files.omitted().isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.SUPPORT_BUNDLE_TRUNCATED,
              subject,
              Map.of(
                  "count",
                  String.valueOf(files.omitted().size()),
                  "limit",
                  String.valueOf(options.maxBytes()))));
    }
    if (differs) {
      problems.add(Problem.of(ProblemCode.SUPPORT_BUNDLE_DIFFERS, subject));
    }
    return problems;
  }

  private static long size(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw new SupportBundleException(
          "cannot read the support bundle " + file + ": " + e.getMessage(), e);
    }
  }
}
