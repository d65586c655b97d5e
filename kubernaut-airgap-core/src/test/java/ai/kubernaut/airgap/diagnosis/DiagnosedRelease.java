package ai.kubernaut.airgap.diagnosis;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.io.ScratchDirectory;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.mirror.DelegatingClient;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.support.SupportBundle;
import ai.kubernaut.airgap.support.SupportBundleOptions;
import ai.kubernaut.airgap.support.SupportBundleReport;
import ai.kubernaut.airgap.support.SupportCollector;
import ai.kubernaut.airgap.verify.VerificationReport;
import ai.kubernaut.airgap.verify.Verifier;
import ai.kubernaut.airgap.verify.VerifyOptions;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.zip.GZIPOutputStream;

/**
 * A release of three images in a mirror that requires a user, and a cluster with one node, all in
 * memory. Tests break a part of it.
 */
final class DiagnosedRelease {
  static final String MIRROR = "harbor.corp";
  static final String GATEWAY = MIRROR + "/acme/gateway:1";
  static final String DATABASE = MIRROR + "/acme/postgresql:1";
  static final String MIGRATE = MIRROR + "/acme/migrate:1";
  static final String NAMESPACE = ReleaseName.defaultRelease().namespace();

  private static final Map<String, ResourceType> TYPES =
      Map.ofEntries(
          Map.entry("Pod", ResourceType.POD),
          Map.entry("Deployment", ResourceType.DEPLOYMENT),
          Map.entry("StatefulSet", ResourceType.STATEFUL_SET),
          Map.entry("ReplicaSet", ResourceType.REPLICA_SET),
          Map.entry("Job", ResourceType.JOB),
          Map.entry("Service", ResourceType.SERVICE),
          Map.entry("Secret", ResourceType.SECRET),
          Map.entry("ConfigMap", ResourceType.CONFIG_MAP),
          Map.entry("PersistentVolumeClaim", ResourceType.PERSISTENT_VOLUME_CLAIM),
          Map.entry("StorageClass", ResourceType.STORAGE_CLASS),
          Map.entry("ResourceQuota", ResourceType.RESOURCE_QUOTA),
          Map.entry("ServiceAccount", ResourceType.SERVICE_ACCOUNT),
          Map.entry("Role", ResourceType.ROLE),
          Map.entry("RoleBinding", ResourceType.ROLE_BINDING),
          Map.entry("Node", ResourceType.NODE),
          Map.entry("Namespace", ResourceType.NAMESPACE),
          Map.entry("ValidatingAdmissionPolicy", ResourceType.ADMISSION_POLICY),
          Map.entry("MachineConfigPool", ResourceType.MACHINE_CONFIG_POOL),
          Map.entry("ValidatingWebhookConfiguration", ResourceType.VALIDATING_WEBHOOKS),
          Map.entry("ImageDigestMirrorSet", ResourceType.IMAGE_DIGEST_MIRROR_SET),
          Map.entry("ImageTagMirrorSet", ResourceType.IMAGE_TAG_MIRROR_SET),
          Map.entry("Image", ResourceType.IMAGE_CONFIG),
          Map.entry(
              "Application",
              ResourceType.namespaced("argoproj.io/v1alpha1", "Application", "applications")),
          Map.entry(
              "HelmRelease",
              ResourceType.namespaced("helm.toolkit.fluxcd.io/v2", "HelmRelease", "helmreleases")),
          Map.entry(
              "Kustomization",
              ResourceType.namespaced(
                  "kustomize.toolkit.fluxcd.io/v1", "Kustomization", "kustomizations")));

  final MemoryClusterClient cluster;
  final MemoryRegistryClient images = MemoryRegistryClient.create();
  private final List<String> requests = new ArrayList<>();
  private TemplateHelm helm =
      TemplateHelm.rendering("").with(ReleaseName.defaultRelease(), 1, "deployed");
  private RegistryException broken;
  private final Set<Repository> lost = new HashSet<>();
  private int events;

  private DiagnosedRelease(MemoryClusterClient cluster) {
    this.cluster = cluster;
    for (String image : List.of(GATEWAY, DATABASE, MIGRATE)) {
      push(image, "amd64");
    }
    put("{apiVersion: v1, kind: Namespace, metadata: {name: %s}}".formatted(NAMESPACE));
    put("{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: NS}}");
    node("worker-0", "amd64", "True", "");
    pullSecret(NAMESPACE, "pull", "node", "right");
    workload("gateway", 1);
  }

  /** A release on plain Kubernetes that runs; its pods pull with the Secret {@code pull}. */
  static DiagnosedRelease onKubernetes() {
    return new DiagnosedRelease(MemoryClusterClient.kubernetes());
  }

