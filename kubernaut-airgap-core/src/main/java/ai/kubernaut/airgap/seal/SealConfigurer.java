package ai.kubernaut.airgap.seal;

import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectOwner;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Plans the seal of a release: a ValidatingAdmissionPolicy and its binding, with which the
 * namespaces of the release accept pods only if each image is exactly a reference that the plan
 * allows. Other namespaces are not affected. Read-only; {@link ClusterChanger} applies the change.
 */
public final class SealConfigurer {
  private static final String OWNER = "airgap.kubernaut.ai/seal-for";

  private static final Set<String> FINISHED = Set.of("Succeeded", "Failed");

  /** etcd accepts 1.5 MiB; the rest is for what the API server adds. */
  private static final int LARGEST_POLICY = 1_200_000;

  private final ClusterClient cluster;

  /**
   * Creates it.
   *
   * @param cluster the cluster
   */
  public SealConfigurer(ClusterClient cluster) {
    this.cluster = cluster;
  }

  /**
   * Plans the seal of a release.
   *
   * @param plan the images of the release
   * @param namespaces where its pods run; {@link SealOptions#namespaces()} is not used
   * @param options what is allowed besides, and what is done with other images
   * @return the change; its problems say whether the cluster supports it, and which of the pods
   *     that run now could not be created again
   * @throws IllegalArgumentException when there are no namespaces
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange plan(MirrorPlan plan, Set<String> namespaces, SealOptions options) {
    if (namespaces.isEmpty()) {
      throw new IllegalArgumentException("no namespaces to seal: give at least one");
    }
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    ReleaseName release = plan.release();
    Collection<String> allowed = AllowedReferences.of(plan, options);
    Optional<Problem> impossible = impossible(release, allowed);
    if (impossible.isPresent()) {
      return changer.plan(List.of()).withProblems(List.of(impossible.get()));
    }
    ObjectOwner owner = owner(release);
    String name = name(release);
    ClusterChange change =
        changer.plan(
            List.of(
                owner.update(
                    ResourceType.ADMISSION_POLICY,
                    null,
                    name,
                    present ->
                        SealObjects.policy(present, release, plan.target().address(), allowed)),
                owner.update(
                    ResourceType.ADMISSION_POLICY_BINDING,
                    null,
                    name,
                    present -> SealObjects.binding(present, namespaces, options.action()))));
    List<Problem> problems = new ArrayList<>(tooLarge(change, name, allowed.size()));
    namespaces.stream().sorted().forEach(each -> problems.addAll(running(each, allowed)));
    return change.withProblems(problems);
  }

  /**
   * Plans to remove the seal of a release.
   *
   * @param release the release
   * @return the change; empty if the release is not sealed
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange planRemoval(ReleaseName release) {
    ObjectOwner owner = owner(release);
    String name = name(release);
    return new ClusterChanger(cluster, event -> {})
        .plan(
            List.of(
                owner.remove(ResourceType.ADMISSION_POLICY_BINDING, null, name),
                owner.remove(ResourceType.ADMISSION_POLICY, null, name)));
  }

  private static ObjectOwner owner(ReleaseName release) {
    return new ObjectOwner(OWNER, release.namespace() + "/" + release.name());
  }

  private static String name(ReleaseName release) {
    return owner(release).name("seal-" + release.namespace() + "-" + release.name());
  }

  private Optional<Problem> impossible(ReleaseName release, Collection<String> allowed) {
    if (!cluster.serves(ResourceType.ADMISSION_POLICY)) {
      return Optional.of(
          Problem.of(
              ProblemCode.SEAL_UNSUPPORTED, new Subject(Subject.Kind.CLUSTER, cluster.address())));
    }
    return allowed.isEmpty()
        ? Optional.of(
            Problem.of(
                ProblemCode.SEAL_WITHOUT_IMAGES, new Subject(Subject.Kind.RELEASE, release.name())))
        : Optional.empty();
  }

  private static List<Problem> tooLarge(ClusterChange change, String name, int references) {
    int bytes = change.toYaml().length();
    return bytes <= LARGEST_POLICY
        ? List.of()
        : List.of(
            Problem.of(
                ProblemCode.SEAL_TOO_LARGE,
                new Subject(Subject.Kind.OBJECT, "ValidatingAdmissionPolicy " + name),
                Map.of(
                    "bytes",
                    Integer.toString(bytes),
                    "references",
                    Integer.toString(references),
                    "limit",
                    Integer.toString(LARGEST_POLICY))));
  }

  private List<Problem> running(String namespace, Collection<String> allowed) {
    List<Problem> problems = new ArrayList<>();
    for (KubernetesObject pod : cluster.list(ResourceType.POD, namespace, Map.of())) {
      if (FINISHED.contains(pod.fields().text("status", "phase").orElse(""))) {
        continue;
      }
      Set<String> refused = images(pod);
      refused.removeAll(allowed);
      for (String image : refused) {
        problems.add(
            Problem.of(
                ProblemCode.SEAL_REFUSES_RUNNING_POD,
                Subject.object(Subject.Kind.POD, namespace, pod.name()),
                Map.of("image", image)));
      }
    }
    return problems;
  }

  private static Set<String> images(KubernetesObject pod) {
    Set<String> images = new TreeSet<>();
    for (String field : List.of("containers", "initContainers", "ephemeralContainers")) {
      for (Fields container : pod.fields().list("spec", field)) {
        container.text("image").ifPresent(images::add);
      }
    }
    for (Fields volume : pod.fields().list("spec", "volumes")) {
      volume.text("image", "reference").ifPresent(images::add);
    }
    return images;
  }
}
