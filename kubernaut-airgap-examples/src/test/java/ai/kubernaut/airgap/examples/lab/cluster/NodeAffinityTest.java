package ai.kubernaut.airgap.examples.lab.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A pod goes only to nodes that one of the terms of its node affinity matches. */
class NodeAffinityTest {
  private static final JsonNode NODE =
      read("{metadata: {name: worker-0, labels: {disk: ssd, cores: '8'}}}");

  private static JsonNode read(String yaml) {
    return Json.parse(("--- " + yaml).getBytes(StandardCharsets.UTF_8));
  }

  private static boolean matches(String terms) {
    ObjectNode pod = Json.object();
    pod.withObject("/spec/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution")
        .set("nodeSelectorTerms", read(terms));
    return NodeAffinity.matches(pod, NODE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{key: disk, operator: In, values: [hdd, ssd]}|true",
        "{key: disk, operator: In, values: [hdd]}|false",
        "{key: zone, operator: In, values: ['']}|false",
        "{key: disk, operator: NotIn, values: [ssd]}|false",
        "{key: zone, operator: NotIn, values: [a]}|true",
        "{key: disk, operator: Exists}|true",
        "{key: zone, operator: Exists}|false",
        "{key: zone, operator: DoesNotExist}|true",
        "{key: cores, operator: Gt, values: ['4']}|true",
        "{key: cores, operator: Lt, values: ['4']}|false",
        "{key: disk, operator: Gt, values: ['4']}|false",
      })
  void anExpressionMatchesLabels(String expression, boolean expected) {
    assertThat(matches("[{matchExpressions: [" + expression + "]}]")).isEqualTo(expected);
  }

  @Test
  void allExpressionsOfATermMatch_andOneTermIsEnough() {
    String ssd = "{key: disk, operator: In, values: [ssd]}";
    String zone = "{key: zone, operator: Exists}";
    assertThat(matches("[{matchExpressions: [%s, %s]}]".formatted(ssd, zone))).isFalse();
    assertThat(matches("[{matchExpressions: [%s]}, {matchExpressions: [%s]}]".formatted(zone, ssd)))
        .isTrue();
  }

  @Test
  void aDaemonSetChoosesTheNodeOfEachPodByItsName() {
    String field = "[{matchFields: [{key: metadata.name, operator: In, values: [%s]}]}]";
    assertThat(matches(field.formatted("worker-0"))).isTrue();
    assertThat(matches(field.formatted("worker-1"))).isFalse();
  }

  @Test
  void aPodWithoutAffinityGoesAnywhere() {
    assertThat(NodeAffinity.matches(Json.object(), NODE)).isTrue();
  }
}
