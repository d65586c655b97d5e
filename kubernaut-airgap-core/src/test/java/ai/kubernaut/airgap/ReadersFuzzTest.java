package ai.kubernaut.airgap;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.image.Platform;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Separator;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.plan.ImageList;
import ai.kubernaut.airgap.plan.ImageSetConfiguration;
import ai.kubernaut.airgap.plan.InvalidPlanException;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.http.DockerConfig;
import ai.kubernaut.airgap.registry.http.RegistryConfigException;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Readers get texts that were legal once, and texts that never were: only the exceptions come out
 * that their documentation names, in time, and what they take prints and reads back equal. {@code
 * -Dairgap.fuzz.runs=100000 -Dairgap.fuzz.seed=7} makes more of it, or other ones.
 */
final class ReadersFuzzTest {
  private static final int RUNS = Integer.getInteger("airgap.fuzz.runs", 1000);
  private static final long SEED = Long.getLong("airgap.fuzz.seed", 20_261_122L);

  private static final String SHA =
      "sha256:6e2cdb22d6ab7264ea198c717f555e30536b54029d26c8781b9f25f78951b564";
  private static final String[] REFERENCES = {
    "quay.io/kubernaut-ai/gateway:v1.1.0",
    "postgres:16-alpine",
    "harbor.corp:5000/a/b__c/d-e.f:1@" + SHA,
    "[fd00::1]:5000/team/app@" + SHA,
    "localhost/x",
    SHA,
    "linux/arm64/v8",
    "harbor.corp:5000/mirror"
  };

  private static final String PLAN =
      """
      apiVersion: airgap.kubernaut.ai/v1
      kind: MirrorPlan
      target: {registry: harbor.corp, separator: /, depth: 3}
      platforms: [linux/amd64]
      withoutIndex: true
      release: {name: kubernaut, namespace: kubernaut-system}
      branches: [{}, {kubeVersion: 1.25.0, apiVersions: [a/v1], lookups: [x]}]
      refusedBranches: [{apiVersions: [b/v1], message: no}]
      coversAllBranches: false
      chart:
        name: kubernaut
        version: 1.1.0
        digest: %1$s
        location: charts/kubernaut
        artifact: quay.io/kubernaut-ai/charts/kubernaut:1.1.0
        values: [{file: values-ocp.yaml, digest: %1$s}, {key: a, json: '{"b": 1}'}]
        set: [{key: global.image.tag, value: v1.1.0}]
        setString: [{key: a.b, value: '1'}]
        setFile: [{key: c, file: c.txt, digest: %1$s}]
        sdkConfig: {file: sdk.yaml, digest: %1$s}
        kubeVersion: 1.33.0
        apiVersions: [route.openshift.io/v1]
        rewriting: [{from: 'quay.io/a/b:1', to: 'harbor.corp/a/b:1'}]
      images:
      - source: quay.io/kubernaut-ai/gateway:v1.1.0
        target: harbor.corp/kubernaut-ai/gateway:v1.1.0
        digest: %1$s
        mirroredDigest: %1$s
        neededBy: [{template: t.yaml, object: Deployment gateway, path: spec, branches: [{}]}]
      mentions:
      - {image: 'quay.io/a/b:1', mentionedBy: [{template: t, object: o, path: p}]}
      """
          .formatted(SHA);

  private static final String RENDERED =
      """
      ---
      # Source: c/templates/pod.yaml
      apiVersion: v1
      kind: Pod
      metadata: {name: p, namespace: n, annotations: {images: "quay.io/a/b:1"}}
      spec: &spec
        containers:
        - {name: a, image: "quay.io/a/b:1", env: [{name: RELATED_IMAGE_A, value: "q.io/x:1"}]}
        volumes: [{name: v, image: {reference: "quay.io/a/m:1"}}]
      ---
      kind: List
      items:
      - {kind: ConfigMap, metadata: {name: c}, data: {x: "image: quay.io/a/c:1", y: |
          --image=alpine
        }}
      """;

  private static final String MANIFEST =
      """
      {"schemaVersion":2,"mediaType":"%1$s","artifactType":"a/b","annotations":{"a":"b"},
      "config":{"mediaType":"c/d","digest":"%2$s","size":2},"subject":{"mediaType":"c/d","digest":"%2$s","size":2},
      "layers":[{"mediaType":"e/f","digest":"%2$s","size":3,"urls":["https://x"]}]}
      """
          .formatted(Manifest.OCI_MANIFEST, SHA);

