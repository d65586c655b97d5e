package ai.kubernaut.airgap.verify;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ClusterException;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.workload.WorkloadInspector;
import ai.kubernaut.airgap.outcome.Fact;
import ai.kubernaut.airgap.outcome.FactCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the namespaces of a release at one moment, or what of it is selected; events and
 * logs are only fetched where something needs an explanation.
 */
final class Namespaces {
  private final ClusterClient cluster;
  private final WorkloadInspector inspector;
  private final List<KubernetesObject> pods;
  private final List<KubernetesObject> jobs;
  private final List<KubernetesObject> workloads;
  private final List<KubernetesObject> services;

  private final Set<String> names;
  private final Optional<Selection> selection;
  private final List<KubernetesObject> others;
  private final Map<Listing, Optional<List<KubernetesObject>>> listings = new HashMap<>();

  /** What only some checks need. */
  private record Listing(ResourceType type, @Nullable String namespace) {}

  private Namespaces(
      ClusterClient cluster,
      Collection<String> namespaces,
      Optional<Selection> selection,
      Predicate<KubernetesObject> isOfOtherRelease) {
    this.cluster = cluster;
    this.names = Collections.unmodifiableSet(new TreeSet<>(namespaces));
    this.selection = selection;
    this.inspector = new WorkloadInspector(cluster);
    List<KubernetesObject> owners = new ArrayList<>(selected(ResourceType.JOB));
    owners.addAll(selected(ResourceType.DEPLOYMENT));
    owners.addAll(selected(ResourceType.STATEFUL_SET));
    owners.addAll(selected(ResourceType.DAEMON_SET));
    // If all are of another release, the name of the release is wrong, and they show it.
    boolean hasOwn = owners.stream().anyMatch(owner -> !isOfOtherRelease.test(owner));
    List<KubernetesObject> foreign =
        hasOwn ? owners.stream().filter(isOfOtherRelease).toList() : List.of();
    owners.removeAll(foreign);
    this.jobs = owners.stream().filter(owner -> owner.kind().equals("Job")).toList();
    this.workloads = owners.stream().filter(owner -> !owner.kind().equals("Job")).toList();
    Map<Boolean, List<KubernetesObject>> bySelection =
        all(ResourceType.POD).stream()
            .filter(pod -> pod.fields().text("metadata", "deletionTimestamp").isEmpty())
            .collect(
                Collectors.partitioningBy(
                    pod ->
                        selection
                            .map(by -> by.hasPod(pod, owners))
                            .orElseGet(
                                () ->
                                    foreign.stream()
                                        .noneMatch(owner -> Selection.owns(owner, pod)))));
    this.pods = bySelection.getOrDefault(true, List.of());
    this.others = bySelection.getOrDefault(false, List.of());
    this.services =
        all(ResourceType.SERVICE).stream()
            .filter(
                service ->
                    selection
                        .map(by -> by.hasService(service, workloads, pods))
                        .orElseGet(() -> !hasOwn || !isOfOtherRelease.test(service)))
            .toList();
  }

  /** Reads everything in namespaces but what belongs to other releases of Helm. */
  static Namespaces look(
      ClusterClient cluster, Collection<String> namespaces, ReleaseName release) {
    return new Namespaces(
        cluster, namespaces, Optional.empty(), object -> isOfOther(object, release));
  }

  /** Helm notes in each object of which release it is. */
  private static boolean isOfOther(KubernetesObject object, ReleaseName release) {
    String name = object.annotations().getOrDefault("meta.helm.sh/release-name", "");
    String namespace = object.annotations().getOrDefault("meta.helm.sh/release-namespace", "");
    return !name.isEmpty()
        && !(name.equals(release.name()) && namespace.equals(release.namespace()));
  }

  /** Reads what is selected in namespaces. */
  static Namespaces look(
      ClusterClient cluster, Collection<String> namespaces, Selection selection) {
    return new Namespaces(cluster, namespaces, Optional.of(selection), object -> false);
  }

  private List<KubernetesObject> selected(ResourceType type) {
    return selection
        .map(
            by ->
                names.stream()
                    .flatMap(namespace -> cluster.list(type, namespace, by.selector()).stream())
                    .toList())
        .orElseGet(() -> all(type));
  }

  private List<KubernetesObject> all(ResourceType type) {
    return names.stream()
        .flatMap(namespace -> cluster.list(type, namespace, Map.of()).stream())
        .toList();
  }

  /** How the objects are selected; empty when they are all objects of the namespaces. */
  Optional<Selection> selection() {
    return selection;
  }

  /** Pods that are not selected or belong to another release, and are not being deleted. */
  List<KubernetesObject> others() {
    return others;
  }

  /** The Deployments, StatefulSets and DaemonSets in the namespaces, selected or not. */
  List<KubernetesObject> allWorkloads() {
    if (selection.isEmpty()) {
      return workloads;
    }
    return Stream.of(ResourceType.DEPLOYMENT, ResourceType.STATEFUL_SET, ResourceType.DAEMON_SET)
        .flatMap(type -> all(type).stream())
        .toList();
  }

  /** The namespaces, sorted. */
  Set<String> names() {
    return names;
  }

  /**
   * Lists objects that only some checks need, once for all of them; empty when the user is not
   * allowed to.
   */
  Optional<List<KubernetesObject>> listIfAllowed(ResourceType type, @Nullable String namespace) {
    return listings.computeIfAbsent(new Listing(type, namespace), this::list);
  }

  private Optional<List<KubernetesObject>> list(Listing asked) {
    try {
      return Optional.of(cluster.list(asked.type(), asked.namespace(), Map.of()));
    } catch (ClusterException e) {
      if (e.reason() == ClusterException.Reason.FORBIDDEN) {
        return Optional.empty();
      }
      throw e;
    }
  }

  /**
   * Returns the check that was not made because {@link #listIfAllowed} had no answer.
   *
   * @param namespace null where the objects of the whole cluster were asked for
   */
  Check notAllowed(Check.Kind kind, ResourceType type, @Nullable String namespace) {
    Subject subject =
        namespace == null
            ? new Subject(Subject.Kind.CLUSTER, cluster.address())
            : new Subject(Subject.Kind.NAMESPACE, namespace);
    return Check.of(
        kind,
        Check.Result.SKIPPED,
        Fact.of(FactCode.NOT_CHECKED_FORBIDDEN, subject, Map.of("what", type.plural())));
  }

  /** Pods that are not on their way out. */
  List<KubernetesObject> pods() {
    return pods;
  }

  List<KubernetesObject> jobs() {
    return jobs;
  }

  List<KubernetesObject> workloads() {
    return workloads;
  }

  List<KubernetesObject> services() {
    return services;
  }

  ClusterClient cluster() {
    return cluster;
  }

  static String path(KubernetesObject object) {
    return object.namespace().map(namespace -> namespace + "/").orElse("") + object.name();
  }

  /** {@return what the state of the pods and Jobs means} */
  WorkloadInspector inspector() {
    return inspector;
  }
}