  /** The same on OpenShift. */
  static DiagnosedRelease onOpenShift() {
    return new DiagnosedRelease(MemoryClusterClient.openShift());
  }

  /** Stores an image with an index for some architectures; without any, it has no index. */
  Manifest push(String image, String... architectures) {
    ImageRef reference = ImageRef.parse(image);
    List<Descriptor> children = new ArrayList<>();
    Manifest single = manifest(reference, "amd64");
    for (String architecture : architectures) {
      Manifest child = manifest(reference, architecture);
      images.writeManifest(reference.repository().digest(child.digest()), child);
      single = child;
      children.add(
          Descriptor.builder()
              .mediaType(child.mediaType())
              .digest(child.digest())
              .size(child.size())
              .platform(Platform.of("linux", architecture))
              .build());
    }
    Manifest root = architectures.length > 0 ? Manifest.index(children) : single;
    images.writeManifest(reference, root);
    return root;
  }

  /** Stores an image without an index. */
  void pushSingle(String image, String architecture) {
    ImageRef reference = ImageRef.parse(image);
    images.writeManifest(reference, manifest(reference, architecture));
  }

  private Manifest manifest(ImageRef image, String architecture) {
    byte[] config =
        "{\"os\":\"linux\",\"architecture\":\"%s\",\"of\":\"%s\"}"
            .formatted(architecture, image)
            .getBytes(UTF_8);
    Descriptor blob =
        Descriptor.of(
            "application/vnd.oci.image.config.v1+json", Digest.sha256(config), config.length);
    images.writeBlob(image.repository(), blob, new ByteArrayInputStream(config));
    return Manifest.of(
        Manifest.OCI_MANIFEST,
        """
        {"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"%s","digest":"%s","size":%d},"layers":[]}
        """
            .formatted(Manifest.OCI_MANIFEST, blob.mediaType(), blob.digest(), blob.size())
            .getBytes(UTF_8));
  }

  /** Removes an image from the mirror. */
  void unpublish(String image) {
    ImageRef reference = ImageRef.parse(image);
    images.deleteManifest(
        reference.repository(), images.findManifest(reference).orElseThrow().digest());
  }

  /** Removes the manifest of a platform from the mirror, but not the index that names it. */
  void unpublishFirstPlatform(String image) {
    ImageRef reference = ImageRef.parse(image);
    images.deleteManifest(
        reference.repository(), images.readManifest(reference).children().get(0).digest());
  }

  /** Lets the mirror lose the content of an image, but not its manifests. */
  void loseBlobs(String image) {
    lost.add(ImageRef.parse(image).repository());
  }

  /** Lets every request to the mirror fail from now on. */
  void breakMirror(RegistryException.Reason reason, int status) {
    broken = new RegistryException(reason, MIRROR, status, "the mirror does not work", null);
  }

  void helmStatus(String status) {
    helm = TemplateHelm.rendering("").with(ReleaseName.defaultRelease(), 1, status);
  }

  void withoutRelease() {
    helm = TemplateHelm.rendering("");
  }

  /** Stores a deployed revision with a manifest, as Helm does. */
  void stored(String manifest) {
    stored(manifest, "");
  }

  /** Stores a deployed revision with a manifest and hooks, as Helm does. */
  void stored(String manifest, String hooks) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(("{\"hooks\":[" + hooks + "],\"manifest\":\"" + manifest + "\"}").getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String once = Base64.getEncoder().encodeToString(zipped.toByteArray());
    put(
        """
        {apiVersion: v1, kind: Secret, type: helm.sh/release.v1, metadata: {name: sh.helm.release.v1.kubernaut.v1,
         namespace: NS, labels: {owner: helm, name: kubernaut, version: '1', status: deployed}}, data: {release: %s}}
        """
            .formatted(Base64.getEncoder().encodeToString(once.getBytes(UTF_8))));
  }

