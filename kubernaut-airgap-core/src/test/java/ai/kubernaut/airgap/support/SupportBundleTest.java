package ai.kubernaut.airgap.support;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.TemplateHelm;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.memory.MemoryClusterClient;
import ai.kubernaut.airgap.diagnosis.Diagnosis;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.install.HookRun;
import ai.kubernaut.airgap.install.Installation;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.kubernaut.KubernautProfile;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.memory.MemoryRegistryClient;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A release whose gateway misses its image, and the bundle about it. */
@Timeout(60)
final class SupportBundleTest {
  private static final ReleaseName RELEASE = ReleaseName.defaultRelease();
  private static final String NAMESPACE = RELEASE.namespace();
  private static final String GATEWAY = "harbor.corp/acme/gateway:1";

  @TempDir Path directory;

  private final MemoryClusterClient cluster = MemoryClusterClient.kubernetes();
  private final MemoryRegistryClient mirror = MemoryRegistryClient.create();
  private final TemplateHelm helm = TemplateHelm.rendering("").with(RELEASE, 1, "deployed");
  private Path file;

  @BeforeEach
  void aReleaseThatMissesAnImage() {
    file = directory.resolve("support.tar.gz");
    put(ResourceType.NAMESPACE, "{kind: Namespace, metadata: {name: %s}}".formatted(NAMESPACE));
    put(
        ResourceType.DEPLOYMENT,
        """
        {kind: Deployment, metadata: {name: gateway, namespace: NS}, spec: {replicas: 1, template: {spec: {}}},
         status: {replicas: 1, updatedReplicas: 1}}
        """);
    put(
        ResourceType.REPLICA_SET,
        "{kind: ReplicaSet, metadata: {name: gateway-1, namespace: NS, ownerReferences: [{kind: Deployment, name: gateway}]}}");
    pod("");
  }

  private void pod(String env) {
    put(
        ResourceType.POD,
        """
        {kind: Pod, metadata: {name: gateway-1-a, namespace: NS, ownerReferences: [{kind: ReplicaSet, name: gateway-1}]},
         spec: {nodeName: worker, containers: [{name: main, image: '%s', env: [%s]}]},
         status: {phase: Pending, containerStatuses: [{name: main, imageID: '',
           state: {waiting: {reason: ImagePullBackOff, message: manifest unknown}}}]}}
        """
            .formatted(GATEWAY, env));
  }

  private void put(ResourceType type, String yaml) {
    Map<String, Object> content = new LinkedHashMap<>();
    content.put("apiVersion", type.apiVersion());
    Yaml.readMapping("test", yaml.replaceAll("\\bNS\\b", NAMESPACE), Yaml.DuplicateKeys.REFUSED)
        .forEach((key, value) -> content.put(String.valueOf(key), value));
    cluster.put(type, KubernetesObject.of(Fields.of(content)));
  }

