package ai.kubernaut.airgap;

import static java.nio.charset.StandardCharsets.UTF_8;

import ai.kubernaut.airgap.ClusterStepFaultsTest.Step;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.PendingRelease;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/** A cluster in memory, a Helm and the front door to both, for tests of faults. */
final class World {
  /** The namespace of the release. */
  static final String NAMESPACE = "kubernaut-system";

  private static final List<String> FOREIGN =
      List.of(
          "{\"auths\": {\"quay.io\" :{\"auth\":\"Zm9yZWlnbg==\" , \"n\": 1.50}",
          "} ,\"x\":[1, 2]}");
  private static final List<ResourceType> TYPES =
      List.of(
          ResourceType.NAMESPACE,
          ResourceType.SECRET,
          ResourceType.CONFIG_MAP,
          ResourceType.IMAGE_CONFIG,
          ResourceType.IMAGE_DIGEST_MIRROR_SET,
          ResourceType.IMAGE_TAG_MIRROR_SET);

  final MemoryClusterClient cluster;
  final Pool pool;
  final String ca;
  PendingRelease pending = PendingRelease.CONTINUE_IF_ABANDONED;
  final TemplateHelm helm =
      TemplateHelm.of(
          """
          image: quay.io/a/b:1
          postgresql: {auth: {existingSecret: ""}}
          credentialsSecretName: llm
          """,
          values ->
              """
              {kind: Pod, metadata: {name: p}, spec: {containers: [{name: c, image: "%s"}]}}
              """
                  .formatted(values.text("image").orElse("")));
  final MirrorPlan plan =
      MirrorPlan.builder(Target.registry("harbor.corp:5000"))
          .chart(TemplateHelm.chart())
          .image(ImageRef.parse("quay.io/a/b:1"))
          .build();

  /**
   * Creates it.
   *
   * @param ca a CA to be trusted
   */
  World(boolean openShift, String ca) {
    this.ca = ca;
    cluster = openShift ? MemoryClusterClient.openShift() : MemoryClusterClient.kubernetes();
    pool = new Pool(cluster);
    if (openShift) {
      fillOpenShift();
    }
  }

  private void fillOpenShift() {
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, "openshift-config", "pull-secret")
            .with("kubernetes.io/dockerconfigjson", "type")
            .with(base64(String.join("", FOREIGN)), "data", ".dockerconfigjson"));
    cluster.put(
        ResourceType.IMAGE_CONFIG,
        KubernetesObject.named(ResourceType.IMAGE_CONFIG, null, "cluster"));
    pool.update();
    cluster.onWrite(
        object -> {
          if (object.name().equals("pull-secret") || object.kind().endsWith("MirrorSet")) {
            pool.change();
          }
          return object;
        });
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  Outcome<?> run(Step step, ClusterClient client) {
    try (MemoryRegistryClient registry = MemoryRegistryClient.create();
        Airgap airgap = Airgap.builder().registry(registry).cluster(client).helm(helm).build()) {
      return step.run(airgap, this);
    }
  }

  /**
   * Every object but backups and the releases of Helm, without metadata of the server and without
   * generated passwords.
   */
  Map<String, String> state() {
    Map<String, String> state = new TreeMap<>();
    for (ResourceType type : TYPES) {
      for (KubernetesObject object : cluster.list(type, null, Map.of())) {
        boolean generated = object.name().startsWith("postgresql");
        if (!object.labels().containsKey("airgap.kubernaut.ai/backup")
            && !object.labels().containsKey("owner")) {
          state.put(
              object.toString(),
              generated
                  ? object.fields().strings("data").keySet().toString()
                  : object.fields().fields("data").content()
                      + " "
                      + object.fields().fields("spec").content()
                      + object.labels());
        }
      }
    }
    return state;
  }

  /** The content of the global pull secret; empty where there is none. */
  String globalPullSecret() {
    return cluster.get(ResourceType.SECRET, "openshift-config", "pull-secret").stream()
        .map(secret -> secret.fields().text("data", ".dockerconfigjson").orElseThrow())
        .map(data -> new String(Base64.getDecoder().decode(data), UTF_8))
        .collect(Collectors.joining());
  }

  /** Whether the global pull secret has what it had, byte for byte, where there is one. */
  boolean hasForeignEntries() {
    String content = globalPullSecret();
    return content.isEmpty()
        || (content.startsWith(FOREIGN.get(0)) && content.endsWith(FOREIGN.get(1)));
  }

  private void putNamespace() {
    cluster.put(
        ResourceType.NAMESPACE, KubernetesObject.named(ResourceType.NAMESPACE, null, NAMESPACE));
  }

  /** A Secret of the chart, as somebody has created it, without one of its keys. */
  void putIncompleteSecret() {
    putNamespace();
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, NAMESPACE, "postgresql-secret")
            .with(base64("slm_user"), "data", "POSTGRES_USER"));
  }

  void removeIncompleteSecret() {
    remove(ResourceType.SECRET, NAMESPACE, "postgresql-secret");
  }

  /** The namespace of the release, which is being deleted. */
  void putTerminatingNamespace(boolean isSeen) {
    KubernetesObject namespace = KubernetesObject.named(ResourceType.NAMESPACE, null, NAMESPACE);
    cluster.put(
        ResourceType.NAMESPACE,
        isSeen
            ? namespace.with("2026-11-22T10:00:00Z", "metadata", "deletionTimestamp")
            : namespace);
  }

  void removeTerminatingNamespace() {
    remove(ResourceType.NAMESPACE, null, NAMESPACE);
  }

  private void remove(ResourceType type, @Nullable String namespace, String name) {
    cluster.get(type, namespace, name).ifPresent(object -> cluster.delete(type, object));
  }

  /** A release that an operation of another program has left pending. */
  void putPendingRelease() {
    putNamespace();
    helm.with(plan.release(), 1, "pending-install");
    String release =
        "{\"name\":\"kubernaut\",\"version\":1,\"manifest\":\"\",\"hooks\":[],\"info\":{\"status\":\"pending-install\"}}";
    ByteArrayOutputStream compressed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(compressed)) {
      gzip.write(release.getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String inner = Base64.getEncoder().encodeToString(compressed.toByteArray());
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, NAMESPACE, "sh.helm.release.v1.kubernaut.v1")
            .with(
                Map.of(
                    "owner",
                    "helm",
                    "name",
                    "kubernaut",
                    "version",
                    "1",
                    "status",
                    "pending-install"),
                "metadata",
                "labels")
            .with(base64(inner), "data", "release"));
  }
}
