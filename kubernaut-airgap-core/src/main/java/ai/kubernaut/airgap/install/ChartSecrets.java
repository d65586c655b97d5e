package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.common.Secret;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The three Secrets that the chart expects to find (the guide, step 4a). Existing ones are kept,
 * because the database has their password; one that lacks a key is an error before anything is
 * created.
 */
final class ChartSecrets {
  private final ClusterClient cluster;
  private final String namespace;
  private final String llmSecret;
  private final SecureRandom random = new SecureRandom();
  private final Map<String, Map<String, Secret>> wanted = new LinkedHashMap<>();
  private final List<String> actions = new ArrayList<>();

  ChartSecrets(
      ClusterClient cluster,
      String namespace,
      ChartValues values,
      Map<String, Secret> llmCredentials) {
    this.cluster = cluster;
    this.namespace = namespace;
    Fields fields = values.fields();
    if (isEnabled(fields, "postgresql")) {
      wanted.put(
          named(fields, "postgresql-secret", "postgresql", "auth", "existingSecret"),
          postgresql(fields));
    }
    if (isEnabled(fields, "valkey")) {
      wanted.put(named(fields, "valkey-secret", "valkey", "existingSecret"), valkey());
    }
    Optional<String> path = values.pathOf("credentialsSecretName");
    llmSecret =
        path.flatMap(known -> fields.text(known.split("\\.")))
            .filter(name -> !name.isEmpty())
            .orElse("llm-credentials");
    if (path.isPresent() || !llmCredentials.isEmpty()) {
      wanted.put(llmSecret, llmCredentials);
    }
  }

  private static boolean isEnabled(Fields values, String part) {
    return values.value(part).isPresent()
        && !values.text(part, "enabled").orElse("true").equals("false");
  }

  private static String named(Fields values, String usual, String... path) {
    return values.text(path).filter(name -> !name.isEmpty()).orElse(usual);
  }

  private Map<String, Secret> postgresql(Fields values) {
    String user = values.text("postgresql", "auth", "username").orElse("slm_user");
    Secret password = password();
    Map<String, Secret> content = new LinkedHashMap<>();
    content.put("POSTGRES_USER", Secret.of(user));
    content.put("POSTGRES_PASSWORD", password);
    content.put(
        "POSTGRES_DB",
        Secret.of(values.text("postgresql", "auth", "database").orElse("action_history")));
    content.put(
        "db-secrets.yaml", Secret.of("username: " + user + "\npassword: " + password.reveal()));
    return content;
  }

  private Map<String, Secret> valkey() {
    return Map.of("valkey-secrets.yaml", Secret.of("password: " + password().reveal()));
  }

  /**
   * 24 random bytes, as the guide has openssl make them, in an alphabet that needs no quoting in
   * YAML or URLs.
   */
  private Secret password() {
    byte[] bytes = new byte[24];
    random.nextBytes(bytes);
    return Secret.of("k" + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
  }

  /** Looks at what is there, and throws when one of the Secrets could not serve. */
  void check() {
    wanted.forEach(
        (name, content) -> {
          // Which keys the LLM's Secret needs depends on its provider, so an existing one is taken
          // as it is.
          if (!name.equals(llmSecret)) {
            find(name).ifPresent(secret -> requireKeys(name, secret, content));
          } else if (content.isEmpty() && find(name).isEmpty()) {
            throw new InstallException(
                Problem.of(
                    ProblemCode.LLM_CREDENTIALS_MISSING,
                    Subject.object(Subject.Kind.SECRET, namespace, name)));
          }
        });
  }

  private void requireKeys(String name, KubernetesObject secret, Map<String, Secret> content) {
    List<String> missing = new ArrayList<>(content.keySet());
    missing.removeAll(secret.fields().strings("data").keySet());
    if (!missing.isEmpty()) {
      throw new InstallException(
          "the Secret "
              + namespace
              + "/"
              + name
              + " is there but lacks "
              + String.join(", ", missing)
              + "; add them, or remove the Secret to have it made");
    }
  }

  List<String> ensure() {
    wanted.forEach(this::ensure);
    return List.copyOf(actions);
  }

  private void ensure(String name, Map<String, Secret> content) {
    if (find(name).isPresent()) {
      actions.add("Secret " + name + " kept");
      return;
    }
    Map<String, String> data = new LinkedHashMap<>();
    content.forEach((key, value) -> data.put(key, value.reveal()));
    cluster.create(
        ResourceType.SECRET,
        KubernetesObject.named(ResourceType.SECRET, namespace, name)
            .with("Opaque", "type")
            .with("kubernaut-airgap", "metadata", "labels", "app.kubernetes.io/managed-by")
            .with(data, "stringData"));
    actions.add("Secret " + name + " created");
  }

  private Optional<KubernetesObject> find(String name) {
    return cluster.get(ResourceType.SECRET, namespace, name);
  }
}
