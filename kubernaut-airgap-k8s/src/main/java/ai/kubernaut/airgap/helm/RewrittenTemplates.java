package ai.kubernaut.airgap.helm;

import ai.kubernaut.airgap.chart.Rewriting;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Lets Helm itself rewrite what the templates of a chart's copy render: helm-java has no post
 * renderer, and what lookups and hooks find in the cluster is known to Helm alone.
 *
 * <p>Each template becomes a partial, whose name begins with an underscore, and in its place stands
 * a template that includes the partial and rewrites its text. The context is passed on, so that the
 * partial sees the names of the template it was; and who includes the template by its path, as
 * charts do for checksums, gets the rewritten text.
 */
final class RewrittenTemplates {
  /** What the names of templates get in front when they become partials. */
  static final String PREFIX = "_airgap.";

  private static final String FUNCTION = "ai.kubernaut.airgap.rewriting";
  private static final String ACCOUNTS = "ai.kubernaut.airgap.accounts";
  private static final String ACCOUNT = "ai.kubernaut.airgap.account";

  private RewrittenTemplates() {}

  static void in(Path chart, Rewriting rewriting) throws IOException {
    rewriteChart(chart, Subchart.nameOf(chart));
    Path templates = Files.createDirectories(chart.resolve("templates"));
    Files.writeString(
        templates.resolve(PREFIX + "rewriting.tpl"), function(rewriting) + accounts(rewriting));
  }

  /**
   * Rewrites a chart and those inside it.
   *
   * @param fullName the chart's name as its templates' names begin with it; null where an alias
   *     hides it, because one directory is several charts then
   */
  private static void rewriteChart(Path chart, @Nullable String fullName) throws IOException {
    Path templates = chart.resolve("templates");
    if (Files.isDirectory(templates)) {
      for (Path template : files(templates)) {
        String name = template.getFileName().toString();
        if (!name.startsWith("_") && !name.endsWith("NOTES.txt")) {
          Path partial = template.resolveSibling(PREFIX + name);
          Files.move(template, partial);
          Files.writeString(
              template,
              "{{- include "
                  + quoted(FUNCTION)
                  + " (include "
                  + nameOf(templates.relativize(partial), fullName)
                  + " .) -}}");
        }
      }
    }
    for (Subchart subchart : Subchart.of(chart)) {
      boolean known = fullName != null && !subchart.hasAlias();
      rewriteChart(subchart.directory(), known ? fullName + "/charts/" + subchart.name() : null);
    }
  }

  /** The name of a template as Helm has it, always with slashes. */
  private static String nameOf(Path inTemplates, @Nullable String fullName) {
    String path = inTemplates.toString().replace('\\', '/');
    return fullName == null
        ? "(print .Template.BasePath " + quoted("/" + path) + ")"
        : quoted(fullName + "/templates/" + path);
  }

  /**
   * A function of templates that does to a text what {@link Rewriting#apply} does. All references
   * give way to numbers first, so that none is rewritten twice.
   */
  private static String function(Rewriting rewriting) {
    StringBuilder list = new StringBuilder("list");
    rewriting
        .texts()
        .forEach(
            (from, to) ->
                list.append("\n  (list ")
                    .append(quoted(from))
                    .append(' ')
                    .append(quoted(Rewriting.pattern(from)))
                    .append(' ')
                    .append(quoted(to))
                    .append(')'));
    return """
        {{- define "%s" -}}
        {{- $text := . -}}
        {{- $rewriting := %s -}}
        {{- range $number, $one := $rewriting -}}
        {{- if contains (index $one 0) $text -}}
        {{- $token := printf "${1}\\x00%%d\\x00${2}" $number -}}
        {{- $text = regexReplaceAll (index $one 1) $text $token -}}
        {{- $text = regexReplaceAll (index $one 1) $text $token -}}
        {{- end -}}
        {{- end -}}
        {{- range $number, $one := $rewriting -}}
        {{- $text = replace (printf "\\x00%%d\\x00" $number) (index $one 2) $text -}}
        {{- end -}}
        {{- include "%s" $text -}}
        {{- end -}}
        """
        .formatted(FUNCTION, list, ACCOUNTS);
  }

  /**
   * A function of templates that adds the pull secrets to the ServiceAccounts in a text, those in a
   * {@code List} included. Only a document that changes is written again, because Helm reads
   * numbers as floating-point numbers.
   */
  private static String accounts(Rewriting rewriting) {
    if (rewriting.pullSecrets().isEmpty()) {
      return "{{- define \"%s\" -}}{{- . -}}{{- end -}}\n".formatted(ACCOUNTS);
    }
    String names =
        rewriting.pullSecrets().stream()
            .map(RewrittenTemplates::quoted)
            .collect(Collectors.joining(" "));
    return """
        {{- define "%1$s" -}}
        {{- $names := list %3$s -}}
        {{- $documents := list -}}
        {{- range $document := splitList "\\n---" (print "\\n" .) -}}
        {{- if contains "ServiceAccount" $document -}}
        {{- $object := fromYaml $document -}}
        {{- $state := dict -}}
        {{- include "%2$s" (dict "object" $object "names" $names "state" $state) -}}
        {{- if $state.changed -}}
        {{- $document = print "\\n" (toYaml $object) "\\n" -}}
        {{- end -}}
        {{- end -}}
        {{- $documents = append $documents $document -}}
        {{- end -}}
        {{- trimPrefix "\\n" (join "\\n---" $documents) -}}
        {{- end -}}
        {{- define "%2$s" -}}
        {{- $object := .object -}}
        {{- $names := .names -}}
        {{- $state := .state -}}
        {{- $kind := toString (get $object "kind") -}}
        {{- $items := get $object "items" -}}
        {{- if and (hasSuffix "List" $kind) (kindIs "slice" $items) -}}
        {{- range $item := $items -}}
        {{- if kindIs "map" $item -}}
        {{- if not (hasKey $item "kind") -}}
        {{- $_ := set $item "kind" (trimSuffix "List" $kind) -}}
        {{- $_ := set $item "apiVersion" (get $object "apiVersion") -}}
        {{- end -}}
        {{- include "%2$s" (dict "object" $item "names" $names "state" $state) -}}
        {{- end -}}
        {{- end -}}
        {{- else if eq $kind "ServiceAccount" -}}
        {{- $secrets := default (list) (get $object "imagePullSecrets") -}}
        {{- $lacking := $names -}}
        {{- range $secret := $secrets -}}
        {{- $lacking = without $lacking $secret.name -}}
        {{- end -}}
        {{- range $name := $lacking -}}
        {{- $secrets = append $secrets (dict "name" $name) -}}
        {{- $_ := set $state "changed" true -}}
        {{- end -}}
        {{- $_ := set $object "imagePullSecrets" $secrets -}}
        {{- end -}}
        {{- end -}}
        """
        .formatted(ACCOUNTS, ACCOUNT, names);
  }

  /** A text as a constant in a template. */
  private static String quoted(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    text.chars()
        .forEach(
            c -> {
              if (c == '"' || c == '\\') {
                quoted.append('\\').append((char) c);
              } else if (c < ' ') {
                quoted.append(String.format(Locale.ROOT, "\\x%02x", c));
              } else {
                quoted.append((char) c);
              }
            });
    return quoted.append('"').toString();
  }

  private static List<Path> files(Path directory) throws IOException {
    try (var paths = Files.walk(directory)) {
      return paths.filter(Files::isRegularFile).toList();
    }
  }
}
