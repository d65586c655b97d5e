package ai.kubernaut.airgap.cluster.gitops;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Finds the objects of Argo CD and Flux that deploy a release. Not thread-safe. */
final class GitOpsFinder {
  static final ResourceType APPLICATION =
      ResourceType.namespaced("argoproj.io/v1alpha1", "Application", "applications");

  /** The versions of the APIs of Flux, the newest first. */
  private static final List<ResourceType> HELM_RELEASES =
      Stream.of("v2", "v2beta2", "v2beta1")
          .map(
              version ->
                  ResourceType.namespaced(
                      "helm.toolkit.fluxcd.io/" + version, FluxStatus.HELM_RELEASE, "helmreleases"))
          .toList();

  private static final List<ResourceType> KUSTOMIZATIONS =
      Stream.of("v1", "v1beta2")
          .map(
              version ->
                  ResourceType.namespaced(
                      "kustomize.toolkit.fluxcd.io/" + version,
                      FluxStatus.KUSTOMIZATION,
                      "kustomizations"))
          .toList();

  private static final String INSTANCE = "app.kubernetes.io/instance";
  private static final String ARGO_INSTANCE = "argocd.argoproj.io/instance";
  private static final String TRACKING_ID = "argocd.argoproj.io/tracking-id";

  /** The namespaces of the controllers, for users who may not list Applications everywhere. */
  private static final List<String> ARGO_NAMESPACES = List.of("argocd", "openshift-gitops");

  private static final String FORBIDDEN = "the user is not allowed to read it";
  private static final String ELSEWHERE = "it is not in this cluster";

  private final ClusterClient cluster;
  private final Map<String, GitOpsResource> found = new LinkedHashMap<>();
  private Optional<Optional<List<KubernetesObject>>> applications = Optional.empty();

  GitOpsFinder(ClusterClient cluster) {
    this.cluster = cluster;
  }

  List<GitOpsResource> of(Collection<KubernetesObject> objects, boolean trustInstanceLabel) {
    for (KubernetesObject object : objects) {
      flux(object, HELM_RELEASES, "helm.toolkit.fluxcd.io/");
      flux(object, KUSTOMIZATIONS, "kustomize.toolkit.fluxcd.io/");
      Optional<String> tracked = tracked(object);
      tracked.ifPresent(this::application);
      if (tracked.isEmpty() && trustInstanceLabel) {
        Stream.of(ARGO_INSTANCE, INSTANCE)
            .flatMap(label -> Optional.ofNullable(object.labels().get(label)).stream())
            .forEach(instance -> applicationOf(object, instance));
      }
    }
    return List.copyOf(found.values());
  }

  List<GitOpsResource> deployingTo(Collection<String> namespaces) {
    list(HELM_RELEASES).stream()
        .filter(
            release ->
                namespaces.contains(
                    release
                        .fields()
                        .text("spec", "targetNamespace")
                        .or(release::namespace)
                        .orElse("")))
        .forEach(release -> add(FluxStatus.of(release)));
    list(KUSTOMIZATIONS).stream()
        .filter(
            kustomization ->
                kustomization
                    .fields()
                    .text("spec", "targetNamespace")
                    .filter(namespaces::contains)
                    .isPresent())
        .forEach(kustomization -> add(FluxStatus.of(kustomization)));
    applications().orElse(List.of()).stream()
        .filter(
            application ->
                application
                    .fields()
                    .text("spec", "destination", "namespace")
                    .filter(namespaces::contains)
                    .isPresent())
        .forEach(application -> add(ArgoStatus.of(application)));
    return List.copyOf(found.values());
  }

  private void add(GitOpsResource resource) {
    found.putIfAbsent(resource.subject().toString(), resource);
  }

