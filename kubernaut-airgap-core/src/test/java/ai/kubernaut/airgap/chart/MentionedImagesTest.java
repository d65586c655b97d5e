package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.image.ImageRef;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MentionedImagesTest {

  private record Sample(String key, String text, TreeSet<String> images) {

    static Sample parse(String line) {
      int bar = line.indexOf(" | ");
      int arrow = line.lastIndexOf(" =>");
      TreeSet<String> images = new TreeSet<>();
      Stream.of(line.substring(arrow + 3).split(" ", -1))
          .filter(image -> !image.isEmpty())
          .forEach(images::add);
      return new Sample(
          line.substring(0, bar), line.substring(bar + 3, arrow).replace('⏎', '\n'), images);
    }

    /** An object with the text where its key belongs. */
    KubernetesObject object() {
      Fields empty = Fields.of(Map.of()).with("ConfigMap", "kind").with("x", "metadata", "name");
      if (key.startsWith("value of ")) {
        return KubernetesObject.of(
            empty.with(
                List.of(Map.of("env", List.of(Map.of("name", key.substring(9), "value", text)))),
                "spec",
                "containers"));
      }
      if (key.startsWith("annotation ")) {
        return KubernetesObject.of(empty.with(text, "metadata", "annotations", key.substring(11)));
      }
      return KubernetesObject.of(
          key.equals("args")
              ? empty.with(List.of(text), "spec", "args")
              : empty.with(text, "data", "file.txt"));
    }

    TreeSet<String> found() {
      TreeSet<String> found = new TreeSet<>();
      ImageFinder.mentions()
          .find(
              RenderedManifest.of("", object()),
              (path, image) -> found.add(ImageRef.parse(image).toString()));
      return found;
    }
  }

  private static List<Sample> corpus() throws IOException {
    List<Sample> samples = new ArrayList<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                Objects.requireNonNull(
                    MentionedImagesTest.class.getResourceAsStream("/mentions/corpus.txt")),
                StandardCharsets.UTF_8))) {
      lines
          .lines()
          .filter(line -> !line.startsWith("#") && !line.isBlank())
          .forEach(line -> samples.add(Sample.parse(line)));
    }
    return samples;
  }

  @Test
  void theCorpus_isReadWithFewMistakes() throws IOException {
    int right = 0;
    int wrong = 0;
    int missed = 0;
    List<String> mistakes = new ArrayList<>();
    List<Sample> samples = corpus();
    for (Sample sample : samples) {
      TreeSet<String> found = sample.found();
      TreeSet<String> falselyFound = new TreeSet<>(found);
      falselyFound.removeAll(sample.images());
      TreeSet<String> overlooked = new TreeSet<>(sample.images());
      overlooked.removeAll(found);
      right += sample.images().size() - overlooked.size();
      wrong += falselyFound.size();
      missed += overlooked.size();
      if (!falselyFound.isEmpty() || !overlooked.isEmpty()) {
        mistakes.add(
            sample.key()
                + " | "
                + sample.text()
                + ": found "
                + found
                + ", wanted "
                + sample.images());
      }
    }
    double precision = right / (double) (right + wrong);
    double recall = right / (double) (right + missed);
    System.out.printf(
        Locale.ROOT,
        "likely finds: precision %.3f, recall %.3f in %d texts; mistakes: %s%n",
        precision,
        recall,
        samples.size(),
        mistakes);

    assertThat(precision).as("precision, with mistakes %s", mistakes).isGreaterThanOrEqualTo(0.92);
    assertThat(recall).as("recall, with mistakes %s", mistakes).isGreaterThanOrEqualTo(0.88);
  }

  @ParameterizedTest
  @Timeout(60)
  @ValueSource(
      strings = {
        "a",
        "a.",
        "a-",
        "a/",
        "/a",
        "a:",
        ".",
        "-",
        "image ",
        "image-",
        "--image",
        " ",
        "x.io/a",
        "x.io/a:1/",
        "oci://",
        "FROM ",
        "[",
        "1.",
        "\"image\":",
        "quay.io/a:1@sha256:",
        "a_",
        "__a"
      })
  void aLongText_takesNoLongTime_andNoDeepStack(String part) {
    Fields text =
        Fields.of(Map.of())
            .with("ConfigMap", "kind")
            .with("x", "metadata", "name")
            .with(part.repeat((1 << 19) / part.length()), "data", "an image")
            .with("x.io/" + part.repeat((1 << 19) / part.length()), "data", "text");

    ImageFinder.mentions()
        .find(
            RenderedManifest.of("", KubernetesObject.of(text)),
            (path, image) -> assertThat(image).hasSizeLessThan(1000));
  }

  @ParameterizedTest
  @ValueSource(strings = {"RELATED_IMAGE_AGENT", "RELATED_IMAGE_"})
  void relatedImages_areCertain(String name) {
    RenderedChart chart =
        RenderedChart.parse(
            """
            # Source: c/templates/operator.yaml
            kind: Deployment
            metadata: {name: operator}
            spec: {template: {spec: {containers: [{name: c, image: 'q.io/operator:1', env: [{name: %s, value: 'agent:2'}]}]}}}
            """
                .formatted(name));

    assertThat(chart.images())
        .extracting(use -> use.image().toString())
        .containsExactly("docker.io/library/agent:2", "q.io/operator:1");
    assertThat(chart.images().get(0).reasons())
        .containsExactly(
            ImageReason.of(
                "c/templates/operator.yaml",
                "Deployment operator",
                "spec.template.spec.containers[0].env[0].value"));
  }

  @Test
  void aHostsOwnFinder_addsWhatItKnows() {
    RenderedChart chart =
        RenderedChart.parse(
            "kind: Agent\nmetadata: {name: a}\nspec: {runtime: 'q.io/runtime:7'}\n");
    ImageFinder runtimes =
        (manifest, finds) ->
            manifest
                .object()
                .fields()
                .text("spec", "runtime")
                .ifPresent(image -> finds.add("spec.runtime", image));

    assertThat(chart.images()).isEmpty();
    assertThat(chart.images(List.of(ImageFinder.containers(), runtimes)))
        .extracting(use -> use.image().toString())
        .containsExactly("q.io/runtime:7");
  }
}
