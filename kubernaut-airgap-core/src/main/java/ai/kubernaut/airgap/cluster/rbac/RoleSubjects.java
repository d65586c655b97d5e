package ai.kubernaut.airgap.cluster.rbac;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The subjects of a RoleBinding or a ClusterRoleBinding (Kubernetes, "Using RBAC Authorization").
 * Immutable.
 */
public final class RoleSubjects {
  private static final String ACCOUNT = "ServiceAccount";

  private record Entry(String kind, String namespace, String name) {
    @Override
    public String toString() {
      return kind + " " + (namespace.isEmpty() ? "" : namespace + "/") + name;
    }
  }

  private final Set<Entry> entries;

  private RoleSubjects(Set<Entry> entries) {
    this.entries = entries;
  }

  /**
   * Reads a binding.
   *
   * @param binding a RoleBinding or a ClusterRoleBinding
   * @return its subjects
   */
  public static RoleSubjects of(KubernetesObject binding) {
    return new RoleSubjects(
        binding.fields().list("subjects").stream()
            .map(RoleSubjects::entry)
            .collect(Collectors.toUnmodifiableSet()));
  }

  private static Entry entry(Fields subject) {
    String kind = subject.text("kind").orElse("");
    String namespace = kind.equals(ACCOUNT) ? subject.text("namespace").orElse("") : "";
    return new Entry(kind, namespace, subject.text("name").orElse(""));
  }

  /**
   * Returns whether a ServiceAccount is a subject, by its name or by one of its groups.
   *
   * @param namespace the namespace of the ServiceAccount
   * @param name its name
   * @return whether the binding applies to it
   */
  public boolean haveServiceAccount(String namespace, String name) {
    return List.of(
            new Entry(ACCOUNT, namespace, name),
            new Entry("User", "", "system:serviceaccount:" + namespace + ":" + name),
            new Entry("Group", "", "system:serviceaccounts:" + namespace),
            new Entry("Group", "", "system:serviceaccounts"),
            new Entry("Group", "", "system:authenticated"))
        .stream()
        .anyMatch(entries::contains);
  }

  /**
   * Finds a subject that another binding does not have.
   *
   * @param others the subjects of the other binding
   * @return for example {@code ServiceAccount kubernaut-system/gateway}; empty if it has all
   */
  public Optional<String> firstMissingIn(RoleSubjects others) {
    return entries.stream()
        .filter(entry -> !others.entries.contains(entry))
        .map(Entry::toString)
        .sorted()
        .findFirst();
  }
}
