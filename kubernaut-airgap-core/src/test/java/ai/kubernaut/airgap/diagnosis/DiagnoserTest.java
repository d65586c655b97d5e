package ai.kubernaut.airgap.diagnosis;

import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.DATABASE;
import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.GATEWAY;
import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.MIGRATE;
import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.NAMESPACE;
import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.spec;
import static ai.kubernaut.airgap.diagnosis.DiagnosedRelease.waiting;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Each test breaks one part of a release; the diagnosis names it, and nothing else, as a root. */
@Timeout(60)
final class DiagnoserTest {
  private final DiagnosedRelease release = DiagnosedRelease.onKubernetes();

  @Test
  void aHealthyReleaseHasNoCause() {
    Diagnosis diagnosis = release.diagnose();
    assertThat(diagnosis.causes()).isEmpty();
    assertThat(diagnosis.isOk()).isTrue();
    assertThat(diagnosis.orElseThrow().summary()).isEqualTo("no problem found");
  }

  @Nested
  final class Pulls {
    @Test
    void anImageThatIsNotInTheMirrorIsTheRootAndItsPodAndDeploymentFollow() {
      release.unpublish(GATEWAY);
      release.failingPull("gateway", GATEWAY, "manifest unknown");

      Diagnosis diagnosis = release.diagnose();

      Cause root = diagnosis.roots().get(0);
      assertThat(diagnosis.roots()).hasSize(1);
      assertThat(root.problem().code()).isEqualTo(ProblemCode.IMAGE_NOT_IN_MIRROR);
      assertThat(root.problem().subject().name()).isEqualTo(GATEWAY);
      assertThat(root.evidence()).anyMatch(fact -> fact.message().contains("no such manifest"));
      assertThat(root.repair().orElseThrow().command()).contains("mirror --plan");
      assertThat(root.consequences())
          .extracting(problem -> problem.subject().toString())
          .containsExactly("Pod " + NAMESPACE + "/gateway-1");
      assertThat(diagnosis.causes())
          .filteredOn(cause -> !cause.isRoot())
          .extracting(cause -> cause.problem().code())
          .containsExactlyInAnyOrder(
              ProblemCode.PULL_IMAGE_NOT_FOUND, ProblemCode.WORKLOAD_NOT_READY);
      assertThat(diagnosis.summary()).isEqualTo("1 root cause with 2 consequences");
      assertThatThrownBy(diagnosis::orElseThrow)
          .isInstanceOf(ProblemsException.class)
          .hasMessageContaining(GATEWAY);
    }

    @Test
    void anImageWithoutTheManifestOfAPlatformIsIncomplete() {
      release.push(GATEWAY, "amd64", "arm64");
      release.failingPull("gateway", GATEWAY, "manifest unknown");
      release.unpublishFirstPlatform(GATEWAY);
      assertThat(release.roots()).containsExactly("IMAGE_INCOMPLETE_IN_MIRROR " + GATEWAY);
      assertThat(release.diagnose().roots().get(0).problem().parameters())
          .containsEntry("count", "1");
    }

    @Test
    void anImageWithoutOneOfItsBlobsIsIncomplete() {
      release.failingPull("gateway", GATEWAY, "blob unknown");
      release.loseBlobs(GATEWAY);
      assertThat(release.roots()).containsExactly("IMAGE_INCOMPLETE_IN_MIRROR " + GATEWAY);
    }

    @Test
    void aContainerThatRunsAnImageThatTheMirrorHasLostIsAConsequence() {
      release.unpublish(GATEWAY);
      release.pod(
          "gateway",
          spec(GATEWAY, "worker-0"),
          "{phase: Running, conditions: [{type: Ready, status: 'True'}], containerStatuses: [{name: main, imageID: '%s@sha256:%s', state: {running: {}}}]}"
              .formatted(GATEWAY, "0".repeat(64)));
      release.workload("gateway", 1);
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.roots())
          .extracting(cause -> cause.problem().code())
          .containsExactly(ProblemCode.IMAGE_NOT_IN_MIRROR);
      assertThat(diagnosis.causes())
          .extracting(cause -> cause.problem().code())
          .contains(ProblemCode.IMAGE_DIGEST_UNVERIFIED);
    }

    @Test
    void aNameOneLetterFromAnImageOfThePlanIsMisspelled() {
      String typo = GATEWAY.replace("gateway", "gatewey");
      release.failingPull("gateway", typo, "manifest unknown");
      assertThat(release.roots()).containsExactly("IMAGE_NAME_MISSPELLED " + typo);
      assertThat(release.diagnose().roots().get(0).problem().message()).contains(GATEWAY);
    }

    @Test
    void aRegistryOneLetterFromTheMirrorIsMisspelled() {
      String typo = GATEWAY.replace("harbor", "habor");
      release.failingPull("gateway", typo, "no such host");
      assertThat(release.roots()).containsExactly("IMAGE_NAME_MISSPELLED " + typo);
    }

    @Test
    void aSourceNameIsOutsideTheMirror() {
      String source = GATEWAY.replace(DiagnosedRelease.MIRROR, "quay.io");
      release.failingPull("gateway", source, "no such host");
      assertThat(release.roots()).containsExactly("REFERENCE_OUTSIDE_MIRROR " + source);
    }

    @Test
    void anImageOfTheMirrorThatNobodyPlannedIsNotPlanned() {
      String other = DiagnosedRelease.MIRROR + "/other/product:2";
      release.failingPull("gateway", other, "manifest unknown");
      assertThat(release.roots()).containsExactly("REFERENCE_NOT_PLANNED " + other);
    }

    @Test
    void aReferenceThatIsNoneIsInvalid() {
      release.pod(
          "gateway", spec("Not An Image", "worker-0"), waiting("InvalidImageName", "invalid"));
      assertThat(release.roots())
          .containsExactly("REFERENCE_INVALID container " + NAMESPACE + "/gateway-1/main");
    }

    @Test
    void aWrongPasswordIsFoundByAskingTheMirror() {
      release.pullSecret(NAMESPACE, "pull", "node", "wrong");
      release.failingPull("gateway", GATEWAY, "unauthorized: authentication required");
      assertThat(release.roots())
          .containsExactly("PULL_CREDENTIALS_REJECTED Secret " + NAMESPACE + "/pull");
      assertThat(release.diagnose().toString()).doesNotContain("wrong");
    }

    @Test
    void aWrongPasswordIsFoundAlsoWhenTheNodeSaysNotFound() {
      release.pullSecret(NAMESPACE, "pull", "node", "wrong");
      release.failingPull("gateway", GATEWAY, "manifest unknown");
      assertThat(release.roots())
          .containsExactly("PULL_CREDENTIALS_REJECTED Secret " + NAMESPACE + "/pull");
    }

    @Test
    void aUserWithoutTheRightToPullIsForbidden() {
      release.pullSecret(NAMESPACE, "pull", "stranger", "right");
      release.failingPull("gateway", GATEWAY, "denied");
      assertThat(release.roots())
          .containsExactly("PULL_CREDENTIALS_FORBIDDEN Secret " + NAMESPACE + "/pull");
    }

    @Test
    void aPullSecretForAnotherRegistryHasNoCredentials() {
      release.put(
          "{apiVersion: v1, kind: Secret, metadata: {name: pull, namespace: NS}, data: {.dockerconfigjson: e30=}}");
      release.failingPull("gateway", GATEWAY, "unauthorized");
      assertThat(release.roots())
          .containsExactly("PULL_CREDENTIALS_MISSING Secret " + NAMESPACE + "/pull");
    }

    @Test
    void aPullSecretThatDoesNotExistIsTheRoot() {
      release.pod(
          "gateway",
          "{nodeName: worker-0, imagePullSecrets: [{name: gone}], containers: [{name: main, image: '%s'}]}"
              .formatted(GATEWAY),
          waiting("ImagePullBackOff", "unauthorized"));
      assertThat(release.roots())
          .containsExactly("PULL_SECRET_NOT_FOUND Secret " + NAMESPACE + "/gone");
    }

