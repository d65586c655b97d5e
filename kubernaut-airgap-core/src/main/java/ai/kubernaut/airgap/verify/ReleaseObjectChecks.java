package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.rbac.RoleRules;
import ai.kubernaut.airgap.cluster.rbac.RoleSubjects;
import ai.kubernaut.airgap.install.StoredRevision;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Compares the cluster with the manifests of the deployed revision: what somebody has deleted, or
 * changed so that the release no longer works.
 */
final class ReleaseObjectChecks {
  private static final List<ResourceType> ACCESS =
      List.of(
          ResourceType.ROLE,
          ResourceType.ROLE_BINDING,
          ResourceType.CLUSTER_ROLE,
          ResourceType.CLUSTER_ROLE_BINDING);

  private static final Set<String> WORKLOADS = Set.of("Deployment", "StatefulSet", "DaemonSet");

  private final Namespaces namespaces;
  private final StoredRevision deployed;

  ReleaseObjectChecks(Namespaces namespaces, StoredRevision deployed) {
    this.namespaces = namespaces;
    this.deployed = deployed;
  }

  /** Deployments, StatefulSets, DaemonSets and Services in the namespaces of the release. */
  List<Check> workloadsAndServices() {
    Map<String, KubernetesObject> existing = new HashMap<>();
    Stream.concat(namespaces.workloads().stream(), namespaces.services().stream())
        .forEach(object -> existing.put(object.toString(), object));
    List<Check> checks = new ArrayList<>();
    for (KubernetesObject object : deployed.objects()) {
      boolean isService = object.kind().equals(ResourceType.SERVICE.kind());
      if ((isService || WORKLOADS.contains(object.kind()))
          && namespaces.names().contains(object.namespace().orElse(""))) {
        compare(
                isService ? Check.Kind.HEALTH : Check.Kind.WORKLOAD,
                object,
                existing.get(object.toString()))
            .ifPresent(checks::add);
      }
    }
    return checks;
  }

  /** CustomResourceDefinitions: the cluster serves their types. */
  List<Check> definitions() {
    return deployed.objects().stream()
        .filter(object -> object.kind().equals("CustomResourceDefinition"))
        .filter(definition -> !isServed(definition))
        .map(definition -> missing(Check.Kind.RELEASE, definition))
        .toList();
  }

  private boolean isServed(KubernetesObject definition) {
    Fields spec = definition.fields().fields("spec");
    List<Fields> versions = spec.list("versions");
    return versions.isEmpty()
        || versions.stream()
            .map(
                version ->
                    ResourceType.cluster(
                        spec.text("group").orElse("") + "/" + version.text("name").orElse(""),
                        spec.text("names", "kind").orElse(""),
                        spec.text("names", "plural").orElse("")))
            .anyMatch(namespaces.cluster()::serves);
  }

  /** Configurations of admission webhooks, whose content {@link WebhookChecks} checks. */
  List<Check> webhooks() {
    return Stream.of(ResourceType.MUTATING_WEBHOOKS, ResourceType.VALIDATING_WEBHOOKS)
        .flatMap(
            type ->
                namespaces.listIfAllowed(type, null).stream()
                    .flatMap(existing -> missing(type, existing)))
        .toList();
  }

  private Stream<Check> missing(ResourceType type, List<KubernetesObject> existing) {
    Set<String> names = existing.stream().map(KubernetesObject::name).collect(Collectors.toSet());
    return deployed.objects().stream()
        .filter(object -> object.kind().equals(type.kind()) && !names.contains(object.name()))
        .map(object -> missing(Check.Kind.WEBHOOK, object));
  }

  /** Roles and their bindings, also in other namespaces. */
  List<Check> access() {
    List<Check> checks = new ArrayList<>();
    for (ResourceType type : ACCESS) {
      deployed.objects().stream()
          .filter(object -> object.kind().equals(type.kind()))
          .collect(
              Collectors.groupingBy(
                  object -> object.namespace().orElse(""), TreeMap::new, Collectors.toList()))
          .forEach((namespace, expected) -> checks.addAll(access(type, namespace, expected)));
    }
    return checks;
  }

