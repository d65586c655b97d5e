package ai.kubernaut.airgap.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.kubernaut.airgap.yaml.Yaml;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LabelSelectorTest {
  private static final Map<String, String> LABELS =
      Map.of("app.kubernetes.io/instance", "kubernaut", "tier", "api", "empty", "");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''|true|''",
        "app.kubernetes.io/instance=kubernaut|true|app.kubernetes.io/instance=kubernaut",
        "tier == api|true|tier=api",
        "tier=db|false|tier=db",
        "tier!=db|true|tier!=db",
        "absent!=x|true|absent!=x",
        "absent=x|false|absent=x",
        "empty=|true|empty=",
        "absent=|false|absent=",
        "tier in (db, api)|true|tier in (api,db)",
        "tier in(api)|true|tier=api",
        "tier notin (db,cache)|true|tier notin (cache,db)",
        "tier notin (api)|false|tier!=api",
        "absent notin (a,b)|true|absent notin (a,b)",
        "tier|true|tier",
        "absent|false|absent",
        "!absent|true|!absent",
        "! tier|false|!tier",
        "tier in (api,db),!absent,empty=|true|tier in (api,db),!absent,empty=",
        "tier,absent|false|tier,absent",
      })
  void selectsByLabels(String text, boolean isSelected, String canonical) {
    LabelSelector selector = LabelSelector.parse(text);
    assertThat(selector.matches(LABELS)).isEqualTo(isSelected);
    assertThat(selector).hasToString(canonical);
    assertThat(LabelSelector.parse(canonical)).isEqualTo(selector).hasSameHashCodeAs(selector);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "=x",
        "a=b,",
        ",",
        "a in",
        "a in ()",
        "a in (b",
        "a in (b))",
        "a=b c",
        "a=b=c",
        "a>1",
        "-a",
        "a/b/c",
        "/a",
        "A.example/b",
        "a=-b",
        "a=b\nc",
        "!a=b",
        "a in (b;c)",
        "a=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
      })
  void whatIsNotASelectorIsRefused(String text) {
    assertThatThrownBy(() -> LabelSelector.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("invalid label selector '")
        .hasMessageContaining("app.kubernetes.io/instance=kubernaut")
        .hasMessageNotContainingAny("\n");
  }

  @Test
  void readsTheSelectorOfAWorkload() {
    LabelSelector selector =
        LabelSelector.of(
            Fields.of(
                Yaml.readMapping(
                    "test",
                    """
                    matchLabels: {tier: api}
                    matchExpressions:
                    - {key: app.kubernetes.io/instance, operator: In, values: [a, kubernaut]}
                    - {key: stage, operator: NotIn, values: [test]}
                    - {key: empty, operator: Exists}
                    - {key: absent, operator: DoesNotExist}
                    """,
                    Yaml.DuplicateKeys.REFUSED)));
    assertThat(selector)
        .hasToString(
            "tier=api,app.kubernetes.io/instance in (a,kubernaut),stage!=test,empty,!absent");
    assertThat(selector.matches(LABELS)).isTrue();
    assertThat(selector.matches(Map.of("tier", "api"))).isFalse();
    assertThat(LabelSelector.of(Fields.of(Map.of())).isEmpty()).isTrue();
  }
}
