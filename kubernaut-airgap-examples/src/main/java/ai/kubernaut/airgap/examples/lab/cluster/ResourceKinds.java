package ai.kubernaut.airgap.examples.lab.cluster;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The kinds that the cluster serves: those built in, and those its custom resources define. */
final class ResourceKinds {
  static final ResourceKind NAMESPACE = cluster("", "v1", "namespaces", "Namespace", "ns");
  static final ResourceKind NODE = cluster("", "v1", "nodes", "Node", "no");
  static final ResourceKind POD = namespaced("", "v1", "pods", "Pod", "po");
  static final ResourceKind SECRET = namespaced("", "v1", "secrets", "Secret");
  static final ResourceKind CONFIG_MAP = namespaced("", "v1", "configmaps", "ConfigMap", "cm");
  static final ResourceKind SERVICE = namespaced("", "v1", "services", "Service", "svc");
  static final ResourceKind SERVICE_ACCOUNT =
      namespaced("", "v1", "serviceaccounts", "ServiceAccount", "sa");
  static final ResourceKind EVENT = namespaced("", "v1", "events", "Event", "ev");
  static final ResourceKind CLAIM =
      namespaced("", "v1", "persistentvolumeclaims", "PersistentVolumeClaim", "pvc");
  static final ResourceKind VOLUME =
      cluster("", "v1", "persistentvolumes", "PersistentVolume", "pv");
  static final ResourceKind LEASE = namespaced("coordination.k8s.io", "v1", "leases", "Lease");
  static final ResourceKind QUOTA =
      namespaced("", "v1", "resourcequotas", "ResourceQuota", "quota");
  static final ResourceKind STORAGE_CLASS =
      cluster("storage.k8s.io", "v1", "storageclasses", "StorageClass", "sc");
  static final ResourceKind DEPLOYMENT =
      namespaced("apps", "v1", "deployments", "Deployment", "deploy");
  static final ResourceKind REPLICA_SET =
      namespaced("apps", "v1", "replicasets", "ReplicaSet", "rs");
  static final ResourceKind STATEFUL_SET =
      namespaced("apps", "v1", "statefulsets", "StatefulSet", "sts");
  static final ResourceKind DAEMON_SET = namespaced("apps", "v1", "daemonsets", "DaemonSet", "ds");
  static final ResourceKind JOB = namespaced("batch", "v1", "jobs", "Job");
  static final ResourceKind CRD =
      cluster(
          "apiextensions.k8s.io",
          "v1",
          "customresourcedefinitions",
          "CustomResourceDefinition",
          "crd",
          "crds");
  static final ResourceKind ROLE = namespaced("rbac.authorization.k8s.io", "v1", "roles", "Role");
  static final ResourceKind ROLE_BINDING =
      namespaced("rbac.authorization.k8s.io", "v1", "rolebindings", "RoleBinding");
  static final ResourceKind CLUSTER_ROLE =
      cluster("rbac.authorization.k8s.io", "v1", "clusterroles", "ClusterRole");
  static final ResourceKind CLUSTER_ROLE_BINDING =
      cluster("rbac.authorization.k8s.io", "v1", "clusterrolebindings", "ClusterRoleBinding");
  static final ResourceKind MUTATING_WEBHOOKS =
      cluster(
          "admissionregistration.k8s.io",
          "v1",
          "mutatingwebhookconfigurations",
          "MutatingWebhookConfiguration");
  static final ResourceKind VALIDATING_WEBHOOKS =
      cluster(
          "admissionregistration.k8s.io",
          "v1",
          "validatingwebhookconfigurations",
          "ValidatingWebhookConfiguration");
  static final ResourceKind ADMISSION_POLICY =
      cluster(
          "admissionregistration.k8s.io",
          "v1",
          "validatingadmissionpolicies",
          "ValidatingAdmissionPolicy");
  static final ResourceKind ADMISSION_POLICY_BINDING =
      cluster(
          "admissionregistration.k8s.io",
          "v1",
          "validatingadmissionpolicybindings",
          "ValidatingAdmissionPolicyBinding");
  static final ResourceKind CLUSTER_VERSION =
      cluster("config.openshift.io", "v1", "clusterversions", "ClusterVersion");
  static final ResourceKind IMAGE_CONFIG = cluster("config.openshift.io", "v1", "images", "Image");
  static final ResourceKind MACHINE_CONFIG_POOL =
      cluster(
          "machineconfiguration.openshift.io",
          "v1",
          "machineconfigpools",
          "MachineConfigPool",
          "mcp");
  static final ResourceKind MACHINE_CONFIG =
      cluster("machineconfiguration.openshift.io", "v1", "machineconfigs", "MachineConfig", "mc");

  static final ResourceKind DIGEST_MIRRORS =
      cluster("config.openshift.io", "v1", "imagedigestmirrorsets", "ImageDigestMirrorSet", "idms");
  static final ResourceKind TAG_MIRRORS =
      cluster("config.openshift.io", "v1", "imagetagmirrorsets", "ImageTagMirrorSet", "itms");
  static final ResourceKind SOURCE_POLICIES =
      cluster(
          "operator.openshift.io",
          "v1alpha1",
          "imagecontentsourcepolicies",
          "ImageContentSourcePolicy");
  static final List<ResourceKind> MIRROR_RULES =
      List.of(DIGEST_MIRRORS, TAG_MIRRORS, SOURCE_POLICIES);

