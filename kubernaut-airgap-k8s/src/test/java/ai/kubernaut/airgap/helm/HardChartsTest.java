package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.overlay.MirrorProof;
import ai.kubernaut.airgap.overlay.MirrorProver;
import ai.kubernaut.airgap.overlay.ProofOptions;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.plan.MirrorPlanner;
import ai.kubernaut.airgap.plan.PlanOptions;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One small chart for each hard case, rendered by Helm itself: what is found, with its reasons, and
 * the proof that the chart can be turned to the mirror, for both ways of joining names.
 */
@Timeout(60)
final class HardChartsTest {
  private static final Target MIRROR = Target.registry("mirror.corp:5000/airgap");

  @TempDir Path directory;

  private final HelmClient helm = HelmJavaClient.create();

  @AfterEach
  void closeHelm() {
    helm.close();
  }

  private Path written(String text) throws IOException {
    return WrittenChart.in(directory.resolve("hard"), text);
  }

  /** What a chart needs for certain, one line for each place: image, object and path. */
  private List<String> needed(Path chart) {
    return needed(Chart.at(chart));
  }

  private List<String> needed(Chart chart) {
    MirrorPlan plan = plan(chart, Separator.SLASH, false);
    prove(chart);
    List<String> lines = new ArrayList<>();
    for (MirrorEntry entry : plan.entries()) {
      entry.reasons().forEach(reason -> lines.add(line(entry.source(), reason)));
    }
    return lines;
  }

  /** What a chart only mentions, one line for each place. */
  private List<String> mentioned(Path chart) {
    List<String> lines = new ArrayList<>();
    for (ImageUse use : plan(Chart.at(chart), Separator.SLASH, false).mentions()) {
      use.reasons().forEach(reason -> lines.add(line(use.image(), reason)));
    }
    return lines;
  }

  private static String line(ImageRef image, ImageReason reason) {
    return image + " in " + reason.object() + " at " + reason.path();
  }

  private MirrorPlan plan(Chart chart, Separator separator, boolean mirrorMentions) {
    try (MemoryRegistryClient nobodyIsAsked = MemoryRegistryClient.create()) {
      return new MirrorPlanner(helm, nobodyIsAsked)
          .plan(
              chart,
              MIRROR.separator(separator),
              PlanOptions.builder().resolveDigests(false).mirrorMentions(mirrorMentions).build());
    }
  }

