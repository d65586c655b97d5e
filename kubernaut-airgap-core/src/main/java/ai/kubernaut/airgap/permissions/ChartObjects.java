package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.chart.RenderedManifest;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;

/** What Helm does with the objects of a chart. */
final class ChartObjects {
  private static final String KEEP = "helm.sh/resource-policy";

  /** The kinds of Kubernetes and OpenShift that charts have and that belong to no namespace. */
  private static final Set<String> OF_CLUSTER =
      Set.of(
          "APIService",
          "ClusterIssuer",
          "ClusterRole",
          "ClusterRoleBinding",
          "ConsolePlugin",
          "CustomResourceDefinition",
          "IngressClass",
          "MutatingAdmissionPolicy",
          "MutatingAdmissionPolicyBinding",
          "MutatingWebhookConfiguration",
          "Namespace",
          "PersistentVolume",
          "PriorityClass",
          "RuntimeClass",
          "SecurityContextConstraints",
          "StorageClass",
          "ValidatingAdmissionPolicy",
          "ValidatingAdmissionPolicyBinding",
          "ValidatingWebhookConfiguration");

  private final StepContext context;

  ChartObjects(StepContext context) {
    this.context = context;
  }

  /** The verbs for the type of each object that is no hook. */
  NavigableSet<Permission> objects(String... verbs) {
    NavigableSet<Permission> permissions = new TreeSet<>();
    for (RenderedManifest manifest : context.manifests()) {
      if (!manifest.isHook() && !(List.of(verbs).equals(List.of("delete")) && isKept(manifest))) {
        add(permissions, manifest.object(), verbs);
      }
    }
    return permissions;
  }

  /** The verbs for the types of roles and their bindings that are no hooks. */
  NavigableSet<Permission> roles(String... verbs) {
    NavigableSet<Permission> permissions = new TreeSet<>();
    context.manifests().stream()
        .filter(manifest -> !manifest.isHook())
        .map(RenderedManifest::object)
        .filter(object -> object.apiVersion().startsWith(ResourceType.ROLE.group() + "/"))
        .forEach(object -> add(permissions, object, verbs));
    return permissions;
  }

  private static boolean isKept(RenderedManifest manifest) {
    return "keep".equals(manifest.object().annotations().get(KEEP));
  }

  private void add(NavigableSet<Permission> permissions, KubernetesObject object, String... verbs) {
    for (String verb : verbs) {
      if (!verb.equals("create") || !isExistingNamespace(object)) {
        permissions.add(Permission.of(verb, type(object), namespace(object), ""));
      }
    }
  }

  private String namespace(KubernetesObject object) {
    return object.namespace().orElse(context.release().namespace());
  }

  /** Namespaces of the chart that exist already, as the pull secrets are in them. */
  NavigableSet<Permission> namespacesToTakeOver() {
    NavigableSet<Permission> permissions = new TreeSet<>();
    for (RenderedManifest manifest : context.manifests()) {
      KubernetesObject object = manifest.object();
      if (isExistingNamespace(object)) {
        permissions.add(Permission.of("patch", ResourceType.NAMESPACE, "", object.name()));
      }
    }
    return permissions;
  }

  private boolean isExistingNamespace(KubernetesObject object) {
    return object.kind().equals("Namespace")
        && !context.missingNamespaces().contains(object.name());
  }

  /** The verbs for the hooks of an operation. */
  NavigableSet<Permission> hooks(String operation) {
    NavigableSet<Permission> permissions = new TreeSet<>();
    for (KubernetesObject hook : hooksOf(operation)) {
      add(permissions, hook, "get", "create", "delete");
      if (isWatched(hook)) {
        add(permissions, hook, "watch");
      }
    }
    return permissions;
  }

  /** The namespaces with hooks that run. */
  Set<String> namespacesOfWatchedHooks(String operation) {
    Set<String> namespaces = new TreeSet<>();
    hooksOf(operation).stream()
        .filter(ChartObjects::isWatched)
        .forEach(hook -> namespaces.add(namespace(hook)));
    return namespaces;
  }

  private static boolean isWatched(KubernetesObject hook) {
    return hook.kind().equals("Job") || hook.kind().equals("Pod");
  }

  /** The objects that are written in an operation: its hooks, and all others. */
  List<KubernetesObject> written(String operation) {
    List<KubernetesObject> hooks = hooksOf(operation);
    return context.manifests().stream()
        .filter(
            manifest ->
                manifest.isHook() ? hooks.contains(manifest.object()) : !operation.equals("delete"))
        .map(RenderedManifest::object)
        .toList();
  }

  private List<KubernetesObject> hooksOf(String operation) {
    List<String> events = List.of("pre-" + operation, "post-" + operation);
    return context.manifests().stream()
        .filter(RenderedManifest::isHook)
        .map(RenderedManifest::object)
        .filter(
            hook ->
                Arrays.stream(hook.annotations().getOrDefault("helm.sh/hook", "").split(","))
                    .map(String::trim)
                    .anyMatch(events::contains))
        .toList();
  }

  /** The type of an object, with the plural that Kubernetes guesses for a kind. */
  static ResourceType type(KubernetesObject object) {
    return type(object.apiVersion(), object.kind());
  }

  static ResourceType type(String apiVersion, String kind) {
    String plural = plural(kind.toLowerCase(Locale.ROOT));
    return OF_CLUSTER.contains(kind)
        ? ResourceType.cluster(apiVersion, kind, plural)
        : ResourceType.namespaced(apiVersion, kind, plural);
  }

  private static String plural(String kind) {
    if (kind.equals("endpoints") || kind.equals("securitycontextconstraints")) {
      return kind;
    }
    if (kind.endsWith("s") || kind.endsWith("ch") || kind.endsWith("x")) {
      return kind + "es";
    }
    return kind.endsWith("y") ? kind.substring(0, kind.length() - 1) + "ies" : kind + "s";
  }
}
