package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.pullsecret.PullSecretOptions;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * The table of what each step does in the cluster. Tests compare it with the requests of each step:
 * none is missing, and none is superfluous.
 */
final class StepPermissions {
  private static final ResourceType FEATURE_GATE =
      ResourceType.cluster("config.openshift.io/v1", "FeatureGate", "featuregates");
  private static final ResourceType LEASE =
      ResourceType.namespaced("coordination.k8s.io/v1", "Lease", "leases");
  private static final ResourceType CLAIM = ResourceType.PERSISTENT_VOLUME_CLAIM;
  static final ResourceType CRD =
      ResourceType.cluster(
          "apiextensions.k8s.io/v1", "CustomResourceDefinition", "customresourcedefinitions");

  private final StepContext context;
  private final String namespace;
  private final NavigableSet<Permission> permissions = new TreeSet<>();

  private StepPermissions(StepContext context) {
    this.context = context;
    this.namespace = context.release().namespace();
  }

  static NavigableSet<Permission> of(ClusterStep step, StepContext context) {
    StepPermissions table = new StepPermissions(context);
    switch (step) {
      case PULL_SECRET -> table.pullSecret();
      case TRUST -> table.trust();
      case MIRROR_RULES -> table.mirrorRules();
      case SEAL -> table.seal();
      case IMAGE_POLICY -> table.imagePolicy();
      case SECRETS -> table.secrets();
      case ROTATE_SECRETS -> table.rotateSecrets();
      case INSTALL -> table.install();
      case UPGRADE -> table.upgrade();
      case ROLLBACK -> table.rollback();
      case UNINSTALL -> table.uninstall();
      case VERIFY -> table.verify();
      case VERIFY_BY_LABELS -> table.verifyByLabels();
      case DIAGNOSE -> table.diagnose();
      case REPAIR -> table.repair();
      case PRUNE -> table.prune();
    }
    return table.permissions;
  }

  /** What is needed in addition to write the Roles and bindings of the chart. */
  static List<Grants.Grant> grants(ClusterStep step, StepContext context) {
    String operation =
        switch (step) {
          case INSTALL, UPGRADE, ROLLBACK -> step.toString();
          case REPAIR -> ClusterStep.UPGRADE.toString();
          case UNINSTALL -> "delete";
          default -> "";
        };
    return operation.isEmpty()
        ? List.of()
        : Grants.of(new ChartObjects(context).written(operation), context.release().namespace());
  }

  private void on(ResourceType type, String in, String name, String... verbs) {
    for (String verb : verbs) {
      permissions.add(Permission.of(verb, type, in, name));
    }
  }

  private void cluster(ResourceType type, String... verbs) {
    on(type, "", "", verbs);
  }

  private void pullSecret() {
    switch (context.cluster()) {
      case OPENSHIFT -> {
        on(ResourceType.SECRET, "openshift-config", "pull-secret", "get", "update");
        backup("openshift-config");
        cluster(ResourceType.MACHINE_CONFIG_POOL, "list");
        cluster(ResourceType.MACHINE_CONFIG, "get");
      }
      case HOSTED -> {
        on(ResourceType.SECRET, "kube-system", "additional-pull-secret", "get", "update");
        backup("kube-system");
      }
      case KUBERNETES -> {
        String secret = PullSecretOptions.builder().build().secretName();
        for (String each : context.namespaces()) {
          existing(each);
          on(ResourceType.SECRET, each, secret, "get", "update");
          backup(each);
        }
        for (PodPullSecrets.Account account : context.accounts()) {
          String in = account.namespace();
          on(ResourceType.SERVICE_ACCOUNT, in, account.name(), "get", "update");
          if (account.isDefault() && context.missingNamespaces().contains(in)) {
            on(ResourceType.SERVICE_ACCOUNT, in, "", "create");
          }
        }
      }
    }
  }

  /** Whether the pods get the pull secret from ServiceAccounts that the chart does not create. */
  private void accounts() {
    if (context.cluster() == StepContext.Cluster.KUBERNETES) {
      for (PodPullSecrets.Account account : context.accounts()) {
        on(ResourceType.SERVICE_ACCOUNT, account.namespace(), account.name(), "get");
      }
    }
  }

