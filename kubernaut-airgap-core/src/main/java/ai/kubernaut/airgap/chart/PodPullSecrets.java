package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which pull secrets the pods of rendered manifests use. Kubernetes gives a pod without {@code
 * imagePullSecrets} those of its ServiceAccount when it is created; a pod that has some keeps them
 * alone. Immutable.
 */
public final class PodPullSecrets {
  private static final String DEFAULT = "default";
  private static final Set<String> CONTROLLERS =
      Set.of(
          "Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Job");

  /**
   * A ServiceAccount.
   *
   * @param namespace its namespace
   * @param name its name
   */
  public record Account(String namespace, String name) implements Comparable<Account> {
    /** {@return whether Kubernetes creates it with its namespace} */
    public boolean isDefault() {
      return name.equals(DEFAULT);
    }

    @Override
    public int compareTo(Account other) {
      int order = namespace.compareTo(other.namespace);
      return order == 0 ? name.compareTo(other.name) : order;
    }

    /** {@return the namespace and the name with a slash between them} */
    @Override
    public String toString() {
      return namespace + "/" + name;
    }
  }

  /**
   * The pods of one object.
   *
   * @param owner the object, as kind, namespace and name
   * @param secrets the pull secrets that the pods name themselves
   */
  private record Pods(String owner, Account account, Set<String> secrets) {}

  private final List<Pods> pods;
  private final Map<Account, Set<String>> rendered;

  private PodPullSecrets(List<Pods> pods, Map<Account, Set<String>> rendered) {
    this.pods = List.copyOf(pods);
    this.rendered = Map.copyOf(rendered);
  }

  /**
   * Reads the pods, the workloads and the ServiceAccounts of a chart, hooks included.
   *
   * @param chart the manifests
   * @param release its namespace is that of objects that name none
   * @return what they use
   */
  public static PodPullSecrets of(RenderedChart chart, ReleaseName release) {
    List<Pods> pods = new ArrayList<>();
    Map<Account, Set<String>> rendered = new HashMap<>();
    for (RenderedManifest manifest : chart.manifests()) {
      KubernetesObject object = manifest.object();
      String namespace = object.namespace().orElse(release.namespace());
      if (object.kind().equals("ServiceAccount")) {
        rendered
            .computeIfAbsent(new Account(namespace, object.name()), unused -> new HashSet<>())
            .addAll(names(object.fields()));
      }
      Fields spec = podSpec(object);
      if (!spec.content().isEmpty()) {
        String account =
            spec.text("serviceAccountName")
                .or(() -> spec.text("serviceAccount"))
                .filter(name -> !name.isEmpty())
                .orElse(DEFAULT);
        pods.add(
            new Pods(
                object.kind() + " " + namespace + "/" + object.name(),
                new Account(namespace, account),
                names(spec)));
      }
    }
    return new PodPullSecrets(pods, rendered);
  }

  private static Fields podSpec(KubernetesObject object) {
    Fields fields = object.fields();
    if (object.kind().equals("Pod")) {
      return fields.fields("spec");
    }
    if (object.kind().equals("CronJob")) {
      return fields.fields("spec", "jobTemplate", "spec", "template", "spec");
    }
    return CONTROLLERS.contains(object.kind())
        ? fields.fields("spec", "template", "spec")
        : Fields.of(Map.of());
  }

  /**
   * Reads the names of the pull secrets of a pod or a ServiceAccount.
   *
   * @param fields the ServiceAccount, or the {@code spec} of the pod
   * @return the names in {@code imagePullSecrets}
   */
  public static Set<String> names(Fields fields) {
    return fields.list("imagePullSecrets").stream()
        .map(secret -> secret.text("name").orElse(""))
        .filter(name -> !name.isEmpty())
        .collect(Collectors.toSet());
  }

  /**
   * Returns whether ServiceAccounts of the chart need the names, because pods that have no pull
   * secrets of their own use them.
   *
   * @param names the names of pull secrets
   * @return false if there are no names
   */
  public boolean needAccountsOfChart(Set<String> names) {
    return needing(names)
        .anyMatch(
            account -> rendered.containsKey(account) && !rendered.get(account).containsAll(names));
  }

  /**
   * Returns the ServiceAccounts that need the names and that the chart does not create, such as
   * {@code default}.
   *
   * @param names the names of pull secrets
   * @return sorted; empty if there are no names
   */
  public Set<Account> accountsOutsideChart(Set<String> names) {
    return needing(names)
        .filter(account -> !rendered.containsKey(account))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private Stream<Account> needing(Set<String> names) {
    return pods.stream()
        .filter(pod -> pod.secrets.isEmpty() && !names.isEmpty())
        .map(Pods::account);
  }

  /**
   * Returns the objects whose pods get none or not all of the pull secrets.
   *
   * @param names the names of pull secrets
   * @param isKnown whether a ServiceAccount that the chart does not create has all of them
   * @return as kind, namespace and name, in the order of the manifests
   */
  public List<String> lacking(Set<String> names, Predicate<Account> isKnown) {
    return pods.stream()
        .filter(pod -> !pod.secrets.containsAll(names))
        .filter(
            pod ->
                !pod.secrets.isEmpty()
                    || (rendered.containsKey(pod.account)
                        ? !rendered.get(pod.account).containsAll(names)
                        : !isKnown.test(pod.account)))
        .map(Pods::owner)
        .toList();
  }

  /** How many objects have pods. */
  @Override
  public String toString() {
    return "PodPullSecrets of " + pods.size() + " objects";
  }
}
