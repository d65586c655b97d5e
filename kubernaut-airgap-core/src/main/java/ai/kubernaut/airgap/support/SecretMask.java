package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.gitops.GitOpsResource;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.DockerAuths;
import ai.kubernaut.airgap.verify.Placeholder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Replaces the content of Secrets in what is recorded: in the Secrets themselves, and wherever else
 * it occurs, such as in logs. Names, keys, certificates and placeholders stay, and equal
 * credentials of registries become equal pseudonyms, so that a diagnosis finds the same causes. Not
 * thread-safe, but for the pseudonyms.
 */
final class SecretMask {
  static final String MASKED = "masked";

  private static final int MIN_LENGTH = 8;
  private static final String DOCKER_CONFIG = ".dockerconfigjson";

  private static final String LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration";

  private static final Pattern SECRET_NAME =
      Pattern.compile("(?i).*(passw(or)?d|passphrase|token|secret|credential|api[-_.]?key).*");

  /** Keys whose values are not secret, and occur elsewhere in their own right. */
  private static final Pattern PUBLIC_KEY =
      Pattern.compile("(?i)(.*[-_.])?(user(name)?|host(name)?|port|database|db(name)?|namespace)");

  /** A line of a configuration file with a secret value. */
  private static final Pattern SECRET_LINE =
      Pattern.compile(
          "(?im)^[\\s{,-]*[\"']?([\\w.-]*(?:passw(?:or)?d|token|secret|key)[\\w.-]*)[\"']?\\s*[:=]\\s*[\"']?([^\\s\"',]+)");

  private static final Pattern CERTIFICATES =
      Pattern.compile("(?s)(\\s*-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\\s*)+");

  private final Map<Credentials, String> pseudonyms = new HashMap<>();
  private final Set<String> secrets =
      new TreeSet<>(
          Comparator.comparing(String::length).reversed().thenComparing(Comparator.naturalOrder()));

  /** Returns the pseudonym of credentials. */
  synchronized String pseudonym(Credentials credentials) {
    String known = pseudonyms.get(credentials);
    if (known == null) {
      known = "credentials-" + (pseudonyms.size() + 1);
      pseudonyms.put(credentials, known);
    }
    return known;
  }

  /** Remembers the values of a Secret, so that they are replaced in other texts. */
  void learn(KubernetesObject secret) {
    secret.fields().strings("data").forEach((key, value) -> learn(secret, key, value));
  }

  private void learn(KubernetesObject secret, String key, String base64) {
    if (isRelease(secret) || PUBLIC_KEY.matcher(key).matches() || Placeholder.isIn(base64)) {
      return;
    }
    String value = decoded(base64);
    if (hasCertificates(value)) {
      return;
    }
    if (key.equals(DOCKER_CONFIG)) {
      DockerAuths.read(base64)
          .replaced(
              credentials -> {
                learn(credentials.password().reveal());
                learn(encoded(credentials.username() + ":" + credentials.password().reveal()));
                return credentials;
              });
      return;
    }
    learn(value.strip());
    Matcher line = SECRET_LINE.matcher(value);
    while (line.find()) {
      learn(line.group(2));
    }
  }

  private void learn(String secret) {
    if (secret.length() < MIN_LENGTH) {
      return;
    }
    secrets.add(secret);
    secrets.add(encoded(secret));
    secrets.add(URLEncoder.encode(secret, StandardCharsets.UTF_8));
  }

  /** Keeps texts that names of objects have: replacing them would change what objects refer to. */
  void keep(Set<String> names) {
    secrets.removeIf(secret -> names.stream().anyMatch(name -> name.contains(secret)));
  }

  private static boolean isRelease(KubernetesObject secret) {
    return secret.fields().text("type").orElse("").equals("helm.sh/release.v1");
  }

  /** Replaces the secrets that are known in a text. */
  String text(String text) {
    String masked = text;
    for (String secret : secrets) {
      masked = masked.replace(secret, MASKED);
    }
    return masked;
  }

  /** Replaces what is secret in an object. */
  KubernetesObject object(KubernetesObject object) {
    Map<String, @Nullable Object> content = new LinkedHashMap<>(object.fields().content());
    if (content.get("metadata") instanceof Map<?, ?> metadata) {
      content.put("metadata", metadata(metadata));
    }
    KubernetesObject plain = GitOpsResource.withoutValues(KubernetesObject.of(Fields.of(content)));
    if (plain.kind().equals("Secret")) {
      return isRelease(plain) ? StoredRevision.withoutValues(plain) : secret(plain);
    }
    return KubernetesObject.of(Fields.of(values(plain.fields().content())));
  }

  private static Map<Object, @Nullable Object> metadata(Map<?, ?> metadata) {
    Map<Object, @Nullable Object> kept = new LinkedHashMap<>(metadata);
    kept.remove("managedFields");
    if (metadata.get("annotations") instanceof Map<?, ?> annotations) {
      Map<Object, @Nullable Object> others = new LinkedHashMap<>(annotations);
      others.remove(LAST_APPLIED);
      kept.put("annotations", others);
    }
    return kept;
  }

  private KubernetesObject secret(KubernetesObject secret) {
    Map<String, String> masked = new LinkedHashMap<>();
    secret.fields().strings("data").forEach((key, value) -> masked.put(key, data(key, value)));
    return secret.with(masked, "data");
  }

  private String data(String key, String base64) {
    if (key.equals(DOCKER_CONFIG)) {
      return DockerAuths.read(base64)
          .replaced(credentials -> Credentials.of(MASKED, pseudonym(credentials)));
    }
    return Placeholder.isIn(base64) || hasCertificates(decoded(base64)) ? base64 : encoded(MASKED);
  }

  /** Whether a value has nothing but certificates, which may be encoded once more by mistake. */
  private static boolean hasCertificates(String value) {
    return CERTIFICATES.matcher(value).matches()
        || CERTIFICATES.matcher(decoded(value.strip())).matches();
  }

  private @Nullable Object value(@Nullable Object value) {
    if (value instanceof String text) {
      return text(text);
    }
    if (value instanceof List<?> list) {
      List<@Nullable Object> masked = new ArrayList<>(list.size());
      list.forEach(element -> masked.add(value(element)));
      return masked;
    }
    return value instanceof Map<?, ?> map ? values(map) : value;
  }

  private Map<Object, @Nullable Object> values(Map<?, ?> map) {
    boolean isSecret =
        map.get("name") instanceof String name && SECRET_NAME.matcher(name).matches();
    Map<Object, @Nullable Object> masked = new LinkedHashMap<>();
    map.forEach(
        (key, inner) ->
            masked.put(
                key, isSecret && key.equals("value") && inner != null ? MASKED : value(inner)));
    return masked;
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getMimeDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException notBase64) {
      return "";
    }
  }

  private static String encoded(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
