package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The latest revision of a release as Helm stores it: a Secret with the release as JSON, compressed
 * and encoded in Base64 twice. Immutable.
 */
final class StoredRelease {
  private static final String KEY = "release";
  private static final String PENDING = "pending-";
  private static final int MAX_BYTES = 64 << 20;
  private static final String DEFINITION = "CustomResourceDefinition";
  private static final Set<String> OF_CLUSTER =
      Set.of(
          "ClusterRole",
          "ClusterRoleBinding",
          "MutatingWebhookConfiguration",
          "ValidatingWebhookConfiguration",
          DEFINITION);
  private static final Set<String> OUTLINED =
      Set.of(
          "MutatingWebhookConfiguration",
          "ValidatingWebhookConfiguration",
          "Deployment",
          "StatefulSet",
          "DaemonSet",
          "Service",
          "Role",
          "RoleBinding",
          "ClusterRole",
          "ClusterRoleBinding",
          "ConfigMap",
          DEFINITION);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final ClusterClient cluster;
  private final KubernetesObject secret;

  private StoredRelease(ClusterClient cluster, KubernetesObject secret) {
    this.cluster = cluster;
    this.secret = secret;
  }

  /** Reads all revisions. */
  static List<StoredRelease> all(ClusterClient cluster, ReleaseName release) {
    return revisions(cluster, release).stream()
        .map(secret -> new StoredRelease(cluster, secret))
        .toList();
  }

  /** Reads the latest revision; empty when the cluster has no such release. */
  static Optional<StoredRelease> latest(ClusterClient cluster, ReleaseName release) {
    return revisions(cluster, release).stream()
        .max(Comparator.comparingInt(StoredRelease::revision))
        .map(secret -> new StoredRelease(cluster, secret));
  }

  /** Returns whether revisions are stored and none of them was ever deployed. */
  static boolean wasNeverDeployed(ClusterClient cluster, ReleaseName release) {
    List<KubernetesObject> revisions = revisions(cluster, release);
    return !revisions.isEmpty()
        && revisions.stream()
            .map(secret -> secret.labels().getOrDefault("status", ""))
            .allMatch(status -> status.equals("failed") || status.startsWith(PENDING));
  }

  private static List<KubernetesObject> revisions(ClusterClient cluster, ReleaseName release) {
    return cluster.list(
        ResourceType.SECRET, release.namespace(), Map.of("owner", "helm", "name", release.name()));
  }

  private static int revision(KubernetesObject secret) {
    String version = secret.labels().getOrDefault("version", "");
    return version.matches("[0-9]{1,9}") ? Integer.parseInt(version) : 0;
  }

  int revision() {
    return revision(secret);
  }

  String status() {
    return secret.labels().getOrDefault("status", "");
  }

  /** Returns whether an operation of Helm on the release has begun and not ended. */
  boolean isPending() {
    return status().startsWith(PENDING) || isUninstalling();
  }

  /** Returns whether the release was being uninstalled. */
  boolean isUninstalling() {
    return status().equals("uninstalling");
  }

  /** Returns when Helm has begun the operation. */
  String since() {
    return secret.fields().text("metadata", "creationTimestamp").orElse("an unknown time");
  }

  /** Returns a copy of the Secret with nothing but the status and the hooks of the revision. */
  static KubernetesObject withoutValues(KubernetesObject secret) {
    try {
      ObjectNode release = decode(secret.fields().text("data", KEY).orElse(""));
      ObjectNode kept = JSON.createObjectNode();
      kept.set("name", release.path("name"));
      kept.set("namespace", release.path("namespace"));
      kept.set("version", release.path("version"));
      kept.putObject("info").set("status", release.at("/info/status"));
      StringBuilder manifest = new StringBuilder();
      for (KubernetesObject object : outlines(release)) {
        manifest.append("---\n").append(Yaml.write(object.fields().content()));
      }
      kept.put("manifest", manifest.toString());
      ArrayNode hooks = kept.putArray("hooks");
      Set<String> names = names(release);
      for (JsonNode hook : release.path("hooks")) {
        ObjectNode copy = hooks.addObject().put("manifest", hookOutline(hook, names));
        for (String field : List.of("name", "kind", "events", "last_run")) {
          copy.set(field, hook.path(field));
        }
      }
      return secret.with(Map.of(KEY, encode(kept)), "data");
    } catch (IOException e) {
      return secret.with(Map.of(), "data");
    }
  }

  /** Returns the manifests of the revision, hooks included. */
  RenderedChart rendered() {
    try {
      ObjectNode release = decode(secret.fields().text("data", KEY).orElse(""));
      StringBuilder manifests = new StringBuilder(release.at("/manifest").asText());
      release
          .at("/hooks")
          .forEach(hook -> manifests.append("\n---\n").append(hook.at("/manifest").asText()));
      return RenderedChart.parse(manifests.toString());
    } catch (IOException e) {
      throw notARelease();
    }
  }

  /** Returns the workloads, Services, roles and bindings, without most of their content. */
  List<KubernetesObject> outlines(ReleaseName release) {
    try {
      return outlines(decode(secret.fields().text("data", KEY).orElse(""))).stream()
          .map(object -> inNamespace(object, release))
          .toList();
    } catch (IOException e) {
      throw notARelease();
    }
  }

  /** Adds the namespace of the release to an object that names none. */
  private static KubernetesObject inNamespace(KubernetesObject object, ReleaseName release) {
    return object.namespace().isPresent() || OF_CLUSTER.contains(object.kind())
        ? object
        : object.with(release.namespace(), "metadata", "namespace");
  }

