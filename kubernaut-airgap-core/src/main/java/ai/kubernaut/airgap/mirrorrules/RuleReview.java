package ai.kubernaut.airgap.mirrorrules;

import ai.kubernaut.airgap.cluster.KubernetesObject;
import ai.kubernaut.airgap.cluster.change.ObjectChange;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.mirrorrules.MirrorRule.SourcePolicy;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What the rules of a plan and those that are in the cluster already do to each other. */
final class RuleReview {
  private final MirrorPlan plan;
  private final List<MirrorRule> ours;
  private final List<MirrorRule> others;
  private final MirrorRules together;
  private final Set<Problem> problems = new LinkedHashSet<>();

  RuleReview(MirrorPlan plan, List<MirrorRule> ours, List<MirrorRule> others) {
    this.plan = plan;
    this.ours = ours;
    this.others = others;
    this.together = MirrorRules.of(Stream.concat(ours.stream(), others.stream()).toList());
  }

  List<Problem> problems() {
    plan.entries().forEach(this::reviewImage);
    others.forEach(this::reviewOther);
    return List.copyOf(problems);
  }

  private void reviewImage(MirrorEntry entry) {
    ImageRef pulled = entry.source();
    boolean byTag = pulled.digest().isEmpty();
    boolean rulesForTags = ours.stream().anyMatch(rule -> rule.pulls() == MirrorRule.Pulls.TAG);
    if (byTag && !rulesForTags) {
      add(Problem.of(ProblemCode.TAG_NOT_REDIRECTED, Subject.image(pulled)));
      if (entry.digest().isEmpty()) {
        return;
      }
      pulled = entry.exactSource();
    }
    together.problem(pulled, entry.target().repository()).ifPresent(this::add);
  }

  private void reviewOther(MirrorRule other) {
    Subject subject = new Subject(Subject.Kind.OBJECT, other.object());
    String mirrors = String.join(", ", other.mirrors());
    for (MirrorRule rule : ours) {
      boolean same = rule.source().equals(other.source());
      if (same && rule.pulls() == other.pulls() && !rule.mirrors().equals(other.mirrors())) {
        add(
            Problem.of(
                ProblemCode.MIRROR_RULE_SAME_SOURCE,
                subject,
                Map.of("source", other.source(), "mirrors", mirrors)));
      }
      if (!same && MirrorRules.matchedLength(rule.source(), other.source()) >= 0) {
        add(
            Problem.of(
                ProblemCode.MIRROR_RULE_SHADOWS,
                subject,
                Map.of("source", other.source(), "shadowed", rule.source(), "mirrors", mirrors)));
      }
      if (same && other.sourcePolicy() == SourcePolicy.NEVER_CONTACT_SOURCE) {
        add(
            Problem.of(
                ProblemCode.MIRROR_SOURCE_NEVER_CONTACTED,
                subject,
                Map.of("source", other.source())));
      }
    }
    boolean old = other.object().startsWith(RuleObjects.Kind.ICSP.type().kind() + " ");
    boolean weAreOld =
        ours.stream()
            .allMatch(rule -> rule.object().startsWith(RuleObjects.Kind.ICSP.type().kind() + " "));
    if (old && !weAreOld) {
      add(Problem.of(ProblemCode.MIRROR_RULE_KINDS_MIXED, subject));
    }
  }

  private void add(Problem problem) {
    problems.add(problem);
  }

  /**
   * The pools whose nodes will be drained, as the documentation of OpenShift has it: creating rules
   * for digests reloads CRI-O; everything else drains.
   */
  static List<Problem> drains(List<ObjectChange> changes, List<KubernetesObject> pools) {
    String reasons =
        changes.stream()
            .filter(
                change ->
                    RuleObjects.Kind.all().stream()
                        .anyMatch(kind -> kind.type().equals(change.type())))
            .filter(
                change ->
                    change.action() != ObjectChange.Action.CREATE
                        || change.type().equals(RuleObjects.Kind.ITMS.type()))
            .map(ObjectChange::toString)
            .collect(Collectors.joining(", "));
    return reasons.isEmpty()
        ? List.of()
        : pools.stream()
            .map(
                pool ->
                    Problem.of(
                        ProblemCode.NODES_WILL_DRAIN,
                        Subject.object(Subject.Kind.POOL, null, pool.name()),
                        Map.of("reason", reasons)))
            .toList();
  }
}
