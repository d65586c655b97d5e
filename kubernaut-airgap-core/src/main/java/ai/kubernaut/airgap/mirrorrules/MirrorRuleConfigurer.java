package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.cluster.ClusterClient;
import ai.kubernaut.airgap.cluster.ResourceType;
import ai.kubernaut.airgap.cluster.change.ClusterChange;
import ai.kubernaut.airgap.cluster.change.ClusterChanger;
import ai.kubernaut.airgap.cluster.change.ObjectEdit;
import ai.kubernaut.airgap.cluster.change.ObjectOwner;
import ai.kubernaut.airgap.cluster.openshift.HostedControlPlane;
import ai.kubernaut.airgap.mirrorrules.RuleObjects.Kind;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Plans the objects that let the nodes of an OpenShift cluster pull the images of a plan from the
 * mirror under their source names: an ImageDigestMirrorSet, or an ImageContentSourcePolicy where
 * the cluster is older than 4.13, and an ImageTagMirrorSet on request. Read-only; {@link
 * ClusterChanger} applies the change.
 */
public final class MirrorRuleConfigurer {
  private final ClusterClient cluster;

  /**
   * Creates it.
   *
   * @param cluster the cluster
   */
  public MirrorRuleConfigurer(ClusterClient cluster) {
    this.cluster = cluster;
  }

  /**
   * Plans the rules, and reviews them together with all rules that the cluster has already. On a
   * cluster with a hosted control plane nothing is changed: rules that are missing are a problem
   * with what the administrator of the management cluster has to add.
   *
   * @param plan the images and their names in the mirror
   * @param options the source policy, and whether there are rules for tags
   * @return the change; its problems say which images the rules would not redirect, what the rules
   *     do to those of others, and which nodes will be drained
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange plan(MirrorPlan plan, MirrorRuleOptions options) {
    ClusterChanger changer = new ClusterChanger(cluster, event -> {});
    Optional<Kind> digests =
        List.of(Kind.IDMS, Kind.ICSP).stream()
            .filter(kind -> cluster.serves(kind.type()))
            .findFirst();
    Optional<Problem> unsupported = unsupported(digests, options);
    if (unsupported.isPresent()) {
      return changer.plan(List.of()).withProblems(List.of(unsupported.get()));
    }
    if (HostedControlPlane.isOf(cluster)) {
      return changer.plan(List.of()).withProblems(hosted(plan));
    }
    Kind kind = digests.orElseThrow();
    String name = PlannedRules.name(plan, options);
    ObjectOwner owner = PlannedRules.owner(plan);
    List<MirrorRule> ours = new ArrayList<>(PlannedRules.of(plan, options, kind));
    List<ObjectEdit> edits = new ArrayList<>();
    edits.add(edit(kind, name, owner, ours));
    if (options.forTags()) {
      List<MirrorRule> forTags = PlannedRules.of(plan, options, Kind.ITMS);
      edits.add(edit(Kind.ITMS, name, owner, forTags));
      ours.addAll(forTags);
    } else if (cluster.serves(Kind.ITMS.type())) {
      edits.add(owner.remove(Kind.ITMS.type(), null, name));
    }
    Set<String> own =
        Kind.all().stream().map(each -> each.object(name)).collect(Collectors.toSet());
    List<MirrorRule> others =
        RuleObjects.read(cluster).stream().filter(rule -> !own.contains(rule.object())).toList();
    return withDrains(
        changer.plan(edits).withProblems(new RuleReview(plan, ours, others).problems()));
  }

  /**
   * Adds a warning for each pool whose nodes will be drained because a change updates or removes
   * mirror rules, or creates rules for tags.
   *
   * @param change any change, such as one that takes back mirror rules
   * @return the change with the warnings
   * @throws ai.kubernaut.airgap.cluster.ClusterException when the cluster cannot be asked
   */
  public ClusterChange withDrains(ClusterChange change) {
    return change.withProblems(
        RuleReview.drains(
            change.changes(), cluster.list(ResourceType.MACHINE_CONFIG_POOL, null, Map.of())));
  }

  /** The rules are there already, or only the administrator of the management cluster adds them. */
  private List<Problem> hosted(MirrorPlan plan) {
    MirrorRules present = MirrorRules.inCluster(cluster);
    if (plan.entries().stream().allMatch(present::redirectsDigestOf)) {
      return new RuleReview(plan, List.of(), present.rules()).problems();
    }
    return List.of(
        HostedControlPlane.problem(
            cluster,
            "mirror rules",
            "spec.imageContentSources",
            RuleSources.of(plan).entrySet().stream()
                .map(
                    rule ->
                        "{\"source\": \"%s\", \"mirrors\": [\"%s\"]}"
                            .formatted(rule.getKey(), rule.getValue()))
                .collect(Collectors.joining(", ", "[", "]"))));
  }

  private Optional<Problem> unsupported(Optional<Kind> digests, MirrorRuleOptions options) {
    String missing = "";
    if (digests.isPresent()) {
      boolean neverContacts =
          options.sourcePolicy() == MirrorRule.SourcePolicy.NEVER_CONTACT_SOURCE;
      boolean hosted = HostedControlPlane.isOf(cluster);
      if (options.forTags() && (hosted || !cluster.serves(Kind.ITMS.type()))) {
        missing = Kind.ITMS.type().kind();
      } else if (neverContacts && (hosted || digests.get().equals(Kind.ICSP))) {
        missing = "mirrorSourcePolicy";
      } else {
        return Optional.empty();
      }
    }
    return Optional.of(
        Problem.of(
            ProblemCode.MIRROR_RULES_UNSUPPORTED,
            new Subject(Subject.Kind.CLUSTER, cluster.address()),
            Map.of("missing", missing.isEmpty() ? "ImageDigestMirrorSet" : missing)));
  }

  private static ObjectEdit edit(
      Kind kind, String name, ObjectOwner owner, List<MirrorRule> rules) {
    return owner.update(kind.type(), null, name, present -> RuleObjects.with(present, kind, rules));
  }
}