  private static List<KubernetesObject> outlines(ObjectNode release) {
    List<KubernetesObject> outlines =
        new ArrayList<>(outlines(release.path("manifest").asText("")));
    // Helm stores the definitions of the directory crds as files of the chart.
    for (JsonNode file : release.at("/chart/files")) {
      if (file.path("name").asText("").startsWith("crds/")) {
        outlines.addAll(outlines(decoded(file.path("data").asText(""))));
      }
    }
    return outlines;
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }

  private static List<KubernetesObject> outlines(String manifests) {
    return objects(manifests).stream()
        .filter(object -> OUTLINED.contains(object.kind()))
        .map(ObjectOutline::of)
        .toList();
  }

  private static String hookOutline(JsonNode hook, Set<String> names) {
    return objects(hook.path("manifest").asText("")).stream()
        .findFirst()
        .map(object -> Yaml.write(ObjectOutline.ofHook(object, names).fields().content()))
        .orElse("");
  }

  /** Returns the Jobs that are hooks of the revision, without most of their content. */
  List<KubernetesObject> hookJobs(ReleaseName release) {
    try {
      ObjectNode stored = decode(secret.fields().text("data", KEY).orElse(""));
      Set<String> names = names(stored);
      List<KubernetesObject> jobs = new ArrayList<>();
      for (JsonNode hook : stored.path("hooks")) {
        objects(hook.path("manifest").asText("")).stream()
            .filter(object -> object.kind().equals("Job"))
            .map(job -> inNamespace(ObjectOutline.ofHook(job, names), release))
            .forEach(jobs::add);
      }
      return jobs;
    } catch (IOException e) {
      throw notARelease();
    }
  }

  /** The names that the manifests of a revision contain, and the types of webhooks. */
  private static Set<String> names(ObjectNode release) {
    Set<String> names = new TreeSet<>(ObjectOutline.WEBHOOK_TYPES);
    Stream<String> manifests =
        Stream.concat(
            Stream.of(release.path("manifest").asText("")),
            StreamSupport.stream(release.path("hooks").spliterator(), false)
                .map(hook -> hook.path("manifest").asText("")));
    manifests
        .flatMap(manifest -> objects(manifest).stream())
        .flatMap(object -> ObjectOutline.names(object.fields().content()))
        .filter(name -> !name.isEmpty())
        .forEach(names::add);
    return names;
  }

  /** The objects of manifests; none if they contain documents that only Helm accepts. */
  private static List<KubernetesObject> objects(String manifests) {
    try {
      return RenderedChart.parse(manifests).manifests().stream()
          .map(RenderedManifest::object)
          .toList();
    } catch (InvalidYamlException e) {
      return List.of();
    }
  }

  /** Returns the Jobs and pods that are hooks of the revision. */
  List<HookRun> hookRuns(ReleaseName release) {
    List<HookRun> runs = new ArrayList<>();
    try {
      for (JsonNode hook : decode(secret.fields().text("data", KEY).orElse("")).at("/hooks")) {
        String kind = hook.path("kind").asText("");
        if (kind.equals("Job") || kind.equals("Pod")) {
          List<String> events = new ArrayList<>();
          hook.path("events").forEach(event -> events.add(event.asText()));
          runs.add(
              new HookRun(
                  kind,
                  namespace(hook).orElse(release.namespace()),
                  hook.path("name").asText(""),
                  List.copyOf(events),
                  phase(hook.at("/last_run/phase").asText(""))));
        }
      }
    } catch (IOException e) {
      throw notARelease();
    }
    return runs;
  }

  private static Optional<String> namespace(JsonNode hook) {
    return objects(hook.path("manifest").asText("")).stream()
        .findFirst()
        .flatMap(KubernetesObject::namespace);
  }

  private static HookRun.Phase phase(String text) {
    return switch (text) {
      case "" -> HookRun.Phase.NOT_RUN;
      case "Succeeded" -> HookRun.Phase.SUCCEEDED;
      case "Failed" -> HookRun.Phase.FAILED;
      default -> HookRun.Phase.RUNNING;
    };
  }

  /** The content has the values of the chart, so the exception has no cause. */
  private IllegalStateException notARelease() {
    return new IllegalStateException(
        "the Secret " + secret.name() + " does not contain a release of Helm");
  }

  /**
   * Marks a pending revision as failed, so that Helm can upgrade the release. Only when no Helm
   * works on it.
   *
   * @throws ai.kubernaut.airgap.cluster.ClusterException with CONFLICT when the revision has
   *     changed since it was read
   */
  void markFailed() {
    try {
      ObjectNode release = decode(secret.fields().text("data", KEY).orElse(""));
      ObjectNode info = release.withObjectProperty("info");
      info.put("status", "failed");
      info.put("description", "cut short while it was " + status());
      cluster.replace(
          ResourceType.SECRET,
          secret.with(encode(release), "data", KEY).with("failed", "metadata", "labels", "status"));
    } catch (IOException e) {
      throw notARelease();
    }
  }

  private static ObjectNode decode(String data) throws IOException {
    byte[] zipped;
    try {
      zipped = Base64.getDecoder().decode(Base64.getDecoder().decode(data));
    } catch (IllegalArgumentException e) {
      throw new IOException("not Base64", e);
    }
    try (InputStream in = new GZIPInputStream(new ByteArrayInputStream(zipped))) {
      byte[] json = in.readNBytes(MAX_BYTES);
      if (JSON.readTree(json) instanceof ObjectNode release) {
        return release;
      }
      throw new IOException("not an object");
    }
  }

  private static String encode(ObjectNode release) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(zipped)) {
      out.write(JSON.writeValueAsBytes(release));
    }
    String inner = Base64.getEncoder().encodeToString(zipped.toByteArray());
    return Base64.getEncoder().encodeToString(inner.getBytes(StandardCharsets.US_ASCII));
  }
}