  private static final String INDEX =
      """
      {"schemaVersion":2,"mediaType":"%1$s","manifests":[{"mediaType":"%2$s","digest":"%3$s","size":9,
      "platform":{"os":"linux","architecture":"arm","variant":"v7"},"annotations":{"a":"b"}}]}
      """
          .formatted(Manifest.OCI_INDEX, Manifest.OCI_MANIFEST, SHA);

  /** The readers, each with legal texts, the exceptions that it documents, and what it does. */
  private enum Reader {
    IMAGE(List.of(REFERENCES), InvalidReferenceException.class) {
      @Override
      void read(String text, Path file) {
        ImageRef image = ImageRef.parse(text);
        assertThat(ImageRef.parse(image.toString())).isEqualTo(image).hasToString("" + image);
        Repository repository = image.repository();
        assertThat(Repository.parse(repository.toString())).isEqualTo(repository);
      }
    },
    DIGEST(List.of(REFERENCES), InvalidReferenceException.class) {
      @Override
      void read(String text, Path file) {
        assertThat(Digest.parse(text)).hasToString(text);
      }
    },
    PLATFORM(List.of(REFERENCES), InvalidReferenceException.class) {
      @Override
      void read(String text, Path file) {
        Platform platform = Platform.parse(text);
        assertThat(Platform.parse(platform.toString())).isEqualTo(platform);
      }
    },
    TARGET(List.of(REFERENCES), InvalidReferenceException.class) {
      @Override
      void read(String text, Path file) {
        Target target = Target.registry(text);
        assertThat(Target.registry(target.address())).isEqualTo(target);
        for (Separator separator : Separator.values()) {
          ImageRef name = target.separator(separator).nameOf(ImageRef.parse("quay.io/a/b:1"));
          assertThat(target.contains(name)).isTrue();
          assertThat(ImageRef.parse(name.toString())).isEqualTo(name);
        }
      }
    },
    YAML(List.of(PLAN, RENDERED, MANIFEST), InvalidYamlException.class) {
      @Override
      void read(String text, Path file) {
        var mapping = Yaml.readMapping("x", text, Yaml.DuplicateKeys.LAST_WINS);
        String written = Yaml.write(mapping);
        assertThat(Yaml.write(Yaml.readMapping("x", written, Yaml.DuplicateKeys.REFUSED)))
            .isEqualTo(written);
      }
    },
    PLAN_FILE(List.of(PLAN), InvalidPlanException.class) {
      @Override
      void read(String text, Path file) {
        MirrorPlan plan = MirrorPlan.read(file);
        plan.save(file);
        assertThat(MirrorPlan.read(file)).isEqualTo(plan);
      }
    },
    IMAGE_SET(
        List.of(
            "kind: ImageSetConfiguration\napiVersion: mirror.openshift.io/v2alpha1\nmirror:\n  additionalImages:\n  - name: quay.io/a/b:<VERSION>\n  - {name: x@"
                + SHA
                + "}\n"),
        InvalidPlanException.class) {
      @Override
      void read(String text, Path file) {
        for (ImageRef image : ImageSetConfiguration.read(file, Optional.of("v1"))) {
          assertThat(ImageRef.parse(image.toString())).isEqualTo(image);
        }
      }
    },
    IMAGE_LIST(List.of(String.join("\n", REFERENCES), "# c\n\nx:1\n"), InvalidPlanException.class) {
      @Override
      void read(String text, Path file) throws IOException {
        List<ImageRef> images = ImageList.read(file);
        Files.writeString(
            file, images.stream().map(ImageRef::toString).collect(Collectors.joining("\n")));
        assertThat(ImageList.read(file)).isEqualTo(images);
      }
    },
    RENDERED_CHART(List.of(RENDERED), InvalidYamlException.class, InvalidReferenceException.class) {
      @Override
      void read(String text, Path file) {
        RenderedChart chart = RenderedChart.parse(text);
        chart.images(List.of(ImageFinder.mentions()));
        chart.images();
        chart.namespaces(ReleaseName.defaultRelease());
      }
    },
    MANIFEST_OR_INDEX(List.of(MANIFEST, INDEX), InvalidManifestException.class) {
      @Override
      void read(String text, Path file) throws IOException {
        byte[] content = Files.readAllBytes(file);
        Manifest manifest = Manifest.of(content);
        assertThat(manifest.content()).isEqualTo(content);
        assertThat(Manifest.of(manifest.mediaType(), content)).isEqualTo(manifest);
        manifest.annotations();
        manifest.artifactType();
        assertThat(manifest.children()).doesNotContainNull();
        assertThat(manifest.blobs()).doesNotContainNull();
        manifest.subject();
      }
    },
    DOCKER_CONFIG(
        List.of(
            "{\"auths\":{\"quay.io\":{\"auth\":\"dXNlcjpwYXNz\"},\"quay.io/a\":{\"identitytoken\":\"t\"},\"https://quay.io/v1/\":{\"username\":\"u\",\"password\":\"p\"}}}"),
        RegistryConfigException.class) {
      @Override
      void read(String text, Path file) {
        DockerConfig config = DockerConfig.file(file);
        config.credentialsFor(Repository.parse("quay.io/a/b"));
        config.credentialsFor(Repository.parse("quay.io/b"));
      }
    };