  /** Adds objects; NS stands for the namespace of the release. */
  void put(String yaml) {
    KubernetesObject object =
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping(
                    "test", yaml.replaceAll("\\bNS\\b", NAMESPACE), Yaml.DuplicateKeys.REFUSED)));
    cluster.put(TYPES.get(object.kind()), object);
  }

  void node(String name, String architecture, String ready, String taints) {
    put(
        """
        {apiVersion: v1, kind: Node, metadata: {name: %s, labels: {zone: a}}, spec: {taints: [%s]},
         status: {nodeInfo: {architecture: %s, operatingSystem: linux}, allocatable: {cpu: '2', memory: 4Gi, pods: '10'},
           conditions: [{type: Ready, status: '%s', message: 'The kubelet of %s stopped posting its status.'}]}}
        """
            .formatted(name, taints, architecture, ready, name));
  }

  void pullSecret(String namespace, String name, String user, String password) {
    String auth = Base64.getEncoder().encodeToString((user + ":" + password).getBytes(UTF_8));
    String json = "{\"auths\":{\"%s\":{\"auth\":\"%s\"}}}".formatted(MIRROR, auth);
    put(
        "{apiVersion: v1, kind: Secret, metadata: {name: %s, namespace: %s}, data: {.dockerconfigjson: %s}}"
            .formatted(name, namespace, Base64.getEncoder().encodeToString(json.getBytes(UTF_8))));
  }

  /** A Deployment with its ReplicaSet, of which some pods are ready. */
  void workload(String name, int ready) {
    workload(name, ready, "{}");
  }

  /** A Deployment with its ReplicaSet, of which some pods are ready. */
  void workload(String name, int ready, String podSpec) {
    put(
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: NS},
         spec: {replicas: 1, template: {metadata: {labels: {app: %s}}, spec: %s}}, status: {readyReplicas: %d, updatedReplicas: 1}}
        """
            .formatted(name, name, podSpec, ready));
    put(
        """
        {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: %s-rs, namespace: NS,
         ownerReferences: [{kind: Deployment, name: %s}]}}
        """
            .formatted(name, name));
  }

  /**
   * A Deployment of which a pod of the earlier template is ready, and whose newest ReplicaSet has
   * no pod.
   */
  void blockedUpdate(String name, String podSpec) {
    put(
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: %s, namespace: NS, generation: 2},
         spec: {replicas: 1, template: {metadata: {labels: {app: %s}}, spec: %s}},
         status: {observedGeneration: 2, replicas: 1, readyReplicas: 1}}
        """
            .formatted(name, name, podSpec));
    replicaSet(name, 1, 1);
    replicaSet(name, 2, 0);
    ownedPod(
        name,
        "ReplicaSet",
        name + "-1",
        "{containers: []}",
        "{phase: Running, conditions: [{type: Ready, status: 'True'}]}");
  }

  private void replicaSet(String deployment, int revision, int pods) {
    put(
        """
        {apiVersion: apps/v1, kind: ReplicaSet, metadata: {name: %s-%d, namespace: NS,
         annotations: {deployment.kubernetes.io/revision: '%d'}, ownerReferences: [{kind: Deployment, name: %s}]},
         spec: {replicas: 1}, status: {replicas: %d}}
        """
            .formatted(deployment, revision, revision, deployment, pods));
  }

  void service(String name, String app) {
    put(
        "{apiVersion: v1, kind: Service, metadata: {name: %s, namespace: NS}, spec: {selector: {app: %s}, ports: [{port: 80}]}}"
            .formatted(name, app));
  }

  /** A pod of a Deployment that is not ready, and its Deployment. */
  void pod(String app, String spec, String status) {
    workload(app, 0, spec);
    ownedPod(app, "ReplicaSet", app + "-rs", spec, status);
  }

  /** A Job that is not complete, and its pod. */
  void jobPod(String name, String spec, String status) {
    job(name, spec, "");
    ownedPod(name, "Job", name, spec, status);
  }

  void job(String name, String spec, String status) {
    put(
        "{apiVersion: batch/v1, kind: Job, metadata: {name: %s, namespace: NS}, spec: {template: {spec: %s}}, status: {%s}}"
            .formatted(name, spec, status));
  }

  private void ownedPod(String app, String kind, String owner, String spec, String status) {
    put(
        """
        {apiVersion: v1, kind: Pod, metadata: {name: %s-1, namespace: NS, labels: {app: %s},
           ownerReferences: [{kind: %s, name: %s}]},
         spec: %s, status: %s}
        """
            .formatted(app, app, kind, owner, spec, status));
  }

  /** A pod on a node that cannot pull its image, and its Deployment. */
  void failingPull(String app, String image, String message) {
    String spec = spec(image, "worker-0");
    pod(app, spec, waiting("ImagePullBackOff", message));
    event("Pod", app + "-1", "Failed", message);
  }

  static String spec(String image, String node) {
    return "{nodeName: %s, imagePullSecrets: [{name: pull}], containers: [{name: main, image: '%s'}]}"
        .formatted(node, image);
  }

  static String waiting(String reason, String message) {
    return "{phase: Pending, conditions: [{type: PodScheduled, status: 'True'}], containerStatuses: [{name: main, imageID: '', state: {waiting: {reason: %s, message: '%s'}}}]}"
        .formatted(reason, message);
  }

  void event(String kind, String name, String reason, String message) {
    cluster.put(
        ResourceType.EVENT,
        KubernetesObject.of(
            Fields.of(
                Map.of(
                    "apiVersion",
                    "v1",
                    "kind",
                    "Event",
                    "metadata",
                    Map.of("name", "e" + ++events, "namespace", NAMESPACE),
                    "type",
                    "Warning",
                    "reason",
                    reason,
                    "message",
                    message,
                    "lastTimestamp",
                    "2026-01-01T00:00:%02dZ".formatted(events % 60),
                    "involvedObject",
                    Map.of("kind", kind, "name", name)))));
  }

  void log(String pod, String log) {
    cluster.putLog(NAMESPACE, pod, "main", log);
  }

  MirrorPlan plan() {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry(MIRROR));
    for (String image : List.of(GATEWAY, DATABASE, MIGRATE)) {
      ImageRef target = ImageRef.parse(image);
      plan.addEntries(
          MirrorEntry.builder()
              .source(ImageRef.parse(image.replace(MIRROR, "quay.io")))
              .target(target)
              .digest(DIGESTS.images.findManifest(target).orElseThrow().digest())
              .build());
    }
    return plan.build();
  }

  /** Knows the digests also when a test has removed an image. */
  private static final class DIGESTS {
    private static final MemoryRegistryClient images = onKubernetes().images;
  }

  Diagnosis diagnose() {
    Installation installation = Installation.of(ReleaseName.defaultRelease(), plan());
    RegistryClient mirror = new Mirror(CredentialProvider.none(), true);
    checkSupportBundle(installation, mirror);
    VerificationReport report =
        new Verifier(cluster, helm, mirror, event -> {})
            .verify(
                installation,
                VerifyOptions.builder().waitPolicy(WaitPolicy.once()).askServices(false).build());
    requests.clear();
    return new Diagnoser(cluster, mirror, KubernautProfile.profile(), event -> {})
        .diagnose(installation, report);
  }

  /** A support bundle of the release has the same causes, with the same evidence. */
  private void checkSupportBundle(Installation installation, RegistryClient mirror) {
    try (ScratchDirectory scratch = ScratchDirectory.create()) {
      Path file = scratch.path().resolve("support.tar.gz");
      SupportBundleReport report =
          new SupportCollector(
                  cluster,
                  helm,
                  mirror,
                  KubernautProfile.profile(),
                  InstantSource.system(),
                  event -> {})
              .collect(installation, file, SupportBundleOptions.builder().build());
      assertThat(report.problems()).isEmpty();
      assertThat(SupportBundle.read(file).diagnose()).isEqualTo(report.diagnosis());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The roots as code and subject. */
  List<String> roots() {
    return diagnose().roots().stream().map(Cause::problem).map(DiagnosedRelease::name).toList();
  }

  static String name(Problem problem) {
    return problem.code() + " " + problem.subject();
  }

  /** What was asked of the mirror by the last diagnosis. */
  List<String> requests() {
    return requests;
  }

  /** The mirror: the user {@code node} may read it with the right password. */
  private final class Mirror extends DelegatingClient {
    private final CredentialProvider credentials;
    private final boolean isOperator;

    Mirror(CredentialProvider credentials, boolean isOperator) {
      super(images);
      this.credentials = credentials;
      this.isOperator = isOperator;
    }

    private void check(ImageRef image) {
      requests.add(image.toString());
      if (broken != null) {
        throw broken;
      }
      Optional<Credentials> found = credentials.credentialsFor(image.repository());
      boolean known = found.isPresent() && found.get().password().reveal().equals("right");
      if (!isOperator && (!known || found.get().username().equals("stranger"))) {
        throw new RegistryException(
            known ? RegistryException.Reason.FORBIDDEN : RegistryException.Reason.UNAUTHORIZED,
            MIRROR,
            known ? 403 : 401,
            "refused",
            null);
      }
    }

    @Override
    public Optional<Descriptor> findManifest(ImageRef image) {
      check(image);
      return super.findManifest(image);
    }

    @Override
    public OptionalLong findBlob(Repository repository, Digest digest) {
      return lost.contains(repository) ? OptionalLong.empty() : super.findBlob(repository, digest);
    }

    @Override
    public Manifest readManifest(ImageRef image) {
      check(image);
      return super.readManifest(image);
    }

    /** The images are needed on. */
    @Override
    public void close() {}

    @Override
    public Optional<RegistryClient> withCredentials(CredentialProvider other) {
      return Optional.of(new Mirror(other, false));
    }
  }
}
