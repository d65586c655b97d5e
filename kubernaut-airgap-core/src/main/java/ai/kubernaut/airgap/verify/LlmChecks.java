package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.kubernaut.ProductProfile;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Checks that the LLM is configured: the SDK config names an endpoint, and the Secrets that its
 * pods mount have no placeholder in place of a key. No value of a Secret is part of a result.
 */
final class LlmChecks {
  private static final Pattern ENDPOINT_KEY =
      Pattern.compile("(?i)(endpoint|(api|base)_?(base|url)|url)");

  private static final Pattern ENDPOINT_VARIABLE =
      Pattern.compile("(?i).*_(ENDPOINT|API_BASE|BASE_URL|API_URL|HOST)");

  private final Namespaces namespaces;
  private final String namespace;
  private final ProductProfile profile;

  /**
   * Creates the checks.
   *
   * @param namespace of the release
   */
  LlmChecks(Namespaces namespaces, String namespace, ProductProfile profile) {
    this.namespaces = namespaces;
    this.namespace = namespace;
    this.profile = profile;
  }

  List<Check> run() {
    if (profile.llmConfigKeys().isEmpty()) {
      return List.of();
    }
    Optional<List<KubernetesObject>> maps =
        namespaces.listIfAllowed(ResourceType.CONFIG_MAP, namespace);
    if (maps.isEmpty()) {
      return List.of(namespaces.notAllowed(Check.Kind.LLM, ResourceType.CONFIG_MAP, namespace));
    }
    List<Check> checks = new ArrayList<>();
    for (KubernetesObject map : maps.get()) {
      List<KubernetesObject> pods = podsThatMount(map.name());
      NavigableSet<String> secrets = new TreeSet<>();
      pods.forEach(pod -> secrets(pod).forEach(secrets::add));
      for (String key : profile.llmConfigKeys()) {
        Optional<String> content = map.fields().text("data", key);
        // A ConfigMap that no pod mounts may be left over from another version.
        if (content.isPresent() && !pods.isEmpty()) {
          checks.add(config(map, key, content.get(), pods, secrets));
          checks.addAll(keys(secrets));
        }
      }
    }
    return checks;
  }

  private List<KubernetesObject> podsThatMount(String map) {
    return namespaces.pods().stream()
        .filter(pod -> pod.namespace().orElse("").equals(namespace))
        .filter(
            pod ->
                pod.fields().list("spec", "volumes").stream()
                    .anyMatch(volume -> volume.text("configMap", "name").orElse("").equals(map)))
        .toList();
  }

  /** The Secrets of a pod, but those that the profile has templates for: they hold no LLM key. */
  private Stream<String> secrets(KubernetesObject pod) {
    return Stream.concat(
            pod.fields().list("spec", "volumes").stream()
                .flatMap(volume -> volume.text("secret", "secretName").stream()),
            pod.fields().list("spec", "containers").stream().flatMap(LlmChecks::variables))
        .filter(
            name ->
                profile.secrets().stream()
                    .noneMatch(
                        template -> template.name().equals(name) && !template.content().isEmpty()));
  }

  private static Stream<String> variables(Fields container) {
    return Stream.concat(
        container.list("env").stream()
            .flatMap(variable -> variable.text("valueFrom", "secretKeyRef", "name").stream()),
        container.list("envFrom").stream()
            .flatMap(source -> source.text("secretRef", "name").stream()));
  }

  private Check config(
      KubernetesObject map,
      String key,
      String content,
      List<KubernetesObject> pods,
      NavigableSet<String> secrets) {
    Subject subject = new Subject(Subject.Kind.OBJECT, "ConfigMap " + Namespaces.path(map));
    NavigableMap<String, String> endpoints = new TreeMap<>();
    try {
      collect("", Yaml.readMapping(key, content, Yaml.DuplicateKeys.REFUSED).get("llm"), endpoints);
    } catch (InvalidYamlException e) {
      return problem(
          ProblemCode.LLM_CONFIG_INVALID,
          subject,
          Map.of("key", key, "detail", String.valueOf(e.getMessage())));
    }
    for (Map.Entry<String, String> endpoint : endpoints.entrySet()) {
      String host = endpoint.getValue();
      if (profile.publicDomains().stream()
          .anyMatch(domain -> host.equals(domain) || host.endsWith("." + domain))) {
        return problem(
            ProblemCode.ENDPOINT_PUBLIC, subject, Map.of("value", endpoint.getKey(), "host", host));
      }
    }
    if (endpoints.isEmpty() && !isNamedElsewhere(pods, secrets)) {
      return problem(ProblemCode.LLM_ENDPOINT_MISSING, subject, Map.of("key", key));
    }
    return Check.of(
        Check.Kind.LLM,
        Check.Result.PASS,
        Fact.of(
            FactCode.LLM_CONFIGURED,
            subject,
            Map.of("key", key, "endpoints", String.join(", ", endpoints.values()))));
  }

