package ai.kubernaut.airgap.helm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class TemplateTextTest {
  static String[][] templates() {
    return new String[][] {
      {
        "{{ lookup \"v1\" \"Secret\" \"\" \"x\" }}",
        "{{ omit (dict) \"v1\" \"Secret\" \"\" \"x\" }}"
      },
      {
        "{{- $s := (lookup \"v1\" \"Secret\" $ns $name) -}}",
        "{{- $s := (omit (dict) \"v1\" \"Secret\" $ns $name) -}}"
      },
      {
        "{{ if lookup\n  \"v1\" \"Pod\" \"\" \"\" }}",
        "{{ if omit (dict)\n  \"v1\" \"Pod\" \"\" \"\" }}"
      },
      {"{{ lookup \"a\" }}{{ lookup \"b\" }}", "{{ omit (dict) \"a\" }}{{ omit (dict) \"b\" }}"},
      {"text about a lookup of things", "text about a lookup of things"},
      {"{{ fail \"the lookup of x failed\" }}", "{{ fail \"the lookup of x failed\" }}"},
      {"{{ fail \"a \\\" lookup \\\" b\" }}", "{{ fail \"a \\\" lookup \\\" b\" }}"},
      {"{{ print `a lookup b` }}", "{{ print `a lookup b` }}"},
      {"{{/* a lookup of x */}}", "{{/* a lookup of x */}}"},
      {
        "{{ .Values.lookup }}{{ $lookup := 1 }}{{ $lookup }}",
        "{{ .Values.lookup }}{{ $lookup := 1 }}{{ $lookup }}"
      },
      {"{{ include \"x.lookup\" . }}", "{{ include \"x.lookup\" . }}"},
      {"{{ my-lookup }}{{ lookups 1 }}", "{{ my-lookup }}{{ lookups 1 }}"},
      {
        "{{/* don't, \"never */}}{{ lookup \"v1\" }}",
        "{{/* don't, \"never */}}{{ omit (dict) \"v1\" }}"
      },
      {"{{- /* a }} b */ -}}{{ lookup \"v1\" }}", "{{- /* a }} b */ -}}{{ omit (dict) \"v1\" }}"},
      {"{{ odd \" }}{{ lookup \"v1\" }}", "{{ odd \" }}{{ omit (dict) \"v1\" }}"},
      {"{{ dict \"a\" (dict \"}\" 1) }}}} lookup x", "{{ dict \"a\" (dict \"}\" 1) }}}} lookup x"},
      {"{{ print \"}}\" (lookup \"v1\") }}", "{{ print \"}}\" (omit (dict) \"v1\") }}"},
    };
  }

  @ParameterizedTest
  @MethodSource("templates")
  void onlyTheFunctionFindsNothing(String template, String patched) {
    assertThat(TemplateText.withLookups(template, List.of())).isEqualTo(patched);
  }
}
