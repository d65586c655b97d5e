package ai.kubernaut.airgap.overlay;

import static org.assertj.core.api.Assertions.assertThat;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.yaml.Yaml;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(30)
final class SchemaDefaultsTest {
  private static Map<?, ?> tree(String yaml) {
    return Yaml.readMapping("expected", yaml, Yaml.DuplicateKeys.REFUSED);
  }

  private static Map<String, @Nullable Object> defaults(String schema) {
    return under("{}", Map.of(List.of(), schema));
  }

  private static Map<String, @Nullable Object> under(
      String values, Map<List<String>, String> schemas) {
    return SchemaDefaults.under(Fields.of(tree(values)), schemas).content();
  }

  @Test
  void defaultsOfNestedPropertiesAreRead() {
    assertThat(
            defaults(
                """
                {"properties": {
                  "image": {"type": "object", "properties": {
                    "registry": {"type": "string", "default": "quay.io"},
                    "tag": {"type": "string"},
                    "a.b/c": {"default": "odd"}}},
                  "replicas": {"type": "integer", "default": 2},
                  "empty": {"properties": {"nothing": {"type": "string", "default": null}}}}}
                """))
        .isEqualTo(tree("{image: {registry: quay.io, a.b/c: odd}, replicas: 2}"));
  }

  @Test
  void localReferencesAreFollowed() {
    assertThat(
            defaults(
                """
                {"$ref": "#/$defs/all",
                 "$defs": {
                   "all": {"properties": {
                     "image": {"$ref": "#/definitions/image"},
                     "other": {"$ref": "#/definitions/image/properties/registry"}}},
                   "a/b": {"default": "quay.io"}},
                 "definitions": {
                   "image": {"properties": {"registry": {"$ref": "#/$defs/a~1b"}}}},
                 "properties": {"last": {"$ref": "#/$defs/missing", "default": "x"}}}
                """))
        .isEqualTo(tree("{image: {registry: quay.io}, other: quay.io, last: x}"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.json", "https://example.com/schema.json#/a", "#name", "", "#/~2"})
  void otherReferencesAreNotFollowed(String reference) {
    assertThat(
            defaults(
                """
                {"properties": {"image": {"$ref": "%s", "properties": {"tag": {"default": "v1"}}}}}
                """
                    .formatted(reference)))
        .isEqualTo(tree("{image: {tag: v1}}"));
  }

  @Test
  void theOuterDefaultComesBeforeTheInnerOnes() {
    assertThat(
            defaults(
                """
                {"definitions": {
                   "image": {
                     "default": {"registry": "of the definition", "tag": "of the definition"},
                     "properties": {
                       "registry": {"default": "of the property"},
                       "name": {"default": "of the property"}}}},
                 "properties": {"image": {
                   "$ref": "#/definitions/image", "default": {"registry": "of the use"}}}}
                """))
        .isEqualTo(
            tree("{image: {registry: of the use, tag: of the definition, name: of the property}}"));
  }

  @Test
  void anObjectOrAListMayBeADefault() {
    assertThat(
            defaults(
                """
                {"default": {"images": {"app": "quay.io/acme/app:1", "count": 1.5, "on": true}},
                 "properties": {"sidecars": {
                   "type": "array",
                   "default": [{"image": "quay.io/acme/sidecar:1", "note": null}],
                   "items": {"properties": {"pull": {"default": "Always"}}}}}}
                """))
        .isEqualTo(
            tree(
                """
                images: {app: "quay.io/acme/app:1", count: 1.5, on: true}
                sidecars: [{image: "quay.io/acme/sidecar:1", note: null}]
                """));
  }

  @Test
  void allPartsOfAllOfAreRead_alternativesAreNot() {
    assertThat(
            defaults(
                """
                {"allOf": [
                   {"properties": {"image": {"properties": {"registry": {"default": "first"}}}}},
                   {"properties": {"image": {"properties": {
                     "registry": {"default": "second"}, "tag": {"default": "second"}}}}}],
                 "anyOf": [{"properties": {"a": {"default": "x"}}}],
                 "oneOf": [{"properties": {"b": {"default": "x"}}}],
                 "if": {"properties": {"c": {"default": "x"}}}}
                """))
        .isEqualTo(tree("{image: {registry: first, tag: second}}"));
  }

  @Test
  void valuesThatArePresentStay() {
    assertThat(
            under(
                """
                image: {registry: ghcr.io, tag: ~, digest: "", pull: {policy: Always}}
                sidecar: none
                list: []
                """,
                Map.of(
                    List.of(),
                    """
                    {"default": {
                       "image": {"registry": "quay.io", "tag": "v1", "digest": "x", "name": "app",
                                 "pull": "Never"},
                       "sidecar": {"image": "x"},
                       "list": ["x"]}}
                    """)))
        .isEqualTo(
            tree(
                """
                image: {registry: ghcr.io, tag: v1, digest: "", pull: {policy: Always}, name: app}
                sidecar: none
                list: []
                """));
  }

  @Test
  void theSchemaOfASubchartComesBeforeThatOfItsParent() {
    String inner = "{\"properties\": {\"registry\": {\"default\": \"%s\"}}}";
    assertThat(
            under(
                "{db: {tag: v1}, off: false}",
                Map.of(
                    List.of(),
                    """
                    {"default": {"db": {"registry": "parent", "name": "parent"}}}
                    """,
                    List.of("db"),
                    inner.formatted("db"),
                    List.of("db", "deep"),
                    inner.formatted("deep"),
                    List.of("off"),
                    inner.formatted("off"))))
        .isEqualTo(
            tree(
                "{db: {tag: v1, registry: db, name: parent, deep: {registry: deep}}, off: false}"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "[]",
        "true",
        "null",
        "\"text\"",
        "{\"default\": \"text\"}",
        "{\"properties\": [1, {\"default\": \"x\"}], \"allOf\": {\"default\": 1}, \"$ref\": 7}",
        "{\"properties\": {\"a\": true, \"b\": null, \"c\": \"x\"}}",
        "{\"properties\": {\"a\": {\"default\": "
      })
  void aSchemaThatIsNoneHasNoDefaults(String schema) {
    assertThat(defaults(schema)).isEmpty();
  }

  @Test
  void aDefinitionThatContainsItselfIsReadOnce() {
    assertThat(
            defaults(
                """
                {"definitions": {
                   "node": {"properties": {
                     "image": {"default": "quay.io/acme/node:1"},
                     "child": {"$ref": "#/definitions/node"},
                     "root": {"$ref": "#"}}},
                   "loop": {"$ref": "#/definitions/pool"},
                   "pool": {"$ref": "#/definitions/loop"}},
                 "properties": {
                   "node": {"$ref": "#/definitions/node"},
                   "other": {"$ref": "#/definitions/node"},
                   "loop": {"$ref": "#/definitions/loop"}}}
                """))
        .isEqualTo(
            tree(
                """
                node: {image: "quay.io/acme/node:1"}
                other: {image: "quay.io/acme/node:1"}
                """));
  }

  @Test
  void definitionsThatMultiplyAreBounded() {
    StringBuilder definitions = new StringBuilder("\"d0\": {\"default\": \"x\"}");
    for (int i = 1; i < 40; i++) {
      definitions.append(
          ", \"d%d\": {\"properties\": {\"a\": {\"$ref\": \"#/definitions/d%d\"}, \"b\": {\"$ref\": \"#/definitions/d%d\"}}}"
              .formatted(i, i - 1, i - 1));
    }
    assertThat(
            defaults(
                "{\"definitions\": {%s}, \"properties\": {\"image\": {\"default\": \"x\"}, \"many\": {\"$ref\": \"#/definitions/d39\"}}}"
                    .formatted(definitions)))
        .containsEntry("image", "x");
  }

  @Test
  void schemasThatAreTooLargeOrTooDeepAreBounded() {
    String large = "{\"default\": {\"a\": \"" + "x".repeat(5 << 20) + "\"}}";
    assertThat(defaults(large)).isEmpty();
    int depth = 900;
    String deep =
        "{\"properties\": {\"a\": ".repeat(depth) + "{\"default\": \"x\"}" + "}}".repeat(depth);
    assertThat(defaults(deep)).isEmpty();
    assertThat(defaults("{\"a\":".repeat(100_000))).isEmpty();
  }
}
