package ai.kubernaut.airgap.k8s;

import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.yaml.InvalidYamlException;
import ai.kubernaut.airgap.yaml.Yaml;
import io.fabric8.kubernetes.client.Config;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Reads kubeconfig files, and says what is wrong with one where fabric8 would go on with defaults.
 */
final class Kubeconfig {
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
    try {
      return Config.fromKubeconfig(file.toFile());
    } catch (RuntimeException e) {
      throw unusable(file, String.valueOf(e.getMessage()), e);
    }
  }

  private static Optional<Fields> named(List<Fields> list, String name) {
    return list.stream()
        .filter(element -> element.text("name").orElse("").equals(name))
        .findFirst();
  }

  private static ClusterException unusable(Path file, String why, @Nullable Throwable cause) {
    return new ClusterException(
        ClusterException.Reason.CONFIGURATION,
        "the kubeconfig " + file + " cannot be used: " + why,
        cause);
  }
}