  private static final List<ResourceKind> KUBERNETES =
      List.of(
          NAMESPACE,
          NODE,
          POD,
          SECRET,
          CONFIG_MAP,
          SERVICE,
          SERVICE_ACCOUNT,
          EVENT,
          CLAIM,
          VOLUME,
          QUOTA,
          STORAGE_CLASS,
          namespaced("", "v1", "endpoints", "Endpoints", "ep"),
          DEPLOYMENT,
          REPLICA_SET,
          STATEFUL_SET,
          DAEMON_SET,
          JOB,
          namespaced("batch", "v1", "cronjobs", "CronJob", "cj"),
          LEASE,
          ROLE,
          ROLE_BINDING,
          CLUSTER_ROLE,
          CLUSTER_ROLE_BINDING,
          MUTATING_WEBHOOKS,
          VALIDATING_WEBHOOKS,
          ADMISSION_POLICY,
          ADMISSION_POLICY_BINDING,
          CRD,
          namespaced("policy", "v1", "poddisruptionbudgets", "PodDisruptionBudget", "pdb"),
          namespaced("networking.k8s.io", "v1", "networkpolicies", "NetworkPolicy", "netpol"),
          namespaced("networking.k8s.io", "v1", "ingresses", "Ingress", "ing"));

  private static final List<ResourceKind> OPENSHIFT =
      List.of(
          CLUSTER_VERSION,
          IMAGE_CONFIG,
          cluster("config.openshift.io", "v1", "clusteroperators", "ClusterOperator", "co"),
          DIGEST_MIRRORS,
          TAG_MIRRORS,
          SOURCE_POLICIES,
          MACHINE_CONFIG_POOL,
          MACHINE_CONFIG,
          namespaced("route.openshift.io", "v1", "routes", "Route"));

  /** The kinds of a flavour that Kubernetes does not have. */
  static List<ResourceKind> of(Flavour flavour) {
    return switch (flavour) {
      case OPENSHIFT -> OPENSHIFT;
      case HOSTED ->
          OPENSHIFT.stream()
              .filter(kind -> !kind.group().equals(MACHINE_CONFIG_POOL.group()))
              .toList();
      case KUBERNETES -> List.of();
    };
  }

  private final List<ResourceKind> builtIn;
  private final Store store;

  ResourceKinds(Flavour flavour, Store store) {
    List<ResourceKind> kinds = new ArrayList<>(KUBERNETES);
    kinds.addAll(of(flavour));
    this.builtIn = List.copyOf(kinds);
    this.store = store;
  }

  List<ResourceKind> all() {
    List<ResourceKind> kinds = new ArrayList<>(builtIn);
    store.list(CRD, "").forEach(crd -> kinds.addAll(definedBy(crd)));
    return List.copyOf(kinds);
  }

  List<ResourceKind> in(String group, String version) {
    return all().stream()
        .filter(kind -> kind.group().equals(group) && kind.version().equals(version))
        .toList();
  }

  Optional<ResourceKind> find(String group, String version, String plural) {
    return in(group, version).stream().filter(kind -> kind.plural().equals(plural)).findFirst();
  }

  static List<ResourceKind> definedBy(JsonNode crd) {
    JsonNode names = crd.at("/spec/names");
    return Json.elements(crd, "/spec/versions")
        .filter(version -> version.path("served").asBoolean(true))
        .map(
            version ->
                new ResourceKind(
                    Json.text(crd, "/spec/group"),
                    Json.text(version, "/name"),
                    Json.text(names, "/plural"),
                    Json.text(names, "/kind"),
                    Json.text(crd, "/spec/scope").equals("Namespaced"),
                    Json.texts(names.path("shortNames")),
                    version.at("/subresources/status").isObject()))
        .toList();
  }

  private static ResourceKind namespaced(
      String group, String version, String plural, String kind, String... shortNames) {
    return new ResourceKind(
        group, version, plural, kind, true, List.of(shortNames), hasStatus(plural));
  }

  private static ResourceKind cluster(
      String group, String version, String plural, String kind, String... shortNames) {
    return new ResourceKind(
        group, version, plural, kind, false, List.of(shortNames), hasStatus(plural));
  }

  private static boolean hasStatus(String plural) {
    return !List.of(
            "secrets",
            "configmaps",
            "serviceaccounts",
            "events",
            "endpoints",
            "roles",
            "rolebindings",
            "clusterroles",
            "clusterrolebindings",
            "mutatingwebhookconfigurations",
            "validatingwebhookconfigurations",
            "validatingadmissionpolicybindings",
            "networkpolicies",
            "imagedigestmirrorsets",
            "imagetagmirrorsets",
            "imagecontentsourcepolicies",
            "machineconfigs",
            "storageclasses",
            "leases")
        .contains(plural);
  }
}
