package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.chart.Release;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.LibraryVersion;
import ai.kubernaut.airgap.diagnosis.Diagnoser;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.Verifier;
import ai.kubernaut.airgap.verify.VerifyOptions;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A release, its cluster and its mirror at one moment, as a file that another machine can diagnose:
 * what a verification and a diagnosis have asked, with the answers, and the objects, events and
 * logs of the namespaces. The content of Secrets is masked. Immutable and thread-safe.
 *
 * <pre>{@code
 * SupportBundle bundle = SupportBundle.read(Path.of("support.tar.gz"));
 * System.out.println(bundle.diagnose().describe());
 * }</pre>
 */
public final class SupportBundle {
  static final String INDEX = "support-bundle.json";
  static final String PLAN = "plan.yaml";
  private static final String API_VERSION = "airgap.kubernaut.ai/v1";
  private static final String KIND = "SupportBundle";

  /** Bundles have a tenth of this by default. */
  private static final long MAX_BYTES = 640L << 20;

  private final Installation installation;
  private final Instant collected;
  private final List<String> omitted;
  private final RecordedCluster cluster;
  private final @Nullable RecordedRegistry registry;
  private final RecordedHelm helm;

  /** A bundle of what these clients answer, which may be recording. */
  SupportBundle(
      Installation installation,
      Instant collected,
      List<String> omitted,
      RecordedCluster cluster,
      @Nullable RecordedRegistry registry,
      RecordedHelm helm) {
    this.installation = installation;
    this.collected = collected;
    this.omitted = omitted;
    this.cluster = cluster;
    this.registry = registry;
    this.helm = helm;
  }

  /**
   * Reads a support bundle into memory. Nothing is extracted to the disk.
   *
   * @param file a file that {@link SupportCollector} has written
   * @return the bundle
   * @throws SupportBundleException when the file cannot be read, is no support bundle, or its files
   *     have more than 640 MiB
   */
  public static SupportBundle read(Path file) {
    BundleFiles files = SupportArchive.read(file, MAX_BYTES);
    try {
      return of(files);
    } catch (IOException | AirgapException | DateTimeException | IllegalArgumentException e) {
      throw SupportArchive.unreadable(file, e);
    }
  }

  static SupportBundle of(BundleFiles files) throws IOException {
    JsonNode index = files.json(INDEX);
    if (!index.path("kind").asText().equals(KIND)
        || !index.path("apiVersion").asText().equals(API_VERSION)) {
      throw new IOException(
          "it is a "
              + index.path("kind").asText("file")
              + " of the version "
              + index.path("apiVersion").asText("unknown")
              + ", and not a "
              + KIND
              + " of "
              + API_VERSION);
    }
    ReleaseName name =
        ReleaseName.of(index.at("/release/name").asText(), index.at("/release/namespace").asText());
    List<String> namespaces = new ArrayList<>();
    index.path("otherNamespaces").forEach(namespace -> namespaces.add(namespace.asText()));
    List<String> omitted = new ArrayList<>();
    index.path("omitted").forEach(path -> omitted.add(path.asText()));
    MirrorPlan plan =
        MirrorPlan.parse(files.text(PLAN).orElseThrow(() -> new IOException(PLAN + " is missing")));
    return new SupportBundle(
        Installation.builder().release(name).plan(plan).addAllOtherNamespaces(namespaces).build(),
        Instant.parse(index.path("collected").asText()),
        List.copyOf(omitted),
        ClusterFiles.read(files),
        RegistryFiles.read(files),
        new RecordedHelm(release(index.path("helm"), name)));
  }

  private static Optional<Release> release(JsonNode helm, ReleaseName name) {
    return helm.isMissingNode()
        ? Optional.empty()
        : Optional.of(
            Release.builder()
                .name(name)
                .revision(helm.path("revision").asInt())
                .status(helm.path("status").asText())
                .chart(helm.path("chart").asText())
                .build());
  }

  /** Returns the index of a bundle, before anything has been omitted. */
  static ObjectNode index(Installation installation, Optional<Release> release, Instant collected) {
    ObjectNode index =
        BundleFiles.JSON
            .createObjectNode()
            .put("apiVersion", API_VERSION)
            .put("kind", KIND)
            .put("collected", collected.toString());
    index
        .putObject("release")
        .put("name", installation.release().name())
        .put("namespace", installation.release().namespace());
    ArrayNode namespaces = index.putArray("otherNamespaces");
    installation.otherNamespaces().forEach(namespaces::add);
    release.ifPresent(
        found ->
            index
                .putObject("helm")
                .put("revision", found.revision())
                .put("status", found.status())
                .put("chart", found.chart()));
    index
        .putObject("versions")
        .put("kubernaut-airgap", LibraryVersion.get())
        .put("java", Runtime.version().toString());
    return index;
  }

  /** {@return the release, and the images of its plan; the plan has no chart} */
  public Installation installation() {
    return installation;
  }

  /** {@return when the bundle was collected} */
  public Instant collected() {
    return collected;
  }

  /** {@return the files that were omitted because of the size limit} */
  public List<String> omitted() {
    return omitted;
  }

  /**
   * Verifies Kubernaut as it was when the bundle was collected.
   *
   * @return a check for each part of the release
   */
  public VerificationReport verify() {
    return verify(KubernautProfile.profile());
  }

  /**
   * Verifies a release as it was when the bundle was collected.
   *
   * @param profile the product
   * @return a check for each part of the release
   */
  public VerificationReport verify(ProductProfile profile) {
    return new Verifier(cluster, helm, registry, profile, event -> {})
        .verify(
            installation,
            VerifyOptions.builder().waitPolicy(WaitPolicy.once()).moment(collected).build());
  }

  /**
   * Finds out why Kubernaut did not run as it should when the bundle was collected.
   *
   * @return the same causes as in the cluster, unless files were omitted
   */
  public Diagnosis diagnose() {
    return diagnose(KubernautProfile.profile());
  }

  /**
   * Finds out why a release did not run as it should when the bundle was collected.
   *
   * @param profile the product
   * @return the same causes as in the cluster, unless files were omitted
   */
  public Diagnosis diagnose(ProductProfile profile) {
    return diagnose(profile, verify(profile));
  }

  Diagnosis diagnose(ProductProfile profile, VerificationReport verified) {
    return new Diagnoser(cluster, registry, profile, event -> {}).diagnose(installation, verified);
  }
}