  private List<Check> access(ResourceType type, String namespace, List<KubernetesObject> expected) {
    String in = type.isNamespaced() ? namespace : null;
    Optional<List<KubernetesObject>> found = namespaces.listIfAllowed(type, in);
    if (found.isEmpty()) {
      return List.of(namespaces.notAllowed(Check.Kind.RELEASE, type, in));
    }
    Map<String, KubernetesObject> existing = new HashMap<>();
    found.get().forEach(object -> existing.put(object.name(), object));
    return expected.stream()
        .flatMap(
            object -> compare(Check.Kind.RELEASE, object, existing.get(object.name())).stream())
        .toList();
  }

  private Check missing(Check.Kind kind, KubernetesObject object) {
    return Check.of(
        kind,
        Check.Result.FAIL,
        Problem.of(
            ProblemCode.RELEASE_OBJECT_NOT_FOUND,
            object.subject(),
            Map.of("revision", String.valueOf(deployed.number()))));
  }

  private Optional<Check> compare(
      Check.Kind kind, KubernetesObject object, @Nullable KubernetesObject existing) {
    if (existing == null) {
      return Optional.of(missing(kind, object));
    }
    String revision = String.valueOf(deployed.number());
    return difference(object, existing)
        .map(
            difference ->
                Check.of(
                    kind,
                    Check.Result.FAIL,
                    Problem.of(
                        ProblemCode.RELEASE_OBJECT_CHANGED,
                        object.subject(),
                        Map.of("revision", revision, "difference", difference))));
  }

  /** What an object lacks; what was added to it does no harm. */
  private static Optional<String> difference(KubernetesObject object, KubernetesObject existing) {
    return switch (object.kind()) {
      case "Service" -> ofService(object, existing);
      case "Role", "ClusterRole" ->
          object.fields().value("aggregationRule").isPresent()
              ? Optional.empty()
              : RoleRules.of(object)
                  .firstMissingIn(RoleRules.of(existing))
                  .map(lacking -> "its rules do not grant " + lacking);
      case "RoleBinding", "ClusterRoleBinding" ->
          RoleSubjects.of(object)
              .firstMissingIn(RoleSubjects.of(existing))
              .map(lacking -> "its subjects do not include " + lacking)
              .or(() -> ofText(object, existing, "roleRef", "kind"))
              .or(() -> ofText(object, existing, "roleRef", "name"));
      default -> Optional.empty();
    };
  }

  private static Optional<String> ofText(
      KubernetesObject object, KubernetesObject existing, String... path) {
    String expected = object.fields().text(path).orElse("");
    String actual = existing.fields().text(path).orElse("");
    return expected.equals(actual)
        ? Optional.empty()
        : Optional.of("%s is %s instead of %s".formatted(String.join(".", path), actual, expected));
  }

  private static Optional<String> ofService(KubernetesObject object, KubernetesObject existing) {
    Map<String, String> expected = object.fields().strings("spec", "selector");
    Map<String, String> actual = existing.fields().strings("spec", "selector");
    if (!expected.equals(actual)) {
      return Optional.of("its selector is %s instead of %s".formatted(actual, expected));
    }
    List<String> ports =
        existing.fields().list("spec", "ports").stream().map(ReleaseObjectChecks::port).toList();
    return object.fields().list("spec", "ports").stream()
        .map(ReleaseObjectChecks::port)
        .filter(port -> !ports.contains(port))
        .findFirst()
        .map(port -> "its ports do not include " + port);
  }

  private static String port(Fields port) {
    String number = port.text("port").orElse("");
    return number + " with the target port " + port.text("targetPort").orElse(number);
  }
}