    @Test
    void aPodWithoutAnyPullSecretLacksCredentials() {
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: '%s'}]}".formatted(GATEWAY),
          waiting("ImagePullBackOff", "unauthorized"));
      assertThat(release.roots())
          .containsExactly("PULL_CREDENTIALS_MISSING Namespace " + NAMESPACE);
    }

    @Test
    void thePullSecretOfTheServiceAccountCountsWhereThePodHasNone() {
      release.put(
          "{apiVersion: v1, kind: ServiceAccount, metadata: {name: default, namespace: NS}, imagePullSecrets: [{name: pull}]}");
      release.pullSecret(NAMESPACE, "pull", "node", "wrong");
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: '%s'}]}".formatted(GATEWAY),
          waiting("ImagePullBackOff", "unauthorized"));
      assertThat(release.roots())
          .containsExactly("PULL_CREDENTIALS_REJECTED Secret " + NAMESPACE + "/pull");
    }

    @Test
    void theGlobalPullSecretOfOpenShiftIsTested() {
      DiagnosedRelease openShift = DiagnosedRelease.onOpenShift();
      openShift.pullSecret("openshift-config", "pull-secret", "node", "old");
      openShift.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: '%s'}]}".formatted(GATEWAY),
          waiting("ImagePullBackOff", "unauthorized"));
      assertThat(openShift.roots())
          .containsExactly("PULL_CREDENTIALS_REJECTED Secret openshift-config/pull-secret");
    }

    @ParameterizedTest
    @CsvSource({
      "x509: certificate signed by unknown authority, REGISTRY_CA_UNTRUSTED",
      "dial tcp: lookup harbor.corp: no such host, REGISTRY_NAME_NOT_RESOLVED",
      "dial tcp 10.0.0.1:443: connect: connection refused, REGISTRY_UNREACHABLE_FROM_NODES",
      "dial tcp 10.0.0.1:443: i/o timeout, REGISTRY_UNREACHABLE_FROM_NODES",
      "http: server gave HTTP response to HTTPS client, REGISTRY_WITHOUT_TLS",
      "toomanyrequests: slow down, REGISTRY_LIMITS_PULLS"
    })
    void whatOnlyTheNodeKnowsIsTakenFromItsMessageWhenTheMirrorAnswers(
        String message, ProblemCode code) {
      release.failingPull("gateway", GATEWAY, message);
      assertThat(release.roots()).containsExactly(code + " harbor.corp");
      assertThat(release.diagnose().roots().get(0).evidence())
          .anyMatch(fact -> fact.message().contains(message))
          .anyMatch(fact -> fact.message().startsWith("is in the registry as"));
    }

    @Test
    void aClusterWithoutTheCaOfTheMirrorSaysSo() {
      DiagnosedRelease openShift = DiagnosedRelease.onOpenShift();
      openShift.put(
          "{apiVersion: config.openshift.io/v1, kind: Image, metadata: {name: cluster}, spec: {}}");
      openShift.failingPull("gateway", GATEWAY, "x509: certificate signed by unknown authority");
      Cause root = openShift.diagnose().roots().get(0);
      assertThat(root.problem().code()).isEqualTo(ProblemCode.REGISTRY_CA_UNTRUSTED);
      assertThat(root.evidence())
          .anyMatch(fact -> fact.message().equals("has no CA for harbor.corp"));
    }

    @ParameterizedTest
    @CsvSource({
      "UNREACHABLE, 0, REGISTRY_UNREACHABLE",
      "SERVER, 503, REGISTRY_FAILED",
      "NOT_A_REGISTRY, 200, NOT_A_REGISTRY",
      "RATE_LIMITED, 429, REGISTRY_LIMITS_PULLS"
    })
    void aMirrorThatServesNobodyIsOneRootForAllPods(Reason reason, int status, ProblemCode code) {
      release.failingPull("gateway", GATEWAY, "failed to pull");
      release.failingPull("postgresql", DATABASE, "failed to pull");
      release.breakMirror(reason, status);
      assertThat(release.roots()).containsExactly(code + " harbor.corp");
    }

    @Test
    void anIndexWithoutThePlatformOfTheNodeLacksIt() {
      release.node("arm", "arm64", "True", "");
      release.pod(
          "gateway",
          spec(GATEWAY, "arm"),
          waiting("ImagePullBackOff", "no matching manifest for linux/arm64"));
      assertThat(release.roots()).containsExactly("IMAGE_PLATFORM_MISSING " + GATEWAY);
    }

    @Test
    void anImageOfAnotherPlatformWithoutAnIndexDiffers() {
      release.pushSingle(GATEWAY, "arm64");
      release.failingPull("gateway", GATEWAY, "image operating system does not match");
      assertThat(release.roots()).containsExactly("IMAGE_PLATFORM_DIFFERS " + GATEWAY);
    }

    @Test
    void aFailureThatNothingExplainsIsARootWithWhatWasTested() {
      release.failingPull("gateway", GATEWAY, "layer 3 is made of cheese");
      Cause root = release.diagnose().roots().get(0);
      assertThat(root.problem().code()).isEqualTo(ProblemCode.PULL_FAILED);
      assertThat(root.evidence())
          .extracting(Fact::message)
          .contains("its field spec.nodeName is worker-0");
      assertThat(root.evidence())
          .anyMatch(fact -> fact.message().startsWith("is in the registry as"));
    }

    @Test
    void fiftyPodsWithOneCauseAskTheMirrorOnce() {
      release.pullSecret(NAMESPACE, "pull", "node", "wrong");
      for (int i = 0; i < 50; i++) {
        release.failingPull("app" + i, GATEWAY, "unauthorized");
      }
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.roots()).hasSize(1);
      assertThat(diagnosis.roots().get(0).consequences()).hasSize(50);
      assertThat(release.requests()).hasSizeLessThan(5);
    }
  }

  @Nested
  final class MirrorRules {
    private final DiagnosedRelease openShift = DiagnosedRelease.onOpenShift();

    private String source(String reference) {
      return reference.replace(DiagnosedRelease.MIRROR, "quay.io");
    }

    private void rule(String name, String source, String mirror) {
      openShift.put(
          """
          {apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: %s},
           spec: {imageDigestMirrors: [{source: %s, mirrors: [%s]}]}}
          """
              .formatted(name, source, mirror));
    }

    @Test
    void aTagIsNotRedirectedByRulesForDigests() {
      rule("ours", "quay.io/acme", "harbor.corp/acme");
      openShift.failingPull("gateway", source(GATEWAY), "no such host");
      assertThat(openShift.roots())
          .containsExactly("REFERENCE_NOT_REDIRECTED_BY_TAG " + source(GATEWAY));
    }

    @Test
    void aRuleForTagsThatLeadsToAnotherPathIsTheRoot() {
      openShift.put(
          """
          {apiVersion: config.openshift.io/v1, kind: ImageTagMirrorSet, metadata: {name: tags},
           spec: {imageTagMirrors: [{source: quay.io, mirrors: [harbor.corp/wrong]}]}}
          """);
      openShift.failingPull("gateway", source(GATEWAY), "manifest unknown");
      assertThat(openShift.roots()).containsExactly("MIRROR_RULE_SHADOWED " + source(GATEWAY));
      assertThat(openShift.diagnose().roots().get(0).problem().message())
          .contains("ImageTagMirrorSet tags");
    }

    @Test
    void aRuleThatLeadsElsewhereIsTheRoot_notTheHostThatItNames() {
      openShift.put(
          """
          {apiVersion: config.openshift.io/v1, kind: ImageTagMirrorSet, metadata: {name: moved},
           spec: {imageTagMirrors: [{source: harbor.corp/acme, mirrors: [mirror-dr.corp/acme],
             mirrorSourcePolicy: NeverContactSource}]}}
          """);
      openShift.failingPull("gateway", GATEWAY, "lookup mirror-dr.corp: no such host");
      assertThat(openShift.roots()).containsExactly("MIRROR_BLOCKED ImageTagMirrorSet moved");
    }

    @Test
    void aPullSecretOfThePodIsNotForWhereARuleRedirects() {
      rule("ours", "quay.io/acme", "harbor.corp/acme");
      openShift.put(
          "{apiVersion: v1, kind: Secret, metadata: {name: pull-secret, namespace: openshift-config}, data: {.dockerconfigjson: e30=}}");
      openShift.pullSecret(NAMESPACE, "pull", "robot", "right");
      String digest = openShift.plan().entries().get(0).digest().orElseThrow().toString();
      openShift.failingPull("gateway", "quay.io/acme/gateway@" + digest, "unauthorized");
      assertThat(openShift.roots())
          .containsExactly("PULL_CREDENTIALS_MISSING Secret openshift-config/pull-secret");
    }

    @Test
    void aMoreSpecificRuleShadowsTheMirror() {
      rule("ours", "quay.io/acme", "harbor.corp/acme");
      rule("theirs", "quay.io/acme/gateway", "other.corp/gateway");
      String digest = openShift.plan().entries().get(0).digest().orElseThrow().toString();
      openShift.failingPull("gateway", "quay.io/acme/gateway@" + digest, "no such host");
      assertThat(openShift.roots())
          .containsExactly("MIRROR_RULE_SHADOWED quay.io/acme/gateway@" + digest);
      assertThat(openShift.diagnose().roots().get(0).repair().orElseThrow().command())
          .isEqualTo("kubectl edit imagedigestmirrorset theirs");
    }

    @Test
    void aDigestWithoutAnyRuleForItIsNotRedirected() {
      rule("others", "quay.io/other", "harbor.corp/other");
      String digest = openShift.plan().entries().get(0).digest().orElseThrow().toString();
      openShift.failingPull("gateway", "quay.io/acme/gateway@" + digest, "no such host");
      assertThat(openShift.roots())
          .containsExactly("MIRROR_RULE_MISSING quay.io/acme/gateway@" + digest);
    }

    @Test
    void aRedirectedImageIsLookedForInTheMirror() {
      rule("ours", "quay.io/acme", "harbor.corp/acme");
      String digest = openShift.plan().entries().get(0).digest().orElseThrow().toString();
      openShift.unpublish(GATEWAY);
      openShift.failingPull("gateway", "quay.io/acme/gateway@" + digest, "manifest unknown");
      assertThat(openShift.roots())
          .containsExactly("IMAGE_NOT_IN_MIRROR harbor.corp/acme/gateway@" + digest);
    }
  }

  @Nested
  final class Scheduling {
    private static final String UNSCHEDULABLE =
        "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: '0/1 nodes are available'}]}";

    private void unscheduled(String spec) {
      release.pod("gateway", spec, UNSCHEDULABLE);
    }

    @Test
    void aSchedulerThatDoesNotRunIsOneRootForAllPods() {
      release.pod("gateway", "{containers: [{name: main, image: x}]}", "{phase: Pending}");
      release.pod("worker", "{containers: [{name: main, image: x}]}", "{phase: Pending}");
      assertThat(release.roots())
          .containsExactly("SCHEDULER_NOT_RUNNING cluster " + release.cluster.address());
    }

    @Test
    void labelsThatNoNodeHasAreMissing() {
      unscheduled("{nodeSelector: {disk: ssd}, containers: [{name: main, image: x}]}");
      assertThat(release.roots())
          .containsExactly("NODE_LABELS_MISSING Deployment " + NAMESPACE + "/gateway");
    }

    @Test
    void anAffinityThatNoNodeMeetsIsLikeMissingLabels() {
      unscheduled(
          """
          {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:
            [{matchExpressions: [{key: zone, operator: In, values: [b, c]}]}]}}}, containers: [{name: main, image: x}]}
          """);
      assertThat(release.roots())
          .containsExactly("NODE_LABELS_MISSING Deployment " + NAMESPACE + "/gateway");
    }

    /** Each expression against a node with the label {@code zone: a}. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "In, values: [a] | true",
          "In, values: [b] | false",
          "NotIn, values: [b] | true",
          "NotIn, values: [a] | false",
          "Exists | true",
          "DoesNotExist | false",
          "Gt, values: ['1'] | true"
        })
    void anAffinityMeansWhatTheSchedulerTakesItFor(String expression, boolean met) {
      unscheduled(
          """
          {affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms:
            [{matchExpressions: [{key: zone, operator: %s}]}]}}}, containers: [{name: main, image: x}]}
          """
              .formatted(expression));
      assertThat(release.roots())
          .containsExactly(
              met
                  ? "POD_UNSCHEDULABLE Pod " + NAMESPACE + "/gateway-1"
                  : "NODE_LABELS_MISSING Deployment " + NAMESPACE + "/gateway");
    }

    /** Each toleration against the taint {@code dedicated=gpu:NoSchedule}. */
    @ParameterizedTest
    @CsvSource(
        delimiter = '|',
        value = {
          "operator: Exists | true",
          "key: dedicated, operator: Exists | true",
          "key: dedicated, operator: Exists, effect: NoSchedule | true",
          "key: dedicated, value: gpu | true",
          "key: dedicated, operator: Equal, value: gpu, effect: NoSchedule | true",
          "key: dedicated, value: other | false",
          "key: dedicated, operator: Exists, effect: NoExecute | false",
          "key: other, operator: Exists | false",
          "key: dedicated | false"
        })
    void aTolerationMeansWhatTheSchedulerTakesItFor(String toleration, boolean tolerated) {
      release.node("worker-0", "amd64", "True", "{key: dedicated, value: gpu, effect: NoSchedule}");
      unscheduled(
          "{tolerations: [{%s}], containers: [{name: main, image: x}]}".formatted(toleration));
      assertThat(release.roots())
          .containsExactly(
              tolerated
                  ? "POD_UNSCHEDULABLE Pod " + NAMESPACE + "/gateway-1"
                  : "TAINTS_NOT_TOLERATED Deployment " + NAMESPACE + "/gateway");
    }

    @Test
    void aTaintThatOnlyAdvisesKeepsNoPodAway() {
      release.node("worker-0", "amd64", "True", "{key: a, effect: PreferNoSchedule}");
      unscheduled("{containers: [{name: main, image: x}]}");
      assertThat(release.roots())
          .containsExactly("POD_UNSCHEDULABLE Pod " + NAMESPACE + "/gateway-1");
    }

    @Test
    void aTaintThatThePodDoesNotTolerateIsTheRoot() {
      release.node("worker-0", "amd64", "True", "{key: dedicated, value: gpu, effect: NoSchedule}");
      unscheduled("{containers: [{name: main, image: x}]}");
      assertThat(release.roots())
          .containsExactly("TAINTS_NOT_TOLERATED Deployment " + NAMESPACE + "/gateway");
      assertThat(release.diagnose().roots().get(0).problem().message())
          .contains("dedicated=gpu:NoSchedule");
    }

    @Test
    void requestsThatNoNodeHasLeftAreTheRoot() {
      unscheduled(
          "{containers: [{name: main, image: x, resources: {requests: {cpu: 2500m, memory: 1Gi}}}]}");
      assertThat(release.roots())
          .containsExactly("RESOURCES_INSUFFICIENT Deployment " + NAMESPACE + "/gateway");
      assertThat(release.diagnose().roots().get(0).problem().message())
          .contains("2.5 of cpu")
          .contains("at most 2 of cpu");
    }

    @Test
    void aNodeThatIsLostIsTheRootWhenTheOthersHaveNoRoomForItsPods() {
      release.node(
          "worker-1",
          "amd64",
          "Unknown",
          "{key: node.kubernetes.io/unreachable, effect: NoSchedule}");
      unscheduled("{containers: [{name: main, image: x, resources: {requests: {cpu: 1500m}}}]}");
      release.put(
          "{apiVersion: v1, kind: Pod, metadata: {name: large, namespace: NS}, spec: {nodeName: worker-0, containers: [{name: main, resources: {requests: {cpu: '1'}}}]}, status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}}");
      assertThat(release.roots()).containsExactly("NODE_NOT_READY Node worker-1");
      assertThat(release.diagnose().roots().get(0).consequences())
          .extracting(DiagnosedRelease::name)
          .containsExactly("RESOURCES_INSUFFICIENT Deployment " + NAMESPACE + "/gateway");
    }

    @Test
    void aNodeThatIsLostAndWasTooSmallAnywayIsNoRoot() {
      release.node(
          "worker-1",
          "amd64",
          "Unknown",
          "{key: node.kubernetes.io/unreachable, effect: NoSchedule}");
      unscheduled("{containers: [{name: main, image: x, resources: {requests: {cpu: '3'}}}]}");
      assertThat(release.roots())
          .containsExactly("RESOURCES_INSUFFICIENT Deployment " + NAMESPACE + "/gateway");
    }

    @Test
    void aNodeThatIsNotReadyIsTheRootWhereItsTaintKeepsPodsAway() {
      release.node(
          "worker-0", "amd64", "False", "{key: node.kubernetes.io/not-ready, effect: NoSchedule}");
      unscheduled("{containers: [{name: main, image: x}]}");
      release.pod(
          "notification",
          spec(GATEWAY, "worker-0"),
          "{phase: Running, conditions: [{type: Ready, status: 'False'}]}");
      assertThat(release.roots()).containsExactly("NODE_NOT_READY Node worker-0");
      assertThat(release.diagnose().roots().get(0).problem().parameters())
          .containsEntry("detail", "The kubelet of worker-0 stopped posting its status");
    }

    @Test
    void aNodeThatIsNotReadyIsTheRootOfItsPods() {
      release.node("worker-0", "amd64", "Unknown", "");
      release.pod(
          "gateway",
          spec(GATEWAY, "worker-0"),
          "{phase: Running, conditions: [{type: Ready, status: 'False'}]}");
      assertThat(release.roots()).containsExactly("NODE_NOT_READY Node worker-0");
    }

    @Test
    void anEvictedPodIsTheRoot() {
      release.pod(
          "gateway",
          spec(GATEWAY, "worker-0"),
          "{phase: Failed, reason: Evicted, message: 'The node was low on resource: memory'}");
      release.event("Pod", "gateway-1", "Evicted", "The node was low on resource: memory");
      assertThat(release.roots()).containsExactly("POD_EVICTED Pod " + NAMESPACE + "/gateway-1");
      assertThat(release.diagnose().roots().get(0).evidence())
          .extracting(Fact::code)
          .containsExactly(FactCode.FIELD_OBSERVED, FactCode.EVENT_RECORDED);
    }
  }

  @Nested
  final class Configuration {
    private void creating(String spec) {
      release.pod("gateway", spec, waiting("ContainerCreating", ""));
    }

    private static String volume(String source) {
      return "{nodeName: worker-0, containers: [{name: main, image: x}], volumes: [{name: v, %s}]}"
          .formatted(source);
    }

    private static String variable(String source) {
      return "{nodeName: worker-0, containers: [{name: main, image: x, env: [{name: A, valueFrom: {%s}}]}]}"
          .formatted(source);
    }

    @Test
    void aSecretThatDoesNotExistIsTheRoot() {
      creating(volume("secret: {secretName: llm-credentials}"));
      assertThat(release.roots())
          .containsExactly("SECRET_NOT_FOUND Secret " + NAMESPACE + "/llm-credentials");
    }

    @Test
    void aSecretWithoutTheKeyIsTheRoot() {
      release.put(
          "{apiVersion: v1, kind: Secret, metadata: {name: s, namespace: NS}, data: {other: eA==}}");
      release.pod(
          "gateway",
          variable("secretKeyRef: {name: s, key: password}"),
          waiting("CreateContainerConfigError", "no key"));
      assertThat(release.roots()).containsExactly("SECRET_KEY_MISSING Secret " + NAMESPACE + "/s");
      assertThat(release.diagnose().roots().get(0).evidence())
          .anyMatch(fact -> fact.message().equals("has the keys other"));
    }

    @Test
    void aConfigMapThatDoesNotExistIsTheRoot() {
      creating(volume("configMap: {name: settings}"));
      assertThat(release.roots())
          .containsExactly("CONFIG_MAP_NOT_FOUND ConfigMap " + NAMESPACE + "/settings");
    }

    @Test
    void aConfigMapWithoutTheKeyIsTheRoot() {
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: c, namespace: NS}, data: {a: b}}");
      release.pod(
          "gateway",
          variable("configMapKeyRef: {name: c, key: k}"),
          waiting("CreateContainerConfigError", "no key"));
      assertThat(release.roots())
          .containsExactly("CONFIG_MAP_KEY_MISSING ConfigMap " + NAMESPACE + "/c");
    }

    @Test
    void whatIsOptionalIsNeverMissing() {
      creating(volume("secret: {secretName: gone, optional: true}"));
      assertThat(release.roots()).noneMatch(root -> root.startsWith("SECRET_NOT_FOUND"));
    }

    @Test
    void aClaimThatDoesNotExistIsTheRoot() {
      creating(volume("persistentVolumeClaim: {claimName: data}"));
      assertThat(release.roots())
          .containsExactly("CLAIM_MISSING PersistentVolumeClaim " + NAMESPACE + "/data");
    }

    @ParameterizedTest
    @CsvSource({
      "storageClassName: fast, STORAGE_CLASS_NOT_FOUND",
      "accessModes: [], STORAGE_CLASS_NOT_CHOSEN",
      "storageClassName: \"\", VOLUME_NOT_PROVISIONED",
      "storageClassName: slow, VOLUME_NOT_PROVISIONED"
    })
    void aClaimWithoutAVolumeSaysWhy(String spec, ProblemCode code) {
      release.put(
          "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: slow}, provisioner: p}");
      release.put(
          "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: NS}, spec: {%s}, status: {phase: Pending}}"
              .formatted(spec));
      release.pod(
          "gateway",
          "{containers: [{name: main, image: x}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}",
          "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: 'unbound immediate PersistentVolumeClaims'}]}");
      assertThat(release.roots())
          .containsExactly(code + " PersistentVolumeClaim " + NAMESPACE + "/data");
    }

    @Test
    void aClaimThatWaitsForItsPodIsAConsequenceOfThePodWithoutANode() {
      release.put(
          "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: local}, volumeBindingMode: WaitForFirstConsumer}");
      release.put(
          "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: NS}, spec: {storageClassName: local}, status: {phase: Pending}}");
      release.pod(
          "gateway",
          "{nodeSelector: {disk: ssd}, containers: [{name: main, image: x}], volumes: [{name: v, persistentVolumeClaim: {claimName: data}}]}",
          "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/1 nodes are available'}]}");
      assertThat(release.roots())
          .containsExactly("NODE_LABELS_MISSING Deployment " + NAMESPACE + "/gateway");
    }

    @Test
    void aVolumeThatCannotBeMountedIsTheRoot() {
      creating(volume("nfs: {server: s, path: /p}"));
      release.event("Pod", "gateway-1", "FailedMount", "mount failed: exit status 32");
      assertThat(release.roots())
          .containsExactly("VOLUME_NOT_MOUNTED Pod " + NAMESPACE + "/gateway-1");
    }
  }

  /** Helm removes Jobs of hooks; what they should have made is in their stored manifests. */
  @Nested
  final class HooksWithoutAJob {
    private static final String NOT_RUN = "HOOK_NOT_RUN Job " + NAMESPACE + "/";

    private String hook(String name, String containers) {
      return """
      {"name":"%s","kind":"Job","events":["pre-install"],"last_run":{"phase":""},
       "manifest":"{apiVersion: batch/v1, kind: Job, metadata: {name: %s}, spec: {template: {spec: {containers: [%s]}}}}"}
      """
          .formatted(name, name, containers);
    }

    private void stored(String secret) {
      release.stored(
          "{apiVersion: apps/v1, kind: Deployment, metadata: {name: gateway, namespace: NS}, spec: {template: {spec: {volumes: [{name: tls, secret: {secretName: gateway-tls}}]}}}}"
              .replace("NS", NAMESPACE),
          hook("tls-cert", "{name: c, args: ['kubectl create secret tls %s']}".formatted(secret))
              + ","
              + hook("seed", "{name: seed, args: [seed]}"));
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: x}], volumes: [{name: tls, secret: {secretName: gateway-tls}}]}",
          waiting("ContainerCreating", ""));
    }

    @Test
    void aSecretThatAHookCreatesIsMissingBecauseOfIt() {
      stored("gateway-tls");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactlyInAnyOrder(NOT_RUN + "tls-cert", NOT_RUN + "seed");
      assertThat(diagnosis.roots())
          .allSatisfy(
              root ->
                  assertThat(root.evidence())
                      .extracting(Fact::code)
                      .containsExactly(FactCode.OBJECT_NOT_FOUND, FactCode.FIELD_OBSERVED));
    }

    @Test
    void aSecretThatNoHookNamesIsARootOfItsOwn() {
      stored("another-tls");
      assertThat(release.roots())
          .containsExactlyInAnyOrder(
              NOT_RUN + "tls-cert",
              NOT_RUN + "seed",
              "SECRET_NOT_FOUND Secret " + NAMESPACE + "/gateway-tls");
    }
  }

  @Nested
  final class Admission {
    private void refused(String message) {
      release.workload(
          "gateway",
          0,
          "{serviceAccountName: default, containers: [{name: main, image: x, resources: {requests: {cpu: '1'}, limits: {memory: 1Gi}}}]}");
      release.event("ReplicaSet", "gateway-rs", "FailedCreate", message);
    }

    @ParameterizedTest
    @CsvSource({"pods, 5, 5", "requests.cpu, 4, 3500m", "limits.memory, 2Gi, 1500Mi"})
    void aQuotaThatIsUsedUpIsTheRoot(String resource, String hard, String used) {
      refused("exceeded quota: small");
      release.put(
          "{apiVersion: v1, kind: ResourceQuota, metadata: {name: small, namespace: NS}, status: {hard: {%s: '%s'}, used: {%s: '%s'}}}"
              .formatted(resource, hard, resource, used));
      assertThat(release.roots())
          .containsExactly("QUOTA_EXCEEDED ResourceQuota " + NAMESPACE + "/small");
    }

    @Test
    void aQuotaThatDemandsALimitIsOneRootOfAllItsWorkloads() {
      String message =
          "pods \"p\" is forbidden: failed quota: small: must specify limits.memory for: main";
      release.workload("gateway", 0, "{containers: [{name: main, image: x}]}");
      release.event("ReplicaSet", "gateway-rs", "FailedCreate", message);
      release.workload("worker", 0, "{containers: [{name: main, image: x}]}");
      release.event("ReplicaSet", "worker-rs", "FailedCreate", message);
      release.put(
          "{apiVersion: v1, kind: ResourceQuota, metadata: {name: small, namespace: NS}, status: {hard: {limits.memory: 8Gi}, used: {limits.memory: '0'}}}");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .singleElement()
          .satisfies(
              problem ->
                  assertThat(problem.describe())
                      .contains("small")
                      .contains("each container must specify limits.memory"));
    }

    @ParameterizedTest
    @CsvSource({
      "'exceeded quota: small', QUOTA_EXCEEDED ResourceQuota",
      "'violates PodSecurity \"restricted:latest\"', POD_SECURITY_VIOLATED Namespace",
      "'admission webhook \"w.corp\" denied the request: no', ADMISSION_POLICY_REFUSES admission webhook w.corp"
    })
    void anUpdateWhoseNewPodIsRefusedHasTheRefusalAsItsRoot(String message, String root) {
      release.blockedUpdate(
          "gateway", "{containers: [{name: main, image: x, resources: {requests: {cpu: 1500m}}}]}");
      release.event("ReplicaSet", "gateway-2", "FailedCreate", message);
      if (root.startsWith("QUOTA")) {
        release.put(
            "{apiVersion: v1, kind: ResourceQuota, metadata: {name: small, namespace: NS}, status: {hard: {requests.cpu: '1'}, used: {requests.cpu: 100m}}}");
      }
      release.put(
          "{apiVersion: v1, kind: Namespace, metadata: {name: NS, labels: {pod-security.kubernetes.io/enforce: restricted}}}");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems()).hasSize(1);
      assertThat(DiagnosedRelease.name(diagnosis.problems().get(0))).startsWith(root);
      assertThat(diagnosis.roots().get(0).consequences())
          .extracting(Problem::code)
          .containsExactly(ProblemCode.WORKLOAD_NOT_UPDATED);
    }

    @Test
    void aRefusalOfAnOlderReplicaSetThatHasItsPodsIsOver() {
      release.blockedUpdate("gateway", "{containers: [{name: main, image: x}]}");
      release.event("ReplicaSet", "gateway-1", "FailedCreate", "exceeded quota: small");
      assertThat(release.roots())
          .containsExactly("WORKLOAD_NOT_UPDATED Deployment " + NAMESPACE + "/gateway");
    }

    @Test
    void aPolicyThatRefusesPodsIsOneRootForAllWorkloads() {
      release.put(
          "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingAdmissionPolicy, metadata: {name: seal}}");
      refused(
          "pods is forbidden: ValidatingAdmissionPolicy 'seal' with binding 'b' denied request");
      release.workload("other", 0);
      release.event(
          "ReplicaSet",
          "other-rs",
          "FailedCreate",
          "pods is forbidden: ValidatingAdmissionPolicy 'seal' with binding 'b' denied request: other");
      assertThat(release.roots())
          .containsExactly("ADMISSION_POLICY_REFUSES ValidatingAdmissionPolicy seal");
    }

    @Test
    void aWebhookThatRefusesPodsIsTheRoot() {
      refused("admission webhook \"policy.corp\" denied the request: no");
      assertThat(release.roots())
          .containsExactly("ADMISSION_POLICY_REFUSES admission webhook policy.corp");
    }

    @Test
    void aWebhookWhosePodCannotBePulledIsAConsequence() {
      release.unpublish(DATABASE);
      release.failingPull("authwebhook", DATABASE, "manifest unknown");
      release.service("authwebhook", "authwebhook");
      refused(
          "failed calling webhook \"pods.auth\": Post \"https://authwebhook.%s.svc/\": no endpoints"
              .formatted(NAMESPACE));
      assertThat(release.roots()).containsExactly("IMAGE_NOT_IN_MIRROR " + DATABASE);
    }

    @Test
    void aWebhookWhoseServiceDoesNotExistIsTheRootByItsConfiguration() {
      release.put(
          "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: leftover}, webhooks: [{name: pods.other, clientConfig: {service: {namespace: other, name: gone}}}]}");
      refused("failed calling webhook \"pods.other\": service \"gone\" not found");
      assertThat(release.roots())
          .containsExactly("WEBHOOK_SERVICE_MISSING ValidatingWebhookConfiguration leftover");
    }

    @Test
    void aWebhookOfSomebodyElseThatDoesNotRespondIsTheRoot() {
      release.put(
          "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: other}, webhooks: [{name: pods.other, clientConfig: {service: {namespace: other, name: policies}}}]}");
      release.put("{apiVersion: v1, kind: Service, metadata: {name: policies, namespace: other}}");
      refused("failed calling webhook \"pods.other\": Post \"https://other.svc/\": timeout");
      assertThat(release.roots())
          .containsExactly("WEBHOOK_UNAVAILABLE admission webhook pods.other");
      assertThat(release.diagnose().roots().get(0).evidence())
          .extracting(Fact::describe)
          .contains(
              "ValidatingWebhookConfiguration other has the webhook pods.other, which calls the Service other/policies");
    }

    @Test
    void aPodSecurityLevelIsTheRootWhereTheNamespaceEnforcesIt() {
      release.put(
          "{apiVersion: v1, kind: Namespace, metadata: {name: NS, labels: {pod-security.kubernetes.io/enforce: restricted}}}");
      refused("pods \"gateway\" is forbidden: violates PodSecurity \"restricted:latest\"");
      assertThat(release.roots()).containsExactly("POD_SECURITY_VIOLATED Namespace " + NAMESPACE);
    }

    @Test
    void aServiceAccountThatDoesNotExistIsTheRoot() {
      release.workload(
          "gateway", 0, "{serviceAccountName: gone, containers: [{name: main, image: x}]}");
      release.event(
          "ReplicaSet", "gateway-rs", "FailedCreate", "serviceaccount \"gone\" not found");
      assertThat(release.roots())
          .containsExactly("SERVICE_ACCOUNT_NOT_FOUND ServiceAccount " + NAMESPACE + "/gone");
    }

    @Test
    void aRefusalOfAnotherKindIsARootOfTheWorkload() {
      refused("unable to validate against any security context constraint");
      assertThat(release.roots())
          .containsExactly("ADMISSION_REFUSED Deployment " + NAMESPACE + "/gateway");
    }
  }

  @Nested
  final class Containers {
    private static String crashed(String reason, int exit) {
      return """
          {phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main, imageID: '',
            state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: %d, reason: %s}}}]}
          """
          .formatted(exit, reason);
    }

    @Test
    void aCrashIsTheRootWithTheEndOfItsLog() {
      release.pod("gateway", spec(GATEWAY, "worker-0"), crashed("Error", 3));
      release.log("gateway-1", "panic: no configuration\n");
      assertThat(release.roots())
          .containsExactly("CONTAINER_CRASHED Pod " + NAMESPACE + "/gateway-1");
      assertThat(release.diagnose().roots().get(0).problem().message())
          .contains("exit code 3")
          .contains("panic: no configuration");
    }

    @Test
    void aContainerThatReachedItsMemoryLimitIsTheRoot() {
      release.pod("gateway", spec(GATEWAY, "worker-0"), crashed("OOMKilled", 137));
      assertThat(release.roots())
          .containsExactly("CONTAINER_OUT_OF_MEMORY Pod " + NAMESPACE + "/gateway-1");
    }

    @Test
    void aContainerThatCannotBeStartedIsTheRoot() {
      release.pod(
          "gateway", spec(GATEWAY, "worker-0"), waiting("RunContainerError", "no such file: /app"));
      release.event("Pod", "gateway-1", "BackOff", "back-off restarting failed container");
      assertThat(release.roots())
          .containsExactly("CONTAINER_NOT_STARTED Pod " + NAMESPACE + "/gateway-1");
      assertThat(release.diagnose().roots().get(0).evidence())
          .extracting(Fact::message)
          .anyMatch(message -> message.contains("BackOff"));
    }

    @Test
    void aProbeThatFailsIsTheRoot() {
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: x, readinessProbe: {httpGet: {path: /ready, port: 1}}}]}",
          "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main}]}");
      release.event("Pod", "gateway-1", "Unhealthy", "Readiness probe failed: 500");
      assertThat(release.roots()).containsExactly("PROBE_FAILED Pod " + NAMESPACE + "/gateway-1");
      assertThat(release.diagnose().roots().get(0).evidence())
          .anyMatch(fact -> fact.message().contains("/ready"));
    }
  }

  /** The guide's troubleshooting entries, and chains like them. */
  @Nested
  final class Chains {
    private static final String RUNNING =
        "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main}]}";

    private static String using(String service) {
      return "{nodeName: worker-0, containers: [{name: main, image: x, env: [{name: DB_HOST, value: %s}]}]}"
          .formatted(service);
    }

    @Test
    void aHookForCertificatesThatCannotBePulledMakesPodsWaitForItsSecret() {
      release.unpublish(MIGRATE);
      release.jobPod(
          "tls-cert-gen",
          "{nodeName: worker-0, imagePullSecrets: [{name: pull}], containers: [{name: main, image: '%s', args: ['create secret tls authwebhook-tls']}]}"
              .formatted(MIGRATE),
          waiting("ImagePullBackOff", "manifest unknown"));
      release.pod(
          "authwebhook",
          "{nodeName: worker-0, containers: [{name: main, image: x}], volumes: [{name: v, secret: {secretName: authwebhook-tls}}]}",
          waiting("ContainerCreating", ""));
      release.helmStatus("failed");

      Diagnosis diagnosis = release.diagnose();

      assertThat(diagnosis.roots())
          .extracting(cause -> DiagnosedRelease.name(cause.problem()))
          .containsExactly("IMAGE_NOT_IN_MIRROR " + MIGRATE);
      assertThat(diagnosis.causes())
          .extracting(cause -> cause.problem().code())
          .contains(
              ProblemCode.SECRET_NOT_FOUND,
              ProblemCode.JOB_NOT_COMPLETE,
              ProblemCode.RELEASE_NOT_DEPLOYED);
    }

    @Test
    void aDatabaseThatCannotBePulledMakesTheMigrationAndWhatNeedsItFail() {
      release.unpublish(DATABASE);
      release.failingPull("postgresql", DATABASE, "manifest unknown");
      release.service("postgresql", "postgresql");
      release.jobPod("kubernaut-db-migration", using("postgresql"), RUNNING);
      release.log("kubernaut-db-migration-1", "pg_isready: no response\n");
      release.pod("datastorage", using("postgresql"), RUNNING);
      release.helmStatus("failed");
      assertThat(release.roots()).containsExactly("IMAGE_NOT_IN_MIRROR " + DATABASE);
    }

    @Test
    void aJobWhosePodsHadTooLittleMemoryFailsBecauseOfIt() {
      release.job(
          "kubernaut-db-migration",
          "{containers: [{name: main, image: x}]}",
          "conditions: [{type: Failed, status: 'True', message: BackoffLimitExceeded}]");
      for (int attempt = 1; attempt <= 2; attempt++) {
        release.put(
            """
            {apiVersion: v1, kind: Pod, metadata: {name: kubernaut-db-migration-%1$d, namespace: NS,
               creationTimestamp: '2026-11-28T10:0%1$d:00Z', ownerReferences: [{kind: Job, name: kubernaut-db-migration}]},
             spec: {containers: [{name: main, image: x, resources: {limits: {memory: 64Mi}}}]},
             status: {phase: Failed, containerStatuses: [{name: main, state: {terminated: {exitCode: 137, reason: OOMKilled}}}]}}
            """
                .formatted(attempt));
      }
      assertThat(release.roots())
          .containsExactly(
              "CONTAINER_OUT_OF_MEMORY Pod " + NAMESPACE + "/kubernaut-db-migration-2");
      assertThat(release.diagnose().roots().get(0).problem().message()).contains("64Mi");
    }

    @Test
    void aMigrationThatFailsMakesWhatUsesItsDatabaseFail() {
      release.workload("postgresql", 1);
      release.put(
          "{apiVersion: v1, kind: Pod, metadata: {name: postgresql-1, namespace: NS, labels: {app: postgresql}}, spec: {containers: []}, status: {phase: Running, conditions: [{type: Ready, status: 'True'}]}}");
      release.service("postgresql", "postgresql");
      release.job(
          "kubernaut-db-migration",
          "{containers: [{name: main, image: x, env: [{name: H, value: postgresql}]}]}",
          "conditions: [{type: Failed, status: 'True', message: BackoffLimitExceeded}]");
      release.pod("datastorage", using("postgresql"), RUNNING);
      release.helmStatus("failed");
      assertThat(release.roots())
          .containsExactly("JOB_FAILED Job " + NAMESPACE + "/kubernaut-db-migration");
    }

    @Test
    void aServiceWithoutPodsMakesThoseCrashThatNameItInTheirLog() {
      release.pod(
          "valkey",
          "{containers: [{name: main, image: x}], nodeSelector: {disk: ssd}}",
          "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: none}]}");
      release.service("valkey", "valkey");
      release.pod(
          "gateway",
          spec(GATEWAY, "worker-0"),
          "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}");
      release.log("gateway-1", "dial tcp: lookup valkey: connection refused\n");
      assertThat(release.roots())
          .containsExactly("NODE_LABELS_MISSING Deployment " + NAMESPACE + "/valkey");
    }

    private static final String CRASHED =
        "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}";

    /** Valkey has no node; the gateway names it in its environment, and crashes with a log. */
    private List<String> rootsWithLog(String log) {
      release.pod(
          "valkey",
          "{containers: [{name: main, image: x}], nodeSelector: {disk: ssd}}",
          "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', message: none}]}");
      release.put(
          "{apiVersion: v1, kind: Service, metadata: {name: valkey, namespace: NS}, spec: {clusterIP: 10.0.0.7, selector: {app: valkey}, ports: [{port: 6379}]}}");
      release.service("postgresql", "postgresql");
      release.service("gateway", "gateway");
      release.pod("gateway", using("'valkey:6379'"), CRASHED);
      release.log("gateway-1", log);
      return release.roots();
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "gateway v1.1.0 started from harbor.corp:5000/acme/gateway\\nlistening on :8080",
          "connection refused",
          "gateway: dial tcp: connect: connection refused",
          "main.go:42: i/o timeout",
          "2026-01-01T10:30:00Z dial tcp 10.0.0.7:6379: connect: connection refused",
          "dial tcp 10.1.2.3:6379: connect: connection refused",
          "lookup valkey on 10.0.0.10:53: no such host",
          "error: valkey is loading",
          "starting\nredis: cannot reach valkey.kubernaut-system.svc:6379\nexit"
        })
    void aCrashIsAConsequenceWhereItsLogDoesNotGiveAnotherReason(String log) {
      assertThat(rootsWithLog(log))
          .containsExactly("NODE_LABELS_MISSING Deployment " + NAMESPACE + "/valkey");
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "panic: yaml: unmarshal errors: line 3: unknown field 'retrys'",
          "queue is valkey:6379\npanic: unknown field 'timeout'",
          "connected to valkey:6379; routing.yaml: line 3: unknown receiver",
          "dial tcp: lookup license.corp on 10.0.0.10:53: no such host",
          "Post https://license.corp/api: connection refused",
          "dial tcp 10.0.0.9:8443: connect: connection refused",
          "postgresql: connection refused"
        })
    void aCrashWhoseLogGivesAnotherReasonIsARootOfItsOwn(String log) {
      assertThat(rootsWithLog(log))
          .containsExactlyInAnyOrder(
              "NODE_LABELS_MISSING Deployment " + NAMESPACE + "/valkey",
              "CONTAINER_CRASHED Pod " + NAMESPACE + "/gateway-1");
      assertThat(release.diagnose().describe()).contains("gateway-1: container main ended");
    }

    @Test
    void theDescriptionOfARootNamesAlsoWhatItCausesByWayOfOthers() {
      rootsWithLog("");
      assertThat(release.diagnose().describe())
          .contains("Pod " + NAMESPACE + "/valkey-1")
          .contains("Pod " + NAMESPACE + "/gateway-1")
          .contains("Deployment " + NAMESPACE + "/gateway");
    }

    @ParameterizedTest
    @CsvSource({
      "'relation \"audit_events\" does not exist', 1",
      "'panic: unknown field', 2",
      "'', 1"
    })
    void aCrashAfterAFailedMigrationIsItsConsequenceUnlessTheLogGivesAnotherReason(
        String log, int roots) {
      release.workload("postgresql", 1);
      release.service("postgresql", "postgresql");
      release.job(
          "kubernaut-db-migration",
          "{containers: [{name: main, image: x, env: [{name: H, value: postgresql}]}]}",
          "conditions: [{type: Failed, status: 'True', message: BackoffLimitExceeded}]");
      release.pod("datastorage", using("postgresql"), CRASHED);
      release.log("datastorage-1", log);
      assertThat(release.roots())
          .hasSize(roots)
          .contains("JOB_FAILED Job " + NAMESPACE + "/kubernaut-db-migration");
    }

    @Test
    void aWorkloadWithoutReplicasIsTheRootOfThoseThatNeedIt() {
      release.put(
          "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: postgresql, namespace: NS}, spec: {replicas: 0, template: {metadata: {labels: {app: postgresql}}}}}");
      release.service("postgresql", "postgresql");
      release.pod("datastorage", using("postgresql"), CRASHED);
      release.log("datastorage-1", "dial tcp: lookup postgresql: connection refused");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("WORKLOAD_SCALED_TO_ZERO StatefulSet " + NAMESPACE + "/postgresql");
      Cause root = diagnosis.roots().get(0);
      assertThat(root.repair().orElseThrow().command())
          .isEqualTo("kubectl scale statefulset postgresql -n " + NAMESPACE + " --replicas=1");
      assertThat(root.evidence()).anyMatch(fact -> fact.code() == FactCode.REPLICAS_CONFIGURED);
      assertThat(root.consequences())
          .extracting(DiagnosedRelease::name)
          .containsExactly("CONTAINER_CRASHED Pod " + NAMESPACE + "/datastorage-1");
    }

    @Test
    void aPausedUpdateIsTheRootAndIsResumed() {
      release.put(
          """
          {apiVersion: apps/v1, kind: Deployment, metadata: {name: gateway, namespace: NS},
           spec: {replicas: 1, paused: true, template: {spec: {}}},
           status: {replicas: 1, readyReplicas: 1, updatedReplicas: 0,
             conditions: [{type: Progressing, status: Unknown, message: Deployment is paused}]}}
          """);
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("WORKLOAD_UPDATE_PAUSED Deployment " + NAMESPACE + "/gateway");
      Cause root = diagnosis.roots().get(0);
      assertThat(root.repair().orElseThrow().command())
          .isEqualTo("kubectl rollout resume deployment gateway -n " + NAMESPACE);
      assertThat(root.evidence())
          .extracting(Fact::code)
          .containsExactly(FactCode.UPDATE_PAUSED, FactCode.CONDITION_OBSERVED);
    }

    @Test
    void aConfigurationThatIsNotValidIsTheRootOfTheCrashOfItsReader() {
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: sdk, namespace: NS}, data: {sdk-config.yaml: \"llm: {\"}}");
      release.pod("holmes", mounting("sdk"), CRASHED);
      release.log("holmes-1", "yaml: line 1: did not find expected node content");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("LLM_CONFIG_INVALID ConfigMap " + NAMESPACE + "/sdk");
      assertThat(diagnosis.roots().get(0).evidence())
          .extracting(Fact::code)
          .containsExactly(FactCode.REFERENCED_IN);
    }

    @Test
    void aConfigurationThatIsNotValidIsTheRootOfAProbeOnlyIfTheLogAgrees() {
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: sdk, namespace: NS}, data: {sdk-config.yaml: \"llm: {\"}}");
      release.pod(
          "holmes",
          mounting("sdk"),
          "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main}]}");
      release.event("Pod", "holmes-1", "Unhealthy", "Readiness probe failed: 500");
      String root = "LLM_CONFIG_INVALID ConfigMap " + NAMESPACE + "/sdk";
      String probe = "PROBE_FAILED Pod " + NAMESPACE + "/holmes-1";
      assertThat(release.roots()).containsExactlyInAnyOrder(root, probe);
      release.log("holmes-1", "yaml: line 1: did not find expected node content");
      assertThat(release.roots()).containsExactly(root);
    }

    @Test
    void aServerOfAWebhookWhoseKeyIsNotThatOfItsCertificateHasAnInvalidCertificate() {
      release.put(
          "{apiVersion: v1, kind: Secret, metadata: {name: hook-tls, namespace: NS}, data: {tls.crt: e30=}}");
      release.service("hook", "hook");
      release.put(
          """
          {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: checks},
           webhooks: [{name: one.acme.io, clientConfig: {service: {namespace: NS, name: hook}}},
            {name: two.acme.io, clientConfig: {service: {namespace: NS, name: hook}}}]}
          """);
      release.pod(
          "hook",
          "{containers: [{name: main, image: x}], volumes: [{name: v, secret: {secretName: hook-tls}}]}",
          CRASHED);
      release.log("hook-1", "tls: private key does not match public key");
      assertThat(release.roots())
          .contains("SERVING_CERTIFICATE_INVALID ValidatingWebhookConfiguration checks")
          .noneMatch(root -> root.startsWith("CONTAINER_CRASHED"));
    }

    @Test
    void aCrashForAnotherReasonIsNoConsequenceOfAConfigurationThatIsNotValid() {
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: sdk, namespace: NS}, data: {sdk-config.yaml: \"llm: {\"}}");
      release.pod("holmes", mounting("sdk"), CRASHED);
      release.log("holmes-1", "panic: no space left on device");
      assertThat(release.roots())
          .containsExactlyInAnyOrder(
              "LLM_CONFIG_INVALID ConfigMap " + NAMESPACE + "/sdk",
              "CONTAINER_CRASHED Pod " + NAMESPACE + "/holmes-1");
    }

    private static String mounting(String map) {
      return "{nodeName: worker-0, volumes: [{name: v, configMap: {name: %s}}], containers: [{name: main, image: '%s'}]}"
          .formatted(map, GATEWAY);
    }

    @Test
    void aWebhookWithoutCaIsTheRootOfACrashWhoseLogNamesIt() {
      release.put(
          """
          {apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: w},
           webhooks: [{name: request.validating.acme, clientConfig: {service: {name: webhook, namespace: NS}}}]}
          """);
      release.workload("webhook", 1);
      release.service("webhook", "webhook");
      release.pod("controller", spec(GATEWAY, "worker-0"), CRASHED);
      release.log(
          "controller-1",
          "failed calling webhook \"request.validating.acme\": x509: certificate signed by unknown authority");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("WEBHOOK_CA_MISSING ValidatingWebhookConfiguration w");
      assertThat(diagnosis.roots().get(0).evidence())
          .extracting(Fact::message)
          .containsExactly(
              "has the webhook request.validating.acme, which calls the Service "
                  + NAMESPACE
                  + "/webhook");
    }

    @Test
    void anImageThatDiffersIsTheRootOfTheCrashOfItsContainer() {
      String digest = release.push(GATEWAY, "arm64").digest().toString();
      release.pod(
          "gateway",
          spec(GATEWAY, "worker-0"),
          "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main, imageID: '%s@%s', state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}"
              .formatted(GATEWAY, digest));
      release.log("gateway-1", "exec /gateway: exec format error");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("IMAGE_DIFFERS_IN_MIRROR " + GATEWAY);
      assertThat(diagnosis.roots().get(0).repair().orElseThrow().command()).contains("mirror");
      assertThat(diagnosis.roots().get(0).evidence())
          .extracting(Fact::code)
          .containsExactly(FactCode.REGISTRY_HAS_MANIFEST);
    }

    @Test
    void theLogIsThatOfTheContainerThatHasEnded() {
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: '%s'}, {name: proxy, image: '%s'}]}"
              .formatted(GATEWAY, GATEWAY),
          "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main, ready: true, state: {running: {}}}, {name: proxy, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}");
      release.log("gateway-1", "gateway: started");
      release.cluster.putLog(NAMESPACE, "gateway-1", "proxy", "cannot read /etc/proxy.conf");
      Cause root =
          release.diagnose().roots().stream()
              .filter(each -> each.problem().code() == ProblemCode.CONTAINER_CRASHED)
              .findFirst()
              .orElseThrow();
      assertThat(root.problem().message())
          .contains("container proxy ended", "cannot read /etc/proxy.conf")
          .doesNotContain("gateway: started");
      assertThat(root.repair().orElseThrow().command())
          .isEqualTo("kubectl logs gateway-1 -n " + NAMESPACE + " -c proxy --previous");
    }

    @Test
    void aRegistryThatAnswersNodesWithAnErrorIsOneRootForAllWorkloads() {
      String message =
          "failed to resolve reference: unexpected status from HEAD request: 503 Service Unavailable";
      release.failingPull("gateway", GATEWAY, message);
      release.failingPull("postgresql", DATABASE, message);
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("REGISTRY_FAILED_FOR_NODES " + DiagnosedRelease.MIRROR);
      assertThat(diagnosis.causes())
          .extracting(cause -> cause.problem().code())
          .contains(ProblemCode.PULL_SERVER_FAILED);
    }

    @Test
    void aPausedPoolIsTheRootWhenNodesDoNotKnowTheRuleYet() {
      DiagnosedRelease openShift = DiagnosedRelease.onOpenShift();
      openShift.put(
          """
          {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool, metadata: {name: worker},
           spec: {paused: true}, status: {conditions: [{type: Updated, status: 'False', message: paused}]}}
          """);
      openShift.put(
          """
          {apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: ours},
           spec: {imageDigestMirrors: [{source: quay.io/acme, mirrors: [harbor.corp/acme]}]}}
          """);
      openShift.pullSecret("openshift-config", "pull-secret", "robot", "right");
      String image =
          "quay.io/acme/gateway@" + openShift.plan().entries().get(0).digest().orElseThrow();
      openShift.failingPull("gateway", image, "lookup quay.io: no such host");
      assertThat(openShift.roots()).containsExactly("POOL_PAUSED MachineConfigPool worker");
      openShift.failingPull(
          "gateway",
          image,
          "(Mirrors also failed: [harbor.corp/acme/gateway: no such host]): lookup quay.io: no such host");
      assertThat(openShift.roots())
          .containsExactly("REGISTRY_NAME_NOT_RESOLVED " + DiagnosedRelease.MIRROR);
    }

    @Test
    void aPausedPoolIsTheRootWhenTheMirrorAcceptsWhatTheNodesDoNotHaveYet() {
      DiagnosedRelease openShift = DiagnosedRelease.onOpenShift();
      openShift.put(
          """
          {apiVersion: machineconfiguration.openshift.io/v1, kind: MachineConfigPool, metadata: {name: worker},
           spec: {paused: true}, status: {conditions: [{type: Updated, status: 'False', message: paused}]}}
          """);
      openShift.failingPull("gateway", GATEWAY, "unauthorized");
      openShift.failingPull("postgresql", DATABASE, "unauthorized");
      Diagnosis diagnosis = openShift.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("POOL_PAUSED MachineConfigPool worker");
      assertThat(diagnosis.roots().get(0).repair().orElseThrow().command())
          .startsWith("kubectl patch machineconfigpool worker ");
    }

    @Test
    void aRuleThatForbidsToContactTheMirrorIsOneRootForAllPods() {
      DiagnosedRelease openShift = DiagnosedRelease.onOpenShift();
      openShift.put(
          """
          {apiVersion: config.openshift.io/v1, kind: ImageDigestMirrorSet, metadata: {name: moved},
           spec: {imageDigestMirrors: [{source: harbor.corp, mirrors: [other.corp], mirrorSourcePolicy: NeverContactSource}]}}
          """);
      String message = "registry harbor.corp is blocked in /etc/containers/registries.conf";
      openShift.failingPull("gateway", GATEWAY, message);
      openShift.failingPull("postgresql", DATABASE, message);
      assertThat(openShift.roots()).containsExactly("MIRROR_BLOCKED ImageDigestMirrorSet moved");
    }

    @Test
    void aDeletedServiceIsTheRootOfThoseThatNeedIt() {
      release.stored(
          "kind: Service\\nmetadata: {name: postgresql}\\nspec: {selector: {app: postgresql}}");
      release.pod("datastorage", using("postgresql"), CRASHED);
      release.log("datastorage-1", "dial tcp: lookup postgresql: no such host");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactly("RELEASE_OBJECT_NOT_FOUND Service " + NAMESPACE + "/postgresql");
      assertThat(diagnosis.roots().get(0).repair().orElseThrow().command()).contains("upgrade");
      assertThat(diagnosis.roots().get(0).evidence())
          .extracting(Fact::code)
          .containsExactly(FactCode.REVISION_HAS_OBJECT);
      assertThat(diagnosis.roots().get(0).consequences())
          .extracting(DiagnosedRelease::name)
          .containsExactly("CONTAINER_CRASHED Pod " + NAMESPACE + "/datastorage-1");
    }

    @Test
    void aDeletedWorkloadIsTheRootOfThoseThatNeedItsService() {
      release.stored(
          "kind: StatefulSet\\nmetadata: {name: db}\\nspec: {template: {metadata: {labels: {app: postgresql}}}}");
      release.service("postgresql", "postgresql");
      release.pod("datastorage", using("postgresql"), CRASHED);
      release.log("datastorage-1", "dial tcp: lookup postgresql: connection refused");
      assertThat(release.roots())
          .containsExactly("RELEASE_OBJECT_NOT_FOUND StatefulSet " + NAMESPACE + "/db");
    }

    /** A role and its binding for two ServiceAccounts; what is stored and not put is missing. */
    private String binding(String name, String role, String account) {
      return "kind: RoleBinding\\nmetadata: {name: %s, namespace: %s}\\nroleRef: {kind: Role, name: %s}\\nsubjects: [{kind: ServiceAccount, namespace: %s, name: %s}]\\n---\\n"
          .formatted(name, NAMESPACE, role, NAMESPACE, account);
    }

    private String role(String name, String verb) {
      return "kind: Role\\nmetadata: {name: %s, namespace: %s}\\nrules: [{apiGroups: [batch], resources: [jobs], verbs: [%s]}]\\n---\\n"
          .formatted(name, NAMESPACE, verb);
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "jobs.batch is forbidden: User \"system:serviceaccount:NS:runner\" cannot create resource \"jobs\" in API group \"batch\" in the namespace \"NS\"",
          "{\"err\":\"jobs.batch is forbidden: User \\\"system:serviceaccount:NS:runner\\\" cannot create resource \\\"jobs\\\" in API group \\\"batch\\\" in the namespace \\\"NS\\\"\"}",
          "Forbidden: system:serviceaccount:NS:runner"
        })
    void aDeletedBindingIsTheRootOfThePodsWhoseRequestsAreRefused(String log) {
      release.stored(binding("runner", "runner", "runner") + role("runner", "create"));
      release.put(
          "{kind: Role, metadata: {name: runner, namespace: NS}, rules: [{apiGroups: [batch], resources: [jobs], verbs: [create]}]}");
      release.pod("workflow", using("valkey"), CRASHED);
      release.log("workflow-1", log.replace("NS", NAMESPACE));
      release.pod("gateway", using("valkey"), CRASHED);
      release.log("gateway-1", "configuration is not valid");
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.roots())
          .extracting(root -> DiagnosedRelease.name(root.problem()))
          .containsExactlyInAnyOrder(
              "RELEASE_OBJECT_NOT_FOUND RoleBinding " + NAMESPACE + "/runner",
              "CONTAINER_CRASHED Pod " + NAMESPACE + "/gateway-1");
    }

    @Test
    void aRoleThatNoLongerAllowsARequestIsTheRootOfThePodsWhoseRequestsAreRefused() {
      release.stored(
          binding("runner", "runner", "runner")
              + role("runner", "create")
              + binding("reader", "reader", "runner")
              + role("reader", "get"));
      release.put(
          "{kind: RoleBinding, metadata: {name: runner, namespace: NS}, roleRef: {kind: Role, name: runner}, subjects: [{kind: ServiceAccount, namespace: NS, name: runner}]}");
      release.put(
          "{kind: Role, metadata: {name: runner, namespace: NS}, rules: [{apiGroups: [batch], resources: [jobs], verbs: [list]}]}");
      release.pod("workflow", using("valkey"), CRASHED);
      release.log(
          "workflow-1",
          "User \"system:serviceaccount:NS:runner\" cannot create resource \"jobs\" in API group \"batch\" in the namespace \"NS\": forbidden"
              .replace("NS", NAMESPACE));
      Diagnosis diagnosis = release.diagnose();
      assertThat(diagnosis.problems())
          .extracting(DiagnosedRelease::name)
          .containsExactlyInAnyOrder(
              "RELEASE_OBJECT_CHANGED Role " + NAMESPACE + "/runner",
              "RELEASE_OBJECT_NOT_FOUND RoleBinding " + NAMESPACE + "/reader",
              "RELEASE_OBJECT_NOT_FOUND Role " + NAMESPACE + "/reader");
      assertThat(diagnosis.roots().stream().filter(root -> !root.consequences().isEmpty()))
          .extracting(root -> DiagnosedRelease.name(root.problem()))
          .containsExactly("RELEASE_OBJECT_CHANGED Role " + NAMESPACE + "/runner");
    }

    @Test
    void aCrashThatGivesItsReasonIsNotDueToAServiceOfWhichItHasWarned() {
      release.service("postgresql", "postgresql");
      release.failingPull("postgresql", DATABASE, "manifest unknown");
      release.unpublish(DATABASE);
      release.pod("holmesgpt", using("postgresql"), CRASHED);
      release.log(
          "holmesgpt-1",
          "WARNING: http://postgresql:5432 is not reachable\nValidationError: 1 validation error\nERROR: Application startup failed");
      release.pod("datastorage", using("postgresql"), CRASHED);
      release.log(
          "datastorage-1",
          "W1127 10:00:00.1 dial tcp postgresql:5432: connection refused\nF1127 10:00:01.1 giving up after 5 attempts");
      assertThat(release.roots())
          .containsExactlyInAnyOrder(
              "IMAGE_NOT_IN_MIRROR " + DATABASE,
              "CONTAINER_CRASHED Pod " + NAMESPACE + "/holmesgpt-1");
    }

    @Test
    void aReleaseThatHelmDoesNotKnowIsShownWithWhatIsThere() {
      release.withoutRelease();
      release.put(
          "{apiVersion: apps/v1, kind: Deployment, metadata: {name: gateway, namespace: NS, annotations: {meta.helm.sh/release-name: kubernaut}}, spec: {replicas: 0}}");
      assertThat(
              release.diagnose().roots().stream()
                  .filter(root -> root.problem().code() == ProblemCode.RELEASE_NOT_FOUND)
                  .flatMap(root -> root.evidence().stream()))
          .extracting(Fact::code, Fact::message)
          .containsExactly(
              tuple(FactCode.RELEASES_STORED, "has Secrets of Helm for these releases: none"),
              tuple(
                  FactCode.WORKLOADS_OF_RELEASE,
                  "has workloads in " + NAMESPACE + " that Helm created: 1"));
    }

    @Test
    void aConfigMapWhoseValueWasChangedIsTheRootOfACrashThatComplainsAboutIt() {
      release.stored("kind: ConfigMap\\nmetadata: {name: settings}\\ndata: {config.yaml: good}");
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: NS}, data: {config.yaml: bad}}");
      String mounting =
          "{nodeName: worker-0, containers: [{name: main, image: x}], volumes: [{name: c, configMap: {name: settings}}]}";
      release.pod("gateway", mounting, CRASHED);
      release.log("gateway-1", "cannot parse /etc/app/config.yaml: line 1");
      release.pod("other", mounting, CRASHED);
      release.log("other-1", "panic: runtime error: nil map");
      assertThat(release.roots())
          .containsExactlyInAnyOrder(
              "RELEASE_OBJECT_CHANGED ConfigMap " + NAMESPACE + "/settings",
              "CONTAINER_CRASHED Pod " + NAMESPACE + "/other-1");
    }

    @Test
    void aConfigMapThatHasLostAKeyIsTheRootOfAProbeWhoseLogNamesIt() {
      release.stored("kind: ConfigMap\\nmetadata: {name: settings}\\ndata: {config.yaml: good}");
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: NS}, data: {config.yml: good}}");
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: x}], volumes: [{name: c, configMap: {name: settings}}]}",
          "{phase: Running, conditions: [{type: Ready, status: 'False'}], containerStatuses: [{name: main}]}");
      release.event("Pod", "gateway-1", "Unhealthy", "Readiness probe failed: 500");
      release.log("gateway-1", "open /etc/app/config.yaml: no such file or directory");
      assertThat(release.roots())
          .containsExactly("RELEASE_OBJECT_CHANGED ConfigMap " + NAMESPACE + "/settings");
      assertThat(release.diagnose().roots().get(0).problem().message())
          .contains("it has no key config.yaml");
    }

    @Test
    void aConfigMapAsItWasInstalledIsNoRoot() {
      release.stored("kind: ConfigMap\\nmetadata: {name: settings}\\ndata: {config.yaml: good}");
      release.put(
          "{apiVersion: v1, kind: ConfigMap, metadata: {name: settings, namespace: NS}, data: {config.yaml: good}}");
      release.pod(
          "gateway",
          "{nodeName: worker-0, containers: [{name: main, image: x}], volumes: [{name: c, configMap: {name: settings}}]}",
          CRASHED);
      release.log("gateway-1", "cannot parse /etc/app/config.yaml: line 1");
      assertThat(release.roots())
          .containsExactly("CONTAINER_CRASHED Pod " + NAMESPACE + "/gateway-1");
    }

    @Test
    void aDeletedDefinitionIsTheRootOfTheCrashesOfItsControllers() {
      release.stored(
          "kind: CustomResourceDefinition\\nmetadata: {name: requests.acme.io}\\nspec: {group: acme.io, names: {kind: Request, plural: requests}, versions: [{name: v1, served: true}]}");
      release.pod("gateway", using("postgresql"), CRASHED);
      release.log("gateway-1", "no matches for kind \"Request\" in version \"acme.io/v1\"");
      assertThat(release.roots())
          .containsExactly("RELEASE_OBJECT_NOT_FOUND CustomResourceDefinition requests.acme.io");
    }

    @Test
    void aServiceWhoseSelectorWasChangedIsTheRootOfThoseThatNeedIt() {
      release.stored(
          "kind: Service\\nmetadata: {name: postgresql}\\nspec: {selector: {app: postgresql}}");
      release.service("postgresql", "other");
      release.pod("datastorage", using("postgresql"), CRASHED);
      release.log("datastorage-1", "dial tcp postgresql:5432: connection refused");
      assertThat(release.roots())
          .containsExactly("RELEASE_OBJECT_CHANGED Service " + NAMESPACE + "/postgresql");
    }

    @Test
    void aWorkloadWithoutReplicasThatNobodyNeedsIsNoProblem() {
      release.put(
          "{apiVersion: apps/v1, kind: Deployment, metadata: {name: spare, namespace: NS}, spec: {replicas: 0, template: {metadata: {labels: {app: spare}}}}}");
      release.service("spare", "spare");
      release.pod("gateway", using("postgresql"), CRASHED);
      assertThat(release.roots())
          .containsExactly("CONTAINER_CRASHED Pod " + NAMESPACE + "/gateway-1");
    }

    @Test
    void twoThingsThatNameEachOtherStillHaveARoot() {
      release.service("a", "a");
      release.service("b", "b");
      release.pod("a", using("b"), RUNNING);
      release.pod("b", using("a"), RUNNING);
      assertThat(release.diagnose().roots()).hasSize(1);
    }

    @Test
    void twoCausesAtOnceAreTwoRoots() {
      release.unpublish(GATEWAY);
      release.failingPull("gateway", GATEWAY, "manifest unknown");
      release.pod(
          "holmesgpt",
          "{nodeName: worker-0, containers: [{name: main, image: x, envFrom: [{secretRef: {name: llm-credentials}}]}]}",
          waiting("CreateContainerConfigError", "not found"));
      assertThat(release.roots())
          .containsExactlyInAnyOrder(
              "IMAGE_NOT_IN_MIRROR " + GATEWAY,
              "SECRET_NOT_FOUND Secret " + NAMESPACE + "/llm-credentials");
    }

    @Test
    void aReleaseThatIsNotThereIsTheOnlyRoot() {
      DiagnosedRelease empty = DiagnosedRelease.onKubernetes();
      empty.withoutRelease();
      empty
          .cluster
          .list(ResourceType.DEPLOYMENT, NAMESPACE, Map.of())
          .forEach(each -> empty.cluster.delete(ResourceType.DEPLOYMENT, each));
      assertThat(empty.roots()).containsExactly("RELEASE_NOT_FOUND release kubernaut");
      assertThat(empty.diagnose().causes())
          .extracting(cause -> cause.problem().code())
          .contains(ProblemCode.WORKLOADS_MISSING);
    }

    @Test
    void aReleaseThatIsPendingWithNothingWrongIsTheRoot() {
      release.helmStatus("pending-install");
      assertThat(release.roots()).containsExactly("RELEASE_NOT_DEPLOYED release kubernaut");
    }
  }

  @Test
  void causesAreWithoutCyclesAndEachConsequenceIsACause() {
    release.unpublish(GATEWAY);
    release.failingPull("gateway", GATEWAY, "manifest unknown");
    List<Cause> causes = release.diagnose().causes();
    assertThat(causes)
        .allSatisfy(
            cause ->
                assertThat(causes.stream().map(Cause::problem).toList())
                    .containsAll(cause.consequences()));
  }
}
