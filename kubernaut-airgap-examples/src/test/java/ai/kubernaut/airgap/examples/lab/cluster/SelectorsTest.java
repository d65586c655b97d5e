package ai.kubernaut.airgap.examples.lab.cluster;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SelectorsTest {
  private static final JsonNode OBJECT =
      Json.parse(
          """
          {"metadata": {"name": "web", "labels": {"app": "web", "tier": "front"}},
           "status": {"phase": "Running"}}
          """
              .getBytes(UTF_8));

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                         | true",
        "app=web                    | true",
        "app == web , tier = front  | true",
        "app=web,tier=back          | false",
        "app!=web                   | false",
        "other!=web                 | true",
        "app                        | true",
        "other                      | false",
        "!other                     | true",
        "!app                       | false",
        "app in (api, web)          | true",
        "app in (api,db),tier=front | false",
        "app notin (api,db)         | true",
        "other notin (api)          | true",
        "app notin (web)            | false",
      })
  void labels(String selector, boolean matches) {
    assertThat(Selectors.labels(selector).test(OBJECT)).isEqualTo(matches);
  }

  @ParameterizedTest
  @CsvSource({
    "metadata.name=web,true",
    "metadata.name=api,false",
    "status.phase!=Running,false",
    "status.phase!=Failed,true",
    "metadata.namespace=x,false",
  })
  void fields(String selector, boolean matches) {
    assertThat(Selectors.fields(selector).test(OBJECT)).isEqualTo(matches);
  }
}