    @SuppressWarnings("ImmutableEnumChecker") // lists of texts and classes
    private final List<String> legal;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<Class<?>> documented;

    Reader(List<String> legal, Class<?>... documented) {
      this.legal = legal;
      this.documented = Set.of(documented);
    }

    /** Reads what is both a text and a file, and reads it back. */
    abstract void read(String text, Path file) throws IOException;
  }

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource
  @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void onlyDocumentedExceptionsComeOut(Reader reader) throws IOException {
    Path file = directory.resolve("input");
    int taken = 0;
    for (int run = 0; run < RUNS; run++) {
      byte[] bytes = new Mutation(new Random(SEED + run), reader.legal).bytes();
      String text = new String(bytes, StandardCharsets.UTF_8);
      Files.write(file, bytes);
      try {
        reader.read(text, file);
        taken++;
      } catch (RuntimeException | StackOverflowError | OutOfMemoryError | AssertionError e) {
        if (!reader.documented.contains(e.getClass())) {
          throw new AssertionError(
              "%s, run %d of seed %d, %d characters: %s"
                  .formatted(
                      reader,
                      run,
                      SEED,
                      text.length(),
                      text.length() > 2000 ? text.substring(0, 2000) + "…" : text),
              e);
        }
        assertThat(e.getMessage()).isNotBlank();
      }
    }
    assertThat(taken).as("texts that were legal all the same").isPositive();
  }

  /** A legal text, changed in a few places; or now and then one of random characters. */
  private record Mutation(Random random, List<String> legal) {
    private static final List<String> WORDS =
        List.of(
            ": ",
            "- ",
            "\n",
            "\t",
            " ",
            "&a ",
            "*a",
            "<<: *a",
            "!!binary ",
            "!x ",
            "{",
            "}",
            "[",
            "]",
            "\"",
            "'",
            "|\n",
            ">\n",
            "---\n",
            "...\n",
            "%YAML 1.1\n",
            "#",
            "?",
            "@",
            "`",
            "~",
            "null",
            "true",
            "0x",
            "1e999",
            "-.inf",
            "2001-01-01",
            "\u0000",
            "\u0007",
            "\uFEFF",
            "é",
            "🚢",
            "\uD800",
            "\u2028",
            "\\",
            "\\u",
            "..",
            "/",
            "//",
            "__",
            ":",
            "://",
            "@sha256:",
            "sha512:",
            "A",
            ",",
            "99999999999999999999",
            "-1",
            "\r\n");

    byte[] bytes() {
      StringBuilder text = new StringBuilder();
      if (random.nextInt(10) == 0) {
        for (int i = random.nextInt(60); i > 0; i--) {
          text.append(random.nextBoolean() ? word() : String.valueOf((char) random.nextInt(0x180)));
        }
      } else {
        text.append(legal.get(random.nextInt(legal.size())));
        for (int i = random.nextInt(4); i > 0; i--) {
          change(text);
        }
      }
      byte[] bytes = text.toString().getBytes(StandardCharsets.UTF_8);
      if (bytes.length > 0 && random.nextInt(10) == 0) {
        bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
      }
      return bytes;
    }

    private String word() {
      return WORDS.get(random.nextInt(WORDS.size()));
    }

    private void change(StringBuilder text) {
      int from = random.nextInt(text.length() + 1);
      int to = Math.min(text.length(), from + random.nextInt(12));
      String part = text.substring(from, to);
      switch (random.nextInt(6)) {
        case 0 -> text.delete(from, to);
        case 1 -> text.insert(from, word());
        case 2 -> text.replace(from, to, word());
        case 3 -> text.insert(random.nextInt(text.length() + 1), part);
        case 4 -> text.insert(from, (part.isEmpty() ? word() : part).repeat(random.nextInt(3000)));
        default -> {
          String other = legal.get(random.nextInt(legal.size()));
          text.replace(from, to, other.substring(random.nextInt(other.length())));
        }
      }
    }
  }
}