  /** With what is only mentioned mirrored too: the mirror is where all of it has to be named. */
  private void prove(Chart chart) {
    for (Separator separator : Separator.values()) {
      for (boolean mirrorMentions : new boolean[] {false, true}) {
        MirrorPlan plan = plan(chart, separator, mirrorMentions);
        MirrorProof proof =
            new MirrorProver(helm).prove(plan, ProofOptions.builder().build()).orElseThrow();
        assertThat(proof.rendered().images())
            .extracting(use -> use.image().toString())
            .as("images with separator %s", separator)
            .allMatch(image -> image.startsWith(MIRROR.address() + "/"));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "v1, Pod, spec",
    "v1, ReplicationController, spec.template.spec",
    "v1, PodTemplate, template.spec",
    "apps/v1, Deployment, spec.template.spec",
    "apps/v1, StatefulSet, spec.template.spec",
    "apps/v1, DaemonSet, spec.template.spec",
    "apps/v1, ReplicaSet, spec.template.spec",
    "batch/v1, Job, spec.template.spec",
    "batch/v1, CronJob, spec.jobTemplate.spec.template.spec"
  })
  void everyKindOfContainer_isFoundInEveryKindOfWorkload(
      String apiVersion, String kind, String podSpec) throws IOException {
    StringBuilder path = new StringBuilder();
    int depth = 0;
    for (String part : podSpec.split("\\.", -1)) {
      path.append("  ".repeat(depth++)).append(part).append(":\n");
    }
    String pod =
        """
        initContainers:
        - {name: i, image: "{{ .Values.registry }}/acme/init:1"}
        containers:
        - {name: a, image: quay.io/acme/first:2}
        - {name: b, image: postgres}
        ephemeralContainers:
        - {name: e, image: "{{ .Values.registry }}/acme/debug@sha256:%s"}
        volumes:
        - {name: v, image: {reference: "{{ .Values.registry }}/acme/models:3"}}
        """
            .formatted("0".repeat(64))
            .indent(2 * depth);
    Path chart =
        written(
            """
            == values.yaml
            registry: quay.io
            == templates/workload.yaml
            apiVersion: %s
            kind: %s
            metadata: {name: w}
            %s%s"""
                .formatted(apiVersion, kind, path, pod));

    assertThat(needed(chart))
        .containsExactlyInAnyOrder(
            "quay.io/acme/init:1 in %s w at %s.initContainers[0].image".formatted(kind, podSpec),
            "quay.io/acme/first:2 in %s w at %s.containers[0].image".formatted(kind, podSpec),
            "docker.io/library/postgres in %s w at %s.containers[1].image".formatted(kind, podSpec),
            "quay.io/acme/debug@sha256:%s in %s w at %s.ephemeralContainers[0].image"
                .formatted("0".repeat(64), kind, podSpec),
            "quay.io/acme/models:3 in %s w at %s.volumes[0].image.reference"
                .formatted(kind, podSpec));
    assertThat(mentioned(chart)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pre-install",
        "post-install",
        "pre-upgrade",
        "post-upgrade",
        "pre-rollback",
        "post-rollback",
        "pre-delete",
        "post-delete",
        "test",
        "test-success",
        "'pre-install,pre-upgrade'"
      })
  void hooksOfEveryEvent_areFound(String event) throws IOException {
    Path chart =
        written(
            """
            == values.yaml
            hook: {image: {repository: quay.io/acme/migrate, tag: v1}}
            == templates/hook.yaml
            apiVersion: batch/v1
            kind: Job
            metadata:
              name: migrate
              annotations: {helm.sh/hook: %s, helm.sh/hook-delete-policy: hook-succeeded}
            spec:
              template:
                spec:
                  containers:
                  - {name: c, image: "{{ .Values.hook.image.repository }}:{{ .Values.hook.image.tag }}"}
            """
                .formatted(event));

    assertThat(needed(chart))
        .containsExactly(
            "quay.io/acme/migrate:v1 in Job migrate at spec.template.spec.containers[0].image");
  }

  @Test
  void podTemplatesInCustomResources_areFound_andSoIsWhatTheyOnlyName() throws IOException {
    Path chart =
        written(
            """
            == templates/rollout.yaml
            apiVersion: argoproj.io/v1alpha1
            kind: Rollout
            metadata: {name: r}
            spec: {template: {spec: {initContainers: [{image: "quay.io/acme/wait:1"}], containers: [{image: "quay.io/acme/app:1"}]}}}
            == templates/workflow.yaml
            apiVersion: argoproj.io/v1alpha1
            kind: Workflow
            metadata: {name: w}
            spec:
              templates:
              - name: restart
                container: {image: "quay.io/acme/restart:1", command: [restart]}
              - name: say
                script: {image: "quay.io/acme/python:3", source: "print(1)"}
            == templates/task.yaml
            apiVersion: tekton.dev/v1
            kind: Task
            metadata: {name: t}
            spec:
              stepTemplate: {image: "quay.io/acme/step:0"}
              steps: [{name: s, image: "quay.io/acme/step:1"}]
            == templates/prometheus.yaml
            apiVersion: monitoring.coreos.com/v1
            kind: Prometheus
            metadata: {name: p}
            spec: {image: "quay.io/prometheus/prometheus:v3", containers: [{name: oauth, image: "quay.io/acme/oauth:1"}]}
            """);

    assertThat(needed(chart))
        .containsExactlyInAnyOrder(
            "quay.io/acme/wait:1 in Rollout r at spec.template.spec.initContainers[0].image",
            "quay.io/acme/app:1 in Rollout r at spec.template.spec.containers[0].image",
            "quay.io/acme/oauth:1 in Prometheus p at spec.containers[0].image");
    assertThat(mentioned(chart))
        .containsExactlyInAnyOrder(
            "quay.io/acme/restart:1 in Workflow w at spec.templates[0].container.image",
            "quay.io/acme/python:3 in Workflow w at spec.templates[1].script.image",
            "quay.io/acme/step:0 in Task t at spec.stepTemplate.image",
            "quay.io/acme/step:1 in Task t at spec.steps[0].image",
            "quay.io/prometheus/prometheus:v3 in Prometheus p at spec.image");
  }

  @Test
  void whatAContainerIsToldOf_isMentioned_andRelatedImagesAreCertain() throws IOException {
    Path chart =
        written(
            """
            == values.yaml
            images: {registry: quay.io/acme, sidecar: sidecar, tag: v2}
            == templates/operator.yaml
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: operator}
            spec:
              template:
                metadata:
                  annotations:
                    olm.relatedImage: "{{ .Values.images.registry }}/annotated:v2"
                spec:
                  containers:
                  - name: operator
                    image: "{{ .Values.images.registry }}/operator:{{ .Values.images.tag }}"
                    command: [/manager, --init-image, "{{ .Values.images.registry }}/init:v2"]
                    args:
                    - --sidecar-image={{ .Values.images.registry }}/{{ .Values.images.sidecar }}:{{ .Values.images.tag }}
                    - --log-level=info
                    env:
                    - {name: RELATED_IMAGE_AGENT, value: "{{ .Values.images.registry }}/agent:v2"}
                    - {name: JOB_IMAGE, value: "{{ .Values.images.registry }}/job:v2"}
                    - {name: BUNDLE, value: "oci://{{ .Values.images.registry }}/bundles/restart:v2"}
                    - {name: PROMETHEUS, value: "http://prometheus.monitoring.svc:9090"}
            == templates/config.yaml
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: config}
            data:
              config.yaml: |
                runner:
                  image: {{ .Values.images.registry }}/runner:v2
                catalog:
                  executionBundle: "{{ .Values.images.registry }}/workflow@sha256:%s"
              job.json: '{"image": "{{ .Values.images.registry }}/json:v2"}'
            """
                .formatted("1".repeat(64)));

    assertThat(needed(chart))
        .containsExactlyInAnyOrder(
            "quay.io/acme/operator:v2 in Deployment operator at spec.template.spec.containers[0].image",
            "quay.io/acme/agent:v2 in Deployment operator at spec.template.spec.containers[0].env[0].value");
    assertThat(mentioned(chart))
        .containsExactlyInAnyOrder(
            "quay.io/acme/annotated:v2 in Deployment operator at spec.template.metadata.annotations.olm.relatedImage",
            "quay.io/acme/init:v2 in Deployment operator at spec.template.spec.containers[0].command[2]",
            "quay.io/acme/sidecar:v2 in Deployment operator at spec.template.spec.containers[0].args[0]",
            "quay.io/acme/job:v2 in Deployment operator at spec.template.spec.containers[0].env[1].value",
            "quay.io/acme/bundles/restart:v2 in Deployment operator at spec.template.spec.containers[0].env[2].value",
            "quay.io/acme/runner:v2 in ConfigMap config at data.config.yaml",
            "quay.io/acme/workflow@sha256:%s in ConfigMap config at data.config.yaml"
                .formatted("1".repeat(64)),
            "quay.io/acme/json:v2 in ConfigMap config at data.job.json");
  }

  @Test
  void imagesInTheChartsAnnotations_areMentioned() throws IOException {
    Path chart =
        written(
            """
            == Chart.yaml
            apiVersion: v2
            name: hard
            version: 1.0.0
            annotations:
              images: |
                - name: operator
                  image: quay.io/acme/operator:v2
              artifacthub.io/images: |
                - name: bundle
                  image: quay.io/acme/bundle:v2
              artifacthub.io/links: "https://quay.io/acme"
            == templates/pod.yaml
            {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: "quay.io/acme/operator:v2"}]}}
            """);

    assertThat(needed(chart))
        .containsExactly("quay.io/acme/operator:v2 in Pod p at spec.containers[0].image");
    assertThat(mentioned(chart))
        .containsExactly(
            "quay.io/acme/bundle:v2 in Chart hard at metadata.annotations.artifacthub.io/images");
  }

  private static final String DATABASE =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: "{{ .Chart.Name }}-{{ .Values.called | default "one" }}"}
      spec: {containers: [{image: "{{ .Values.image.repository }}:{{ .Values.image.tag | default .Chart.AppVersion }}"}]}
      """;

  private static final String SUBCHART =
      """
      == charts/db/Chart.yaml
      apiVersion: v2
      name: db
      version: 1.0.0
      appVersion: 3.2.1
      == charts/db/values.yaml
      image: {repository: quay.io/acme/db}
      == charts/db/templates/all.yaml
      """
          + DATABASE;

  @Test
  void aSubchartInADirectory_isTurnedToTheMirrorThroughItsOwnValues() throws IOException {
    assertThat(needed(written(SUBCHART)))
        .containsExactly("quay.io/acme/db:3.2.1 in Pod db-one at spec.containers[0].image");
    assertThat(helm.values(Chart.at(directory.resolve("hard"))))
        .as("the values that an overlay can change")
        .contains("quay.io/acme/db");
  }

  @Test
  void aPackedSubchart_isLookedInto() throws IOException {
    Path chart =
        written(
            """
            == values.yaml
            db: {image: {repository: quay.io/acme/packed}}
            """);
    WrittenChart.packed(chart.resolve("charts/db-1.0.0.tgz"), "db", DATABASE);

    assertThat(needed(chart))
        .containsExactly("quay.io/acme/packed:3.2.1 in Pod db-one at spec.containers[0].image");
  }

  @Test
  void aSubchartUnderTwoAliases_isTwoCharts() throws IOException {
    Path chart =
        written(
            """
            == Chart.yaml
            apiVersion: v2
            name: hard
            version: 1.0.0
            dependencies:
            - {name: db, version: 1.0.0, alias: primary}
            - {name: db, version: 1.0.0, alias: replica}
            == values.yaml
            primary: {called: first}
            replica: {called: second, image: {repository: quay.io/acme/replica, tag: v9}}
            """
                + SUBCHART);

    assertThat(needed(chart))
        .containsExactly(
            "quay.io/acme/db:3.2.1 in Pod primary-first at spec.containers[0].image",
            "quay.io/acme/replica:v9 in Pod replica-second at spec.containers[0].image");
  }

  @ParameterizedTest
  @CsvSource({
    "condition: db.enabled, db.enabled, true, 1",
    "condition: db.enabled, db.enabled, false, 0",
    "tags: [storage], tags.storage, true, 1",
    "tags: [storage], tags.storage, false, 0"
  })
  void aSubchartThatIsSwitchedOff_needsNothing(String rule, String key, String value, int needed)
      throws IOException {
    Path chart =
        written(
            """
            == Chart.yaml
            apiVersion: v2
            name: hard
            version: 1.0.0
            dependencies:
            - {name: db, version: 1.0.0, %s}
            """
                    .formatted(rule)
                + SUBCHART);

    assertThat(needed(Chart.at(chart).set(key, value))).hasSize(needed);
  }

  @Test
  void aLibraryChartThatPutsReferencesTogether_isFollowed() throws IOException {
    Path chart =
        written(
            """
            == Chart.yaml
            apiVersion: v2
            name: hard
            version: 1.0.0
            appVersion: v7
            dependencies: [{name: common, version: 1.0.0}]
            == values.yaml
            global: {imageRegistry: quay.io}
            image: {registry: docker.io, repository: acme/app}
            sidecar: {registry: ghcr.io, repository: acme/sidecar, digest: "sha256:%s"}
            == templates/pod.yaml
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              containers:
              - {name: a, image: {{ include "common.image" (dict "image" .Values.image "root" $) }}}
              - {name: b, image: {{ include "common.image" (dict "image" .Values.sidecar "root" $) }}}
            == charts/common/Chart.yaml
            apiVersion: v2
            name: common
            version: 1.0.0
            type: library
            == charts/common/templates/_image.tpl
            {{- define "common.image" -}}
            {{- $registry := .root.Values.global.imageRegistry | default .image.registry -}}
            {{- if .image.digest -}}
            {{- printf "%%s/%%s@%%s" $registry .image.repository .image.digest | quote -}}
            {{- else -}}
            {{- printf "%%s/%%s:%%s" $registry .image.repository (.image.tag | default .root.Chart.AppVersion) | quote -}}
            {{- end -}}
            {{- end -}}
            """
                .formatted("2".repeat(64)));

    assertThat(needed(chart))
        .containsExactly(
            "quay.io/acme/app:v7 in Pod p at spec.containers[0].image",
            "quay.io/acme/sidecar@sha256:%s in Pod p at spec.containers[1].image"
                .formatted("2".repeat(64)));
    assertThat(needed(Chart.at(chart).set("global.imageRegistry", "")))
        .as("each with its own registry")
        .containsExactly(
            "docker.io/acme/app:v7 in Pod p at spec.containers[0].image",
            "ghcr.io/acme/sidecar@sha256:%s in Pod p at spec.containers[1].image"
                .formatted("2".repeat(64)));
  }

  @Test
  void aSubchartOfASubchart_isReachedThroughBoth() throws IOException {
    Path chart =
        written(
            """
            == values.yaml
            middle: {inner: {called: deep}}
            == charts/middle/Chart.yaml
            apiVersion: v2
            name: middle
            version: 1.0.0
            == charts/middle/templates/pod.yaml
            {apiVersion: v1, kind: Pod, metadata: {name: m}, spec: {containers: [{image: "quay.io/acme/middle:1"}]}}
            == charts/middle/charts/inner/Chart.yaml
            apiVersion: v2
            name: inner
            version: 1.0.0
            == charts/middle/charts/inner/values.yaml
            image: {repository: quay.io/acme/inner, tag: "0644"}
            == charts/middle/charts/inner/templates/pod.yaml
            """
                + DATABASE);

    assertThat(needed(chart))
        .containsExactly(
            "quay.io/acme/inner:0644 in Pod inner-deep at spec.containers[0].image",
            "quay.io/acme/middle:1 in Pod m at spec.containers[0].image");
  }

  @Test
  void valuesThatASubchartExports_areReachedWhereTheParentReadsThem() throws IOException {
    Path chart =
        written(
            """
            == Chart.yaml
            apiVersion: v2
            name: hard
            version: 1.0.0
            dependencies:
            - {name: shared, version: 1.0.0, import-values: [{child: images, parent: shared.images}]}
            == templates/pod.yaml
            {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {containers: [{image: "{{ .Values.shared.images.app }}"}]}}
            == charts/shared/Chart.yaml
            apiVersion: v2
            name: shared
            version: 1.0.0
            == charts/shared/values.yaml
            images: {app: "quay.io/acme/shared:1"}
            """);

    assertThat(needed(chart))
        .containsExactly("quay.io/acme/shared:1 in Pod p at spec.containers[0].image");
  }

  @Test
  void imagesThatAreRenderedInARoundaboutWay_areFound() throws IOException {
    Path chart =
        written(
            """
            == values.yaml
            registry: quay.io/acme
            templated: "{{ .Values.registry }}/templated:1"
            extraContainers: |
              - {name: extra, image: "{{ .Values.registry }}/extra:1"}
            objects:
            - {apiVersion: v1, kind: Pod, metadata: {name: whole}, spec: {containers: [{image: "quay.io/acme/whole:1"}]}}
            == files/pod.yaml
            {apiVersion: v1, kind: Pod, metadata: {name: file}, spec: {containers: [{image: "quay.io/acme/file:1"}]}}
            == templates/all.yaml
            apiVersion: v1
            kind: Pod
            metadata: {name: p}
            spec:
              containers:
              - {name: t, image: {{ tpl .Values.templated . | quote }}}
              {{- tpl .Values.extraContainers . | nindent 2 }}
            ---
            {{ range .Values.objects }}
            {{ toYaml . }}
            --- # the next one
            {{ end }}
            {{ .Files.Get "files/pod.yaml" }}
            ---
            apiVersion: v1
            kind: PodList
            items:
            - {apiVersion: v1, kind: Pod, metadata: {name: item}, spec: {containers: [{image: "quay.io/acme/item:1"}]}}
            == templates/NOTES.txt
            Thank you for installing quay.io/acme/notes:1
            == crds/crd.yaml
            {apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: c}, spec: {containers: [{image: "quay.io/acme/crd:1"}]}}
            """);

    assertThat(needed(chart))
        .containsExactly(
            "quay.io/acme/extra:1 in Pod p at spec.containers[1].image",
            "quay.io/acme/file:1 in Pod file at spec.containers[0].image",
            "quay.io/acme/item:1 in Pod item at spec.containers[0].image",
            "quay.io/acme/templated:1 in Pod p at spec.containers[0].image",
            "quay.io/acme/whole:1 in Pod whole at spec.containers[0].image");
    assertThat(mentioned(chart)).isEmpty();
  }

  private static final String FIXED =
      """
      apiVersion: v1
      kind: Pod
      metadata: {name: {{ .Template.Name | sha256sum | trunc 8 }}}
      spec: {containers: [{image: "quay.io/acme/fixed:1"}]}
      """;

  @Test
  void aReferenceThatNoValueReaches_isRewritten_inSubchartsOfEveryForm() throws IOException {
    Path chart =
        written(
            """
            == Chart.yaml
            apiVersion: v2
            name: hard
            version: 1.0.0
            dependencies:
            - {name: directory, version: 1.0.0, alias: first}
            - {name: directory, version: 1.0.0, alias: second}
            - {name: packed, version: 1.0.0}
            == charts/directory/Chart.yaml
            apiVersion: v2
            name: directory
            version: 1.0.0
            == charts/directory/templates/tests/fixed.yaml
            %s
            == charts/directory/charts/deep/Chart.yaml
            apiVersion: v2
            name: deep
            version: 1.0.0
            == charts/directory/charts/deep/templates/fixed.yaml
            %s"""
                .formatted(FIXED, FIXED));
    WrittenChart.packed(chart.resolve("charts/packed-1.0.0.tgz"), "packed", FIXED);

    assertThat(needed(chart))
        .as("two aliases, the chart inside them, which Helm renders once, and a packed one")
        .hasSize(4)
        .allMatch(line -> line.startsWith("quay.io/acme/fixed:1 in Pod "));
  }

  @Test
  void linesThatEndAsOnWindows_areReadLikeOthers() throws IOException {
    Path chart =
        written(
            """
            == values.yaml
            image: quay.io/acme/app
            == templates/pods.yaml
            {{- range list 1 2 }}
            ---
            apiVersion: v1
            kind: Pod
            metadata:
              name: p{{ . }}
            spec:
              containers:
              - image: {{ $.Values.image }}:v{{ . }}
            {{- end }}
            """
                .replace("yaml\n", "yaml\n# \r\n")
                .replaceAll("(?<!yaml)(?<!\r)\n", "\r\n"));

    assertThat(needed(chart))
        .containsExactly(
            "quay.io/acme/app:v1 in Pod p1 at spec.containers[0].image",
            "quay.io/acme/app:v2 in Pod p2 at spec.containers[0].image");
  }

  @Test
  void aPackedChart_isReadLikeADirectory() throws IOException {
    Path chart = WrittenChart.packed(directory.resolve("packed-1.0.0.tgz"), "packed", FIXED);

    assertThat(needed(chart)).hasSize(1);
  }

  @Test
  void aTemplateIsNamed_alsoOfASubchart() throws IOException {
    Path chart = written(SUBCHART);
    UnaryOperator<String> templateOf =
        image ->
            plan(Chart.at(chart), Separator.DASH, false).entries().stream()
                .filter(entry -> entry.source().toString().equals(image))
                .findFirst()
                .orElseThrow()
                .reasons()
                .get(0)
                .template();

    assertThat(templateOf.apply("quay.io/acme/db:3.2.1"))
        .isEqualTo("hard/charts/db/templates/all.yaml");
  }
}