  /** A Secret is created, or copied to a backup whose name is not known before. */
  private void backup(String in) {
    on(ResourceType.SECRET, in, "", "create");
  }

  /** Where nodes pull images from. */
  private void redirections() {
    if (context.cluster() != StepContext.Cluster.KUBERNETES) {
      cluster(ResourceType.IMAGE_CONTENT_SOURCE_POLICY, "list");
      cluster(ResourceType.IMAGE_DIGEST_MIRROR_SET, "list");
      cluster(ResourceType.IMAGE_TAG_MIRROR_SET, "list");
    }
  }

  /** A namespace that is created if it is missing. */
  private void existing(String name) {
    on(ResourceType.NAMESPACE, "", name, "get");
    if (context.missingNamespaces().contains(name)) {
      cluster(ResourceType.NAMESPACE, "create");
    }
  }

  private void trust() {
    on(ResourceType.IMAGE_CONFIG, "", "cluster", "get", "update");
    on(ResourceType.CONFIG_MAP, "openshift-config", "", "get", "create", "update");
  }

  private void mirrorRules() {
    cluster(ResourceType.MACHINE_CONFIG_POOL, "list");
    cluster(ResourceType.IMAGE_CONTENT_SOURCE_POLICY, "list");
    cluster(ResourceType.IMAGE_DIGEST_MIRROR_SET, "list");
    cluster(ResourceType.IMAGE_TAG_MIRROR_SET, "list");
    if (context.hasDigestMirrorSets()) {
      cluster(ResourceType.IMAGE_DIGEST_MIRROR_SET, "get", "create", "update");
      cluster(ResourceType.IMAGE_TAG_MIRROR_SET, "get", "create", "update", "delete");
    } else {
      cluster(ResourceType.IMAGE_CONTENT_SOURCE_POLICY, "get", "create", "update");
    }
  }

  private void seal() {
    for (ResourceType type : seals()) {
      cluster(type, "get", "create", "update", "delete");
    }
    context.namespaces().forEach(each -> on(ResourceType.POD, each, "", "list"));
  }

  private static List<ResourceType> seals() {
    return List.of(ResourceType.ADMISSION_POLICY, ResourceType.ADMISSION_POLICY_BINDING);
  }

  /** Whether the cluster has such policies is known from its APIs; the rest explains why not. */
  private void imagePolicy() {
    on(ResourceType.CLUSTER_VERSION, "", "version", "get");
    on(FEATURE_GATE, "", "cluster", "get");
  }

  private void secrets() {
    existing(namespace);
    on(ResourceType.SECRET, namespace, "", "get", "create");
  }

  private void rotateSecrets() {
    on(ResourceType.SECRET, namespace, "", "get", "create", "update");
    for (ResourceType type :
        List.of(ResourceType.DEPLOYMENT, ResourceType.STATEFUL_SET, ResourceType.DAEMON_SET)) {
      on(type, namespace, "", "list", "get", "update");
    }
  }

  private void install() {
    secrets();
    accounts();
    operation();
    cluster(CRD, "get", "create", "update");
    lookups();
    ChartObjects chart = new ChartObjects(context);
    permissions.addAll(chart.objects("get", "create"));
    permissions.addAll(chart.namespacesToTakeOver());
    hooks(chart, "install");
  }

  private void upgrade() {
    secrets();
    accounts();
    operation();
    on(ResourceType.SECRET, namespace, "", "delete");
    cluster(CRD, "get", "create", "update");
    lookups();
    ChartObjects chart = new ChartObjects(context);
    permissions.addAll(chart.objects("get", "create", "patch", "delete"));
    hooks(chart, "upgrade");
  }

  private void prune() {
    on(ResourceType.SECRET, namespace, "", "list");
    redirections();
  }

  private void rollback() {
    operation();
    redirections();
    on(ResourceType.SECRET, namespace, "", "get", "delete");
    ChartObjects chart = new ChartObjects(context);
    permissions.addAll(chart.objects("get", "create", "patch", "delete"));
    permissions.addAll(chart.hooks("rollback"));
  }

