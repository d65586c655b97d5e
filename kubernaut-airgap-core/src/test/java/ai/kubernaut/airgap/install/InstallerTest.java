package ai.kubernaut.airgap.install;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ChangeReport;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.mirror.IncompleteMirrorException;
import ai.kubernaut.airgap.mirror.MirrorReport;
import ai.kubernaut.airgap.mirror.MirroredImage;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.overlay.ImagesOutsideMirrorException;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.OutsideImage;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.progress.ProgressEvent;
import ai.kubernaut.airgap.pullsecret.PullSecretReport;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.assertj.core.api.ThrowingConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class InstallerTest {
  private static final String VALUES =
      """
      global: {image: {registry: quay.io, namespace: kubernaut-ai, separator: /, tag: v1.1.0}, imagePullSecrets: []}
      postgresql: {enabled: true, image: postgres:16-alpine, auth: {existingSecret: "", username: slm_user, database: action_history}}
      valkey: {enabled: true, image: valkey/valkey:8-alpine, existingSecret: ""}
      holmesgptApi: {llm: {credentialsSecretName: llm-credentials}, sdkConfigContent: ""}
      """;

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final TemplateHelm helm = TemplateHelm.of(VALUES, InstallerTest::templates);
  private final List<ProgressEvent> events = new ArrayList<>();

  private static String templates(Fields values) {
    Fields image = values.fields("global", "image");
    String gateway =
        "%s/%s%sgateway:%s"
            .formatted(
                image.text("registry").orElse(""),
                image.text("namespace").orElse(""),
                image.text("separator").orElse(""),
                image.text("tag").orElse(""));
    StringBuilder manifests =
        new StringBuilder("{kind: Namespace, metadata: {name: kubernaut-workflows}}\n");
    for (String one :
        List.of(
            gateway,
            values.text("postgresql", "image").orElse(""),
            values.text("valkey", "image").orElse(""))) {
      manifests.append(
          """
          ---
          apiVersion: apps/v1
          kind: Deployment
          metadata: {name: d%d}
          spec: {template: {spec: {imagePullSecrets: [%s], containers: [{name: c, image: "%s"}]}}}
          """
              .formatted(
                  manifests.length(),
                  values.list("global", "imagePullSecrets").stream()
                      .map(secret -> "{name: " + secret.text("name").orElse("") + "}")
                      .reduce("", String::concat),
                  one));
    }
    return manifests.toString();
  }

  private static MirrorPlan plan(Chart chart, TemplateHelm helm) {
    MirrorPlan.Builder plan = MirrorPlan.builder(Target.registry("harbor.corp:5000")).chart(chart);
    RenderedChart.parse(helm.render(chart, ReleaseName.defaultRelease()))
        .images()
        .forEach(use -> plan.image(use.image()));
    return plan.build();
  }

  private static MirrorReport mirrored(MirrorPlan plan, MirroredImage.Outcome outcome) {
    List<MirroredImage> images = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      images.add(
          MirroredImage.builder()
              .entry(entry)
              .outcome(outcome)
              .failure(
                  Optional.of(
                          Problem.of(
                              ProblemCode.IMAGE_NOT_IN_MIRROR, Subject.image(entry.target())))
                      .filter(any -> outcome == MirroredImage.Outcome.FAILED))
              .build());
    }
    return MirrorReport.of(plan, images);
  }

  private static InstallOptions.Builder options() {
    return InstallOptions.builder().putLlmCredentials("OPENAI_API_KEY", Secret.of("sk-test"));
  }

  private static ThrowingConsumer<Throwable> hasCode(ProblemCode code) {
    return failure ->
        assertThat(((ProblemsException) failure).problems())
            .extracting(Problem::code)
            .containsExactly(code);
  }

  private static List<String> actions(Installation installation) {
    return installation.facts().stream().map(Fact::describe).toList();
  }

  private Installation install(MirrorPlan plan, InstallOptions options) {
    return new Installer(cluster, helm, events::add)
        .install(mirrored(plan, MirroredImage.Outcome.COPIED), PullSecretReport.none(), options);
  }

  private Installation install() {
    return install(plan(TemplateHelm.chart(), helm), options().build());
  }

  private Map<String, String> secret(String namespace, String name) {
    Map<String, String> decoded = new LinkedHashMap<>();
    cluster
        .get(ResourceType.SECRET, namespace, name)
        .orElseThrow()
        .fields()
        .strings("data")
        .forEach(
            (key, data) -> decoded.put(key, new String(Base64.getDecoder().decode(data), UTF_8)));
    return decoded;
  }

  private void nothingWasCreated() {
    assertThat(cluster.get(ResourceType.NAMESPACE, null, "kubernaut-system")).isEmpty();
    assertThat(cluster.list(ResourceType.SECRET, null, Map.of())).isEmpty();
    assertThat(helm.calls()).isEmpty();
  }

  @Test
  void installsTheChartWithEveryReferenceTurnedToTheMirror() {
    Installation installation = install();
    assertThat(helm.calls()).singleElement().asString().startsWith("install kubernaut\n");
    assertThat(
            RenderedChart.parse(helm.calls().get(0).substring("install kubernaut\n".length()))
                .images())
        .extracting(use -> use.image().toString())
        .containsExactly(
            "harbor.corp:5000/kubernaut-ai/gateway:v1.1.0",
            "harbor.corp:5000/library/postgres:16-alpine",
            "harbor.corp:5000/valkey/valkey:8-alpine");
    assertThat(installation.release()).isEqualTo(ReleaseName.defaultRelease());
    assertThat(installation.namespaces())
        .containsExactly("kubernaut-system", "kubernaut-workflows");
    assertThat(actions(installation))
        .containsExactly(
            "value global.image.registry was set to harbor.corp:5000",
            "value postgresql.image was set to harbor.corp:5000/library/postgres:16-alpine",
            "value valkey.image was set to harbor.corp:5000/valkey/valkey:8-alpine",
            "Namespace kubernaut-system was created",
            "Secret kubernaut-system/postgresql-secret was created",
            "Secret kubernaut-system/valkey-secret was created",
            "Secret kubernaut-system/llm-credentials was created",
            "release kubernaut is deployed at revision 1 with kubernaut-1.1.0");
    assertThat(events.get(0))
        .hasToString("Installing charts/kubernaut as kubernaut in kubernaut-system");
    assertThat(events.get(events.size() - 1))
        .hasToString("Helm has deployed kubernaut-1.1.0 as kubernaut, revision 1");
  }

  @Test
  void theSecretsOfTheGuideAreMadeWithOnePassword() {
    install();
    Map<String, String> postgresql = secret("kubernaut-system", "postgresql-secret");
    assertThat(postgresql)
        .containsOnlyKeys("POSTGRES_USER", "POSTGRES_PASSWORD", "POSTGRES_DB", "db-secrets.yaml")
        .containsEntry("POSTGRES_USER", "slm_user")
        .containsEntry("POSTGRES_DB", "action_history");
    String password = postgresql.get("POSTGRES_PASSWORD");
    assertThat(password).hasSizeGreaterThan(32).matches("[A-Za-z0-9_-]+");
    assertThat(postgresql.get("db-secrets.yaml"))
        .isEqualTo("username: slm_user\npassword: " + password);
    assertThat(secret("kubernaut-system", "valkey-secret").get("valkey-secrets.yaml"))
        .matches("password: [A-Za-z0-9_-]{33,}")
        .doesNotContain(password);
    assertThat(secret("kubernaut-system", "llm-credentials")).containsOnlyKeys("OPENAI_API_KEY");
    assertThat(events.toString()).doesNotContain(password);
  }

  @Test
  void theReviewedOverlayOfAPlanIsInstalledAndNoOtherIsLookedFor() {
    MirrorPlan plan = plan(TemplateHelm.chart(), helm);
    MirrorPlan reviewed =
        new MirrorProver(helm).prove(plan, ProofOptions.builder().build()).in(plan);
    int before = helm.renders();
    Installation installation = install(reviewed, options().build());
    assertThat(helm.renders() - before)
        .as("as it is, with the overlay, and installed")
        .isEqualTo(3);
    assertThat(actions(installation))
        .contains("value global.image.registry was set to harbor.corp:5000");
  }

  @Test
  void aReviewedOverlayThatDoesNotServeIsRefusedBeforeAnythingIsTouched() {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp:5000"))
            .from(plan(TemplateHelm.chart(), helm))
            .overlay(
                Overlay.of(
                    Map.of("postgresql", Map.of("image", "harbor.corp:5000/other:1")),
                    Map.of("postgresql.image", "harbor.corp:5000/other:1"),
                    List.of()))
            .build();
    assertThatThrownBy(() -> install(plan, options().build()))
        .isInstanceOf(ImagesOutsideMirrorException.class)
        .hasMessageContaining("quay.io/kubernaut-ai/gateway:v1.1.0")
        .hasMessageContaining("pulled as harbor.corp:5000/other:1");
    nothingWasCreated();
  }

  @Test
  void llmCredentialsAreNeverInvented() {
    MirrorPlan plan = plan(TemplateHelm.chart(), helm);
    InstallException missing =
        catchThrowableOfType(
            InstallException.class, () -> install(plan, InstallOptions.builder().build()));
    assertThat(missing.problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.LLM_CREDENTIALS_MISSING);
    assertThat(missing).hasMessageContaining("kubernaut-system/llm-credentials");
    nothingWasCreated();
  }

  @Test
  void aChartThatNamesNoSecretOfAnLlmNeedsNone() {
    TemplateHelm plain =
        TemplateHelm.of(
            VALUES.replace("llm: {credentialsSecretName: llm-credentials}, ", ""),
            InstallerTest::templates);
    new Installer(cluster, plain, events::add)
        .install(
            mirrored(plan(TemplateHelm.chart(), plain), MirroredImage.Outcome.COPIED),
            PullSecretReport.none(),
            InstallOptions.builder().build());
    assertThat(cluster.get(ResourceType.SECRET, "kubernaut-system", "llm-credentials")).isEmpty();
  }

  @Test
  void passwordsAreNewEachTime() {
    install();
    String first = secret("kubernaut-system", "postgresql-secret").get("POSTGRES_PASSWORD");
    install(plan(TemplateHelm.chart().release("kubernaut", "second"), helm), options().build());
    assertThat(secret("second", "postgresql-secret").get("POSTGRES_PASSWORD")).isNotEqualTo(first);
  }

  @Test
  void theCallersCredentialsForTheLlmAreUsed() {
    Installation installation =
        install(
            plan(TemplateHelm.chart(), helm),
            InstallOptions.builder()
                .putLlmCredentials("AZURE_API_KEY", Secret.of("hunter2"))
                .build());
    assertThat(secret("kubernaut-system", "llm-credentials"))
        .isEqualTo(Map.of("AZURE_API_KEY", "hunter2"));
    assertThat(installation.toString() + events).doesNotContain("hunter2");
    assertThat(
            InstallOptions.builder()
                .putLlmCredentials("K", Secret.of("hunter2"))
                .build()
                .toString())
        .doesNotContain("hunter2");
  }

  @Test
  void aSupplierOfTheCredentialsForTheLlmIsCalledOnceAndOnlyIfTheirSecretDoesNotExist() {
    AtomicInteger calls = new AtomicInteger();
    Supplier<Map<String, Secret>> vault =
        () -> Map.of("OPENAI_API_KEY", Secret.of("sk-" + calls.incrementAndGet()));
    InstallOptions options = InstallOptions.builder().llmCredentialsSupplier(vault).build();
    install(plan(TemplateHelm.chart(), helm), options);
    assertThat(secret("kubernaut-system", "llm-credentials"))
        .isEqualTo(Map.of("OPENAI_API_KEY", "sk-1"));
    install(plan(TemplateHelm.chart(), helm), options);
    assertThat(plannedSecrets(vault).problems()).isEmpty();
    assertThat(calls).hasValue(1);
  }

  @Test
  void nothingIsChangedIfTheCredentialsForTheLlmCannotBeHad() {
    IllegalStateException sealed = new IllegalStateException("the vault is sealed");
    InstallOptions failing =
        InstallOptions.builder()
            .llmCredentialsSupplier(
                () -> {
                  throw sealed;
                })
            .build();
    MirrorPlan plan = plan(TemplateHelm.chart(), helm);
    assertThatThrownBy(() -> install(plan, failing)).isSameAs(sealed);
    assertThat(cluster.list(ResourceType.SECRET, null, Map.of())).isEmpty();
    assertThat(plannedSecrets(Map::of).problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.LLM_CREDENTIALS_MISSING);
    InstallOptions.Builder both = options().llmCredentialsSupplier(Map::of);
    assertThatThrownBy(both::build)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exclude each other");
  }

  @Test
  void secretsOfTheNamesThatTheValuesGiveAreMade() {
    install(
        plan(
            TemplateHelm.chart()
                .set("postgresql.auth.existingSecret", "my-pg")
                .set("postgresql.auth.username", "me")
                .set("valkey.existingSecret", "my-valkey")
                .set("holmesgptApi.llm.credentialsSecretName", "my-llm"),
            helm),
        options().build());
    assertThat(secret("kubernaut-system", "my-pg").get("db-secrets.yaml"))
        .startsWith("username: me\n");
    assertThat(secret("kubernaut-system", "my-valkey")).isNotEmpty();
    assertThat(secret("kubernaut-system", "my-llm")).isNotEmpty();
  }

  @Test
  void noSecretIsMadeForWhatIsSwitchedOff() {
    install(
        plan(
            TemplateHelm.chart().set("postgresql.enabled", "false").set("valkey.enabled", "false"),
            helm),
        options().build());
    assertThat(cluster.list(ResourceType.SECRET, "kubernaut-system", Map.of()))
        .extracting(KubernetesObject::name)
        .containsExactly("llm-credentials");
  }

  private void existing(String name, String... keys) {
    cluster.put(
        ResourceType.NAMESPACE,
        KubernetesObject.named(ResourceType.NAMESPACE, null, "kubernaut-system"));
    Map<String, String> data = new LinkedHashMap<>();
    for (String key : keys) {
      data.put(key, "aHVudGVyMg==");
    }
    cluster.put(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, "kubernaut-system", name).with(data, "data"));
  }

  @Test
  void existingSecretsAreKept() {
    existing(
        "postgresql-secret",
        "POSTGRES_USER",
        "POSTGRES_PASSWORD",
        "POSTGRES_DB",
        "db-secrets.yaml");
    existing("llm-credentials", "SOME_OTHER_KEY");
    Installation installation = install();
    assertThat(secret("kubernaut-system", "postgresql-secret"))
        .containsEntry("POSTGRES_PASSWORD", "hunter2");
    assertThat(secret("kubernaut-system", "llm-credentials")).containsOnlyKeys("SOME_OTHER_KEY");
    assertThat(actions(installation))
        .contains(
            "Secret kubernaut-system/postgresql-secret exists and was not changed",
            "Secret kubernaut-system/valkey-secret was created",
            "Secret kubernaut-system/llm-credentials exists and was not changed")
        .doesNotContain("Namespace kubernaut-system was created");
  }

  @Test
  void anExistingSecretThatLacksAKeyIsRefusedBeforeAnythingIsCreated() {
    existing("postgresql-secret", "POSTGRES_USER", "POSTGRES_PASSWORD");
    assertThatThrownBy(this::install)
        .isInstanceOf(InstallException.class)
        .satisfies(hasCode(ProblemCode.SECRET_INCOMPLETE))
        .hasMessageContaining(
            "kubernaut-system/postgresql-secret: exists but lacks POSTGRES_DB, db-secrets.yaml")
        .hasMessageNotContaining("hunter2");
    assertThat(cluster.get(ResourceType.SECRET, "kubernaut-system", "valkey-secret")).isEmpty();
    assertThat(helm.calls()).isEmpty();
  }

  @Test
  void imagesOutsideTheMirrorAreRefusedBeforeAnythingIsCreated() {
    MirrorPlan forgotten =
        MirrorPlan.builder(Target.registry("harbor.corp:5000"))
            .chart(TemplateHelm.chart())
            .addAllEntries(plan(TemplateHelm.chart(), helm).entries().subList(0, 2))
            .build();
    ImagesOutsideMirrorException refusal =
        catchThrowableOfType(
            ImagesOutsideMirrorException.class, () -> install(forgotten, options().build()));
    assertThat(refusal.images())
        .extracting(OutsideImage::image)
        .containsExactly("quay.io/kubernaut-ai/gateway:v1.1.0");
    assertThat(refusal)
        .hasMessageContaining("nothing was installed")
        .hasMessageContaining("spec.template.spec.containers[0].image");
    nothingWasCreated();
  }

  @Test
  void aChartOfOtherValuesThanThePlansIsRefused() {
    MirrorPlan old = plan(TemplateHelm.chart(), helm);
    MirrorPlan changed =
        MirrorPlan.builder(old.target())
            .addAllEntries(old.entries())
            .chart(TemplateHelm.chart().set("global.image.tag", "v1.2.0"))
            .build();
    assertThatThrownBy(() -> install(changed, options().build()))
        .isInstanceOf(ImagesOutsideMirrorException.class)
        .hasMessageContaining("quay.io/kubernaut-ai/gateway:v1.2.0")
        .hasMessageContaining("plan the chart again with the same values");
    nothingWasCreated();
  }

  @Test
  void anIncompleteMirrorIsRefusedUnlessAllowed() {
    MirrorReport incomplete =
        mirrored(plan(TemplateHelm.chart(), helm), MirroredImage.Outcome.FAILED);
    Installer installer = new Installer(cluster, helm, events::add);
    assertThatThrownBy(
            () -> installer.install(incomplete, PullSecretReport.none(), options().build()))
        .isInstanceOf(IncompleteMirrorException.class)
        .hasMessageContaining("3 of 3 images are not in harbor.corp:5000");
    nothingWasCreated();
    installer.install(
        incomplete, PullSecretReport.none(), options().allowIncompleteMirror(true).build());
    assertThat(helm.calls()).hasSize(1);
  }

  @Test
  void aPlanWithoutAChartIsRefused() {
    MirrorPlan list = MirrorPlan.builder(Target.registry("harbor.corp")).build();
    assertThatThrownBy(() -> install(list, options().build()))
        .isInstanceOf(InstallException.class)
        .satisfies(hasCode(ProblemCode.PLAN_WITHOUT_CHART))
        .hasMessageContaining("names no chart to install");
  }

  @Test
  void aReleaseThatIsThereIsUpgradedAndKeepsItsSecrets() {
    install();
    String password = secret("kubernaut-system", "postgresql-secret").get("POSTGRES_PASSWORD");
    Installation again = install();
    assertThat(helm.calls()).hasSize(2).last().asString().startsWith("upgrade kubernaut\n");
    assertThat(actions(again))
        .endsWith(
            "Secret kubernaut-system/postgresql-secret exists and was not changed",
            "Secret kubernaut-system/valkey-secret exists and was not changed",
            "Secret kubernaut-system/llm-credentials exists and was not changed",
            "release kubernaut is deployed at revision 2 with kubernaut-1.1.0");
    assertThat(secret("kubernaut-system", "postgresql-secret"))
        .containsEntry("POSTGRES_PASSWORD", password);
    assertThat(events.toString())
        .contains("the release exists at revision 1, deployed; upgrading it");
  }

  @Test
  void podsPullByDigestWhereThatIsWanted() {
    Installation installation = installByDigest(options().pinDigests(true).build());
    assertThat(
            RenderedChart.parse(helm.calls().get(0).substring("install kubernaut\n".length()))
                .images())
        .hasSize(3)
        .allMatch(use -> use.image().tag().isEmpty() && use.image().digest().isPresent());
    assertThat(installation.plan().entries())
        .as("the verification can compare them")
        .allMatch(entry -> installation.plan().expectedDigest(entry).isPresent());
    assertThat(actions(installation))
        .filteredOn(action -> action.contains(" was rewritten to "))
        .hasSize(3);
  }

  /** Installs a plan whose digests only the mirroring has seen. */
  private Installation installByDigest(InstallOptions options) {
    MirrorPlan plan = plan(TemplateHelm.chart(), helm);
    List<MirroredImage> images = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      images.add(
          MirroredImage.builder()
              .entry(entry)
              .outcome(MirroredImage.Outcome.COPIED)
              .digest(Digest.sha256(entry.source().toString().getBytes(UTF_8)))
              .build());
    }
    return new Installer(cluster, helm, events::add)
        .install(MirrorReport.of(plan, images), PullSecretReport.none(), options);
  }

  private PlannedInstallation planned(InstallOptions options) {
    return new Installer(cluster, helm, events::add)
        .plan(
            mirrored(plan(TemplateHelm.chart(), helm), MirroredImage.Outcome.PRESENT),
            PullSecretReport.none(),
            options);
  }

  @Test
  void aPlannedInstallationShowsEveryObjectAndChangesNothing() {
    PlannedInstallation first = planned(options().build()).orElseThrow();
    assertThat(first.isUpgrade()).isFalse();
    assertThat(first.change().changes())
        .extracting(ObjectChange::toString)
        .containsExactly(
            "create Namespace kubernaut-system",
            "create Secret kubernaut-system/postgresql-secret",
            "create Secret kubernaut-system/valkey-secret",
            "create Secret kubernaut-system/llm-credentials");
    assertThat(first.helmChanges())
        .extracting(ObjectChange::toString)
        .hasSize(4)
        .allMatch(change -> change.startsWith("create "))
        .contains("create Namespace kubernaut-workflows");
    assertThat(first.diff())
        .contains("image: harbor.corp:5000/library/postgres:16-alpine", "***")
        .doesNotContain("sk-test");
    assertThat(cluster.list(ResourceType.SECRET, null, Map.of())).isEmpty();
    assertThat(helm.calls()).isEmpty();
  }

  private ClusterChange plannedSecrets(Supplier<Map<String, Secret>> llmCredentials) {
    return new Installer(cluster, helm, events::add)
        .planSecrets(plan(TemplateHelm.chart(), helm), llmCredentials);
  }

  private ClusterChange plannedSecrets(Map<String, Secret> llmCredentials) {
    return new Installer(cluster, helm, events::add)
        .planSecrets(plan(TemplateHelm.chart(), helm), llmCredentials);
  }

  @Test
  void secretsAreCreatedByThemselvesAndTheCreationIsUndone() {
    assertThat(plannedSecrets(Map.of()).problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.LLM_CREDENTIALS_MISSING);
    Map<String, Secret> llm = Map.of("OPENAI_API_KEY", Secret.of("sk-test"));
    ClusterChange change = plannedSecrets(llm);
    assertThat(change.diff()).contains("***").doesNotContain("sk-test");
    ClusterChanger changer = new ClusterChanger(cluster, events::add);
    ChangeReport report = changer.apply(change).orElseThrow();
    assertThat(cluster.list(ResourceType.SECRET, "kubernaut-system", Map.of())).hasSize(3);
    assertThat(plannedSecrets(Map.of()).isEmpty()).as("they are kept").isTrue();
    changer.apply(changer.undo(report)).orElseThrow();
    assertThat(cluster.list(ResourceType.SECRET, null, Map.of())).isEmpty();
    assertThat(cluster.get(ResourceType.NAMESPACE, null, "kubernaut-system")).isEmpty();
  }

  @Test
  void anEndpointInTheInternetIsAWarning(@TempDir Path directory) throws IOException {
    Path config =
        Files.writeString(
            directory.resolve("sdk.yaml"),
            """
            llm: {provider: litellm, endpoint: "https://api.OpenAI.com/v1"}
            others: [{endpoint: "http://litellm.internal.svc:4000"}, {endpoint: "https://notopenai.com"}]
            """);
    Chart chart = TemplateHelm.chart().sdkConfig(config);
    PlannedInstallation planned =
        new Installer(cluster, helm, events::add)
            .plan(
                mirrored(plan(chart, helm), MirroredImage.Outcome.PRESENT),
                PullSecretReport.none(),
                options().build());
    assertThat(planned.problems())
        .singleElement()
        .satisfies(
            warning -> {
              assertThat(warning.code()).isEqualTo(ProblemCode.ENDPOINT_PUBLIC);
              assertThat(warning.message()).startsWith("llm.endpoint names api.openai.com");
            });
    Files.writeString(config, "llm:\n  endpoint: [\n");
    assertThatThrownBy(
            () ->
                new Installer(cluster, helm, events::add)
                    .plan(
                        mirrored(plan(chart, helm), MirroredImage.Outcome.PRESENT),
                        PullSecretReport.none(),
                        options().build()))
        .isInstanceOf(InvalidYamlException.class)
        .hasMessageContaining("line 3");
  }

  @Test
  void anUpgradeNeedsARelease() {
    InstallOptions upgrade = options().upgradeOnly(true).build();
    assertThat(planned(upgrade).problems())
        .extracting(Problem::code)
        .containsExactly(ProblemCode.RELEASE_NOT_FOUND);
    MirrorPlan plan = plan(TemplateHelm.chart(), helm);
    assertThatThrownBy(() -> install(plan, upgrade))
        .isInstanceOf(InstallException.class)
        .satisfies(hasCode(ProblemCode.RELEASE_NOT_FOUND));
    install();
    assertThat(planned(upgrade).isUpgrade()).isTrue();
    install(plan, upgrade);
    assertThat(helm.calls()).hasSize(2).last().asString().startsWith("upgrade kubernaut");
  }

  private static final ResourceType DEFINITION =
      ResourceType.cluster(
          "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions");

  private static String definition(String version) {
    return """
        ---
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com, labels: {chart: "%s"}}
        spec: {group: example.com, scope: Namespaced, names: {kind: Widget, plural: widgets}, versions: [{name: %s, served: true, storage: true}]}
        """
        .formatted(version, version);
  }

  /** As the API server does: fills in a default, and establishes definitions. */
  private void establishDefinitions() {
    cluster.onWrite(
        object ->
            object.kind().equals("CustomResourceDefinition")
                ? object
                    .with("widget", "spec", "names", "singular")
                    .with(Map.of("strategy", "None"), "spec", "conversion")
                    .with(
                        List.of(Map.of("type", "Established", "status", "True")),
                        "status",
                        "conditions")
                : object);
  }

  private String definedVersions() {
    return String.valueOf(
        cluster
            .get(DEFINITION, null, "widgets.example.com")
            .orElseThrow()
            .fields()
            .value("spec", "versions")
            .orElseThrow());
  }

  @Test
  void definitionsOfTheChartAreWrittenBeforeHelmIsCalled() {
    establishDefinitions();
    helm.withCrds(definition("v1"));
    assertThat(actions(install()))
        .contains("CustomResourceDefinition widgets.example.com was created");
    helm.withCrds(definition("v2"));
    assertThat(planned(options().build()).diff())
        .contains("update CustomResourceDefinition widgets.example.com")
        .contains("- spec.versions[0].name: v1", "+ spec.versions[0].name: v2")
        .doesNotContain("conversion", "singular");
    assertThat(actions(install()))
        .contains("CustomResourceDefinition widgets.example.com was updated");
    assertThat(definedVersions()).contains("v2");
    assertThat(planned(options().build()).change().changes()).as("nothing is left to do").isEmpty();
  }

  @Test
  void definitionsThatAreNotServedEndTheInstallation() {
    helm.withCrds(definition("v1"));
    InstallOptions impatient = options().hookTimeout(Duration.ofMillis(50)).build();
    assertThatThrownBy(() -> install(plan(TemplateHelm.chart(), helm), impatient))
        .isInstanceOf(ClusterChangeException.class)
        .satisfies(hasCode(ProblemCode.CRD_NOT_ESTABLISHED));
    assertThat(helm.calls()).isEmpty();
  }

  @Test
  void throughMirrorRulesPodsKeepTheSourceNames() {
    mirrorRules("quay.io", "docker.io");
    Installation installation = installByDigest(options().throughMirrorRules(true).build());
    assertThat(
            RenderedChart.parse(helm.calls().get(0).substring("install kubernaut\n".length()))
                .images())
        .hasSize(3)
        .allMatch(use -> use.image().tag().isEmpty() && use.image().digest().isPresent())
        .noneMatch(use -> use.image().registry().equals("harbor.corp:5000"));
    assertThat(installation.problems()).isEmpty();
    assertThat(events.toString())
        .contains("3 images, every one from harbor.corp:5000 through mirror rules");
  }

  @Test
  void throughMirrorRulesAnImageThatNoRuleRedirectsIsRefusedBeforeAnythingIsTouched() {
    mirrorRules("quay.io");
    InstallException failure =
        catchThrowableOfType(
            InstallException.class,
            () -> installByDigest(options().throughMirrorRules(true).build()));
    assertThat(failure.problems())
        .hasSize(2)
        .extracting(Problem::code)
        .containsOnly(ProblemCode.MIRROR_RULE_MISSING);
    assertThat(failure)
        .hasMessageContaining("docker.io/library/postgres@sha256:")
        .hasMessageContaining(
            "would not be pulled from harbor.corp:5000/library/postgres, because no mirror rule applies");
    assertThat(helm.calls()).isEmpty();
    assertThat(cluster.get(ResourceType.NAMESPACE, null, "kubernaut-system")).isEmpty();
  }

  private void mirrorRules(String... sources) {
    List<Map<String, Object>> rules = new ArrayList<>();
    for (String source : sources) {
      rules.add(Map.of("source", source, "mirrors", List.of("harbor.corp:5000")));
    }
    ResourceType type =
        ResourceType.cluster(
            "config.openshift.io/v1", "ImageDigestMirrorSet", "imagedigestmirrorsets");
    cluster.put(
        type,
        KubernetesObject.named(type, null, "rules").with(rules, "spec", "imageDigestMirrors"));
  }

  @Test
  void podsNameThePullSecretThatTheyNeed() {
    PullSecretReport report =
        PullSecretReport.builder()
            .scope(PullSecretReport.Scope.NAMESPACES)
            .addNamesForPods("kubernaut-mirror")
            .isChanged(true)
            .build();
    new Installer(cluster, helm, events::add)
        .install(
            mirrored(plan(TemplateHelm.chart(), helm), MirroredImage.Outcome.PRESENT),
            report,
            options().build());
    assertThat(helm.calls().get(0)).contains("imagePullSecrets: [{name: kubernaut-mirror}]");
  }

  private List<Problem> problemsWithoutAValueForPullSecrets() {
    TemplateHelm plain =
        TemplateHelm.of(VALUES.replace("imagePullSecrets: []", ""), InstallerTest::templates);
    Installation installation =
        new Installer(cluster, plain, events::add)
            .install(
                mirrored(plan(TemplateHelm.chart(), plain), MirroredImage.Outcome.PRESENT),
                PullSecretReport.builder()
                    .scope(PullSecretReport.Scope.NAMESPACES)
                    .addNamesForPods("kubernaut-mirror")
                    .isChanged(false)
                    .build(),
                options().build());
    assertThat(installation.isOk()).isTrue();
    return installation.problems();
  }

  @Test
  void podsWhoseServiceAccountHasNoPullSecretAreReported() {
    assertThat(problemsWithoutAValueForPullSecrets())
        .singleElement()
        .satisfies(
            problem -> {
              assertThat(problem.code()).isEqualTo(ProblemCode.PULL_SECRET_NOT_REFERENCED);
              assertThat(problem.parameters().get("objects"))
                  .contains("Deployment kubernaut-system/d");
            });
    cluster.put(
        ResourceType.SERVICE_ACCOUNT,
        KubernetesObject.named(ResourceType.SERVICE_ACCOUNT, "kubernaut-system", "default")
            .with(
                List.of(Map.of("name", "other"), Map.of("name", "kubernaut-mirror")),
                "imagePullSecrets"));
    assertThat(problemsWithoutAValueForPullSecrets()).isEmpty();
  }

  @Test
  void aChartOfAnotherProductNeedsNoSecrets() {
    new Installer(
            cluster, helm, List.of(ImageFinder.containers()), ProductProfile.none(), events::add)
        .install(
            mirrored(plan(TemplateHelm.chart(), helm), MirroredImage.Outcome.PRESENT),
            PullSecretReport.none(),
            InstallOptions.builder().build());
    assertThat(cluster.list(ResourceType.SECRET, "kubernaut-system", Map.of())).isEmpty();
  }

  @Test
  void theProofSeesTheVersionsOfTheCluster() {
    install();
    assertThat(helm.charts())
        .singleElement()
        .satisfies(
            chart -> {
              assertThat(chart.kubeVersion()).contains(cluster.versions().kubernetes());
              assertThat(chart.apiVersions()).contains("v1", "batch/v1");
            });
  }

  @Test
  void aFailureOfHelmComesThroughAndLeavesNoTemporaryFile() {
    helm.failing("timed out waiting for the condition");
    assertThatThrownBy(this::install)
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("timed out waiting for the condition");
    assertThat(helm.charts())
        .singleElement()
        .satisfies(
            chart -> {
              assertThat(chart.valuesFiles()).hasSize(1);
              assertThat(chart.valuesFiles().get(0)).doesNotExist();
            });
  }

  @Test
  void aSecretDoesNotPrint() {
    assertThat(Secret.of("hunter2"))
        .hasToString("***")
        .isEqualTo(Secret.of("hunter2"))
        .hasSameHashCodeAs(Secret.of("hunter2"))
        .isNotEqualTo(Secret.of("hunter3"));
    assertThat(Secret.of("hunter2").reveal()).isEqualTo("hunter2");
  }
}
