package ai.kubernaut.airgap.cluster.gitops;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/**
 * An object of Argo CD or Flux that applies the objects of a release: an Application, a
 * Kustomization or a HelmRelease. Its controller reverts what others change. Immutable.
 */
@Value.Immutable
public interface GitOpsResource {
  /** The tools whose objects are recognized. Scripts can rely on the names of the constants. */
  enum Tool {
    /** Argo CD, also as OpenShift GitOps. */
    ARGO_CD("Argo CD"),
    /** Flux. */
    FLUX("Flux");

    private final String label;

    Tool(String label) {
      this.label = label;
    }

    /** {@return the name, for example {@code Argo CD}} */
    @Override
    public String toString() {
      return label;
    }
  }

  /** {@return the tool} */
  Tool tool();

  /** {@return {@code Application}, {@code Kustomization} or {@code HelmRelease}} */
  String kind();

  /** {@return its namespace; empty when an object of the release names an Application only} */
  Optional<String> namespace();

  /** {@return its name} */
  String name();

  /** {@return why its state was not read; empty when it was} */
  Optional<String> unread();

  /** {@return what its specification and its status say} */
  List<Fact> evidence();

  /** {@return what keeps it from deploying the release, or shows that it has not done so} */
  List<Problem> problems();

  /** {@return whether its controller is at work, so that its problems may pass by themselves} */
  boolean isProgressing();

  /** {@return whether it installs the release with Helm, which stores its revisions} */
  default boolean isHelmRelease() {
    return kind().equals(FluxStatus.HELM_RELEASE);
  }

  /** {@return it as the subject of problems and facts} */
  default Subject subject() {
    return new Subject(Subject.Kind.OBJECT, kind() + " " + path());
  }

  /** {@return the name, after the namespace and a slash if that is known} */
  default String path() {
    return namespace().map(namespace -> namespace + "/").orElse("") + name();
  }

  /** {@return the command that makes its controller apply the source again} */
  default String syncCommand() {
    return switch (tool()) {
      case ARGO_CD -> "argocd app sync " + path();
      case FLUX ->
          "flux reconcile %s %s -n %s %s"
              .formatted(
                  isHelmRelease() ? "helmrelease" : "kustomization",
                  name(),
                  namespace().orElse(""),
                  isHelmRelease() ? "--force" : "--with-source");
    };
  }

  /**
   * Returns that it manages a release.
   *
   * @param subject the release, or a part of it
   * @return the fact {@link FactCode#RELEASE_MANAGED}
   */
  default Fact manages(Subject subject) {
    return Fact.of(
        FactCode.RELEASE_MANAGED,
        subject,
        Map.of(
            "resource",
            subject().toString(),
            "tool",
            tool().toString(),
            "unread",
            unread().orElse("")));
  }

  /**
   * Finds what manages some objects, from the labels and annotations that Argo CD and Flux set.
   * Reads the objects of these tools, as far as the user is allowed to.
   *
   * @param cluster is read
   * @param objects workloads of a release
   * @param trustInstanceLabel whether the label {@code app.kubernetes.io/instance}, which Argo CD
   *     uses and most charts set too, counts if an Application of that name deploys the object;
   *     false for objects that Helm has installed
   * @return what manages them, each once; empty when nothing is known to
   * @throws ai.kubernaut.airgap.cluster.ClusterException when a request fails for another reason
   *     than missing permission
   */
  static List<GitOpsResource> of(
      ClusterClient cluster, Collection<KubernetesObject> objects, boolean trustInstanceLabel) {
    return new GitOpsFinder(cluster).of(objects, trustInstanceLabel);
  }

  /**
   * Finds what should deploy to some namespaces, where no object of a release exists.
   *
   * @param cluster is read
   * @param namespaces the namespaces of the release
   * @return the Applications, Kustomizations and HelmReleases with one of them as their target;
   *     empty when the user is not allowed to list them
   * @throws ai.kubernaut.airgap.cluster.ClusterException when a request fails for another reason
   *     than missing permission
   */
  static List<GitOpsResource> deployingTo(ClusterClient cluster, Collection<String> namespaces) {
    return new GitOpsFinder(cluster).deployingTo(namespaces);
  }

  /**
   * Returns a copy of an object of Argo CD or Flux with what this type reads, and without what may
   * be secret: the values of a chart, patches, and the history.
   *
   * @param object any object
   * @return the copy; the same object if it is of another kind
   */
  static KubernetesObject withoutValues(KubernetesObject object) {
    return ReadFields.only(object);
  }

  /** {@return an empty builder} */
  static Builder builder() {
    return new Builder();
  }

  /** Builds a {@link GitOpsResource}. Not thread-safe. */
  final class Builder extends ImmutableGitOpsResource.Builder {
    Builder() {}
  }
}
