package ai.kubernaut.airgap.cluster;

import org.immutables.value.Value;

/**
 * A type of resource that a cluster serves. Immutable. The constants are the types that the steps
 * use.
 */
@Value.Immutable
public interface ResourceType {
  /** Namespaces. */
  ResourceType NAMESPACE = cluster("v1", "Namespace", "namespaces");

  /** Secrets. */
  ResourceType SECRET = namespaced("v1", "Secret", "secrets");

  /** ConfigMaps. */
  ResourceType CONFIG_MAP = namespaced("v1", "ConfigMap", "configmaps");

  /** Pods. */
  ResourceType POD = namespaced("v1", "Pod", "pods");

  /** Services. */
  ResourceType SERVICE = namespaced("v1", "Service", "services");

  /** Service accounts. */
  ResourceType SERVICE_ACCOUNT = namespaced("v1", "ServiceAccount", "serviceaccounts");

  /** Events of the core API, where kubelets say why a pull failed. */
  ResourceType EVENT = namespaced("v1", "Event", "events");

  /** Jobs. */
  ResourceType JOB = namespaced("batch/v1", "Job", "jobs");

  /** Deployments. */
  ResourceType DEPLOYMENT = namespaced("apps/v1", "Deployment", "deployments");

  /** StatefulSets. */
  ResourceType STATEFUL_SET = namespaced("apps/v1", "StatefulSet", "statefulsets");

  /** DaemonSets. */
  ResourceType DAEMON_SET = namespaced("apps/v1", "DaemonSet", "daemonsets");

  /** The sets of pods of a Deployment. */
  ResourceType REPLICA_SET = namespaced("apps/v1", "ReplicaSet", "replicasets");

  /** Claims for volumes. */
  ResourceType PERSISTENT_VOLUME_CLAIM =
      namespaced("v1", "PersistentVolumeClaim", "persistentvolumeclaims");

  /** Limits for all objects of a namespace together. */
  ResourceType RESOURCE_QUOTA = namespaced("v1", "ResourceQuota", "resourcequotas");

  /** Roles of namespaces. */
  ResourceType ROLE = namespaced("rbac.authorization.k8s.io/v1", "Role", "roles");

  /** Bindings that grant a role in a namespace. */
  ResourceType ROLE_BINDING =
      namespaced("rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings");

  /** Roles of the whole cluster. */
  ResourceType CLUSTER_ROLE =
      cluster("rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles");

  /** Bindings that grant a role in the whole cluster. */
  ResourceType CLUSTER_ROLE_BINDING =
      cluster("rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings");

  /** Nodes. */
  ResourceType NODE = cluster("v1", "Node", "nodes");

  /** Classes of storage. */
  ResourceType STORAGE_CLASS = cluster("storage.k8s.io/v1", "StorageClass", "storageclasses");

  /** Webhooks that may change objects when they are created or changed. */
  ResourceType MUTATING_WEBHOOKS =
      cluster(
          "admissionregistration.k8s.io/v1",
          "MutatingWebhookConfiguration",
          "mutatingwebhookconfigurations");

  /** Webhooks that may refuse objects when they are created or changed. */
  ResourceType VALIDATING_WEBHOOKS =
      cluster(
          "admissionregistration.k8s.io/v1",
          "ValidatingWebhookConfiguration",
          "validatingwebhookconfigurations");

  /** Policies that the API server evaluates when objects are created or changed. */
  ResourceType ADMISSION_POLICY =
      cluster(
          "admissionregistration.k8s.io/v1",
          "ValidatingAdmissionPolicy",
          "validatingadmissionpolicies");

  /** Where the policies apply. */
  ResourceType ADMISSION_POLICY_BINDING =
      cluster(
          "admissionregistration.k8s.io/v1",
          "ValidatingAdmissionPolicyBinding",
          "validatingadmissionpolicybindings");

  /** The groups of nodes of an OpenShift cluster that share one configuration. */
  ResourceType MACHINE_CONFIG_POOL =
      cluster("machineconfiguration.openshift.io/v1", "MachineConfigPool", "machineconfigpools");

  /** The configurations that the nodes of an OpenShift cluster get, rendered ones among them. */
  ResourceType MACHINE_CONFIG =
      cluster("machineconfiguration.openshift.io/v1", "MachineConfig", "machineconfigs");

  /** The version of an OpenShift cluster. */
  ResourceType CLUSTER_VERSION =
      cluster("config.openshift.io/v1", "ClusterVersion", "clusterversions");

  /** The image settings of an OpenShift cluster; its one object is named {@code cluster}. */
  ResourceType IMAGE_CONFIG = cluster("config.openshift.io/v1", "Image", "images");

  /** Mirror rules of OpenShift for pulls by digest. */
  ResourceType IMAGE_DIGEST_MIRROR_SET =
      cluster("config.openshift.io/v1", "ImageDigestMirrorSet", "imagedigestmirrorsets");

  /** Mirror rules of OpenShift for pulls by tag. */
  ResourceType IMAGE_TAG_MIRROR_SET =
      cluster("config.openshift.io/v1", "ImageTagMirrorSet", "imagetagmirrorsets");

  /** Mirror rules of OpenShift before 4.13, for pulls by digest. */
  ResourceType IMAGE_CONTENT_SOURCE_POLICY =
      cluster(
          "operator.openshift.io/v1alpha1",
          "ImageContentSourcePolicy",
          "imagecontentsourcepolicies");

  /** {@return the API group and version, for example {@code v1} or {@code batch/v1}} */
  @Value.Parameter
  String apiVersion();

  /** {@return the kind, for example {@code Job}} */
  @Value.Parameter
  String kind();

  /** {@return the name in the paths of the API, for example {@code jobs}} */
  @Value.Parameter
  String plural();

  /**
   * {@return whether objects of this type belong to a namespace; false for cluster-scoped types}
   */
  @Value.Parameter
  boolean isNamespaced();

  /** {@return the API group, for example {@code batch}; empty for the core API} */
  default String group() {
    int slash = apiVersion().indexOf('/');
    return slash < 0 ? "" : apiVersion().substring(0, slash);
  }

  /** {@return the version within the group, for example {@code v1}} */
  default String version() {
    return apiVersion().substring(apiVersion().indexOf('/') + 1);
  }

  /**
   * A type whose objects live in namespaces.
   *
   * @param apiVersion group and version
   * @param kind the kind
   * @param plural the name in paths
   * @return the type
   */
  static ResourceType namespaced(String apiVersion, String kind, String plural) {
    return ImmutableResourceType.of(apiVersion, kind, plural, true);
  }

  /**
   * A type whose objects belong to the whole cluster.
   *
   * @param apiVersion group and version
   * @param kind the kind
   * @param plural the name in paths
   * @return the type
   */
  static ResourceType cluster(String apiVersion, String kind, String plural) {
    return ImmutableResourceType.of(apiVersion, kind, plural, false);
  }
}
