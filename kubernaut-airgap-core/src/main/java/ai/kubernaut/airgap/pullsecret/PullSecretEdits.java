package ai.kubernaut.airgap.pullsecret;

import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Credentials;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * The edits that put an entry into pull secrets. Immutable.
 *
 * @param registry the key of the entry: a registry, or a path in it
 * @param credentials the value of the entry
 * @param replace whether an entry with other credentials is replaced
 */
record PullSecretEdits(String registry, Credentials credentials, boolean replace) {
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String OURS = "kubernaut-airgap";

  /**
   * Returns the edit of a Secret that others own and that must exist.
   *
   * @param note adds to a Secret that is changed
   */
  ObjectEdit merge(String namespace, String name, UnaryOperator<KubernetesObject> note) {
    Subject subject = subject(namespace, name);
    return ObjectEdit.of(
        ResourceType.SECRET,
        namespace,
        name,
        present ->
            Optional.of(
                merged(
                    present.orElseThrow(
                        () -> refusal(Problem.of(ProblemCode.PULL_SECRET_MISSING, subject))),
                    subject,
                    note)));
  }

  /** Returns the edit of a Secret that is created where it is missing. */
  ObjectEdit ensure(String namespace, String name) {
    return ObjectEdit.of(
        ResourceType.SECRET,
        namespace,
        name,
        present ->
            Optional.of(
                present
                    .map(
                        secret ->
                            merged(secret, subject(namespace, name), UnaryOperator.identity()))
                    .orElseGet(() -> created(namespace, name))));
  }

  /**
   * Returns the edit that adds a pull secret to a ServiceAccount and keeps the others. Kubernetes
   * creates {@code default} in each namespace; another one that does not exist stays missing.
   */
  static ObjectEdit account(PodPullSecrets.Account account, String secret) {
    return ObjectEdit.of(
        ResourceType.SERVICE_ACCOUNT,
        account.namespace(),
        account.name(),
        present ->
            present.isEmpty() && !account.isDefault()
                ? present
                : Optional.of(
                    withPullSecret(
                        present.orElseGet(
                            () ->
                                KubernetesObject.named(
                                    ResourceType.SERVICE_ACCOUNT,
                                    account.namespace(),
                                    account.name())),
                        secret)));
  }

  private static KubernetesObject withPullSecret(KubernetesObject account, String secret) {
    if (PodPullSecrets.names(account.fields()).contains(secret)) {
      return account;
    }
    List<Object> secrets = new ArrayList<>();
    account.fields().list("imagePullSecrets").forEach(element -> secrets.add(element.content()));
    secrets.add(Map.of("name", secret));
    return account.with(secrets, "imagePullSecrets");
  }

  private KubernetesObject created(String namespace, String name) {
    return KubernetesObject.named(ResourceType.SECRET, namespace, name)
        .with(DockerConfigJson.TYPE, "type")
        .with(OURS, "metadata", "labels", MANAGED_BY)
        .with(
            DockerConfigJson.empty().with(registry, credentials).toBase64(),
            "data",
            DockerConfigJson.KEY);
  }

  private KubernetesObject merged(
      KubernetesObject secret, Subject subject, UnaryOperator<KubernetesObject> note) {
    DockerConfigJson before =
        DockerConfigJson.read(
            subject,
            secret
                .fields()
                .text("data", DockerConfigJson.KEY)
                .orElseThrow(
                    () -> DockerConfigJson.invalid(subject, "it has no " + DockerConfigJson.KEY)));
    if (before.holds(registry, credentials)) {
      return secret;
    }
    boolean ours = OURS.equals(secret.labels().get(MANAGED_BY));
    if (before.has(registry) && !replace && !ours) {
      throw refusal(
          Problem.of(ProblemCode.PULL_SECRET_ENTRY_DIFFERS, subject, Map.of("registry", registry)));
    }
    return note.apply(
        secret.with(before.with(registry, credentials).toBase64(), "data", DockerConfigJson.KEY));
  }

  /**
   * Returns the edit that creates a namespace where it is missing. If the chart creates it too, it
   * is marked as belonging to the release, because Helm takes over no other objects.
   */
  static ObjectEdit namespace(String name, RenderedChart chart, ReleaseName release) {
    return ObjectEdit.ensureNamespace(name, () -> newNamespace(name, chart, release));
  }

  private static KubernetesObject newNamespace(
      String name, RenderedChart chart, ReleaseName release) {
    KubernetesObject namespace = KubernetesObject.named(ResourceType.NAMESPACE, null, name);
    boolean chartCreatesIt =
        chart.manifests().stream()
            .anyMatch(
                manifest ->
                    manifest.object().kind().equals("Namespace")
                        && manifest.object().name().equals(name));
    return chartCreatesIt
        ? namespace
            .with("Helm", "metadata", "labels", MANAGED_BY)
            .with(release.name(), "metadata", "annotations", "meta.helm.sh/release-name")
            .with(release.namespace(), "metadata", "annotations", "meta.helm.sh/release-namespace")
        : namespace;
  }

  /**
   * Returns warnings for entries that apply to some repositories of the registry instead of ours.
   *
   * @param secret a pull secret, as it is
   */
  List<Problem> shadowing(KubernetesObject secret, Subject subject) {
    return secret
        .fields()
        .text("data", DockerConfigJson.KEY)
        .map(data -> DockerConfigJson.read(subject, data).registries())
        .orElse(List.of())
        .stream()
        .filter(key -> key.startsWith(registry + "/"))
        .map(
            key ->
                Problem.of(
                    ProblemCode.PULL_SECRET_ENTRY_SHADOWS,
                    subject,
                    Map.of("entry", key, "registry", registry)))
        .toList();
  }

  static Subject subject(String namespace, String name) {
    return Subject.object(Subject.Kind.SECRET, namespace, name);
  }

  private static ClusterChangeException refusal(Problem problem) {
    return new ClusterChangeException(List.of(problem));
  }
}