  private void uninstall() {
    on(ResourceType.NAMESPACE, "", namespace, "get");
    on(ResourceType.SECRET, namespace, "", "get", "list", "update", "delete");
    on(LEASE, namespace, lease(), "get", "delete");
    on(CLAIM, namespace, "", "list");
    for (ResourceType type : seals()) {
      cluster(type, "get", "delete");
    }
    ChartObjects chart = new ChartObjects(context);
    permissions.addAll(chart.objects("delete"));
    permissions.addAll(chart.hooks("delete"));
  }

  private void verify() {
    on(ResourceType.SECRET, namespace, "", "list");
    on(ResourceType.CONFIG_MAP, namespace, "", "list");
    observe();
    permissions.addAll(new ChartObjects(context).roles("list"));
  }

  /** Without Secrets: their certificates and keys are not checked, and Helm is not asked. */
  private void verifyByLabels() {
    context.namespaces().forEach(each -> on(ResourceType.CONFIG_MAP, each, "", "list"));
    observe();
  }

  private void observe() {
    redirections();
    cluster(ResourceType.MUTATING_WEBHOOKS, "list");
    cluster(ResourceType.VALIDATING_WEBHOOKS, "list");
    for (String each : context.namespaces()) {
      for (ResourceType type :
          List.of(
              ResourceType.POD,
              ResourceType.JOB,
              ResourceType.SERVICE,
              ResourceType.DEPLOYMENT,
              ResourceType.STATEFUL_SET,
              ResourceType.DAEMON_SET,
              CLAIM,
              ResourceType.EVENT)) {
        on(type, each, "", "list");
      }
      permissions.add(Permission.of("get", ResourceType.POD, each, "").on("log"));
      permissions.add(Permission.of("get", ResourceType.SERVICE, each, "").on("proxy"));
    }
  }

  /** Each cause has questions of its own; what the user may not read is not considered. */
  private void diagnose() {
    verify();
    on(ResourceType.NODE, "", "", "get", "list");
    cluster(ResourceType.POD, "list");
    cluster(ResourceType.STORAGE_CLASS, "list");
    cluster(ResourceType.ADMISSION_POLICY, "get");
    if (context.cluster() != StepContext.Cluster.KUBERNETES) {
      on(ResourceType.SECRET, "openshift-config", "pull-secret", "get");
      on(ResourceType.SECRET, "kube-system", "additional-pull-secret", "get");
      on(ResourceType.IMAGE_CONFIG, "", "cluster", "get");
      on(ResourceType.CONFIG_MAP, "openshift-config", "", "get");
      cluster(ResourceType.MACHINE_CONFIG_POOL, "list");
    }
    for (String each : context.namespaces()) {
      on(ResourceType.NAMESPACE, "", each, "get");
      on(ResourceType.REPLICA_SET, each, "", "list");
      on(ResourceType.RESOURCE_QUOTA, each, "", "list");
      for (ResourceType type :
          List.of(
              ResourceType.SECRET, ResourceType.CONFIG_MAP, ResourceType.SERVICE_ACCOUNT, CLAIM)) {
        on(type, each, "", "get");
      }
    }
  }

  private void repair() {
    diagnose();
    pullSecret();
    upgrade();
    for (String each : context.namespaces()) {
      on(ResourceType.JOB, each, "", "get");
    }
  }

  /** What Helm and the Lease of the release need. */
  private void operation() {
    on(ResourceType.SECRET, namespace, "", "list", "create", "update");
    on(LEASE, namespace, lease(), "get", "create", "update");
  }

  private String lease() {
    return "kubernaut-airgap-" + context.release().name();
  }

  private void hooks(ChartObjects chart, String operation) {
    permissions.addAll(chart.hooks(operation));
    for (String each : chart.namespacesOfWatchedHooks(operation)) {
      on(ResourceType.JOB, each, "", "list");
      on(ResourceType.POD, each, "", "list");
      // What a hook waits for is explained by events and logs.
      on(ResourceType.EVENT, each, "", "list");
      permissions.add(Permission.of("get", ResourceType.POD, each, "").on("log"));
    }
  }

  private void lookups() {
    permissions.addAll(ChartLookups.of(context));
  }
}
