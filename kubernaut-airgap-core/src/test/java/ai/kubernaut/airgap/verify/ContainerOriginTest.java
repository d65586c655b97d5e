package ai.kubernaut.airgap.verify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.WaitPolicy;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.verify.ContainerOrigin.Agreement;
import ai.kubernaut.airgap.verify.ContainerOrigin.Evidence;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayInputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The proof of where the image of each container comes from. */
@Timeout(60)
final class ContainerOriginTest {
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();
  private static final String NAMESPACE = RELEASE.namespace();
  private static final ImageRef TARGET = ImageRef.parse("harbor.corp/kubernaut-ai/gateway:v1.1.0");
  private static final ImageRef SOURCE = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0");
  private static final byte[] CONFIGURATION = "{\"os\":\"linux\"}".getBytes(UTF_8);
  private static final Digest CONFIG = Digest.sha256(CONFIGURATION);
  private static final Digest OTHER = Digest.sha256("other".getBytes(UTF_8));

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final MemoryRegistryClient registries = MemoryRegistryClient.create();
  private final TemplateHelm helm = TemplateHelm.rendering("").with(RELEASE, 1, "deployed");
  private Digest index;
  private Digest child;

  /** The mirror has an image for two platforms; the manifest of one of them is absent. */
  @BeforeEach
  void mirrorTheImage() {
    Manifest amd64 =
        manifest(
            Manifest.OCI_MANIFEST,
            "\"config\":{\"mediaType\":\"application/vnd.oci.image.config.v1+json\",\"digest\":\"%s\",\"size\":%d},\"layers\":[]"
                .formatted(CONFIG, CONFIGURATION.length));
    Manifest absent = manifest(Manifest.OCI_MANIFEST, "\"layers\":[ ]");
    child = amd64.digest();
    Manifest list =
        manifest(
            Manifest.OCI_INDEX,
            "\"manifests\":[{\"mediaType\":\"%1$s\",\"digest\":\"%2$s\",\"size\":%3$d},{\"mediaType\":\"%1$s\",\"digest\":\"%4$s\",\"size\":%5$d}]"
                .formatted(
                    Manifest.OCI_MANIFEST, child, amd64.size(), absent.digest(), absent.size()));
    index = list.digest();
    registries.writeBlob(
        TARGET.repository(),
        Descriptor.of("application/vnd.oci.image.config.v1+json", CONFIG, CONFIGURATION.length),
        new ByteArrayInputStream(CONFIGURATION));
    registries.writeManifest(TARGET.repository().digest(child), amd64);
    registries.writeManifest(TARGET.repository().digest(absent.digest()), absent);
    registries.writeManifest(TARGET, list);
    registries.deleteManifest(TARGET.repository(), absent.digest());
    cluster.put(
        ResourceType.DEPLOYMENT,
        object(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: gateway, namespace: %s}, spec: {replicas: 1}, status: {readyReplicas: 1, updatedReplicas: 1}}"
                .formatted(NAMESPACE)));
  }

  private static Manifest manifest(String type, String content) {
    return Manifest.of(
        type,
        "{\"schemaVersion\":2,\"mediaType\":\"%s\",%s}".formatted(type, content).getBytes(UTF_8));
  }

  private static KubernetesObject object(String yaml) {
    return KubernetesObject.of(
        Fields.of(Yaml.readMapping("test", yaml, Yaml.DuplicateKeys.REFUSED)));
  }

  private static MirrorPlan plan(Optional<Digest> digest) {
    return MirrorPlan.builder(Target.registry("harbor.corp"))
        .addEntries(MirrorEntry.builder().source(SOURCE).target(TARGET).digest(digest).build())
        .build();
  }

  private void pod(String image, String imageId) {
    podWith(
        "containers: [{name: main, image: '%s'}]".formatted(image),
        "containerStatuses: [{name: main, imageID: '%s', restartCount: 2, state: {running: {}}}]"
            .formatted(imageId));
  }

  private void podWith(String spec, String status) {
    cluster.put(
        ResourceType.POD,
        object(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: gateway-1, namespace: %s, uid: u1,
               ownerReferences: [{kind: ReplicaSet, name: gateway-7d9f}]},
             spec: {nodeName: worker-0, %s},
             status: {phase: Running, conditions: [{type: Ready, status: 'True'}], %s}}
            """
                .formatted(NAMESPACE, spec, status)));
  }

  private void nodeHas(String... names) {
    cluster.put(
        ResourceType.NODE,
        object(
            "{apiVersion: v1, kind: Node, metadata: {name: worker-0}, status: {images: [{names: [other@x]}, {names: ['%s']}]}}"
                .formatted(String.join("', '", names))));
  }

  private VerificationReport verify() {
    return verify(cluster, registries, plan(Optional.of(index)));
  }

  private VerificationReport verify(
      ClusterClient asked, @Nullable RegistryClient mirror, MirrorPlan plan) {
    return new Verifier(asked, helm, mirror, event -> {})
        .verify(
            Installation.of(RELEASE, plan),
            VerifyOptions.builder().waitPolicy(WaitPolicy.once()).build());
  }

  private static ContainerOrigin only(VerificationReport report) {
    assertThat(report.origins()).hasSize(1);
    return report.origins().get(0);
  }

  private static ProblemCode problem(VerificationReport report) {
    assertThat(report.problems()).hasSize(1);
    return report.problems().get(0).code();
  }

  @Test
  void theOriginNamesReferenceRunningDigestMirrorAndSource() {
    pod(TARGET.toString(), TARGET.repository() + "@" + index);
    ContainerOrigin origin = only(verify());
    assertThat(origin)
        .isEqualTo(
            ContainerOrigin.builder()
                .namespace(NAMESPACE)
                .pod("gateway-1")
                .podUid("u1")
                .owner("ReplicaSet/gateway-7d9f")
                .node("worker-0")
                .container("main")
                .type(ContainerOrigin.Type.MAIN)
                .restarts(2)
                .requested(TARGET.toString())
                .running(index)
                .evidence(Evidence.POD_STATUS)
                .mirror(TARGET)
                .mirrored(index)
                .source(SOURCE)
                .planned(index)
                .isRedirected(false)
                .agreement(Agreement.EQUAL)
                .build());
    assertThat(origin.agreement().isProven()).isTrue();
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void theManifestOfAPlatformIsExplained() {
    pod(TARGET.toString(), "docker-pullable://" + TARGET.repository() + "@" + child);
    VerificationReport report = verify();
    assertThat(only(report).agreement()).isEqualTo(Agreement.PLATFORM_MANIFEST);
    assertThat(report.checks())
        .extracting(Check::detail)
        .contains(TARGET + " " + child.abbreviated() + ", the manifest of a platform");
    assertThat(report.problems()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"%s", "docker://%s", "harbor.corp/kubernaut-ai/gateway@%s"})
  void theDigestOfAConfigurationIsAcceptedAndNamed(String form) {
    pod(TARGET.toString(), form.formatted(CONFIG));
    VerificationReport report = verify();
    assertThat(only(report).agreement()).isEqualTo(Agreement.CONFIG);
    assertThat(only(report).agreement().isProven()).isTrue();
    assertThat(report.checks())
        .extracting(Check::detail)
        .contains(TARGET + " " + CONFIG.abbreviated() + ", the configuration of a platform");
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void aBareDigestOfTheMirroredImageIsAccepted() {
    pod(TARGET.toString(), index.toString());
    assertThat(only(verify()).agreement()).isEqualTo(Agreement.EQUAL);
  }

  @Test
  void aBareDigestOfNothingInTheMirrorIsAProblem() {
    pod(TARGET.toString(), OTHER.toString());
    VerificationReport report = verify();
    assertThat(only(report).agreement()).isEqualTo(Agreement.DIFFERS);
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_DIGEST_DIFFERS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "harbor.corp/kubernaut-ai/gateway:v1.1.0", "docker://x", "x@sha256:1"})
  void aPodWithoutADigestIsLookedUpOnItsNode(String imageId) {
    pod(TARGET.toString(), imageId);
    nodeHas(TARGET.toString(), TARGET.repository() + "@" + child);
    VerificationReport report = verify();
    assertThat(only(report).running()).contains(child);
    assertThat(only(report).evidence()).isEqualTo(Evidence.NODE_STATUS);
    assertThat(only(report).agreement()).isEqualTo(Agreement.PLATFORM_MANIFEST);
    assertThat(report.problems()).isEmpty();
  }

  @Test
  void aDigestOnTheNodeThatIsNotTheMirroredOneIsAProblem() {
    pod(TARGET.toString(), "");
    nodeHas(TARGET.toString(), TARGET.repository() + "@" + OTHER);
    assertThat(problem(verify())).isEqualTo(ProblemCode.IMAGE_DIGEST_DIFFERS);
  }

  @Test
  void aDigestThatNobodyReportsIsAProblem() {
    pod(TARGET.toString(), "");
    nodeHas("harbor.corp/else:1", "harbor.corp/else@" + index);
    VerificationReport report = verify();
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_DIGEST_NOT_REPORTED);
    assertThat(report.problems().get(0).message())
        .isEqualTo(
            "runs "
                + TARGET
                + ", but its digest is not known: the status of the pod reports '', and the node worker-0 does not report it either");
    assertThat(only(report).agreement()).isEqualTo(Agreement.NOT_REPORTED);
    assertThat(only(report).evidence()).isEqualTo(Evidence.NONE);
  }

  @Test
  void aNodeThatTheUserMayNotReadIsNamed() {
    pod(TARGET.toString(), "");
    VerificationReport report = verify(withoutNodes(), registries, plan(Optional.of(index)));
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_DIGEST_NOT_REPORTED);
    assertThat(report.problems().get(0).describe())
        .contains("the user may not read the node worker-0", "allow this user to get nodes");
  }

  /** The cluster for a user who may not read nodes. */
  private ClusterClient withoutNodes() {
    return (ClusterClient)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ClusterClient.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("get") && ResourceType.NODE.equals(arguments[0])) {
                throw new ClusterException(
                    ClusterException.Reason.FORBIDDEN, "nodes is forbidden", null);
              }
              try {
                return method.invoke(cluster, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  @Test
  void withoutAClientForTheMirrorTheNodeTellsTheDigestOfABareOne() {
    pod(TARGET.toString(), CONFIG.toString());
    VerificationReport unknown = verify(cluster, null, plan(Optional.of(index)));
    assertThat(only(unknown).agreement()).isEqualTo(Agreement.NOT_COMPARED);
    assertThat(unknown.checks())
        .flatExtracting(check -> check.fact().stream().toList())
        .extracting(fact -> fact.code())
        .contains(FactCode.IMAGE_DIGEST_NOT_COMPARED);
    nodeHas(TARGET.toString(), TARGET.repository() + "@" + index);
    VerificationReport told = verify(cluster, null, plan(Optional.of(index)));
    assertThat(only(told).agreement()).isEqualTo(Agreement.EQUAL);
    assertThat(only(told).evidence()).isEqualTo(Evidence.NODE_STATUS);
  }

  @Test
  void initAndEphemeralContainersHaveOriginsToo() {
    podWith(
        "initContainers: [{name: wait, image: '%1$s'}], containers: [{name: main, image: '%1$s'}], ephemeralContainers: [{name: debugger, image: busybox}]"
            .formatted(TARGET),
        "initContainerStatuses: [{name: wait, imageID: 'x@%1$s', state: {terminated: {}}}], containerStatuses: [{name: main, imageID: 'x@%1$s', state: {running: {}}}], ephemeralContainerStatuses: [{name: debugger, imageID: 'x@%2$s', state: {running: {}}}]"
            .formatted(index, OTHER));
    VerificationReport report = verify();
    assertThat(report.origins())
        .extracting(ContainerOrigin::container, ContainerOrigin::type, ContainerOrigin::agreement)
        .containsExactly(
            tuple("wait", ContainerOrigin.Type.INIT, Agreement.EQUAL),
            tuple("main", ContainerOrigin.Type.MAIN, Agreement.EQUAL),
            tuple("debugger", ContainerOrigin.Type.EPHEMERAL, Agreement.OUTSIDE_MIRROR));
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_FROM_ELSEWHERE);
    assertThat(report.problems().get(0).subject())
        .hasToString("container " + NAMESPACE + "/gateway-1/debugger");
  }

  @Test
  void aContainerThatHasNotStartedIsNoFindingOfItsOwn() {
    podWith(
        "containers: [{name: main, image: '%s'}]".formatted(TARGET),
        "containerStatuses: [{name: main, imageID: '', state: {waiting: {reason: ContainerCreating}}}]");
    VerificationReport report = verify();
    assertThat(only(report).agreement()).isEqualTo(Agreement.NOT_STARTED);
    assertThat(report.checks()).extracting(Check::kind).doesNotContain(Check.Kind.IMAGE);
  }

  @Test
  void anImageThatThePlanDoesNotHaveIsNamed() {
    pod("harbor.corp/else:1", "harbor.corp/else@" + index);
    VerificationReport report = verify();
    assertThat(only(report).agreement()).isEqualTo(Agreement.NOT_PLANNED);
    assertThat(only(report).running()).contains(index);
    assertThat(only(report).mirror()).isEmpty();
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_NOT_PLANNED);
  }

  @Test
  void aMirrorRuleThatRedirectsIsNamed() {
    cluster.put(
        ResourceType.IMAGE_DIGEST_MIRROR_SET,
        object(
            "{apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: rules}, spec: {imageDigestMirrors: [{source: quay.io/kubernaut-ai, mirrors: [harbor.corp/kubernaut-ai]}]}}"));
    String requested = SOURCE.repository() + "@" + index;
    pod(requested, requested);
    ContainerOrigin origin = only(verify());
    assertThat(origin.isRedirected()).isTrue();
    assertThat(origin.mirror()).contains(TARGET);
    assertThat(origin.agreement()).isEqualTo(Agreement.EQUAL);
  }

  @Test
  void aTagThatWasMovedInTheMirrorIsAProblemOfTheImage() {
    pod(TARGET.toString(), "x@" + index);
    Manifest moved = manifest(Manifest.OCI_MANIFEST, "\"layers\":[]");
    registries.writeManifest(TARGET, moved);
    VerificationReport report = verify();
    assertThat(only(report).mirrored()).contains(moved.digest());
    assertThat(only(report).agreement()).isEqualTo(Agreement.EQUAL);
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_DIFFERS_IN_MIRROR);
    assertThat(report.problems().get(0))
        .extracting(Problem::subject)
        .hasToString(TARGET.toString());
  }

  @Test
  void aMovedTagDoesNotConcernAPodThatPullsByDigest() {
    String pinned = TARGET.repository() + "@" + index;
    pod(pinned, pinned);
    registries.writeManifest(TARGET, manifest(Manifest.OCI_MANIFEST, "\"layers\":[]"));
    assertThat(verify().problems()).isEmpty();
  }

  @Test
  void withoutADigestInThePlanTheMirrorTellsIt() {
    pod(TARGET.toString(), "x@" + index);
    VerificationReport report = verify(cluster, registries, plan(Optional.empty()));
    assertThat(only(report).agreement()).isEqualTo(Agreement.EQUAL);
    assertThat(only(report).planned()).isEmpty();
    assertThat(only(report).mirrored()).contains(index);
  }

  @Test
  void anImageThatIsGoneFromTheMirrorIsNotCompared() {
    pod(TARGET.toString(), "x@" + index);
    registries.deleteManifest(TARGET.repository(), index);
    VerificationReport report = verify();
    assertThat(only(report).agreement()).isEqualTo(Agreement.NOT_COMPARED);
    assertThat(problem(report)).isEqualTo(ProblemCode.IMAGE_DIGEST_UNVERIFIED);
    assertThat(List.of(only(report).mirror(), only(report).source()))
        .containsExactly(Optional.of(TARGET), Optional.of(SOURCE));
  }
}
