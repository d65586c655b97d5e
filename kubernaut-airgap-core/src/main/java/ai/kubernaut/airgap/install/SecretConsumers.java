package ai.kubernaut.airgap.install;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.workload.PodFields;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** What the pods of a workload read from a Secret. */
final class SecretConsumers {
  private SecretConsumers() {}

  /** Whether the pods read the Secret: in a variable, all variables, a volume, or a part of one. */
  static boolean reads(KubernetesObject workload, String secret) {
    KubernetesObject pod = pod(workload);
    return PodFields.containers(pod).stream()
            .anyMatch(
                container ->
                    container.list("env").stream().anyMatch(variable -> isFrom(variable, secret))
                        || isAllFrom(container, secret))
        || pod.fields().list("spec", "volumes").stream()
            .flatMap(
                volume ->
                    Stream.concat(Stream.of(volume), volume.list("projected", "sources").stream()))
            .map(source -> source.fields("secret"))
            .anyMatch(
                source ->
                    source
                        .text("secretName")
                        .or(() -> source.text("name"))
                        .orElse("")
                        .equals(secret));
  }

  /**
   * Whether the pods set a password from the Secret when they start.
   *
   * @param variables the environment variables that do so; empty if everything does that is read
   */
  static boolean setsPassword(KubernetesObject workload, String secret, Set<String> variables) {
    return variables.isEmpty()
        ? reads(workload, secret)
        : PodFields.containers(pod(workload)).stream()
            .flatMap(container -> container.list("env").stream())
            .anyMatch(
                variable ->
                    variables.contains(variable.text("name").orElse(""))
                        && isFrom(variable, secret));
  }

  private static boolean isFrom(Fields variable, String secret) {
    return variable.text("valueFrom", "secretKeyRef", "name").orElse("").equals(secret);
  }

  private static boolean isAllFrom(Fields container, String secret) {
    List<Fields> sources = container.list("envFrom");
    return sources.stream()
        .anyMatch(source -> source.text("secretRef", "name").orElse("").equals(secret));
  }

  private static KubernetesObject pod(KubernetesObject workload) {
    return KubernetesObject.of(workload.fields().fields("spec", "template"));
  }
}
