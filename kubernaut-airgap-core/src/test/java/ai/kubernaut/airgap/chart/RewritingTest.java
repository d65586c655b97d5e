package ai.kubernaut.airgap.chart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Without Helm; {@link HelmClientContract} sees to it that Helm does the same. */
final class RewritingTest {
  private static final Rewriting REWRITING =
      Rewriting.of(Map.of("quay.io/a/b:1", "harbor.corp/a/b:1", "postgres", "harbor.corp/pg:16"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image: %s",
        "image: \"%s\"",
        "- %s",
        "args: [\"--image=%s\", '%s', %s]",
        "{\"image\":\"%s\"}",
        "%s %s %s",
        "value: oci://%s",
        "docker://%s",
        "We run %s. And %s, too: %s",
        "%s: mirrored",
        "(%s)",
        "a=%s;b",
      })
  void aWholeReferenceIsReplaced(String text) {
    assertThat(REWRITING.apply(text.replace("%s", "quay.io/a/b:1")))
        .isEqualTo(text.replace("%s", "harbor.corp/a/b:1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "quay.io/a/b:1.2",
        "quay.io/a/b:1-rc1",
        "quay.io/a/b:1@sha256:0",
        "quay.io/a/b:1/c",
        "proxy.corp/quay.io/a/b:1",
        "https://quay.io/a/b:1",
        "my-quay.io/a/b:1",
        "user@quay.io/a/b:1",
        "quay.io/a/b:1:2",
      })
  void aPartOfSomethingElseStays(String text) {
    assertThat(REWRITING.apply(text)).isEqualTo(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "image: %s",
        "image: \"%s\"\nnext: x",
        "{image: %s, x: y}",
        "\"initImage\":\"%s\"}",
        "--image=%s",
        "- name: RELATED_IMAGE_DB\n  value: %s\n",
        "{\"name\":\"RELATED_IMAGE_DB\",\"value\":\"%s\"}",
      })
  void aWordIsReplacedBehindWhatSpeaksOfAnImage(String text) {
    assertThat(REWRITING.apply(text.replace("%s", "postgres")))
        .isEqualTo(text.replace("%s", "harbor.corp/pg:16"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "name: postgres",
        "user: postgres\nimage: x",
        "image: postgresql",
        "image: postgres/x",
        "- postgres",
        "imagePullPolicy: postgres"
      })
  void aWordElsewhereStays(String text) {
    assertThat(REWRITING.apply(text)).isEqualTo(text);
  }

  @Test
  void whatWasPutThereIsNotReplacedAgain() {
    assertThat(Rewriting.of(Map.of("a/b:1", "c/d:1", "c/d:1", "a/b:1")).apply("a/b:1 c/d:1"))
        .isEqualTo("c/d:1 a/b:1");
    assertThat(Rewriting.of(Map.of("a/b:1", "$1\\2")).apply("a/b:1")).isEqualTo("$1\\2");
  }

  @Test
  void laterRewritingsOfAChartGoOnFromTheEarlierOnes() {
    Chart chart =
        TemplateHelm.chart()
            .rewriting(Map.of("a/b:1", "c/d:1"))
            .rewriting(Map.of("c/d:1", "e/f:1", "x/y:1", "z/z:1"));
    assertThat(chart.rewriting())
        .isEqualTo(Map.of("a/b:1", "e/f:1", "c/d:1", "e/f:1", "x/y:1", "z/z:1"));
    assertThat(Rewriting.of(chart.rewriting()).apply("a/b:1,c/d:1")).isEqualTo("e/f:1,e/f:1");
    Chart plain = TemplateHelm.chart();
    assertThatThrownBy(() -> plain.rewriting(Map.of("", "x")))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("empty text cannot be rewritten");
  }
}