  private void flux(KubernetesObject object, List<ResourceType> versions, String prefix) {
    String name = object.labels().get(prefix + "name");
    String namespace = object.labels().get(prefix + "namespace");
    if (name == null || namespace == null) {
      return;
    }
    ResourceType newest = versions.get(0);
    if (found.containsKey(newest.kind() + " " + namespace + "/" + name)) {
      return;
    }
    GitOpsResource.Builder unread =
        GitOpsResource.builder()
            .tool(GitOpsResource.Tool.FLUX)
            .kind(newest.kind())
            .namespace(namespace)
            .name(name)
            .isProgressing(false);
    try {
      add(
          served(versions)
              .flatMap(type -> cluster.get(type, namespace, name))
              .map(FluxStatus::of)
              .orElseGet(() -> unread.unread(ELSEWHERE).build()));
    } catch (ClusterException e) {
      requireForbidden(e);
      add(unread.unread(FORBIDDEN).build());
    }
  }

  /** The Application that an object belongs to; a copy of the object has the id of another one. */
  private static Optional<String> tracked(KubernetesObject object) {
    String[] parts = object.annotations().getOrDefault(TRACKING_ID, "").split(":", 3);
    return parts.length == 3
            && parts[1].endsWith("/" + object.kind())
            && parts[2].equals(object.namespace().orElse("") + "/" + object.name())
        ? Optional.of(parts[0])
        : Optional.empty();
  }

  /** An Application that an object names; it may be in another cluster. */
  private void application(String tracked) {
    Optional<List<KubernetesObject>> known = applications();
    Stream<KubernetesObject> candidates =
        known.map(List::stream).orElseGet(() -> inNamespaceOfArgo(tracked));
    Optional<KubernetesObject> application =
        candidates.filter(each -> isNamed(each, tracked)).findFirst();
    if (application.isPresent()) {
      add(ArgoStatus.of(application.get()));
      return;
    }
    int underscore = tracked.indexOf('_');
    add(
        GitOpsResource.builder()
            .tool(GitOpsResource.Tool.ARGO_CD)
            .kind(APPLICATION.kind())
            .namespace(
                underscore < 0 ? Optional.empty() : Optional.of(tracked.substring(0, underscore)))
            .name(tracked.substring(underscore + 1))
            .unread(known.isPresent() ? ELSEWHERE : FORBIDDEN)
            .isProgressing(false)
            .build());
  }

  /** An Application with the name of a label, if it deploys the object. */
  private void applicationOf(KubernetesObject object, String instance) {
    applications()
        .map(List::stream)
        .orElseGet(() -> inNamespaceOfArgo(instance))
        .filter(application -> isNamed(application, instance))
        .filter(application -> ArgoStatus.deploys(application, object))
        .findFirst()
        .ifPresent(application -> add(ArgoStatus.of(application)));
  }

  /**
   * Applications outside the namespace of Argo CD are named with theirs, {@code namespace_name}.
   */
  private static boolean isNamed(KubernetesObject application, String instance) {
    return application.name().equals(instance)
        || (application.namespace().orElse("") + "_" + application.name()).equals(instance);
  }

  /** All Applications of the cluster; empty when the user may not list them. */
  private Optional<List<KubernetesObject>> applications() {
    if (applications.isEmpty()) {
      applications = Optional.of(listed(List.of(APPLICATION)));
    }
    return applications.get();
  }

  private Stream<KubernetesObject> inNamespaceOfArgo(String name) {
    return ARGO_NAMESPACES.stream()
        .flatMap(
            namespace -> {
              try {
                return cluster.get(APPLICATION, namespace, name).stream();
              } catch (ClusterException e) {
                requireForbidden(e);
                return Stream.empty();
              }
            });
  }

  private List<KubernetesObject> list(List<ResourceType> versions) {
    return listed(versions).orElse(List.of());
  }

  /** The objects of a type in all namespaces; empty when the user may not list them. */
  private Optional<List<KubernetesObject>> listed(List<ResourceType> versions) {
    try {
      return Optional.of(
          served(versions).map(type -> cluster.list(type, null, Map.of())).orElse(List.of()));
    } catch (ClusterException e) {
      requireForbidden(e);
      return Optional.empty();
    }
  }

  private Optional<ResourceType> served(List<ResourceType> versions) {
    return versions.stream().filter(cluster::serves).findFirst();
  }

  private static void requireForbidden(ClusterException failure) {
    if (failure.reason() != ClusterException.Reason.FORBIDDEN) {
      throw failure;
    }
  }
}
