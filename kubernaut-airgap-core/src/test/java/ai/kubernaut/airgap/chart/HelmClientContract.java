package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What every {@link HelmClient} does: each sentence of its Javadoc, with a small chart that the
 * test writes. A subclass gives the client. What the client cannot do, or whether there is no
 * cluster behind it, the subclass says by {@link #abilities()}, and the tests of it are skipped
 * with a message that names the ability. No object of the chart runs a pod.
 */
@Timeout(300)
public abstract class HelmClientContract {
  /** What is optional for a client. */
  public enum Ability {
    /**
     * There is a cluster to install into, which may be shared with other tests; then {@link
     * HelmClientContract#newRelease} and {@link HelmClientContract#installedData} work.
     */
    CLUSTER,
    /** It finds out what templates ask about the cluster: {@link HelmClient#conditions}. */
    CONDITIONS,
    /** It reads the values schemas of charts: {@link HelmClient#schemas}. */
    SCHEMAS,
    /** It reads the CustomResourceDefinitions of charts: {@link HelmClient#crds}. */
    CRDS,
    /** An interrupt ends a call. */
    INTERRUPTS
  }

  private static final Duration HOOKS = Duration.ofSeconds(60);
  private static final ReleaseName OFFLINE = ReleaseName.of("contract", "contract-system");

  @TempDir Path directory;
  private HelmClient helm;
  private Path location;

  /** Makes a new client. */
  protected abstract HelmClient open() throws Exception;

  /** What the client can do; everything, unless a subclass says less. */
  protected Set<Ability> abilities() {
    return EnumSet.allOf(Ability.class);
  }

  private void require(Ability ability) {
    assumeTrue(
        abilities().contains(ability),
        () -> "skipped: the client of this test has no ability " + ability);
  }

  /** A release that is not there yet, in a namespace of its own that is. Asked with a cluster. */
  protected ReleaseName newRelease() throws Exception {
    throw new UnsupportedOperationException("override this, or leave out the ability CLUSTER");
  }

  /** The data of a ConfigMap in the release's namespace. Asked with a cluster. */
  protected Map<String, String> installedData(ReleaseName release, String configMap)
      throws Exception {
    throw new UnsupportedOperationException("override this, or leave out the ability CLUSTER");
  }

  @BeforeEach
  final void openClient() throws Exception {
    location = directory.resolve("charts/contract");
    write("Chart.yaml", "apiVersion: v2\nname: contract\nversion: 0.1.0\nappVersion: '7'\n");
    write(
        "values.yaml",
        """
        # Values of the contract's chart.
        image: quay.io/contract/app:1
        message: ""
        replicas: 1
        file: ""
        """);
    write(
        "values.schema.json",
        """
        {"type": "object", "additionalProperties": false, "properties": {
          "image": {"type": "string"}, "message": {"type": "string"},
          "replicas": {"type": "integer"}, "file": {"type": "string"},
          "global": {"type": "object"}, "subchart": {"type": "object"}}}
        """);
    write(
        "templates/settings.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-settings
          namespace: {{ .Release.Namespace }}
        data:
          message: {{ required "message is needed: say what the contract should say" .Values.message | quote }}
          image: {{ .Values.image | quote }}
          replicas: {{ .Values.replicas | quote }}
          file: {{ .Values.file | quote }}
          cluster: {{ if lookup "v1" "Namespace" "" "kube-system" }}seen{{ else }}none{{ end }}
          hint: "a lookup finds nothing here, and helm.sh/hook stays as it is"
        """);
    write(
        "templates/hook.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-hook
          annotations:
            helm.sh/hook: pre-install,pre-upgrade
            helm.sh/hook-weight: "-5"
        data:
          image: {{ .Values.image }}
        """);
    write(
        "templates/nested/references.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-references
          annotations:
            template: {{ .Template.Name }}
            checksum: {{ include (print $.Template.BasePath "/settings.yaml") . | sha256sum }}
        data:
          plain: {{ .Values.image }}
          quoted: {{ .Values.image | quote }}
          single: '{{ .Values.image }}'
          argument: --image={{ .Values.image }}
          three: {{ .Values.image }},{{ .Values.image }},{{ .Values.image }}
          address: oci://{{ .Values.image }}
          sentence: "This runs {{ .Values.image }}. Nothing else does."
          text: |
            {{ .Values.image }}
            image: {{ .Values.image }}
            image: word
          longer: {{ .Values.image }}.5
          inside: proxy.corp/{{ .Values.image }}
          pinned: {{ .Values.image }}@sha256
          word: word
        """);
    write("charts/inner/Chart.yaml", "apiVersion: v2\nname: subchart\nversion: 0.1.0\n");
    write(
        "charts/inner/templates/inner.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-inner
        data:
          image: quay.io/contract/app:1
        """);
    helm = open();
  }

  @AfterEach
  final void closeClient() {
    if (helm != null) {
      helm.close();
    }
  }

  private void write(String file, String text) throws IOException {
    Path path = location.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private Chart chart() {
    return Chart.at(location).set("message", "hello");
  }

  private Map<String, String> settings(Chart chart) {
    return object(chart, "contract-settings").object().fields().strings("data");
  }

  private RenderedManifest object(Chart chart, String name) {
    return RenderedChart.parse(helm.render(chart, OFFLINE)).manifests().stream()
        .filter(manifest -> manifest.object().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  private static HelmException refused(ThrowingCallable call) {
    HelmException refusal = catchThrowableOfType(HelmException.class, call);
    assertThat(refusal).isNotNull();
    assertThat(refusal.getMessage()).isNotBlank();
    return refusal;
  }

  @Test
  void renderingShowsObjectsWithTheirTemplates() {
    RenderedManifest settings = object(chart(), "contract-settings");
    assertThat(settings.template()).isEqualTo("contract/templates/settings.yaml");
    assertThat(settings.object()).hasToString("ConfigMap contract-system/contract-settings");
    assertThat(settings.isHook()).isFalse();
    assertThat(settings(chart()))
        .containsEntry("message", "hello")
        .containsEntry("image", "quay.io/contract/app:1")
        .containsEntry("replicas", "1");
  }

  @Test
  void renderingShowsHooks() {
    RenderedManifest hook = object(chart(), "contract-hook");
    assertThat(hook.isHook()).isTrue();
    assertThat(hook.object().annotations())
        .isEqualTo(Map.of("helm.sh/hook", "pre-install,pre-upgrade", "helm.sh/hook-weight", "-5"));
  }

  @Test
  void renderingLooksUpNothing() {
    assertThat(settings(chart()))
        .containsEntry("cluster", "none")
        .containsEntry("hint", "a lookup finds nothing here, and helm.sh/hook stays as it is");
  }

  @Test
  void valuesAreLayeredAsHelmLayersThem() throws IOException {
    Path first =
        Files.writeString(
            directory.resolve("first.yaml"), "message: first\nimage: x:1\nreplicas: 2\n");
    Path second =
        Files.writeString(directory.resolve("second.yaml"), "message: second\nreplicas: 3\n");
    Path content =
        Files.writeString(directory.resolve("content.txt"), "of: a file\nwith, commas\n");
    assertThat(
            settings(
                Chart.at(location)
                    .values(first)
                    .values(second)
                    .set("message", "single")
                    .setFile("file", content)))
        .containsEntry("message", "single")
        .containsEntry("image", "x:1")
        .containsEntry("replicas", "3")
        .containsEntry("file", "of: a file\nwith, commas\n");
  }

  @Test
  void textsThatLookLikeSomethingElseStayTexts() throws IOException {
    for (String text : List.of("yes", "~", "0644", "1e3", "12:30:45", "True")) {
      Path file =
          Files.writeString(directory.resolve("texts.yaml"), Yaml.write(Map.of("message", text)));
      assertThat(settings(Chart.at(location).values(file))).containsEntry("message", text);
    }
  }

  private Chart rewritten() {
    Map<String, String> texts = new LinkedHashMap<>();
    texts.put("quay.io/contract/app:1", "harbor.corp/app@$1\\\"%s");
    texts.put("harbor.corp/app@$1", "what was put there is not rewritten again");
    texts.put("word", "harbor.corp/word:1");
    return Chart.at(location).set("message", "runs quay.io/contract/app:1").rewriting(texts);
  }

  private static void seeReferencesRewritten(Map<String, String> data) {
    String put = "harbor.corp/app@$1\\\"%s";
    assertThat(data)
        .containsEntry("plain", put)
        .containsEntry("single", put)
        .containsEntry("argument", "--image=" + put)
        .containsEntry("three", put + "," + put + "," + put)
        .containsEntry("address", "oci://" + put)
        .containsEntry("text", put + "\nimage: " + put + "\nimage: harbor.corp/word:1\n");
    assertThat(data)
        .as("what is a part of something else stays")
        .containsEntry("longer", "quay.io/contract/app:1.5")
        .containsEntry("inside", "proxy.corp/quay.io/contract/app:1")
        .containsEntry("pinned", "quay.io/contract/app:1@sha256")
        .containsEntry("word", "word");
  }

  @Test
  void referencesAreRewrittenWhereTheyStandAsAWhole() throws IOException {
    // In double quotes, what is put there has to be fit for them.
    write(
        "templates/nested/references.yaml",
        Files.readString(location.resolve("templates/nested/references.yaml"))
            .replaceAll("(?m)^  (quoted|sentence): .*\n", ""));
    seeReferencesRewritten(
        object(rewritten(), "contract-references").object().fields().strings("data"));
    assertThat(object(rewritten(), "contract-hook").object().fields().strings("data"))
        .containsEntry("image", "harbor.corp/app@$1\\\"%s");
    assertThat(object(rewritten(), "contract-inner").object().fields().strings("data"))
        .containsEntry("image", "harbor.corp/app@$1\\\"%s");
  }

  @Test
  void referencesInQuotesAndSentencesAreRewrittenToo() {
    Map<String, String> data =
        object(
                chart().rewriting(Map.of("quay.io/contract/app:1", "harbor.corp/app:1")),
                "contract-references")
            .object()
            .fields()
            .strings("data");
    assertThat(data)
        .containsEntry("quoted", "harbor.corp/app:1")
        .containsEntry("sentence", "This runs harbor.corp/app:1. Nothing else does.");
  }

  @Test
  void rewritingChangesNothingButTheReferences() {
    Chart idle = chart().rewriting(Map.of("quay.io/contract/other:1", "harbor.corp/other:1"));
    assertThat(helm.render(idle, OFFLINE)).isEqualTo(helm.render(chart(), OFFLINE));
    RenderedManifest references = object(chart(), "contract-references");
    assertThat(references.template()).isEqualTo("contract/templates/nested/references.yaml");
    assertThat(references.object().annotations())
        .containsEntry("template", "contract/templates/nested/references.yaml");
    assertThat(
            object(
                    chart().rewriting(Map.of("quay.io/contract/app:1", "harbor.corp/app:1")),
                    "contract-references")
                .object()
                .annotations())
        .as("a checksum is that of the rewritten text")
        .doesNotContainEntry(
            "checksum", references.object().annotations().getOrDefault("checksum", ""));
  }

  private static final String ACCOUNTS =
      """
      # The account of the release.
      apiVersion: v1
      kind: ServiceAccount
      metadata: {name: contract-plain, annotations: {number: "1000000"}}
      automountServiceAccountToken: false
      ---
      apiVersion: v1
      kind: ConfigMap
      metadata: {name: contract-no-account}
      data:
        text: "kind: ServiceAccount"
        script: |
          --- kind: ServiceAccount
      ---
      apiVersion: v1
      kind: ServiceAccount
      metadata:
        name: contract-own
        annotations: {helm.sh/hook: pre-install}
      imagePullSecrets:
        - name: own
        - name: mirror-a
      ---
      apiVersion: v1
      kind: List
      items:
        - apiVersion: v1
          kind: ConfigMap
          metadata: {name: contract-beside-account}
          data: {number: "1000000", kind: ServiceAccount}
        - apiVersion: v1
          kind: ServiceAccount
          metadata: {name: contract-in-list}
        - apiVersion: v1
          kind: List
          items:
            - apiVersion: v1
              kind: ServiceAccount
              metadata: {name: contract-in-nested-list}
              imagePullSecrets: [{name: own}]
      ---
      apiVersion: v1
      kind: ServiceAccountList
      items: [{metadata: {name: contract-in-typed-list}}]
      ---
      apiVersion: v1
      kind: List
      items: []
      """;

  private List<String> pullSecrets(Chart chart, String account) {
    return object(chart, account).object().fields().list("imagePullSecrets").stream()
        .map(secret -> secret.text("name").orElse(""))
        .toList();
  }

  @Test
  void serviceAccountsGetPullSecretsBesideTheirOwn() throws IOException {
    write("templates/accounts.yaml", ACCOUNTS);
    write("charts/inner/templates/account.yaml", ACCOUNTS.replace("contract-", "inner-"));
    Chart chart = chart().accountPullSecrets(Set.of("mirror-b", "mirror-a"));
    for (String place : List.of("contract", "inner")) {
      assertThat(pullSecrets(chart, place + "-plain")).containsExactly("mirror-a", "mirror-b");
      assertThat(pullSecrets(chart, place + "-own")).containsExactly("own", "mirror-a", "mirror-b");
      assertThat(pullSecrets(chart, place + "-in-list")).containsExactly("mirror-a", "mirror-b");
      assertThat(pullSecrets(chart, place + "-in-nested-list"))
          .containsExactly("own", "mirror-a", "mirror-b");
      assertThat(pullSecrets(chart, place + "-in-typed-list"))
          .containsExactly("mirror-a", "mirror-b");
      assertThat(object(chart, place + "-own").isHook()).isTrue();
      KubernetesObject plain = object(chart, place + "-plain").object();
      assertThat(plain.annotations()).containsEntry("number", "1000000");
      assertThat(plain.fields().value("automountServiceAccountToken")).contains(false);
      for (String other :
          List.of("-no-account", "-beside-account", "-settings", "-hook", "-references")) {
        if (place.equals("contract") || other.endsWith("-account")) {
          assertThat(object(chart, place + other)).isEqualTo(object(chart(), place + other));
        }
      }
    }
    assertThat(pullSecrets(chart(), "contract-plain")).as("without names").isEmpty();
  }

  @Test
  void whatTheChartSaysComesThroughARewriting() {
    Chart silent = Chart.at(location).rewriting(Map.of("a/b:1", "c/d:1"));
    HelmException refusal = refused(() -> helm.render(silent, OFFLINE));
    assertThat(refusal.helmMessage())
        .contains("message is needed: say what the contract should say")
        .doesNotContain("_airgap");
  }

  @Test
  void whatTheChartSaysComesThrough() {
    HelmException refusal = refused(() -> helm.render(Chart.at(location), OFFLINE));
    assertThat(refusal.helmMessage())
        .contains("message is needed: say what the contract should say");
    assertThat(refusal)
        .hasMessageContaining(location.toString())
        .hasMessageContaining("message is needed: say what the contract should say");
  }

  @Test
  void whatTheSchemaRefusesIsRefused() {
    HelmException unknown = refused(() -> helm.render(chart().set("unknown", "x"), OFFLINE));
    assertThat(unknown.helmMessage()).contains("unknown");
    HelmException type = refused(() -> helm.render(chart().set("replicas", "many"), OFFLINE));
    assertThat(type.helmMessage()).contains("replicas");
  }

  @Test
  void aChartOrAFileThatIsNotThereIsNamed() throws IOException {
    Path missing = directory.resolve("missing");
    assertThat(refused(() -> helm.render(Chart.at(missing), OFFLINE)))
        .hasMessageContaining(missing.toString());
    assertThat(refused(() -> helm.values(Chart.at(missing))))
        .hasMessageContaining(missing.toString());
    Path empty = Files.createDirectory(directory.resolve("empty"));
    assertThat(refused(() -> helm.render(Chart.at(empty), OFFLINE)))
        .hasMessageContaining(empty.toString());
    assertThat(refused(() -> helm.render(chart().values(missing), OFFLINE)))
        .hasMessageContaining(missing.toString());
    assertThat(refused(() -> helm.render(chart().setFile("file", missing), OFFLINE)))
        .hasMessageContaining(missing.toString());
  }

  @Test
  void whatIsNoChartOrNoYamlIsRefused() throws IOException {
    Path text = Files.writeString(directory.resolve("chart.tgz"), "no archive");
    refused(() -> helm.render(Chart.at(text), OFFLINE));
    Path bad = Files.writeString(directory.resolve("bad.yaml"), "a: {");
    refused(() -> helm.render(chart().values(bad), OFFLINE));
  }

  @Test
  void theChartStaysAsItIs() throws IOException {
    Map<Path, String> before = files();
    helm.render(chart(), OFFLINE);
    helm.values(chart());
    assertThat(files()).isEqualTo(before);
  }

  private Map<Path, String> files() throws IOException {
    Map<Path, String> files = new TreeMap<>();
    try (var paths = Files.walk(directory)) {
      for (Path file : paths.filter(Files::isRegularFile).toList()) {
        files.put(file, Files.readString(file));
      }
    }
    return files;
  }

  private Map<?, ?> values(Chart chart) {
    return Yaml.readMapping("the values", helm.values(chart), Yaml.DuplicateKeys.REFUSED);
  }

  @Test
  void theValuesAreThoseThatTemplatesSeeWithThoseOfSubcharts() throws IOException {
    write("charts/inner/values.yaml", "image: quay.io/contract/inner:1\nlist: [a, b]\n");

    Map<?, ?> values = values(Chart.at(location).set("subchart.list[1]", "c"));

    assertThat(values.get("image")).isEqualTo("quay.io/contract/app:1");
    assertThat(values.get("message")).as("neither schema nor templates are asked").isEqualTo("");
    Map<?, ?> subchart = (Map<?, ?>) values.get("subchart");
    assertThat(subchart.get("image")).isEqualTo("quay.io/contract/inner:1");
    // Helm's --set knows nothing of the chart's own lists.
    assertThat(subchart.get("list")).isEqualTo(Arrays.asList(null, "c"));
  }

  @Test
  void manyAndOddValuesAreReadToo() throws IOException {
    StringBuilder many = new StringBuilder("many:\n");
    for (int i = 0; i < 30_000; i++) {
      many.append("  key-").append(i).append(": \"").append("x".repeat(80)).append("\"\n");
    }
    many.append("odd: \"a\\x7f\\u0085\\u2028\\n- b: {{ c }}\\t\\\"\\\\\"\n");
    Path file = Files.writeString(directory.resolve("many.yaml"), many);

    Map<?, ?> values = values(chart().values(file));

    assertThat((Map<?, ?>) values.get("many")).hasSize(30_000);
    assertThat(values.get("odd")).isEqualTo("a\u007f\u0085\u2028\n- b: {{ c }}\t\"\\");
  }

  @Test
  void everyKindOfValueHasItsLayer() throws IOException {
    write("values.schema.json", "{}");
    write("values.yaml", "a: {own: 1, file: own, json: own, set: own, text: own, last: own}\n");
    Path file =
        Files.writeString(
            directory.resolve("layer.yaml"),
            "a: {file: file, json: file, set: file, text: file, last: file}\nswitch: yes\n");
    Path content = Files.writeString(directory.resolve("content"), "last\n");
    Chart chart =
        Chart.at(location)
            .setFile("a.last", content)
            .setString("a.text", "1.10")
            .setString("a.last", "text")
            .set("a.set", "true")
            .set("a.text", "set")
            .set("a.last", "set")
            .values(file)
            .setJson("a", "{\"json\": {\"list\": [1, \"two\"]}, \"set\": 0, \"text\": 0}");

    Map<?, ?> values = values(chart);

    Map<String, Object> expected = new LinkedHashMap<>();
    expected.put("own", 1);
    expected.put("file", "file");
    expected.put("json", Map.of("list", List.of(1, "two")));
    expected.put("set", true);
    expected.put("text", "1.10");
    expected.put("last", "last\n");
    assertThat(values.get("a")).isEqualTo(expected);
    // As Helm reads YAML, which is not as later versions of YAML do.
    assertThat(values.get("switch")).isEqualTo(true);
  }

  @Test
  void jsonIsCheckedBeforeAnythingIsAsked() {
    for (String key : List.of("", "a..b", "list[0]")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> chart().setJson(key, "1"))
          .withMessageContaining("'" + key + "'");
    }
    for (String json : List.of("", "{", "{} {}", "hunter2")) {
      assertThatIllegalArgumentException()
          .isThrownBy(() -> chart().setJson("llm.apiKey", json))
          .withMessageContaining("llm.apiKey")
          .withMessageNotContaining("hunter2");
    }
    assertThat(chart().setJson("llm.apiKey", "\"hunter2\"").toString())
        .contains("llm.apiKey")
        .doesNotContain("hunter2");
  }

  @Test
  void anObjectThatBecomesAHookByItsValuesIsRenderedToo() throws IOException {
    write("values.schema.json", "{}");
    write(
        "templates/valued.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: valued
          annotations: {{ toYaml .Values.annotations | nindent 4 }}
        """);
    write(
        "values.yaml",
        "image: quay.io/contract/app:1\nreplicas: 1\nfile: ''\nannotations: {helm.sh/hook: test}\n");
    Path file =
        Files.writeString(
            directory.resolve("hooks.yaml"), "annotations: {helm.sh/hook: post-install}\n");
    Map<Chart, String> events = new LinkedHashMap<>();
    events.put(chart(), "test");
    events.put(chart().values(file), "post-install");
    events.put(chart().set("annotations.helm\\.sh/hook", "pre-upgrade"), "pre-upgrade");
    events.put(chart().setString("annotations.helm\\.sh/hook", "pre-delete"), "pre-delete");
    events.put(
        chart().setJson("annotations", "{\"helm.sh/hook\": \"post-delete\"}"), "post-delete");
    events.forEach(
        (chart, event) -> {
          RenderedManifest manifest = object(chart, "valued");
          assertThat(manifest.isHook()).isTrue();
          assertThat(manifest.object().annotations()).containsEntry("helm.sh/hook", event);
        });
  }

  @Test
  void theChartTellsAboutItself() throws IOException {
    write(
        "Chart.yaml",
        "apiVersion: v2\nname: contract\nversion: 0.1.0\nannotations: {images: 'quay.io/a/b:1'}\n");
    assertThat(Yaml.readMapping("it", helm.metadata(chart()), Yaml.DuplicateKeys.REFUSED))
        .isEqualTo(
            Map.of(
                "apiVersion",
                "v2",
                "name",
                "contract",
                "version",
                "0.1.0",
                "annotations",
                Map.of("images", "quay.io/a/b:1")));
    Path missing = directory.resolve("missing");
    assertThat(refused(() -> helm.metadata(Chart.at(missing))))
        .hasMessageContaining(missing.toString());
  }

  @Test
  void schemasAreReadWithThePathsOfTheirValues() throws IOException {
    require(Ability.SCHEMAS);
    String own = Files.readString(location.resolve("values.schema.json"));
    write("charts/inner/values.schema.json", "{\"title\": \"inner\"}");
    write("charts/inner/charts/deep/Chart.yaml", "apiVersion: v2\nname: deep\nversion: 0.1.0\n");
    write("charts/inner/charts/deep/values.schema.json", "{\"title\": \"deep\"}");
    write("charts/plain/Chart.yaml", "apiVersion: v2\nname: plain\nversion: 0.1.0\n");
    Map<Path, String> before = files();

    assertThat(helm.schemas(Chart.at(location)))
        .isEqualTo(
            Map.of(
                List.of(), own,
                List.of("subchart"), "{\"title\": \"inner\"}",
                List.of("subchart", "deep"), "{\"title\": \"deep\"}"));
    assertThat(files()).isEqualTo(before);
  }

  @Test
  void theSchemaOfADependencyHasThePathOfEachAlias() throws IOException {
    require(Ability.SCHEMAS);
    write(
        "Chart.yaml",
        """
        apiVersion: v2
        name: contract
        version: 0.1.0
        dependencies:
        - {name: subchart, version: 0.1.0, alias: first}
        - {name: subchart, version: 0.1.0, alias: second}
        """);
    write("charts/inner/values.schema.json", "no JSON");

    assertThat(helm.schemas(Chart.at(location)))
        .as("schemas are not checked")
        .containsEntry(List.of("first"), "no JSON")
        .containsEntry(List.of("second"), "no JSON")
        .hasSize(3);
  }

  @Test
  void aChartWithoutSchemasHasNone() throws IOException {
    Files.delete(location.resolve("values.schema.json"));
    assertThat(helm.schemas(Chart.at(location))).isEmpty();
  }

  @Test
  void customResourceDefinitionsAreReadAsTheyAre() throws IOException {
    require(Ability.CRDS);
    write("crds/widgets.yaml", "kind: CustomResourceDefinition # {{ not a template }}\n");
    write("crds/more/gadgets.yml", "kind: CustomResourceDefinition\nmetadata: {name: gadgets}");
    write("crds/README.md", "no manifest");
    assertThat(helm.crds(Chart.at(location)))
        .contains("{{ not a template }}", "name: gadgets")
        .doesNotContain("no manifest");
  }

  @Test
  void schemasOfAMissingChartAreRefused() {
    require(Ability.SCHEMAS);
    Path missing = directory.resolve("missing");
    assertThat(refused(() -> helm.schemas(Chart.at(missing))))
        .hasMessageContaining(missing.toString());
  }

  @Test
  void conditionsAreThoseOfTheTemplatesThatAsk() throws IOException {
    require(Ability.CONDITIONS);
    write(
        "templates/route.yaml",
        "{{ if .Capabilities.APIVersions.Has \"route.openshift.io/v1\" }}kind: Route{{ end }}\n");

    List<TemplateConditions> found = helm.conditions(Chart.at(location));

    assertThat(found)
        .filteredOn(conditions -> conditions.template().equals("templates/route.yaml"))
        .flatExtracting(TemplateConditions::apiVersions)
        .containsExactly("route.openshift.io/v1");
    assertThat(found)
        .filteredOn(conditions -> conditions.template().equals("templates/settings.yaml"))
        .flatExtracting(TemplateConditions::lookups)
        .singleElement()
        .asString()
        .contains("Namespace", "kube-system");
    assertThat(found)
        .extracting(TemplateConditions::template)
        .as("templates that ask for nothing")
        .doesNotContain("templates/hook.yaml");
  }

  private Map<String, String> versions(Chart chart) {
    return object(chart, "versions").object().fields().strings("data");
  }

  @Test
  void versionsAreSimulatedWhereTheChartAsksForThem() throws IOException {
    write(
        "templates/versions.yaml",
        """
        {{- $root := . }}
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: versions}
        data:
          kubernetes: {{ .Capabilities.KubeVersion.Version }}
          route: {{ if .Capabilities.APIVersions.Has "route.openshift.io/v1" }}there{{ else }}none{{ end }}
          apps: {{ if $root.Capabilities.APIVersions.Has "apps/v1" }}there{{ else }}none{{ end }}
          listed: {{ if has "route.openshift.io/v1" $.Capabilities.APIVersions }}there{{ else }}none{{ end }}
          other: {{ if (.Capabilities.APIVersions.Has (printf "%s/v2" "route.openshift.io")) }}there{{ else }}none{{ end }}
          text: {{ ".Capabilities.APIVersions.Has" | quote }}
        """);

    assertThat(versions(chart()))
        .containsEntry("route", "none")
        .containsEntry("apps", "there")
        .containsEntry("listed", "none");
    Map<String, String> openshift =
        versions(chart().kubeVersion("1.29.3").apiVersions("route.openshift.io/v1"));
    assertThat(openshift)
        .containsEntry("kubernetes", "v1.29.3")
        .containsEntry("route", "there")
        .containsEntry("apps", "there")
        .containsEntry("listed", "there")
        .containsEntry("other", "none")
        .containsEntry("text", ".Capabilities.APIVersions.Has");
  }

  @Test
  void closingAgainDoesNothing() {
    helm.close();
    assertThatCode(helm::close).doesNotThrowAnyException();
  }

  private ReleaseName release() throws Exception {
    require(Ability.CLUSTER);
    return newRelease();
  }

  @Test
  void aReleaseThatIsNotThereHasNoStatus() throws Exception {
    assertThat(helm.status(release())).isEmpty();
  }

  @Test
  void whatIsInstalledIsDeployed() throws Exception {
    ReleaseName name = release();
    Release installed = helm.install(chart(), name, HOOKS);
    assertThat(installed)
        .isEqualTo(
            Release.builder()
                .name(name)
                .revision(1)
                .status("deployed")
                .chart("contract-0.1.0")
                .build());
    assertThat(installed.isDeployed()).isTrue();
    assertThat(helm.status(name)).contains(installed);
  }

  @Test
  void whatIsInstalledOrUpgradedIsRewrittenAsItRenders() throws Exception {
    ReleaseName name = release();
    Chart first = chart().rewriting(Map.of("quay.io/contract/app:1", "harbor.corp/app:1"));
    helm.install(first, name, HOOKS);
    assertThat(installedData(name, "contract-settings"))
        .containsEntry("image", "harbor.corp/app:1")
        .containsEntry("cluster", "seen");
    assertThat(installedData(name, "contract-hook")).containsEntry("image", "harbor.corp/app:1");
    assertThat(installedData(name, "contract-inner")).containsEntry("image", "harbor.corp/app:1");
    assertThat(installedData(name, "contract-references"))
        .isEqualTo(object(first, "contract-references").object().fields().strings("data"));
    helm.upgrade(
        chart().rewriting(Map.of("quay.io/contract/app:1", "harbor.corp/app:2")), name, HOOKS);
    assertThat(installedData(name, "contract-settings"))
        .containsEntry("image", "harbor.corp/app:2");
    assertThat(installedData(name, "contract-hook")).containsEntry("image", "harbor.corp/app:2");
  }

  @Test
  void anInstalledReleaseIsNotInstalledAgain() throws Exception {
    ReleaseName name = release();
    helm.install(chart(), name, HOOKS);
    refused(() -> helm.install(chart(), name, HOOKS));
    assertThat(helm.status(name).orElseThrow().revision()).isEqualTo(1);
  }

  @Test
  void anUpgradeHasTheseValuesOnly() throws Exception {
    ReleaseName name = release();
    helm.install(chart(), name, HOOKS);
    Release upgraded = helm.upgrade(chart().set("replicas", "2"), name, HOOKS);
    assertThat(upgraded.revision()).isEqualTo(2);
    assertThat(upgraded.isDeployed()).isTrue();
    HelmException refusal = refused(() -> helm.upgrade(Chart.at(location), name, HOOKS));
    assertThat(refusal.helmMessage()).as("the message is not kept").contains("message is needed");
  }

  @Test
  void aReleaseThatIsNotThereIsNeitherUpgradedNorRemoved() throws Exception {
    ReleaseName name = release();
    refused(() -> helm.upgrade(chart(), name, HOOKS));
    refused(() -> helm.uninstall(name));
    assertThat(helm.status(name)).isEmpty();
  }

  @Test
  void whatTheChartRefusesIsNotInstalled() throws Exception {
    ReleaseName name = release();
    HelmException refusal = refused(() -> helm.install(Chart.at(location), name, HOOKS));
    assertThat(refusal.helmMessage()).contains("message is needed");
    assertThat(helm.status(name)).isEmpty();
  }

  @Test
  void whatIsRemovedIsGone() throws Exception {
    ReleaseName name = release();
    helm.install(chart(), name, HOOKS);
    helm.uninstall(name);
    assertThat(helm.status(name)).isEmpty();
    assertThat(helm.install(chart(), name, HOOKS).isDeployed()).as("and can come again").isTrue();
  }

  private Chart withMessage(String message) {
    return Chart.at(location).set("message", message);
  }

  @Test
  void historyListsTheRevisionsInAscendingOrder() throws Exception {
    ReleaseName name = release();
    assertThat(helm.history(name)).isEmpty();
    helm.install(chart(), name, HOOKS);
    Release second = helm.upgrade(chart(), name, HOOKS);
    assertThat(helm.history(name))
        .extracting(Release::revision, Release::status)
        .containsExactly(tuple(1, "superseded"), tuple(2, "deployed"));
    assertThat(helm.history(name)).endsWith(second);
    assertThat(helm.status(name)).contains(second);
  }

  @Test
  void aRollbackReturnsToTheManifestsOfARevision() throws Exception {
    write(
        "templates/rollback.yaml",
        """
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{ .Release.Name }}-rollback
          annotations:
            helm.sh/hook: post-rollback,pre-delete
        data:
          message: {{ .Values.message }}
        """);
    ReleaseName name = release();
    helm.install(withMessage("first"), name, HOOKS);
    Map<String, String> first = installedData(name, "contract-settings");
    write("Chart.yaml", "apiVersion: v2\nname: contract\nversion: 0.2.0\n");
    helm.upgrade(withMessage("second").set("image", "x:2"), name, HOOKS);
    assertThat(installedData(name, "contract-settings")).containsEntry("message", "second");
    assertThat(catchThrowable(() -> installedData(name, "contract-rollback")))
        .as("an upgrade does not run the hooks of rollbacks")
        .isNotNull();

    Release back = helm.rollback(name, 1, HOOKS);
    assertThat(back)
        .isEqualTo(
            Release.builder()
                .name(name)
                .revision(3)
                .status("deployed")
                .chart("contract-0.1.0")
                .build());
    assertThat(helm.status(name)).contains(back);
    assertThat(installedData(name, "contract-settings")).isEqualTo(first);
    assertThat(installedData(name, "contract-inner"))
        .containsEntry("image", "quay.io/contract/app:1");
    assertThat(installedData(name, "contract-hook"))
        .as("a rollback does not run the hooks of upgrades")
        .containsEntry("image", "x:2");
    assertThat(installedData(name, "contract-rollback")).containsEntry("message", "first");

    helm.rollback(name, 2, HOOKS);
    assertThat(installedData(name, "contract-settings")).containsEntry("message", "second");
    assertThat(installedData(name, "contract-rollback")).containsEntry("message", "second");
    helm.rollback(name, 3, HOOKS);
    assertThat(installedData(name, "contract-rollback"))
        .as("a rollback to a rollback runs its hooks as well")
        .containsEntry("message", "first");
    assertThat(helm.upgrade(withMessage("next"), name, HOOKS).revision()).isEqualTo(6);
    helm.uninstall(name);
    assertThat(helm.history(name)).isEmpty();
  }

  @Test
  void aRollbackToARevisionThatDoesNotExistIsRefused() throws Exception {
    ReleaseName name = release();
    refused(() -> helm.rollback(name, 1, HOOKS));
    helm.install(chart(), name, HOOKS);
    refused(() -> helm.rollback(name, 7, HOOKS));
    assertThat(helm.status(name).orElseThrow().revision()).isEqualTo(1);
  }

  /** Adds a hook that never ends: no node has its label. */
  private void addEndlessHook() throws IOException {
    write(
        "templates/endless.yaml",
        """
        apiVersion: batch/v1
        kind: Job
        metadata:
          name: {{ .Release.Name }}-endless
          annotations: {helm.sh/hook: post-install}
        spec:
          template:
            spec:
              restartPolicy: Never
              nodeSelector: {contract.invalid/none: "true"}
              containers: [{name: main, image: "contract.invalid/endless:1"}]
        """);
  }

  @Test
  void aHookThatTakesTooLongFailsTheRelease() throws Exception {
    ReleaseName name = release();
    addEndlessHook();
    HelmException late = refused(() -> helm.install(chart(), name, Duration.ofSeconds(2)));
    assertThat(late.helmMessage()).contains("timed out");
    assertThat(helm.status(name))
        .hasValueSatisfying(release -> assertThat(release.status()).isEqualTo("failed"));
  }

  @Test
  void anInterruptEndsAnInstallation() throws Exception {
    require(Ability.INTERRUPTS);
    ReleaseName name = release();
    addEndlessHook();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    AtomicLong ended = new AtomicLong();
    Thread installing =
        new Thread(
            () -> {
              thrown.set(catchThrowable(() -> helm.install(chart(), name, Duration.ofHours(1))));
              ended.set(System.nanoTime());
              assertThat(Thread.currentThread().isInterrupted()).isTrue();
            });
    installing.start();
    while (installing.isAlive() && helm.status(name).isEmpty()) {
      Thread.onSpinWait();
    }
    long begin = System.nanoTime();
    installing.interrupt();
    installing.join();
    assertThat(thrown.get()).isInstanceOf(CancelledException.class);
    assertThat(Duration.ofNanos(ended.get() - begin)).isLessThan(Duration.ofSeconds(1));
    assertThat(helm.status(name).orElseThrow().isDeployed()).isFalse();
  }

  @Test
  void twentyRendersAtATime() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(20);
    try {
      List<Future<Map<String, String>>> running = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        Chart chart = withMessage("thread " + i);
        running.add(threads.submit(() -> settings(chart)));
      }
      for (int i = 0; i < running.size(); i++) {
        assertThat(running.get(i).get()).containsEntry("message", "thread " + i);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
