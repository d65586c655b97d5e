package ai.kubernaut.airgap.cluster;

import ai.kubernaut.airgap.yaml.Yaml;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.immutables.value.Value;

/** What a cluster says it is: what the templates of charts ask for. Immutable. */
@Value.Immutable
public interface ClusterVersions {
  /** {@return the version of Kubernetes, for example {@code v1.31.2}} */
  @Value.Parameter
  String kubernetes();

  /**
   * {@return the API versions that the cluster serves, for example {@code v1} and {@code
   * route.openshift.io/v1}}
   */
  @Value.Parameter
  List<String> apis();

  /**
   * Reads a file that {@link #toYaml()} wrote.
   *
   * @param file the file
   * @return the versions
   * @throws ai.kubernaut.airgap.yaml.InvalidYamlException when the file cannot be read, or is no
   *     YAML mapping
   * @throws IllegalArgumentException when it has no {@code kubernetes} or no {@code apis}
   */
  static ClusterVersions read(Path file) {
    Fields fields = Fields.of(Yaml.readMapping(file, Yaml.DuplicateKeys.REFUSED));
    Optional<String> kubernetes = fields.text("kubernetes");
    Object apis = fields.value("apis").orElse(null);
    if (kubernetes.isEmpty() || !(apis instanceof List<?> list)) {
      throw new IllegalArgumentException(
          "invalid cluster facts in "
              + file
              + ": give the version of Kubernetes as 'kubernetes' and the API versions as the list 'apis'");
    }
    return of(kubernetes.get(), list.stream().map(String::valueOf).toList());
  }

  /**
   * Writes the versions, so that a chart can be planned for this cluster on a machine that cannot
   * reach it.
   *
   * @return a YAML document
   */
  default String toYaml() {
    Map<String, Object> facts = new LinkedHashMap<>();
    facts.put("kubernetes", kubernetes());
    facts.put("apis", apis());
    return Yaml.write(facts);
  }

  /**
   * Returns API versions that every OpenShift 4 cluster serves besides those of Kubernetes.
   *
   * @return for example {@code route.openshift.io/v1}
   */
  static List<String> openShiftApis() {
    return List.of(
        "apps.openshift.io/v1",
        "authorization.openshift.io/v1",
        "build.openshift.io/v1",
        "config.openshift.io/v1",
        "console.openshift.io/v1",
        "image.openshift.io/v1",
        "imageregistry.operator.openshift.io/v1",
        "machineconfiguration.openshift.io/v1",
        "monitoring.coreos.com/v1",
        "oauth.openshift.io/v1",
        "operator.openshift.io/v1",
        "operators.coreos.com/v1alpha1",
        "project.openshift.io/v1",
        "quota.openshift.io/v1",
        "route.openshift.io/v1",
        "security.openshift.io/v1",
        "template.openshift.io/v1",
        "user.openshift.io/v1");
  }

  /**
   * The versions of a cluster.
   *
   * @param kubernetes the version of Kubernetes
   * @param apis the API versions that it serves
   * @return both
   */
  static ClusterVersions of(String kubernetes, List<String> apis) {
    return ImmutableClusterVersions.of(kubernetes, apis);
  }
}