  private static void collect(
      String path, @Nullable Object value, NavigableMap<String, String> endpoints) {
    if (value instanceof Map<?, ?> map) {
      map.forEach(
          (key, inner) -> {
            String name = path.isEmpty() ? "llm." + key : path + "." + key;
            if (inner instanceof String text
                && ENDPOINT_KEY.matcher(String.valueOf(key)).matches()) {
              host(text).ifPresent(host -> endpoints.put(name, host));
            } else {
              collect(name, inner, endpoints);
            }
          });
    } else if (value instanceof List<?> list) {
      for (int i = 0; i < list.size(); i++) {
        collect(path + "[" + i + "]", list.get(i), endpoints);
      }
    }
  }

  private static Optional<String> host(String text) {
    String url = text.strip();
    try {
      return Optional.ofNullable(URI.create(url.contains("://") ? url : "http://" + url).getHost())
          .map(host -> host.toLowerCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** Whether a variable of the pods, or a key of their Secrets, has the name of an endpoint. */
  private boolean isNamedElsewhere(List<KubernetesObject> pods, NavigableSet<String> secrets) {
    Stream<String> variables =
        pods.stream()
            .flatMap(pod -> pod.fields().list("spec", "containers").stream())
            .flatMap(container -> container.list("env").stream())
            .flatMap(variable -> variable.text("name").stream());
    Stream<String> keys =
        namespaces.listIfAllowed(ResourceType.SECRET, namespace).orElse(List.of()).stream()
            .filter(secret -> secrets.contains(secret.name()))
            .flatMap(secret -> secret.fields().strings("data").keySet().stream());
    return Stream.concat(variables, keys)
        .anyMatch(name -> ENDPOINT_VARIABLE.matcher(name).matches());
  }

  private List<Check> keys(NavigableSet<String> names) {
    Optional<List<KubernetesObject>> secrets =
        namespaces.listIfAllowed(ResourceType.SECRET, namespace);
    if (secrets.isEmpty()) {
      return List.of(namespaces.notAllowed(Check.Kind.LLM, ResourceType.SECRET, namespace));
    }
    return secrets.get().stream()
        .filter(secret -> names.contains(secret.name()))
        .filter(secret -> !secret.fields().text("type").orElse("").startsWith("kubernetes.io/"))
        .map(LlmChecks::keys)
        .toList();
  }

  private static Check keys(KubernetesObject secret) {
    Subject subject =
        Subject.object(Subject.Kind.SECRET, secret.namespace().orElse(null), secret.name());
    Map<String, String> data = secret.fields().strings("data");
    List<String> placeholders =
        data.entrySet().stream()
            .filter(entry -> Placeholder.isIn(entry.getValue()))
            .map(Map.Entry::getKey)
            .sorted()
            .toList();
    if (!placeholders.isEmpty() || data.isEmpty()) {
      return problem(
          ProblemCode.LLM_KEY_PLACEHOLDER,
          subject,
          Map.of("keys", placeholders.isEmpty() ? "no key" : String.join(", ", placeholders)));
    }
    return Check.of(
        Check.Kind.LLM,
        Check.Result.PASS,
        Fact.of(
            FactCode.LLM_KEYS_PRESENT,
            subject,
            Map.of("keys", String.join(", ", new TreeSet<>(data.keySet())))));
  }

  private static Check problem(ProblemCode code, Subject subject, Map<String, String> parameters) {
    return Check.of(Check.Kind.LLM, Check.Result.FAIL, Problem.of(code, subject, parameters));
  }
}