  private void secret(String name, String type, String key, String value) {
    put(
        ResourceType.SECRET,
        "{kind: Secret, metadata: {name: %s, namespace: NS}, type: %s, data: {%s: %s}}"
            .formatted(name, type, key, encoded(value)));
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(UTF_8));
  }

  private SupportBundleReport collect() {
    return collect(SupportBundleOptions.builder().build());
  }

  private SupportBundleReport collect(SupportBundleOptions options) {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .addEntries(
                MirrorEntry.builder()
                    .source(ImageRef.parse("quay.io/acme/gateway:1"))
                    .target(ImageRef.parse(GATEWAY))
                    .build())
            .build();
    return new SupportCollector(
            cluster, helm, mirror, KubernautProfile.profile(), InstantSource.system(), event -> {})
        .collect(Installation.of(RELEASE, plan), file, options);
  }

  /** The files of the bundle as text. */
  private Map<String, String> files() throws IOException {
    Map<String, String> files = new LinkedHashMap<>();
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(new GZIPInputStream(Files.newInputStream(file)))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        files.put(
            entry.getName().replaceFirst("^support-bundle/", ""),
            new String(tar.readAllBytes(), UTF_8));
      }
    }
    return files;
  }

  @Test
  void anotherMachineFindsTheSameCauses() {
    Diagnosis live = collect().diagnosis();
    SupportBundle bundle = SupportBundle.read(file);
    assertThat(bundle.diagnose()).isEqualTo(live);
    assertThat(bundle.verify().isOk()).isFalse();
    assertThat(live.roots())
        .extracting(root -> root.problem().code())
        .containsExactly(ProblemCode.IMAGE_NOT_IN_MIRROR);
    assertThat(bundle.installation().release()).isEqualTo(RELEASE);
    assertThat(bundle.omitted()).isEmpty();
  }

  @Test
  void itHasReportsObjectsEventsLogsAndVersions() throws IOException {
    put(
        ResourceType.EVENT,
        "{kind: Event, metadata: {name: e1, namespace: NS}, type: Normal, reason: Scheduled, message: 'assigned'}");
    put(ResourceType.NODE, "{kind: Node, metadata: {name: worker}}");
    cluster.putLog(NAMESPACE, "gateway-1-a", "main", "first line\nsecond line\n");
    SupportBundleReport report = collect();
    assertThat(report.bytes()).isEqualTo(Files.size(file));
    assertThat(files())
        .containsKeys(
            "support-bundle.json",
            "plan.yaml",
            "reports/diagnosis.json",
            "reports/diagnosis.html",
            "reports/verification.json",
            "registry/answers.json",
            "cluster/objects/" + NAMESPACE + "/events/e1.yaml",
            "cluster/objects/" + NAMESPACE + "/deployments.apps/gateway.yaml",
            "cluster/objects/nodes/worker.yaml")
        .containsEntry(
            "cluster/logs/" + NAMESPACE + "/gateway-1-a/main.log", "first line\nsecond line\n");
    assertThat(files().get("cluster/answers.json")).contains("\"kubernetes\"");
    assertThat(files().get("support-bundle.json")).contains("\"kubernaut-airgap\"");
  }

  @Test
  void onlyTheOwnerCanReadTheFileAndNothingElseIsLeft() throws IOException {
    Files.writeString(file, "an earlier bundle");
    collect();
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
    try (Stream<Path> all = Files.list(directory)) {
      assertThat(all).containsExactly(file);
    }
  }

  @Test
  void aDirectoryThatDoesNotExistIsNamed() {
    file = directory.resolve("missing").resolve("support.tar.gz");
    assertThatThrownBy(this::collect)
        .isInstanceOf(SupportBundleException.class)
        .hasMessageContaining("there is no directory " + file.getParent());
  }

  @Nested
  final class Secrets {
    @Test
    void theContentOfSecretsOccursNowhere() throws IOException {
      List<String> secrets =
          List.of(
              "pass+word/of=db",
              "yaml-password-1",
              "json-key-22",
              "pull-password",
              "value-of-token");
      secret("db", "Opaque", "password", secrets.get(0));
      secret("db-file", "Opaque", "db.yaml", "user: slm\npassword: " + secrets.get(1) + "\n");
      secret("llm", "Opaque", "key.json", "{\"api_key\": \"" + secrets.get(2) + "\"}");
      secret(
          "pull",
          "kubernetes.io/dockerconfigjson",
          ".dockerconfigjson",
          "{\"auths\":{\"harbor.corp\":{\"auth\":\"" + encoded("node:" + secrets.get(3)) + "\"}}}");
      pod("{name: API_TOKEN, value: value-of-token}, {name: HOST, value: postgresql}");
      cluster.putLog(
          NAMESPACE,
          "gateway-1-a",
          "main",
          "login with pass+word/of=db failed\npostgres://slm:pass%2Bword%2Fof%3Ddb@postgresql\n"
              + "Basic "
              + encoded("node:" + secrets.get(3))
              + "\n");
      put(
          ResourceType.EVENT,
          "{kind: Event, metadata: {name: e1, namespace: NS}, message: 'key json-key-22 was refused'}");
      put(
          ResourceType.CONFIG_MAP,
          "{kind: ConfigMap, metadata: {name: c, namespace: NS, managedFields: [{manager: kubectl}],"
              + " annotations: {kubectl.kubernetes.io/last-applied-configuration: x, team: a}},"
              + " data: {copy: '"
              + encoded(secrets.get(0))
              + "', text: 'of yaml-password-1'}}");
      assertThat(collect().problems()).isEmpty();
      Map<String, String> files = files();
      for (String secret : secrets) {
        assertThat(files.values())
            .noneMatch(content -> content.contains(secret))
            .noneMatch(content -> content.contains(encoded(secret)));
      }
      assertThat(files.get("cluster/logs/" + NAMESPACE + "/gateway-1-a/main.log"))
          .isEqualTo("login with masked failed\npostgres://slm:masked@postgresql\nBasic masked\n");
      assertThat(files.get(object("configmaps/c.yaml")))
          .contains("text: of masked", "team: a")
          .doesNotContain("last-applied", "managedFields");
      assertThat(files.get(object("pods/gateway-1-a.yaml")))
          .contains("value: masked", "value: postgresql");
      assertThat(files.get(object("secrets/db.yaml"))).contains("password: " + encoded("masked"));
    }

    private String object(String path) {
      return "cluster/objects/" + NAMESPACE + "/" + path;
    }

    @Test
    void certificatesAndPlaceholdersStay() throws IOException {
      String pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
      secret("tls", "kubernetes.io/tls", "tls.crt", pem);
      secret("llm", "Opaque", "OPENAI_API_KEY", "changeme");
      collect();
      assertThat(files().get(object("secrets/tls.yaml"))).contains(encoded(pem));
      assertThat(files().get(object("secrets/llm.yaml"))).contains(encoded("changeme"));
    }

    @Test
    void namesOfObjectsAreNoSecretsWhereverTheyOccur() throws IOException {
      secret("db", "Opaque", "password", "gateway-1");
      secret("cache", "Opaque", "password", "secret");
      collect();
      assertThat(files()).containsKey(object("pods/gateway-1-a.yaml"));
      assertThat(files().get(object("pods/gateway-1-a.yaml"))).contains("name: gateway-1-a");
    }

    static List<String> aRevisionOfHelmKeepsItsHooksAndNoValues() {
      return List.of(
          """
          {"name":"kubernaut","version":1,"info":{"status":"deployed"},
           "config":{"password":"value-of-chart"},"manifest":"kind: Secret\\nvalue-of-chart",
           "hooks":[{"name":"migrate","kind":"Job","events":["post-install"],
             "manifest":"kind: Job\\nmetadata: {name: migrate, namespace: other}\\nspec: value-of-chart",
             "last_run":{"phase":"Failed"}}]}
          """,
          """
          {"name":"kubernaut","version":1,"info":{"status":"deployed"},
           "manifest":"{kind: Secret, metadata: {name: user}, stringData: {name: value-of-chart}}",
           "hooks":[{"name":"migrate","kind":"Job","events":["post-install"],
             "manifest":"{kind: Job, metadata: {name: migrate}, spec: {template: {spec: {containers: [{args: [value-of-chart]}]}}}}",
             "last_run":{"phase":"Failed"}}]}
          """);
    }

    @ParameterizedTest
    @MethodSource
    void aRevisionOfHelmKeepsItsHooksAndNoValues(String revision) throws IOException {
      put(
          ResourceType.SECRET,
          """
          {kind: Secret, type: helm.sh/release.v1, metadata: {name: sh.helm.release.v1.kubernaut.v1, namespace: NS,
             labels: {owner: helm, name: kubernaut, version: '1', status: deployed}},
           data: {release: %s}}
          """
              .formatted(stored(revision)));
      List<HookRun> live = StoredRevision.latest(cluster, RELEASE).orElseThrow().hooks();
      assertThat(live).hasSize(1);
      collect();
      String written = files().get(object("secrets/sh.helm.release.v1.kubernaut.v1.yaml"));
      MemoryClusterClient other = MemoryClusterClient.kubernetes();
      other.put(
          ResourceType.SECRET,
          KubernetesObject.of(
              Fields.of(Yaml.readMapping("secret", written, Yaml.DuplicateKeys.REFUSED))));
      assertThat(StoredRevision.latest(other, RELEASE).orElseThrow().hooks()).isEqualTo(live);
      String release =
          Fields.of(Yaml.readMapping("secret", written, Yaml.DuplicateKeys.REFUSED))
              .text("data", "release")
              .orElseThrow();
      try (GZIPInputStream in =
          new GZIPInputStream(
              new ByteArrayInputStream(
                  Base64.getDecoder().decode(Base64.getDecoder().decode(release))))) {
        assertThat(new String(in.readAllBytes(), UTF_8))
            .contains("migrate")
            .doesNotContain("value-of-chart");
      }
    }

    private static String stored(String json) throws IOException {
      return encoded(Base64.getEncoder().encodeToString(zipped(json.getBytes(UTF_8))));
    }
  }

  @Nested
  final class Limits {
    @Test
    void whatDoesNotFitIsOmittedAndListed() throws IOException {
      cluster.putLog(NAMESPACE, "gateway-1-a", "main", "line\n".repeat(900));
      SupportBundleReport report = collect(SupportBundleOptions.builder().maxBytes(3000).build());
      assertThat(report.omitted()).contains("cluster/logs/" + NAMESPACE + "/gateway-1-a/main.log");
      assertThat(report.problems())
          .extracting(Problem::code)
          .startsWith(ProblemCode.SUPPORT_BUNDLE_TRUNCATED);
      assertThat(report.isOk()).isTrue();
      assertThat(SupportBundle.read(file).omitted()).containsAll(report.omitted());
    }

    @Test
    void aBundleWithoutTheObjectsThatAreTheCauseSaysSo() {
      SupportBundleReport report = collect(SupportBundleOptions.builder().maxBytes(1).build());
      assertThat(report.problems())
          .extracting(Problem::code)
          .containsExactly(
              ProblemCode.SUPPORT_BUNDLE_TRUNCATED, ProblemCode.SUPPORT_BUNDLE_DIFFERS);
    }

    @Test
    void onlyTheEndOfALogIsCollected() throws IOException {
      cluster.putLog(NAMESPACE, "gateway-1-a", "main", "a\nb\nc\n");
      collect(SupportBundleOptions.builder().logLines(2).build());
      assertThat(files().get("cluster/logs/" + NAMESPACE + "/gateway-1-a/main.log"))
          .isEqualTo("b\nc\n");
    }

    @ParameterizedTest
    @ValueSource(longs = {0, -1})
    void aLimitIsPositive(long bytes) {
      assertThatThrownBy(() -> SupportBundleOptions.builder().maxBytes(bytes).build())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("positive");
    }
  }

  @Nested
  final class Damage {
    private void refused(String reason) {
      assertThatThrownBy(() -> SupportBundle.read(file))
          .isInstanceOf(SupportBundleException.class)
          .hasMessageContaining("cannot read the support bundle " + file)
          .hasMessageContaining(reason);
    }

    private void tar(Map<String, String> entries) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      try (TarArchiveOutputStream tar = new TarArchiveOutputStream(out)) {
        for (Map.Entry<String, String> each : entries.entrySet()) {
          byte[] content = each.getValue().getBytes(UTF_8);
          TarArchiveEntry entry = new TarArchiveEntry("support-bundle/" + each.getKey());
          entry.setSize(content.length);
          tar.putArchiveEntry(entry);
          tar.write(content);
          tar.closeArchiveEntry();
        }
      }
      Files.write(file, zipped(out.toByteArray()));
    }

    @Test
    void aFileThatIsNoArchiveIsRefused() throws IOException {
      Files.writeString(file, "text");
      refused("GZIP");
    }

    @Test
    void aFileThatDoesNotExistIsRefused() {
      refused("support.tar.gz");
    }

    @Test
    void anArchiveOfSomethingElseIsRefused() throws IOException {
      tar(Map.of("readme.txt", "hello"));
      refused("support-bundle.json is missing");
    }

    @Test
    void anotherVersionIsRefused() throws IOException {
      tar(
          Map.of(
              "support-bundle.json",
              "{\"apiVersion\":\"airgap.kubernaut.ai/v9\",\"kind\":\"SupportBundle\"}"));
      refused("airgap.kubernaut.ai/v9");
    }

    @Test
    void everyShorterFileIsRefused() throws IOException {
      collect();
      byte[] whole = Files.readAllBytes(file);
      for (int length = 0; length < whole.length; length += 97) {
        Files.write(file, Arrays.copyOf(whole, length));
        refused("");
      }
    }

    @Test
    void aBundleWithoutOneOfItsFilesIsReadOrRefused() throws IOException {
      collect();
      Map<String, String> whole = files();
      List<String> refused = new ArrayList<>();
      for (String each : whole.keySet()) {
        Map<String, String> others = new LinkedHashMap<>(whole);
        others.remove(each);
        tar(others);
        try {
          SupportBundle.read(file);
        } catch (SupportBundleException e) {
          refused.add(each);
        }
      }
      assertThat(refused)
          .containsExactlyInAnyOrder("support-bundle.json", "plan.yaml", "cluster/answers.json");
    }

    @Test
    void anArchiveThatIsLargerThanTheLimitIsNotReadIntoMemory() throws IOException {
      try (GZIPOutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
        ByteArrayOutputStream header = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(header)) {
          tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
          TarArchiveEntry entry = new TarArchiveEntry("support-bundle/support-bundle.json");
          entry.setSize(8L << 30);
          tar.putArchiveEntry(entry);
          tar.flush();
          out.write(header.toByteArray());
        } catch (IOException incomplete) {
          // Only the header is wanted.
          out.write(header.toByteArray());
        }
      }
      refused("bytes");
    }
  }

  private static byte[] zipped(byte[] content) throws IOException {
    ByteArrayOutputStream zipped = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(zipped)) {
      out.write(content);
    }
    return zipped.toByteArray();
  }
}
