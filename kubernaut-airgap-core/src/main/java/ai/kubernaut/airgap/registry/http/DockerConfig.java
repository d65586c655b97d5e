package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Credentials from the files that docker, podman, skopeo and their like write at a login: {@code
 * auths} with and without a path in the key, identity tokens, {@code credHelpers} and {@code
 * credsStore}. The most specific entry wins: for {@code quay.io/myorg/app} first {@code
 * quay.io/myorg/app}, then {@code quay.io/myorg}, then the registry's credential helper, then
 * {@code quay.io}. Files are read at each question, so a login is seen at once.
 *
 * <p>A file that is not there knows nothing. One that cannot be read or is no such file ends in a
 * {@link RegistryConfigException} that names it, and never quotes it. A credential helper that
 * cannot be run, or does not answer within a minute ({@link #withHelperTimeout}), is left out; when
 * a registry then refuses a request, the message says so. A helper that did not answer is ended
 * with the processes that it has started, and not asked about the same registry for five minutes.
 *
 * <p>When the thread is interrupted while a helper runs, the helper is ended, the look-up throws an
 * {@link AirgapException}, and the thread stays interrupted. Immutable but for what it remembers of
 * helpers; thread-safe.
 */
public final class DockerConfig implements CredentialProvider {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String DOCKER_HUB = "docker.io";
  private static final String DOCKER_HUB_KEY = "https://index.docker.io/v1/";

  private static final Duration HELPER_TIMEOUT = Duration.ofMinutes(1);
  private static final Duration HELPER_PAUSE = Duration.ofMinutes(5);

  private final List<Path> files;
  private final Function<String, @Nullable String> environment;
  private final Duration helperTimeout;

  /** What is wrong with the helper of a registry, as a clause of a message. */
  private final Map<String, String> brokenHelpers = new ConcurrentHashMap<>();

  /** Since when a helper has been left alone, by program and server. */
  private final Map<List<String>, Long> hungHelpers = new ConcurrentHashMap<>();

  private DockerConfig(
      List<Path> files, Function<String, @Nullable String> environment, Duration helperTimeout) {
    this.files = List.copyOf(files);
    this.environment = environment;
    this.helperTimeout = helperTimeout;
  }

  /**
   * The usual places, the first that knows a repository wins: {@code $REGISTRY_AUTH_FILE} and no
   * other when it is set; else {@code $DOCKER_CONFIG/config.json} or {@code ~/.docker/config.json},
   * then {@code ${XDG_RUNTIME_DIR}/containers/auth.json} and {@code
   * ~/.config/containers/auth.json}.
   *
   * @return a provider of what stands there
   */
  public static DockerConfig standard() {
    return standard(System::getenv, Path.of(System.getProperty("user.home", "")));
  }

  static DockerConfig standard(Function<String, @Nullable String> environment, Path home) {
    String only = environment.apply("REGISTRY_AUTH_FILE");
    if (only != null && !only.isEmpty()) {
      return new DockerConfig(List.of(Path.of(only)), environment, HELPER_TIMEOUT);
    }
    List<Path> files = new ArrayList<>();
    String docker = environment.apply("DOCKER_CONFIG");
    files.add(
        docker == null || docker.isEmpty()
            ? home.resolve(".docker/config.json")
            : Path.of(docker).resolve("config.json"));
    String runtime = environment.apply("XDG_RUNTIME_DIR");
    if (runtime != null && !runtime.isEmpty()) {
      files.add(Path.of(runtime).resolve("containers/auth.json"));
    }
    files.add(home.resolve(".config/containers/auth.json"));
    return new DockerConfig(files, environment, HELPER_TIMEOUT);
  }

  /**
   * One file.
   *
   * @param file a {@code config.json} or {@code auth.json}
   * @return a provider of what stands there
   * @throws RegistryConfigException when there is no such file, or it cannot be used
   */
  public static DockerConfig file(Path file) {
    return file(file, System::getenv);
  }

  /**
   * One file.
   *
   * @param environment of which PATH says where credential helpers are
   */
  static DockerConfig file(Path file, Function<String, @Nullable String> environment) {
    if (read(file) == null) {
      throw new RegistryConfigException(file, "there is no such file", null);
    }
    return new DockerConfig(List.of(file), environment, HELPER_TIMEOUT);
  }

  /**
   * The same files with another limit for credential helpers. A helper that asks a person for a
   * password needs a long one.
   *
   * @param timeout how long a helper may run, by default one minute
   * @return a new provider
   */
  public DockerConfig withHelperTimeout(Duration timeout) {
    if (timeout.isZero() || timeout.isNegative()) {
      throw new IllegalArgumentException(
          "helperTimeout is " + timeout + "; it must be more than 0");
    }
    return new DockerConfig(files, environment, timeout);
  }

  @Override
  public Optional<Credentials> credentialsFor(Repository repository) {
    for (Path file : files) {
      JsonNode config = read(file);
      if (config != null) {
        Optional<Credentials> found = find(file, config, repository);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Credentials> find(Path file, JsonNode config, Repository repository) {
    JsonNode auths = config.path("auths");
    String key = repository.toString();
    while (!key.equals(repository.registry())) {
      Optional<Credentials> found = entry(file, key, auths.path(key));
      if (found.isPresent()) {
        return found;
      }
      key = key.substring(0, key.lastIndexOf('/'));
    }
    return helper(config, repository.registry())
        .or(() -> ofRegistry(file, auths, repository.registry()));
  }

  private static Optional<Credentials> ofRegistry(Path file, JsonNode auths, String registry) {
    Optional<Credentials> exact = entry(file, registry, auths.path(registry));
    if (exact.isPresent()) {
      return exact;
    }
    for (Map.Entry<String, JsonNode> auth : auths.properties()) {
      if (registry.equals(registryOf(auth.getKey()))) {
        Optional<Credentials> found = entry(file, auth.getKey(), auth.getValue());
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  /**
   * The registry that an old key stands for, {@code https://host/v1/} and the like; null for a key
   * that stands for a path below a registry.
   */
  private static @Nullable String registryOf(String key) {
    String rest = key;
    int scheme = rest.indexOf("://");
    if (scheme >= 0) {
      rest = rest.substring(scheme + 3);
    }
    int slash = rest.indexOf('/');
    if (slash >= 0) {
      String path = rest.substring(slash + 1);
      if (!path.isEmpty() && !path.matches("v[12]/?")) {
        return null;
      }
      rest = rest.substring(0, slash);
    }
    return switch (rest) {
      case "index.docker.io", "registry-1.docker.io", "registry.hub.docker.com" -> DOCKER_HUB;
      default -> rest;
    };
  }

  private static Optional<Credentials> entry(Path file, String key, JsonNode entry) {
    String identity = entry.path("identitytoken").asText("");
    if (!identity.isEmpty()) {
      return Optional.of(Credentials.of("<token>", identity));
    }
    String auth = entry.path("auth").asText("");
    if (auth.isEmpty()) {
      String username = entry.path("username").asText("");
      return username.isEmpty()
          ? Optional.empty()
          : Optional.of(Credentials.of(username, entry.path("password").asText("")));
    }
    String pair;
    try {
      pair = new String(Base64.getDecoder().decode(auth.trim()), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      // Without the cause: its message may quote a part of the secret.
      throw new RegistryConfigException(file, "'auth' of '" + key + "' is not valid Base64", null);
    }
    int colon = pair.indexOf(':');
    if (colon <= 0) {
      throw new RegistryConfigException(
          file, "'auth' of '" + key + "' is not user:password in base64", null);
    }
    String password = pair.substring(colon + 1);
    int end = password.indexOf('\0');
    return Optional.of(
        Credentials.of(pair.substring(0, colon), end < 0 ? password : password.substring(0, end)));
  }

  private Optional<Credentials> helper(JsonNode config, String registry) {
    List<String> keys =
        registry.equals(DOCKER_HUB) ? List.of(DOCKER_HUB_KEY, DOCKER_HUB) : List.of(registry);
    String store = config.path("credsStore").asText("");
    for (String key : keys) {
      String name = config.path("credHelpers").path(key).asText(store);
      if (!name.isEmpty()) {
        Optional<Credentials> found = run("docker-credential-" + name, key, registry);
        if (found.isPresent()) {
          return found;
        }
      }
    }
    return Optional.empty();
  }

  private Optional<Credentials> run(String program, String key, String registry) {
    Long hungSince = hungHelpers.get(List.of(program, key));
    if (hungSince != null && System.nanoTime() - hungSince < HELPER_PAUSE.toNanos()) {
      return Optional.empty();
    }
    Optional<CredentialHelper> helper =
        CredentialHelper.find(program, environment.apply("PATH"), helperTimeout);
    if (helper.isEmpty()) {
      brokenHelpers.put(registry, program + " could not be run");
      return Optional.empty();
    }
    try {
      Optional<Credentials> found = helper.get().get(key);
      brokenHelpers.remove(registry);
      return found;
    } catch (IOException e) {
      // Its message may quote what the helper printed.
      brokenHelpers.put(registry, program + " could not be run");
      return Optional.empty();
    } catch (TimeoutException e) {
      hungHelpers.put(List.of(program, key), System.nanoTime());
      brokenHelpers.put(
          registry, program + " did not answer within " + TransferLimits.seconds(helperTimeout));
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AirgapException(
          "looking for the credentials of "
              + registry
              + " failed: the thread was interrupted while "
              + program
              + " was running",
          e);
    }
  }

  private static @Nullable JsonNode read(Path file) {
    byte[] content;
    try {
      content = Files.readAllBytes(file);
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new RegistryConfigException(
          file, "it cannot be read (" + e.getClass().getSimpleName() + ")", e);
    }
    if (new String(content, StandardCharsets.UTF_8).isBlank()) {
      return JSON.createObjectNode();
    }
    JsonNode json;
    try {
      json = JSON.readTree(content);
    } catch (IOException e) {
      // Without the cause: the parser's message quotes the file, and secrets stand in it.
      throw new RegistryConfigException(file, "it is not valid JSON", null);
    }
    if (!json.isObject() || !isObjectOrMissing(json.path("auths"))) {
      throw new RegistryConfigException(
          file,
          "it is not a configuration of docker or podman: 'auths' is missing or no object",
          null);
    }
    return json;
  }

  private static boolean isObjectOrMissing(JsonNode node) {
    return node.isObject() || node.isMissingNode() || node.isNull();
  }

  /** What to do when there are no credentials for a repository. */
  String advice(Repository repository) {
    String registry = repository.registry();
    String broken = brokenHelpers.get(registry);
    return "add an entry for "
        + registry
        + " ('docker login "
        + registry
        + "', 'podman login "
        + registry
        + "'), or give them with credentials(…); looked in "
        + files.stream().map(Path::toString).collect(Collectors.joining(", "))
        + (broken == null ? "" : "; the credential helper " + broken);
  }

  @Override
  public String toString() {
    return "DockerConfig" + files;
  }
}
