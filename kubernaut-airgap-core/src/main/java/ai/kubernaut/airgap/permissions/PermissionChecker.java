package ai.kubernaut.airgap.permissions;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.Fields;
import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.permissions.Grants.Grant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeSet;

/**
 * Asks a cluster, by SelfSubjectAccessReviews, whether the user is allowed to do what a step does.
 * Read-only; every user may ask. Thread-safe.
 */
public final class PermissionChecker {
  private static final ResourceType REVIEW =
      ResourceType.cluster(
          "authorization.k8s.io/v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews");

  private final ClusterClient cluster;

  /**
   * Creates it.
   *
   * @param cluster the cluster, as the user sees it
   */
  public PermissionChecker(ClusterClient cluster) {
    this.cluster = cluster;
  }

  /**
   * Returns what a step needs, without asking a cluster.
   *
   * @param step the step
   * @param context the cluster, the release and the chart
   * @return the permissions, all of them reported as not missing
   */
  public static PermissionReport needed(ClusterStep step, StepContext context) {
    NavigableSet<Permission> needed = StepPermissions.of(step, context);
    StepPermissions.grants(step, context).stream()
        .filter(
            grant ->
                grant.isNeeded(
                    granted -> needed.contains(granted) || needed.contains(granted.withoutName())))
        .map(Grant::verb)
        .toList()
        .forEach(needed::add);
    return PermissionReport.builder().what(step.toString()).needed(needed).build();
  }

  /**
   * Checks the permissions for a step.
   *
   * @param step the step
   * @param context the cluster, the release and the chart
   * @return what is needed, with a problem for each permission that is missing
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public PermissionReport check(ClusterStep step, StepContext context) {
    Review review = new Review();
    NavigableSet<Permission> needed = new TreeSet<>(StepPermissions.of(step, context));
    for (Grant grant : StepPermissions.grants(step, context)) {
      // Who may do what a role grants need not be allowed to escalate.
      if (review.isAllowed(grant.verb()) || grant.isNeeded(review::isAllowed)) {
        needed.add(grant.verb());
      }
    }
    return report(step.toString(), needed, review);
  }

  /**
   * Checks the permissions to apply a planned change.
   *
   * @param change the change
   * @return what is needed, with a problem for each permission that is missing
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public PermissionReport check(ClusterChange change) {
    NavigableSet<Permission> needed = new TreeSet<>();
    for (ObjectChange one : change.changes()) {
      String verb =
          switch (one.action()) {
            case CREATE -> "create";
            case REMOVE -> "delete";
            default -> "update";
          };
      String namespace = one.namespace().orElse("");
      needed.add(Permission.of(verb, one.type(), namespace, one.name()));
    }
    return report("change", needed, new Review());
  }

  private PermissionReport report(String what, Collection<Permission> needed, Review review) {
    List<Permission> missing =
        needed.stream().filter(permission -> !review.isAllowed(permission)).toList();
    return PermissionReport.builder()
        .what(what)
        .needed(needed)
        .missing(missing)
        .addAllProblems(missing.stream().map(this::problem).toList())
        .build();
  }

  private Problem problem(Permission missing) {
    Map<String, String> parameters =
        Map.of(
            "verb",
            missing.verb(),
            "resource",
            missing.resource(),
            "group",
            missing.group(),
            "namespace",
            missing.namespace().orElse(""),
            "name",
            missing.name().orElse(""),
            "role",
            missing.namespace().isEmpty() ? "ClusterRole" : "Role",
            "rule",
            RoleManifests.rule(missing));
    return Problem.of(
        ProblemCode.PERMISSION_MISSING,
        new Subject(Subject.Kind.CLUSTER, cluster.address()),
        parameters);
  }

  /** The answers of one check; nothing is asked twice. */
  private final class Review {
    private final Map<Permission, Boolean> answers = new HashMap<>();

    boolean isAllowed(Permission permission) {
      return answers.computeIfAbsent(permission, this::ask);
    }

    private boolean ask(Permission permission) {
      String[] resource = permission.resource().split("/", 2);
      Map<String, Object> attributes = new LinkedHashMap<>();
      attributes.put("verb", permission.verb());
      attributes.put("group", permission.group());
      attributes.put("resource", resource[0]);
      if (resource.length > 1) {
        attributes.put("subresource", resource[1]);
      }
      permission.namespace().ifPresent(namespace -> attributes.put("namespace", namespace));
      permission.name().ifPresent(name -> attributes.put("name", name));
      KubernetesObject question =
          KubernetesObject.of(
              Fields.of(Map.of())
                  .with(REVIEW.apiVersion(), "apiVersion")
                  .with(REVIEW.kind(), "kind")
                  .with(attributes, "spec", "resourceAttributes"));
      return cluster.create(REVIEW, question).fields().flag("status", "allowed");
    }
  }
}
