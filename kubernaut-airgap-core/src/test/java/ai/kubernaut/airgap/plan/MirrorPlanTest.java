package ai.kubernaut.airgap.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartChangedException;
import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.LockedFile;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RefusedBranch;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RewriteReason;
import ai.kubernaut.airgap.chart.RewrittenReference;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class MirrorPlanTest {
  private static final Digest DIGEST = Digest.parse("sha256:" + "0123456789abcdef".repeat(4));
  private static final Digest OTHER = Digest.parse("sha256:" + "f".repeat(64));
  private static final ImageRef GATEWAY = ImageRef.parse("quay.io/kubernaut-ai/gateway:v1.1.0");

  @TempDir Path directory;

  private static MirrorPlan.Builder harbor() {
    return MirrorPlan.builder(Target.registry("harbor.corp"));
  }

  private static Path at(String path) {
    return Path.of("/somewhere").resolve(path).toAbsolutePath();
  }

  private static MirrorPlan plan() {
    return harbor()
        .chart(
            Chart.at(at("charts/kubernaut"))
                .values(at("values-ocp.yaml"))
                .set("global.image.tag", "v1.1.0")
                .setJson("a.b", "[1, {\"c\": null}]")
                .setString("version", "1.10")
                .kubeVersion("1.31.0")
                .apiVersions("route.openshift.io/v1")
                .fromArtifact(ImageRef.parse("quay.io/kubernaut-ai/charts/kubernaut:1.1.0"))
                .setFile("holmesgptApi.sdkConfigContent", at("sdk.yaml")))
        .addEntries(
            MirrorEntry.builder()
                .source(GATEWAY)
                .target(ImageRef.parse("harbor.corp/kubernaut-ai/gateway:v1.1.0"))
                .digest(DIGEST)
                .addReasons(
                    ImageReason.of("t.yaml", "Deployment gateway", "spec.image")
                        .in(List.of(Branch.builder().addLookups("\"v1\" \"Pod\"").build())))
                .build())
        .addBranches(
            Branch.defaults(),
            Branch.builder().kubeVersion("1.25.0").addApiVersions("a/v1").build())
        .addRefusedBranches(
            RefusedBranch.of(Branch.builder().addApiVersions("b/v1").build(), "url is needed"))
        .coversAllBranches(false)
        .overlay(
            Overlay.of(
                Map.of("global", Map.of("registry", "harbor.corp", "list", List.of(1, true))),
                Map.of("global.registry", "harbor.corp"),
                List.of(
                    RewrittenReference.of(
                        "quay.io/a/b:1", "harbor.corp/a/b:1", RewriteReason.NO_VALUE))))
        .addProofProblems(
            Problem.of(
                ProblemCode.IMAGE_NOT_IN_PLAN, Subject.image(ImageRef.parse("quay.io/c/d:1"))),
            Problem.of(
                ProblemCode.REFERENCE_NOT_REDIRECTED,
                Subject.image(ImageRef.parse("quay.io/e/f:1")),
                Map.of("wanted", "x/y")))
        .build();
  }

  @Test
  void whatThePlanDoesNotProveIsAProblem() {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("harbor.corp"))
            .from(plan())
            .addRefusedBranches(
                RefusedBranch.of(Branch.builder().addLookups("x").build(), "no data"))
            .build();
    assertThat(plan.problems())
        .extracting(Problem::code)
        .containsExactly(
            ProblemCode.IMAGE_NOT_IN_PLAN,
            ProblemCode.REFERENCE_NOT_REDIRECTED,
            ProblemCode.BRANCH_NOT_RENDERED,
            ProblemCode.LOOKUP_BRANCH_NOT_RENDERED,
            ProblemCode.BRANCHES_NOT_COVERED);
    assertThat(plan.isOk()).isFalse();
    assertThatExceptionOfType(UnprovenPlanException.class)
        .isThrownBy(plan::orElseThrow)
        .withMessageStartingWith(
            "the chart cannot be installed from harbor.corp as planned; nothing was changed:\n")
        .satisfies(failure -> assertThat(failure.plan()).isSameAs(plan));
    MirrorPlan proven = harbor().image(GATEWAY).build();
    assertThat(proven.orElseThrow()).isSameAs(proven);
  }

  @Test
  void anImageGetsTheNameOfTheTargetsRule() {
    MirrorPlan plan =
        MirrorPlan.builder(Target.registry("quay.io/myorg").separator(Separator.DASH))
            .image(GATEWAY)
            .image(ImageRef.parse("postgres@" + DIGEST))
            .build();
    assertThat(plan.entries())
        .extracting(entry -> entry.target().toString())
        .containsExactly(
            "quay.io/myorg/kubernaut-ai-gateway:v1.1.0",
            "quay.io/myorg/library-postgres@" + DIGEST);
    assertThat(plan.entries().get(0).digest()).isEmpty();
    assertThat(plan.entries().get(1).digest()).contains(DIGEST);
  }

  @Test
  void anImageIsPulledByTheDigestThatTheChartPinned() {
    ImageRef pinned = GATEWAY.withDigest(DIGEST);
    MirrorPlan plan = harbor().image(pinned).image(ImageRef.parse("quay.io/a/b:1")).build();
    assertThat(plan.pullReferences())
        .containsEntry(pinned, ImageRef.parse("harbor.corp/kubernaut-ai/gateway:v1.1.0@" + DIGEST))
        .containsEntry(ImageRef.parse("quay.io/a/b:1"), ImageRef.parse("harbor.corp/a/b:1"));
  }

  @Test
  void anImageIsReadByTheDigestThatThePlanKnows() {
    assertThat(plan().entries().get(0).exactSource()).isEqualTo(GATEWAY.withDigest(DIGEST));
    assertThat(harbor().image(GATEWAY).build().entries().get(0).exactSource()).isEqualTo(GATEWAY);
  }

  @Test
  void theSameImageTwiceIsRefused() {
    assertThatThrownBy(() -> harbor().image(GATEWAY).image(GATEWAY).build())
        .isInstanceOf(InvalidPlanException.class)
        .hasMessage("the plan has " + GATEWAY + " twice; leave one out");
  }

  @Test
  void anUntaggedImageIsItsLatest() {
    ImageRef untagged = ImageRef.parse("quay.io/a/b");
    ImageRef latest = ImageRef.parse("quay.io/a/b:latest");
    ImageRef mirrored = ImageRef.parse("harbor.corp/a/b:latest");
    for (ImageRef image : new ImageRef[] {untagged, latest}) {
      assertThat(harbor().image(image).image(GATEWAY).build().pullReferences())
          .containsEntry(untagged, mirrored)
          .containsEntry(latest, mirrored)
          .hasSize(3);
    }
    assertThatThrownBy(() -> harbor().image(untagged).image(latest).build())
        .isInstanceOf(InvalidPlanException.class)
        .hasMessage(untagged + " and " + latest + " are the same image; leave one of them out");
  }

  @Test
  void aTargetsDepthIsSavedAndAPlanWithoutOneHasNone() throws IOException {
    Path file = directory.resolve("plan.yaml");
    MirrorPlan flat =
        MirrorPlan.builder(Target.registry("quay.io/myorg").depth(2)).image(GATEWAY).build();
    flat.save(file);
    assertThat(file).content().contains("depth: 2");
    assertThat(MirrorPlan.read(file)).isEqualTo(flat);
    assertThat(plan().toYaml()).doesNotContain("depth");
    Files.writeString(file, flat.toYaml().replace("depth: 2", "depth: deep"));
    assertThatThrownBy(() -> MirrorPlan.read(file))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("the key 'depth' in target has to hold a number");
  }

  @Test
  void twoImagesOfOneNameInTheMirrorAreBothNamed() {
    assertThatThrownBy(
            () ->
                MirrorPlan.builder(Target.registry("harbor.corp").separator(Separator.DASH))
                    .image(ImageRef.parse("quay.io/a/b-c:1"))
                    .image(ImageRef.parse("docker.io/a-b/c:1"))
                    .build())
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining(
            "both quay.io/a/b-c:1 and docker.io/a-b/c:1 would become harbor.corp/a-b-c:1");
  }

  @Test
  void anImageOutsideTheTargetIsRefused() {
    assertThatThrownBy(
            () ->
                MirrorPlan.builder(Target.registry("harbor.corp/mirror"))
                    .addEntries(
                        MirrorEntry.builder()
                            .source(GATEWAY)
                            .target(ImageRef.parse("harbor.corp/gateway:v1.1.0"))
                            .build())
                    .build())
        .isInstanceOf(InvalidPlanException.class)
        .hasMessage("harbor.corp/gateway:v1.1.0 does not lie in the target harbor.corp/mirror");
  }

  @Test
  void aDigestThatIsNotTheReferencesOwnIsRefused() {
    assertThatThrownBy(
            () ->
                MirrorEntry.builder()
                    .source(GATEWAY.withDigest(DIGEST))
                    .target(ImageRef.parse("harbor.corp/gateway:v1.1.0"))
                    .digest(OTHER)
                    .build())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(OTHER.toString())
        .hasMessageContaining("is not the one in the reference");
  }

  @Test
  void aSavedPlanIsReadBackEqual() throws IOException {
    Path file = directory.resolve("plan.yaml");
    plan().save(file);
    assertThat(MirrorPlan.read(file)).isEqualTo(plan());
    assertThat(Files.readString(file)).as("no absolute path").doesNotContain(" /somewhere");
    MirrorPlan smaller = harbor().build();
    smaller.save(file);
    assertThat(MirrorPlan.read(file)).as("replaced").isEqualTo(smaller);
    try (var files = Files.list(directory)) {
      assertThat(files).as("no temporary file is left").containsExactly(file);
    }
  }

  /** A plan as the planner makes it, of a chart with a values file and an SDK config. */
  private MirrorPlan locked(Path directory) throws IOException {
    Path chart = directory.resolve("charts/kubernaut");
    Files.createDirectories(chart.resolve("templates"));
    Files.writeString(chart.resolve("Chart.yaml"), "name: kubernaut\nversion: 1.1.0\n");
    Files.writeString(chart.resolve("templates/a.yaml"), "kind: Pod\n");
    Path values = Files.writeString(directory.resolve("values.yaml"), "a: b\n");
    Path sdk = Files.writeString(directory.resolve("sdk.yaml"), "llm: none\n");
    Chart planned = Chart.at(chart).values(values).sdkConfig(sdk).release("kubernaut", "elsewhere");
    return harbor()
        .chart(planned)
        .lock(
            ChartLock.builder()
                .name("kubernaut")
                .version("1.1.0")
                .chart(LockedFile.of(chart, ChartLock.digestOf(chart)))
                .addFiles(LockedFile.of(values, ChartLock.digestOf(values)))
                .addFiles(LockedFile.of(sdk, ChartLock.digestOf(sdk)))
                .build())
        .image(GATEWAY)
        .build();
  }

  @Test
  void aPlanThatIsMovedTogetherWithItsChartFindsIt() throws IOException {
    Path here = Files.createDirectory(directory.resolve("here"));
    locked(here).save(here.resolve("plan.yaml"));
    Path there = directory.resolve("there");
    Files.move(here, there);
    MirrorPlan moved = MirrorPlan.read(there.resolve("plan.yaml"));
    moved.checkChart();
    assertThat(moved.chart().orElseThrow().location()).isEqualTo(there.resolve("charts/kubernaut"));
    assertThat(moved.chart().orElseThrow().files())
        .containsExactly(there.resolve("values.yaml"), there.resolve("sdk.yaml"));
    assertThat(moved.release()).isEqualTo(ReleaseName.of("kubernaut", "elsewhere"));
  }

  @Test
  void aChartIsFoundByItsNameBesideThePlanAndInOtherDirectories() throws IOException {
    Path here = Files.createDirectory(directory.resolve("here"));
    MirrorPlan plan = locked(here);
    Path file = Files.createDirectories(directory.resolve("usb/plans")).resolve("plan.yaml");
    plan.save(file);
    Path stick = Files.createDirectory(directory.resolve("stick"));
    Files.move(here.resolve("charts/kubernaut"), file.resolveSibling("kubernaut"));
    Files.move(here.resolve("values.yaml"), stick.resolve("values.yaml"));
    Files.writeString(file.resolveSibling("values.yaml"), "another: file\n");
    Files.move(here.resolve("sdk.yaml"), stick.resolve("sdk.yaml"));
    MirrorPlan found = MirrorPlan.read(file, stick);
    found.checkChart();
    assertThat(found.chart().orElseThrow().location()).isEqualTo(file.resolveSibling("kubernaut"));
    assertThat(found.chart().orElseThrow().files())
        .as("the content decides, not the name")
        .containsExactly(stick.resolve("values.yaml"), stick.resolve("sdk.yaml"));
  }

  @Test
  void aChartThatHasChangedIsNamedWithBothDigests() throws IOException {
    MirrorPlan plan = locked(directory);
    Path chart = plan.chart().orElseThrow().location();
    Digest planned = ChartLock.digestOf(chart);
    Files.writeString(chart.resolve("templates/a.yaml"), "kind: Job\n");
    ChartChangedException changed =
        catchThrowableOfType(ChartChangedException.class, plan::checkChart);
    assertThat(changed.path()).isEqualTo(chart);
    assertThat(changed.planned()).isEqualTo(planned);
    assertThat(changed.found()).isEqualTo(ChartLock.digestOf(chart)).isNotEqualTo(planned);
    assertThat(changed)
        .hasMessageContaining(planned.toString())
        .hasMessageContaining(changed.found().toString());
  }

  @Test
  void aValuesFileThatHasChangedIsNamed() throws IOException {
    MirrorPlan plan = locked(directory);
    Files.writeString(directory.resolve("values.yaml"), "a: c\n");
    assertThatThrownBy(plan::checkChart)
        .isInstanceOf(ChartChangedException.class)
        .hasMessageContaining(directory.resolve("values.yaml") + " has changed");
  }

  @Test
  void onlyChartsAndRegularFilesAreRead() {
    assertThatThrownBy(() -> ChartLock.digestOf(directory.getRoot()))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("contains no Chart.yaml");
    assertThatThrownBy(() -> ChartLock.digestOf(Path.of("/dev/zero")))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("neither a file nor a directory");
    assertThatThrownBy(() -> ChartLock.digestOf(directory.resolve("missing")))
        .isInstanceOf(HelmException.class)
        .hasMessageContaining("does not exist");
  }

  @Test
  void thePlanAndItsChartAreForTheSameRelease() throws IOException {
    MirrorPlan plan = locked(directory);
    ReleaseName other = ReleaseName.of("other", "there");
    assertThat(plan.forRelease(other).chart().orElseThrow().release()).isEqualTo(other);
    assertThatThrownBy(() -> harbor().chart(plan.chart()).release(other).build())
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("use the same release for both");
  }

  @Test
  void aSavedPlanIsItsOwnersAlone() throws IOException {
    Path file = directory.resolve("plan.yaml");
    Files.createFile(
        file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-rw-rw-")));
    plan().save(file);
    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
        .isEqualTo("rw-------");
  }

  @Test
  void aPlanThatCannotBeSavedNamesFileAndDirectory() {
    Path file = directory.resolve("none/plan.yaml");
    assertThatThrownBy(() -> plan().save(file))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("there is no directory " + directory.resolve("none"));
  }

  @Test
  void settingsAreSavedButDoNotPrint() {
    MirrorPlan plan = harbor().chart(Chart.at(Path.of("c")).set("llm.apiKey", "hunter2")).build();
    assertThat(plan.toString()).doesNotContain("hunter2").contains("llm.apiKey");
    assertThat(plan.toYaml()).contains("hunter2");
  }

  static String[][] altered() {
    return new String[][] {
      {
        "apiVersion: airgap.kubernaut.ai/v1",
        "apiVersion: airgap.kubernaut.ai/v2",
        "it has to begin with apiVersion airgap.kubernaut.ai/v1 and kind MirrorPlan, and has 'airgap.kubernaut.ai/v2' and 'MirrorPlan'"
      },
      {"kind: MirrorPlan\n", "", "and has 'airgap.kubernaut.ai/v1' and ''"},
      {"separator: /", "separator: _", "a separator is '/' for nested registries"},
      {"  separator: /\n", "", "the key 'separator' is missing in target"},
      {"registry: harbor.corp", "registry: other.corp", "does not lie in the target other.corp"},
      {"target:\n", "mirror:\n", "the key 'mirror' in the plan is not known"},
      {"images:\n", "pictures:\n", "the key 'pictures' in the plan is not known"},
      {
        "neededBy:",
        "because:",
        "the key 'because' in an image is not known to this version; known are source, target, digest, mirroredDigest, neededBy"
      },
      {"  location: /somewhere/charts/kubernaut\n", "", "the key 'location' is missing in chart"},
      {
        "key: global.image.tag",
        "name: global.image.tag",
        "the key 'name' in chart.set is not known"
      },
      {
        "file: /somewhere/sdk.yaml",
        "path: /somewhere/sdk.yaml",
        "the key 'path' in chart.setFile is not known"
      },
      {
        "object: Deployment gateway",
        "thing: Deployment gateway",
        "the key 'thing' in neededBy is not known"
      },
      {
        "source: quay.io/kubernaut-ai/gateway:v1.1.0",
        "source: Quay.io/Gateway",
        "'Gateway' has an upper-case letter"
      },
      {"digest: sha256:0123", "digest: sha256:012", "a sha256 digest has 64 digits"},
      {
        "source: quay.io/kubernaut-ai/gateway:v1.1.0",
        "source: quay.io/kubernaut-ai/gateway@" + OTHER,
        "is not the one in the reference"
      },
      {
        "- file: /somewhere/values-ocp.yaml",
        "-",
        "the key 'values' in chart has to hold a list without empty elements"
      },
      {
        "- source:",
        "- quay.io/other\n- source:",
        "the list 'images' in the plan has an element that is not a mapping"
      },
      {
        "kind: MirrorPlan",
        "kind: MirrorPlan\nkind: MirrorPlan",
        "line 3, column 1: found duplicate key kind"
      },
      {"images:", "\timages:", "line "},
    };
  }

  @ParameterizedTest
  @MethodSource
  void altered(String original, String replacement, String why) throws IOException {
    String text = plan().toYaml();
    assertThat(text).contains(original);
    Path file = directory.resolve("plan.yaml");
    Files.writeString(file, text.replace(original, replacement));
    assertThatThrownBy(() -> MirrorPlan.read(file))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageStartingWith("no plan can be read")
        .hasMessageContaining(file.toString())
        .hasMessageContaining(why);
  }

  /** The values of the overlay and the parameters of problems are mappings of any keys. */
  @Test
  void aKeyThatIsNotKnownIsRefusedInEveryMapping() {
    Chart chart =
        plan().chart().orElseThrow().sdkConfig(at("llm.yaml")).rewriting(Map.of("a/b:1", "c/b:1"));
    MirrorPlan complete =
        MirrorPlan.builder(Target.registry("harbor.corp").depth(3))
            .from(plan())
            .target(Target.registry("harbor.corp").depth(3))
            .chart(chart)
            .addMentions(ImageUse.of(GATEWAY, List.of(ImageReason.of("t.yaml", "a", "b"))))
            .build();
    Map<String, Object> file =
        copy(Yaml.readMapping("plan.yaml", complete.toYaml(), Yaml.DuplicateKeys.REFUSED));
    List<String> accepted = new ArrayList<>();
    int tried = tryUnknownKeyIn(file, "plan", file, accepted);
    assertThat(accepted).isEmpty();
    assertThat(tried).isGreaterThan(20);
  }

  private int tryUnknownKeyIn(
      Map<String, Object> mapping, String where, Map<String, Object> file, List<String> accepted) {
    mapping.put("surprise", "x");
    try {
      Files.writeString(directory.resolve("plan.yaml"), Yaml.write(file));
      MirrorPlan.read(directory.resolve("plan.yaml"));
      accepted.add(where);
    } catch (InvalidPlanException e) {
      assertThat(e).as(where).hasMessageContaining("the key 'surprise' in ");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    mapping.remove("surprise");
    int tried = 1;
    for (Map.Entry<String, Object> child : mapping.entrySet()) {
      String path = where + "." + child.getKey();
      if (path.equals("plan.overlay.values") || path.endsWith(".parameters")) {
        continue;
      }
      for (Object element :
          child.getValue() instanceof List<?> list ? list : List.of(child.getValue())) {
        if (element instanceof Map<?, ?>) {
          @SuppressWarnings("unchecked")
          Map<String, Object> inner = (Map<String, Object>) element;
          tried += tryUnknownKeyIn(inner, path, file, accepted);
        }
      }
    }
    return tried;
  }

  /** A copy that can be changed. */
  private static Map<String, Object> copy(Map<?, ?> mapping) {
    Map<String, Object> copy = new LinkedHashMap<>();
    mapping.forEach((key, value) -> copy.put(key.toString(), copyOf(value)));
    return copy;
  }

  private static Object copyOf(Object value) {
    if (value instanceof Map<?, ?> inner) {
      return copy(inner);
    }
    return value instanceof List<?> list
        ? new ArrayList<>(list.stream().map(MirrorPlanTest::copyOf).toList())
        : value;
  }

  @Test
  void aPlanWithoutImagesSaysSo() throws IOException {
    Path file = directory.resolve("plan.yaml");
    String text = plan().toYaml();
    Files.writeString(file, text.substring(0, text.indexOf("images:")));
    assertThatThrownBy(() -> MirrorPlan.read(file))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("the key 'images' is missing in the plan");
  }

  @Test
  void aPlanWhoseImagesWouldOverwriteEachOtherIsNotRead() throws IOException {
    Path file = directory.resolve("plan.yaml");
    String text = plan().toYaml();
    String image = text.substring(text.indexOf("- source:"));
    Files.writeString(file, text + image.replace("quay.io/", "docker.io/"));
    assertThatThrownBy(() -> MirrorPlan.read(file))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(
            "both quay.io/kubernaut-ai/gateway:v1.1.0 and docker.io/kubernaut-ai/gateway:v1.1.0");
  }

  @Test
  void whatIsNoPlanIsNamed() throws IOException {
    Path missing = directory.resolve("missing.yaml");
    assertThatThrownBy(() -> MirrorPlan.read(missing))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessage(
            "no plan can be read: "
                + missing
                + " is not YAML that can be used: there is no such file");
    Path list = directory.resolve("list.yaml");
    Files.writeString(list, "- a\n");
    assertThatThrownBy(() -> MirrorPlan.read(list))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("is a list");
    Path empty = directory.resolve("empty.yaml");
    Files.createFile(empty);
    assertThatThrownBy(() -> MirrorPlan.read(empty))
        .isInstanceOf(InvalidPlanException.class)
        .hasMessageContaining("it has to begin with apiVersion");
  }
}
