package ai.kubernaut.airgap.k8s;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads kubeconfig files, and says what is wrong with one where fabric8 would go on with defaults.
 * No exception quotes a kubeconfig or has a cause that does.
 */
final class Kubeconfig {
  private static final String HTTP_LOGGING = "HttpLogging";
  static final String ENVIRONMENT = "the kubeconfig of the environment";

  private Kubeconfig() {}

  static Config read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw unusable(
          file, "there is no such file; give the kubeconfig of the disconnected cluster", null);
    }
    Fields fields;
    try {
      fields = Fields.of(Yaml.readMapping(file, Yaml.DuplicateKeys.LAST_WINS));
    } catch (InvalidYamlException e) {
      throw unusable(file, e.getMessage(), e);
    }
    String context = fields.text("current-context").orElse("");
    if (context.isEmpty()) {
      throw unusable(
          file, "it has no current-context; choose one with kubectl config use-context", null);
    }
    Fields chosen =
        named(fields.list("contexts"), context)
            .orElseThrow(
                () ->
                    unusable(
                        file,
                        "its current-context '" + context + "' is not among its contexts",
                        null))
            .fields("context");
    String cluster = chosen.text("cluster").orElse("");
    boolean hasServer =
        named(fields.list("clusters"), cluster)
            .flatMap(found -> found.text("cluster", "server"))
            .isPresent();
    if (!hasServer) {
      throw unusable(
          file,
          "its context '"
              + context
              + "' names the cluster '"
              + cluster
              + "', and no cluster of this name has a server",
          null);
    }
    Config config;
    try {
      config = Config.fromKubeconfig(file.toFile());
    } catch (RuntimeException e) {
      // The parser's own message and the exception may quote a token or a key.
      throw unusable(
          file,
          "a field has another type than a kubeconfig has there; compare it with the output of kubectl config view",
          null);
    }
    named(fields.list("users"), chosen.text("user").orElse(""))
        .flatMap(user -> user.text("user", "tokenFile"))
        .map(token -> file.toAbsolutePath().resolveSibling(token))
        .ifPresent(token -> config.setOauthTokenProvider(() -> token(file, token)));
    return config;
  }

  /** Reads a token for each request, because it is replaced before it expires. */
  private static String token(Path kubeconfig, Path file) {
    try {
      return Files.readString(file).strip();
    } catch (IOException e) {
      throw unusable(kubeconfig, "its tokenFile " + file + " cannot be read", e);
    }
  }

  /** Reads the kubeconfig of the environment. */
  static Config ofEnvironment() {
    try {
      return Config.autoConfigure(null);
    } catch (RuntimeException e) {
      throw unusable(ENVIRONMENT, "it is broken; check it with kubectl config view", null);
    }
  }

  /**
   * Makes a client, and says what is wrong where fabric8 would quote the kubeconfig.
   *
   * @param what the kubeconfig, for messages
   */
  static KubernetesClient client(String what, Config config) {
    String address = String.valueOf(config.getMasterUrl());
    try {
      URI server = new URI(address);
      if (server.getHost() == null || server.getUserInfo() != null) {
        throw unusable(
            what, "the server of its cluster must be a URL with a host and without a user", null);
      }
    } catch (URISyntaxException e) {
      throw unusable(what, "the server of its cluster is not a URL", null);
    }
    try {
      return new KubernetesClientBuilder()
          .withConfig(config)
          // It would log the content of Secrets.
          .withHttpClientBuilderConsumer(
              client -> client.addOrReplaceInterceptor(HTTP_LOGGING, null))
          .build();
    } catch (RuntimeException e) {
      throw unusable(
          what,
          "no client can be made of it; check its certificates and keys ("
              + e.getClass().getSimpleName()
              + ")",
          null);
    }
  }

  private static Optional<Fields> named(List<Fields> list, String name) {
    return list.stream()
        .filter(element -> element.text("name").orElse("").equals(name))
        .findFirst();
  }

  private static ClusterException unusable(Path file, String why, @Nullable Throwable cause) {
    return unusable("the kubeconfig " + file, why, cause);
  }

  private static ClusterException unusable(String what, String why, @Nullable Throwable cause) {
    return new ClusterException(
        ClusterException.Reason.CONFIGURATION, what + " cannot be used: " + why, cause);
  }
}
