package ai.kubernaut.airgap.trust;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChangeException;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.cluster.openshift.HostedControlPlane;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.security.cert.CertificateException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Plans that the nodes of an OpenShift cluster trust the mirror: its CA is merged into the
 * ConfigMap that {@code image.config.openshift.io/cluster} names as additionalTrustedCA. Read-only;
 * {@link ClusterChanger} applies the change.
 */
public final class TrustConfigurer {
  private static final String NAMESPACE = "openshift-config";
  private static final String OWN_NAME = "kubernaut-airgap-registry-ca";
  private static final String MANAGED_BY = "app.kubernetes.io/managed-by";
  private static final String MANAGER = "kubernaut-airgap";

  private final ClusterClient cluster;

  /**
   * Creates it.
   *
   * @param cluster the cluster
   */
  public TrustConfigurer(ClusterClient cluster) {
    this.cluster = cluster;
  }

  /**
   * Plans to add the CA of a mirror. The ConfigMap that the cluster has is used; every other key of
   * it, and other certificates for the same registry, are kept. On a cluster with a hosted control
   * plane nothing is changed: a CA that is missing is a problem with what the administrator of the
   * management cluster has to add.
   *
   * @param mirror the mirror
   * @param pem one or more certificates
   * @return the change; a CA that cannot be used, and a cluster without an image configuration, are
   *     problems in it
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange plan(Target mirror, String pem) {
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    List<Problem> problems = new ArrayList<>();
    String key = mirror.registry().replace(":", "..");
    try {
      CaBundle.parse(pem);
      if (!key.matches("[-._a-zA-Z0-9]+")) {
        problems.add(invalid(mirror, "its address cannot be a key of a ConfigMap"));
      }
    } catch (CertificateException e) {
      problems.add(invalid(mirror, String.valueOf(e.getMessage())));
    }
    Optional<KubernetesObject> configuration =
        cluster.get(ResourceType.IMAGE_CONFIG, null, "cluster");
    if (configuration.isEmpty()) {
      problems.add(
          Problem.of(
              ProblemCode.IMAGE_CONFIG_MISSING,
              new Subject(Subject.Kind.CLUSTER, cluster.address())));
    }
    if (!problems.isEmpty()) {
      return changer.plan(List.of()).withProblems(problems);
    }
    Optional<String> present = configMap(configuration.get());
    if (HostedControlPlane.isOf(cluster)) {
      return changer.plan(List.of()).withProblems(hosted(present, key, pem));
    }
    return changer.plan(
        List.of(
            mergeCa(present.orElse(OWN_NAME), present.isEmpty(), key, pem),
            useConfigMap(present.orElse(OWN_NAME))));
  }

  /** The CA is there already, or only the administrator of the management cluster adds it. */
  private List<Problem> hosted(Optional<String> configMap, String key, String pem) {
    String trusted =
        configMap
            .flatMap(name -> cluster.get(ResourceType.CONFIG_MAP, NAMESPACE, name))
            .flatMap(found -> found.fields().text("data", key))
            .orElse("");
    try {
      if (!trusted.isEmpty() && CaBundle.merge(trusted, pem).equals(trusted)) {
        return List.of();
      }
    } catch (CertificateException e) {
      // What cannot be read has to be replaced, too.
    }
    return List.of(
        HostedControlPlane.problem(
            cluster,
            "the CAs of registries",
            "spec.configuration.image.additionalTrustedCA",
            "a ConfigMap that has the CA under the key " + key));
  }

  private static Problem invalid(Target mirror, String defect) {
    return Problem.of(
        ProblemCode.CA_INVALID,
        new Subject(Subject.Kind.REGISTRY, mirror.registry()),
        Map.of("defect", defect));
  }

  private static Optional<String> configMap(KubernetesObject configuration) {
    return configuration
        .fields()
        .text("spec", "additionalTrustedCA", "name")
        .filter(name -> !name.isEmpty());
  }

  /**
   * Merges the CA into the ConfigMap.
   *
   * @param own whether the name is ours, so that a ConfigMap of another owner is not used
   */
  private static ObjectEdit mergeCa(String name, boolean own, String key, String pem) {
    return ObjectEdit.of(
        ResourceType.CONFIG_MAP,
        NAMESPACE,
        name,
        present -> {
          if (own
              && present.isPresent()
              && !MANAGER.equals(present.get().labels().get(MANAGED_BY))) {
            throw new ClusterChangeException(
                List.of(
                    Problem.of(
                        ProblemCode.OBJECT_NOT_OURS,
                        new Subject(Subject.Kind.OBJECT, present.get().toString()),
                        Map.of("owner", MANAGER))));
          }
          KubernetesObject configMap =
              present.orElseGet(
                  () ->
                      KubernetesObject.named(ResourceType.CONFIG_MAP, NAMESPACE, name)
                          .with(MANAGER, "metadata", "labels", MANAGED_BY));
          String before = configMap.fields().text("data", key).orElse("");
          try {
            return Optional.of(configMap.with(CaBundle.merge(before, pem), "data", key));
          } catch (CertificateException e) {
            throw new IllegalStateException("the certificates were read before", e);
          }
        });
  }

  private static ObjectEdit useConfigMap(String name) {
    return ObjectEdit.update(
        ResourceType.IMAGE_CONFIG,
        null,
        "cluster",
        present -> {
          Optional<String> now = configMap(present);
          if (now.isPresent() && !now.get().equals(name)) {
            throw new ClusterChangeException(
                List.of(
                    Problem.of(
                        ProblemCode.TRUSTED_CA_CHANGED,
                        new Subject(Subject.Kind.OBJECT, present.toString()),
                        Map.of("name", now.get()))));
          }
          return present.with(name, "spec", "additionalTrustedCA", "name");
        });
  }
}
