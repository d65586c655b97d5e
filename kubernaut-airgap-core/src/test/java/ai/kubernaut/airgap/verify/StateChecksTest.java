package ai.kubernaut.airgap.verify;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.registry.TestCertificates;
import ai.kubernaut.airgap.verify.Check.Result;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The state of a release beside its pods: hooks, claims, webhooks, and the LLM. */
final class StateChecksTest {
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();
  private static final String NAMESPACE = RELEASE.namespace();

  @TempDir static Path directory;

  private static String authority;
  private static String otherAuthority;
  private static String certificate;

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();

  @BeforeAll
  static void createCertificates() throws IOException {
    TestCertificates certificates =
        TestCertificates.create(directory.resolve("own"), "dns:authwebhook." + NAMESPACE + ".svc");
    authority = base64(Files.readString(certificates.authority()));
    certificate = base64(Files.readString(certificates.certificateChainFile()));
    otherAuthority =
        base64(Files.readString(TestCertificates.create(directory.resolve("other")).authority()));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private void put(ResourceType type, String yaml) {
    cluster.put(
        type,
        KubernetesObject.of(
            Fields.of(
                Yaml.readMapping("test", yaml.formatted(NAMESPACE), Yaml.DuplicateKeys.REFUSED))));
  }

  private Namespaces look() {
    return look(cluster);
  }

  private static Namespaces look(ClusterClient client) {
    return Namespaces.look(client, List.of(NAMESPACE), ReleaseName.of("kubernaut", NAMESPACE));
  }

  private static Check only(List<Check> checks) {
    assertThat(checks).hasSize(1);
    return checks.get(0);
  }

  private static void assertProblem(Check check, Result result, ProblemCode code) {
    assertThat(check.problem().map(Problem::code)).contains(code);
    assertThat(check.result()).isEqualTo(result);
  }

  private static void assertFact(Check check, Result result, FactCode code) {
    assertThat(check.fact().map(Fact::code)).contains(code);
    assertThat(check.result()).isEqualTo(result);
  }

  /** The cluster for a user who may not list a type. */
  private ClusterClient forbidding(ResourceType type) {
    return (ClusterClient)
        Proxy.newProxyInstance(
            getClass().getClassLoader(),
            new Class<?>[] {ClusterClient.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("list") && type.equals(arguments[0])) {
                throw new ClusterException(ClusterException.Reason.FORBIDDEN, "forbidden", null);
              }
              try {
                return method.invoke(cluster, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  // Hooks

  private void storeRevision(int revision, String phase) {
    String hook =
        "{\"kind\":\"Job\",\"name\":\"kubernaut-db-migration\",\"events\":[\"post-install\"],\"manifest\":\"kind: Job\",\"last_run\":{\"phase\":\"%s\"}}"
            .formatted(phase);
    String other =
        "{\"kind\":\"Job\",\"name\":\"tls\",\"events\":[\"pre-install\"],\"manifest\":\"kind: Job\\nmetadata: {namespace: %s}\",\"last_run\":{\"phase\":\"Succeeded\"}}"
            .formatted(NAMESPACE);
    String cleanup =
        "{\"kind\":\"Job\",\"name\":\"cleanup\",\"events\":[\"pre-delete\"],\"manifest\":\"\"},{\"kind\":\"Role\",\"name\":\"r\",\"events\":[\"pre-install\"]}";
    put(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, metadata: {name: r%d, namespace: %%s, labels: {owner: helm, name: kubernaut, version: '%d', status: deployed}}, data: {release: %s}}"
            .formatted(
                revision,
                revision,
                zipped("{\"hooks\":[" + hook + "," + other + "," + cleanup + "]}")));
  }

  private static String zipped(String json) {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(json.getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return base64(Base64.getEncoder().encodeToString(zipped.toByteArray()));
  }

  private List<Check> jobs(boolean isDeployed) {
    return new WorkloadChecks(
            RELEASE,
            look(),
            isDeployed,
            Optional.of("migration"),
            StoredRevision.latest(cluster, RELEASE))
        .run().stream().filter(check -> check.kind() == Check.Kind.JOB).toList();
  }

  private Check migration(boolean isDeployed) {
    return jobs(isDeployed).stream()
        .filter(check -> check.subject().name().endsWith("/kubernaut-db-migration"))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aMigrationJobThatHelmHasRemovedHasSucceeded() {
    storeRevision(1, "Succeeded");
    assertFact(migration(true), Result.PASS, FactCode.MIGRATION_JOB_REMOVED);
    assertThat(jobs(true))
        .as("hooks that run when the release is removed do not count")
        .extracting(check -> check.fact().orElseThrow().code())
        .containsExactly(FactCode.MIGRATION_JOB_REMOVED, FactCode.HOOK_SUCCEEDED);
  }

  @Test
  void aMigrationJobThatHasFailedAndWasRemovedIsAProblem() {
    storeRevision(1, "Failed");
    assertProblem(migration(false), Result.FAIL, ProblemCode.HOOK_FAILED);
    assertThat(migration(false).detail()).contains("this hook (post-install) has failed");
  }

  @Test
  void aMigrationJobThatHelmHasNeverRunIsAProblem_alsoOfADeployedRelease() {
    storeRevision(1, "");
    assertProblem(migration(true), Result.FAIL, ProblemCode.HOOK_NOT_RUN);
    assertProblem(migration(false), Result.PENDING, ProblemCode.MIGRATION_JOB_MISSING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Running", "Unknown"})
  void aHookThatHasNotEndedIsPending(String phase) {
    storeRevision(1, phase);
    assertProblem(migration(false), Result.PENDING, ProblemCode.HOOK_NOT_COMPLETE);
  }

  @Test
  void aHookOfTheInstallationKeepsItsResultInLaterRevisions() {
    storeRevision(1, "Succeeded");
    storeRevision(2, "");
    assertFact(migration(true), Result.PASS, FactCode.MIGRATION_JOB_REMOVED);
  }

  @Test
  void aJobThatExistsIsJudgedByItsOwnStatus() {
    storeRevision(1, "Succeeded");
    put(
        ResourceType.JOB,
        "{apiVersion: batch/v1, kind: Job, metadata: {name: kubernaut-db-migration, namespace: %s}, status: {conditions: [{type: Failed, status: 'True'}]}}");
    assertProblem(migration(true), Result.FAIL, ProblemCode.JOB_FAILED);
  }

  @Test
  void withoutTheStoredReleaseItsStatusTells() {
    storeRevision(1, "Succeeded");
    Optional<StoredRevision> unknown =
        StoredRevision.latest(forbidding(ResourceType.SECRET), RELEASE);
    assertThat(unknown).isEmpty();
    Check check =
        new WorkloadChecks(RELEASE, look(), false, Optional.of("migration"), unknown)
            .run().stream().filter(each -> each.kind() == Check.Kind.JOB).findFirst().orElseThrow();
    assertProblem(check, Result.PENDING, ProblemCode.MIGRATION_JOB_MISSING);
  }

  @Test
  void aSecretThatIsNoReleaseTellsNothing() {
    put(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, metadata: {name: r1, namespace: %s, labels: {owner: helm, name: kubernaut, version: '1'}}, data: {release: YQ==}}");
    assertThat(StoredRevision.latest(cluster, RELEASE)).isEmpty();
  }

  // Claims

  private void podWithClaim() {
    put(
        ResourceType.POD,
        "{apiVersion: v1, kind: Pod, metadata: {name: postgresql-1, namespace: %s}, spec: {volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}}");
  }

  private void claim(String status) {
    put(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: %%s}, spec: {storageClassName: fast, volumeName: pv-1}, status: {phase: %s}}"
            .formatted(status));
  }

  @Test
  void aBoundClaimPasses() {
    podWithClaim();
    claim("Bound");
    Check check = only(new ClaimChecks(look()).run());
    assertFact(check, Result.PASS, FactCode.CLAIM_BOUND);
    assertThat(check.subject()).hasToString("PersistentVolumeClaim " + NAMESPACE + "/data");
  }

  @Test
  void aClaimThatIsNotBoundSaysWhatItsEventsSay() {
    podWithClaim();
    claim("Pending");
    put(
        ResourceType.EVENT,
        "{apiVersion: v1, kind: Event, metadata: {name: e, namespace: %s}, type: Warning, message: 'storageclass \"fast\" not found', involvedObject: {kind: PersistentVolumeClaim, name: data}}");
    Check check = only(new ClaimChecks(look()).run());
    assertProblem(check, Result.PENDING, ProblemCode.CLAIM_NOT_BOUND);
    assertThat(check.detail())
        .isEqualTo("is Pending, with the StorageClass fast: storageclass \"fast\" not found");
  }

  @Test
  void aClaimThatIsBeingDeletedFails() {
    podWithClaim();
    put(
        ResourceType.PERSISTENT_VOLUME_CLAIM,
        "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: data, namespace: %s, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [kubernetes.io/pvc-protection]}, status: {phase: Bound}}");
    Check check = only(new ClaimChecks(look()).run());
    assertProblem(check, Result.FAIL, ProblemCode.CLAIM_BEING_DELETED);
    assertThat(check.detail()).contains("waits for the finalizers kubernetes.io/pvc-protection");
  }

  @Test
  void aClaimThatIsLostFails() {
    podWithClaim();
    claim("Lost");
    assertProblem(only(new ClaimChecks(look()).run()), Result.FAIL, ProblemCode.CLAIM_LOST);
  }

  @Test
  void aClaimThatAWorkloadMountsAndThatIsMissingIsNamed() {
    put(
        ResourceType.DEPLOYMENT,
        "{apiVersion: apps/v1, kind: Deployment, metadata: {name: postgresql, namespace: %s}, spec: {template: {spec: {volumes: [{persistentVolumeClaim: {claimName: data}}]}}}}");
    assertProblem(only(new ClaimChecks(look()).run()), Result.PENDING, ProblemCode.CLAIM_MISSING);
  }

  @Test
  void aClaimThatNobodyMountsIsNotChecked() {
    claim("Pending");
    assertThat(new ClaimChecks(look()).run()).isEmpty();
  }

  @Test
  void claimsThatTheUserMayNotListAreSkipped() {
    podWithClaim();
    Check check =
        only(new ClaimChecks(look(forbidding(ResourceType.PERSISTENT_VOLUME_CLAIM))).run());
    assertFact(check, Result.SKIPPED, FactCode.NOT_CHECKED_FORBIDDEN);
  }

  // Webhooks

  private void webhook(String clientConfig, String annotations) {
    put(
        ResourceType.VALIDATING_WEBHOOKS,
        "{apiVersion: admissionregistration.k8s.io/v1, kind: ValidatingWebhookConfiguration, metadata: {name: authwebhook, annotations: {%s}}, webhooks: [{name: orders.kubernaut.ai, clientConfig: {service: {name: authwebhook, namespace: %%s}%s}}]}"
            .formatted(annotations, clientConfig));
  }

  private void deploymentOf(String release, String name) {
    put(
        ResourceType.DEPLOYMENT,
        """
        {apiVersion: apps/v1, kind: Deployment, metadata: {name: %1$s, namespace: %%s,
          annotations: {meta.helm.sh/release-name: %2$s, meta.helm.sh/release-namespace: %%s}},
         spec: {selector: {matchLabels: {app: %1$s}}}}
        """
            .formatted(name, release)
            .replace("%s", NAMESPACE));
    put(
        ResourceType.POD,
        """
        {apiVersion: v1, kind: Pod, metadata: {name: %1$s-1, namespace: %%s, labels: {app: %1$s},
          ownerReferences: [{kind: ReplicaSet, name: %1$s-5d8}]}}
        """
            .formatted(name)
            .replace("%s", NAMESPACE));
  }

  @Test
  void whatBelongsToAnotherReleaseInTheNamespaceIsNotVerified() {
    deploymentOf("kubernaut", "gateway");
    deploymentOf("loki", "loki-canary");
    put(ResourceType.POD, "{apiVersion: v1, kind: Pod, metadata: {name: stray, namespace: %s}}");
    Namespaces namespaces = look();
    assertThat(namespaces.workloads())
        .extracting(KubernetesObject::name)
        .containsExactly("gateway");
    assertThat(namespaces.pods())
        .extracting(KubernetesObject::name)
        .containsExactlyInAnyOrder("gateway-1", "stray");
  }

  @Test
  void allWorkloadsAreShownIfNoneBelongsToTheRelease() {
    deploymentOf("loki", "loki-canary");
    assertThat(look().workloads())
        .extracting(KubernetesObject::name)
        .containsExactly("loki-canary");
  }

  private void authwebhook(String tls) {
    put(
        ResourceType.SERVICE,
        "{apiVersion: v1, kind: Service, metadata: {name: authwebhook, namespace: %s}, spec: {selector: {app: authwebhook}}}");
    put(
        ResourceType.POD,
        "{apiVersion: v1, kind: Pod, metadata: {name: authwebhook-1, namespace: %s, labels: {app: authwebhook}}, spec: {volumes: [{secret: {secretName: authwebhook-tls}}]}}");
    put(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, type: kubernetes.io/tls, metadata: {name: authwebhook-tls, namespace: %%s}, data: {tls.crt: '%s'}}"
            .formatted(tls));
  }

  private List<Check> webhooks(Duration later) {
    return new WebhookChecks(look(), Instant.now().plus(later)).run();
  }

  @Test
  void aWebhookWithACaThatHasSignedItsCertificatePasses() {
    webhook(", caBundle: " + authority, "");
    authwebhook(certificate);
    Check check = only(webhooks(Duration.ZERO));
    assertFact(check, Result.PASS, FactCode.WEBHOOK_READY);
    assertThat(check.subject()).hasToString("ValidatingWebhookConfiguration authwebhook");
    assertThat(check.detail()).startsWith("its CA and certificates are valid until 20");
  }

  @Test
  void aWebhookWithoutACaFails_butIsPendingWhereAControllerWritesIt() {
    webhook("", "");
    authwebhook(certificate);
    assertProblem(only(webhooks(Duration.ZERO)), Result.FAIL, ProblemCode.WEBHOOK_CA_MISSING);
    webhook("", "cert-manager.io/inject-ca-from: a/b");
    assertProblem(only(webhooks(Duration.ZERO)), Result.PENDING, ProblemCode.WEBHOOK_CA_MISSING);
  }

  @ParameterizedTest
  @ValueSource(strings = {"'%%%'", "bm8gY2VydGlmaWNhdGU="})
  void aCaThatIsNoCertificateFails(String bundle) {
    webhook(", caBundle: " + bundle.replace("%", "%%"), "");
    authwebhook(certificate);
    Check check = only(webhooks(Duration.ZERO));
    assertProblem(check, Result.FAIL, ProblemCode.WEBHOOK_CA_INVALID);
    assertThat(check.detail()).contains("it has no certificate in PEM");
  }

  @ParameterizedTest
  @CsvSource({"60, it has expired at", "-60, it is not valid before"})
  void aCaThatIsNotValidNowFails(int days, String reason) {
    webhook(", caBundle: " + authority, "");
    authwebhook("");
    Check check = only(webhooks(Duration.ofDays(days)));
    assertProblem(check, Result.FAIL, ProblemCode.WEBHOOK_CA_INVALID);
    assertThat(check.detail()).contains(reason);
  }

  @Test
  void aServingCertificateThatHasExpiredWithItsCaHasToBeReplacedFirst() {
    webhook(", caBundle: " + authority, "");
    authwebhook(certificate);
    Check check = only(webhooks(Duration.ofDays(60)));
    assertProblem(check, Result.FAIL, ProblemCode.SERVING_CERTIFICATE_INVALID);
    assertThat(check.detail()).contains("authwebhook-tls", "it has expired at");
  }

  @Test
  void aCertificateOfAnotherCaFails() {
    webhook(", caBundle: " + otherAuthority, "");
    authwebhook(certificate);
    Check check = only(webhooks(Duration.ZERO));
    assertProblem(check, Result.FAIL, ProblemCode.SERVING_CERTIFICATE_INVALID);
    assertThat(check.detail())
        .isEqualTo(
            "the certificate of the webhook orders.kubernaut.ai in the Secret kubernaut-system/authwebhook-tls is not valid: the CA of the webhook has not signed it");
  }

  @Test
  void aCertificateForAnotherNameFails() {
    webhook(", caBundle: " + authority, "");
    authwebhook(authority);
    Check check = only(webhooks(Duration.ZERO));
    assertProblem(check, Result.FAIL, ProblemCode.SERVING_CERTIFICATE_INVALID);
    assertThat(check.detail()).contains("it is not for authwebhook.kubernaut-system.svc");
  }

  @Test
  void aCertificateThatCannotBeReadFails() {
    webhook(", caBundle: " + authority, "");
    authwebhook(base64("made by hand"));
    assertProblem(
        only(webhooks(Duration.ZERO)), Result.FAIL, ProblemCode.SERVING_CERTIFICATE_INVALID);
  }

  @Test
  void aWebhookWhoseServiceIsMissingFails() {
    webhook(", caBundle: " + authority, "");
    assertProblem(only(webhooks(Duration.ZERO)), Result.FAIL, ProblemCode.WEBHOOK_SERVICE_MISSING);
  }

  @Test
  void webhooksOfOthersAreNotChecked() {
    put(
        ResourceType.MUTATING_WEBHOOKS,
        "{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: other}, webhooks: [{name: a, clientConfig: {service: {name: b, namespace: not-%s}}}, {name: c, clientConfig: {url: 'https://x'}}]}");
    assertThat(webhooks(Duration.ZERO)).isEmpty();
  }

  @Test
  void whatTheUserMayNotListIsSkippedAndSaid() {
    webhook(", caBundle: " + authority, "");
    authwebhook(certificate);
    Check unread =
        only(new WebhookChecks(look(forbidding(ResourceType.SECRET)), Instant.now()).run());
    assertFact(unread, Result.PASS, FactCode.WEBHOOK_READY);
    assertThat(unread.detail())
        .contains("the certificates were not read, because the user may not list Secrets");
    assertFact(
        only(
            new WebhookChecks(look(forbidding(ResourceType.VALIDATING_WEBHOOKS)), Instant.now())
                .run()),
        Result.SKIPPED,
        FactCode.NOT_CHECKED_FORBIDDEN);
  }

  // LLM

  private void llm(String config, String key) {
    put(
        ResourceType.CONFIG_MAP,
        "{apiVersion: v1, kind: ConfigMap, metadata: {name: holmesgpt-sdk-config, namespace: %%s}, data: {sdk-config.yaml: '%s'}}"
            .formatted(config));
    put(
        ResourceType.POD,
        "{apiVersion: v1, kind: Pod, metadata: {name: holmesgpt-api-1, namespace: %s}, spec: {containers: [{name: main, env: [{name: LOG, value: info}]}], volumes: [{configMap: {name: holmesgpt-sdk-config}}, {secret: {secretName: llm-credentials}}]}}");
    put(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, type: Opaque, metadata: {name: llm-credentials, namespace: %%s}, data: {OPENAI_API_KEY: '%s'}}"
            .formatted(base64(key)));
  }

  private List<Check> llm() {
    return new LlmChecks(look(), NAMESPACE, KubernautProfile.profile()).run();
  }

  @Test
  void anEndpointInTheClusterAndAKeyPass() {
    llm("{llm: {provider: litellm, endpoint: \"http://litellm.internal.svc:4000\"}}", "none");
    assertThat(llm())
        .extracting(check -> check.fact().orElseThrow().describe())
        .containsExactly(
            "ConfigMap kubernaut-system/holmesgpt-sdk-config sdk-config.yaml configures the LLM at litellm.internal.svc",
            "Secret kubernaut-system/llm-credentials has OPENAI_API_KEY");
    assertFact(llm().get(0), Result.PASS, FactCode.LLM_CONFIGURED);
    assertFact(llm().get(1), Result.PASS, FactCode.LLM_KEYS_PRESENT);
  }

  @Test
  void aConfigurationWithoutAnEndpointIsAWarning() {
    llm("{llm: {provider: openai, model: gpt-4o}}", "k1");
    assertProblem(llm().get(0), Result.FAIL, ProblemCode.LLM_ENDPOINT_MISSING);
    assertThat(llm().get(0).problem().orElseThrow().isError()).isFalse();
  }

  @Test
  void anEndpointInAKeyOfTheSecretCounts() {
    llm("{llm: {provider: openai}}", "k1");
    put(
        ResourceType.SECRET,
        "{apiVersion: v1, kind: Secret, metadata: {name: llm-credentials, namespace: %s}, data: {OPENAI_API_BASE: aHR0cDovL2E=}}");
    assertFact(llm().get(0), Result.PASS, FactCode.LLM_CONFIGURED);
  }

  @Test
  void anEndpointInTheInternetIsAWarning() {
    llm("{llm: {api_base: \"https://api.openai.com/v1\"}}", "k1");
    assertProblem(llm().get(0), Result.FAIL, ProblemCode.ENDPOINT_PUBLIC);
  }

  @Test
  void aConfigurationThatIsNotYamlFails() {
    llm("{llm: [", "k1");
    assertProblem(llm().get(0), Result.FAIL, ProblemCode.LLM_CONFIG_INVALID);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "  ",
        "<your-local-llm-key>",
        "changeme",
        "CHANGE_ME",
        "your-api-key",
        "${KEY}",
        "xxxx",
        "sk-xxxxxxxx",
        "replace-me",
        "placeholder",
        "***"
      })
  void aPlaceholderInPlaceOfAKeyFailsAndItsValueIsNotPrinted(String key) {
    llm("{llm: {endpoint: \"http://a.svc\"}}", key);
    Check check = llm().get(1);
    assertProblem(check, Result.FAIL, ProblemCode.LLM_KEY_PLACEHOLDER);
    assertThat(check.detail())
        .isEqualTo(
            "has no credentials of an LLM: a placeholder or nothing stands in OPENAI_API_KEY");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"none", "sk-proj-4f9a8b7c6d5e", "EMPTY", "{\"type\":\"service_account\"}"})
  void whatMayBeAKeyPassesAndIsNotPrinted(String key) {
    llm("{llm: {endpoint: \"http://a.svc\"}}", key);
    assertThat(llm().get(1).result()).isEqualTo(Result.PASS);
    assertThat(llm().toString()).doesNotContain(key);
  }

  @Test
  void aProductWithoutAnLlmIsNotChecked() {
    llm("{llm: [", "");
    assertThat(new LlmChecks(look(), NAMESPACE, ProductProfile.none()).run()).isEmpty();
  }

  @Test
  void configMapsThatTheUserMayNotListAreSkipped() {
    llm("{llm: {}}", "k1");
    Check check =
        only(
            new LlmChecks(
                    look(forbidding(ResourceType.CONFIG_MAP)),
                    NAMESPACE,
                    KubernautProfile.profile())
                .run());
    assertFact(check, Result.SKIPPED, FactCode.NOT_CHECKED_FORBIDDEN);
  }

  @Test
  void secretsThatTheUserMayNotListAreSkipped() {
    llm("{llm: {endpoint: a}}", "k1");
    List<Check> checks =
        new LlmChecks(look(forbidding(ResourceType.SECRET)), NAMESPACE, KubernautProfile.profile())
            .run();
    assertThat(checks)
        .flatExtracting(check -> List.copyOf(check.fact().map(Fact::parameters).stream().toList()))
        .contains(Map.of("what", "secrets"));
  }
}
