package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.kubernaut.SecretTemplate;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The Secrets that the chart expects to exist (the guide, step 4a). Existing ones are kept, because
 * the database has their password; one that lacks a key is a problem before anything is created.
 */
final class ChartSecrets {
  private static final Pattern PLACEHOLDER = Pattern.compile("\\{([\\w.]+)(?:=([^{}]*))?}");

  private final ClusterClient cluster;
  private final String namespace;
  private final Fields values;
  private final SecureRandom random = new SecureRandom();
  private final List<NeededSecret> needed = new ArrayList<>();

  /**
   * A Secret that the chart needs.
   *
   * @param keys the keys that an existing Secret has to have
   * @param source of the content of a new Secret, which only the host can give where the template
   *     has none
   * @param template what is known of it
   */
  record NeededSecret(
      String name,
      Set<String> keys,
      Supplier<Map<String, Secret>> source,
      SecretTemplate template) {
    /** The content of a new Secret; empty if the host gives none. */
    Map<String, Secret> content() {
      return source.get();
    }

    /** Whether only the host can give the content. */
    boolean isOfHost() {
      return template.content().isEmpty();
    }
  }

  /**
   * Finds out which Secrets a chart needs.
   *
   * @param llmCredentials the content of the Secret that only the host can give; asked for if it
   *     does not exist
   */
  ChartSecrets(
      ClusterClient cluster,
      String namespace,
      ChartValues values,
      List<SecretTemplate> secrets,
      LlmCredentials llmCredentials) {
    this.cluster = cluster;
    this.namespace = namespace;
    this.values = values.fields();
    for (SecretTemplate template : secrets) {
      Optional<String> path =
          template.nameValue().contains(".")
              ? Optional.of(template.nameValue())
              : values.pathOf(template.nameValue());
      if (isNeeded(template, path, llmCredentials)) {
        String name =
            path.flatMap(known -> this.values.text(known.split("\\.")))
                .filter(given -> !given.isEmpty())
                .orElse(template.name());
        // Which keys the LLM's Secret needs depends on its provider, so an existing one is used as
        // it is.
        needed.add(
            new NeededSecret(
                name, template.content().keySet(), source(template, llmCredentials), template));
      }
    }
  }

  private Supplier<Map<String, Secret>> source(
      SecretTemplate template, LlmCredentials llmCredentials) {
    if (template.content().isEmpty()) {
      return llmCredentials;
    }
    Map<String, Secret> filled = filled(template.content());
    return () -> filled;
  }

  private boolean isNeeded(
      SecretTemplate template, Optional<String> path, LlmCredentials llmCredentials) {
    return template
        .component()
        .map(
            component ->
                values.value(component).isPresent()
                    && !values.text(component, "enabled").orElse("true").equals("false"))
        .orElseGet(() -> path.isPresent() || llmCredentials.isGiven());
  }

  private Map<String, Secret> filled(Map<String, String> content) {
    String password = password();
    Map<String, Secret> filled = new LinkedHashMap<>();
    content.forEach(
        (key, text) -> filled.put(key, Secret.of(filled(text, Map.of("password", password)))));
    return filled;
  }

  /** Puts values into a text of a template: the given ones first, then those of the chart. */
  String filled(String text, Map<String, String> given) {
    return PLACEHOLDER
        .matcher(text)
        .replaceAll(
            placeholder ->
                Matcher.quoteReplacement(
                    Optional.ofNullable(given.get(placeholder.group(1)))
                        .or(() -> values.text(placeholder.group(1).split("\\.")))
                        .or(() -> Optional.ofNullable(placeholder.group(2)))
                        .orElse("")));
  }

  /** The Secrets that the chart needs. */
  List<NeededSecret> needed() {
    return List.copyOf(needed);
  }

  /**
   * Returns 24 random bytes, as the guide creates them with openssl, in an alphabet that needs no
   * quoting in YAML or URLs.
   */
  String password() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return "k" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  /** Returns a problem for each Secret that the chart could not use. */
  List<Problem> problems() {
    List<Problem> problems = new ArrayList<>();
    for (NeededSecret secret : needed) {
      Optional<KubernetesObject> existing = find(secret.name());
      List<String> missing = new ArrayList<>(secret.keys());
      existing.ifPresent(found -> missing.removeAll(found.fields().strings("data").keySet()));
      if (existing.isEmpty() && secret.content().isEmpty()) {
        problems.add(Problem.of(ProblemCode.LLM_CREDENTIALS_MISSING, subject(secret.name())));
      } else if (existing.isPresent() && !missing.isEmpty()) {
        problems.add(
            Problem.of(
                ProblemCode.SECRET_INCOMPLETE,
                subject(secret.name()),
                Map.of("keys", String.join(", ", missing))));
      }
    }
    return problems;
  }

  /** Returns the edits that create the Secrets that do not exist. */
  List<ObjectEdit> edits() {
    return needed.stream()
        .map(
            secret ->
                ObjectEdit.of(
                    ResourceType.SECRET,
                    namespace,
                    secret.name(),
                    present -> present.or(() -> Optional.of(created(secret)))))
        .toList();
  }

  private KubernetesObject created(NeededSecret secret) {
    Map<String, String> data = new LinkedHashMap<>();
    secret
        .content()
        .forEach(
            (key, value) ->
                data.put(
                    key,
                    Base64.getEncoder()
                        .encodeToString(value.reveal().getBytes(StandardCharsets.UTF_8))));
    return KubernetesObject.named(ResourceType.SECRET, namespace, secret.name())
        .with("Opaque", "type")
        .with("kubernaut-airgap", "metadata", "labels", "app.kubernetes.io/managed-by")
        .with(data, "data");
  }

  /** Returns a fact for each Secret: whether the change has created it. */
  List<Fact> facts(List<ObjectChange> changes) {
    Set<String> created =
        changes.stream().map(change -> change.subject().name()).collect(Collectors.toSet());
    return needed.stream()
        .map(secret -> subject(secret.name()))
        .map(
            secret ->
                Fact.of(
                    created.contains("Secret " + secret.name())
                        ? FactCode.SECRET_CREATED
                        : FactCode.SECRET_KEPT,
                    secret))
        .toList();
  }

  Subject subject(String name) {
    return Subject.object(Subject.Kind.SECRET, namespace, name);
  }

  Optional<KubernetesObject> find(String name) {
    return cluster.get(ResourceType.SECRET, namespace, name);
  }
}
