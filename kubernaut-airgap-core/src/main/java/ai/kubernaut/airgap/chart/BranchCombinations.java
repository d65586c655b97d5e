package ai.kubernaut.airgap.chart;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * The combinations of facts that one template can see: every Kubernetes version with every set of
 * API versions and of lookups that it asks for. A fact that the caller has fixed does not vary.
 * Immutable.
 */
final class BranchCombinations {
  /** A template with more combinations than these is covered in part. */
  private static final int MAX_COMBINATIONS = 64;

  private final Branch base;
  private final TemplateConditions conditions;
  private final List<Branch> branches;
  private final boolean complete;

  /**
   * Combines the facts.
   *
   * @param base the facts that the caller has fixed
   * @param conditions what the template asks for
   */
  BranchCombinations(Branch base, TemplateConditions conditions) {
    this.base = base;
    this.conditions = conditions;
    List<String> apis = base.apiVersions().isEmpty() ? conditions.apiVersions() : List.of();
    List<String> versions = base.kubeVersion().isEmpty() ? conditions.kubeVersions() : List.of();
    List<String> facts = new ArrayList<>(apis);
    facts.addAll(conditions.lookups());
    long product = (versions.size() + 1L) << Math.min(facts.size(), 32);
    this.complete = product <= MAX_COMBINATIONS;
    List<Branch> combined = new ArrayList<>();
    for (Set<Integer> chosen : subsets(facts.size(), complete)) {
      Branch.Builder branch = Branch.builder().from(base);
      for (int fact : chosen) {
        if (fact < apis.size()) {
          branch.addApiVersions(apis.get(fact));
        } else {
          branch.addLookups(conditions.lookups().get(fact - apis.size()));
        }
      }
      combined.add(branch.build());
      versions.forEach(version -> combined.add(branch.kubeVersion(version).build()));
    }
    combined.sort(Comparator.comparingInt(BranchCombinations::facts));
    this.branches = List.copyOf(combined.subList(0, Math.min(combined.size(), MAX_COMBINATIONS)));
  }

  /** All sets of some of the facts; where there are too many, those of few facts and of most. */
  private static Collection<Set<Integer>> subsets(int facts, boolean all) {
    Set<Set<Integer>> subsets = new LinkedHashSet<>();
    subsets.add(Set.of());
    if (all) {
      for (int bits = 1; bits < 1 << facts; bits++) {
        Set<Integer> chosen = new LinkedHashSet<>();
        for (int fact = 0; fact < facts; fact++) {
          if ((bits & 1 << fact) != 0) {
            chosen.add(fact);
          }
        }
        subsets.add(chosen);
      }
      return subsets;
    }
    Set<Integer> every = new LinkedHashSet<>();
    for (int fact = 0; fact < facts; fact++) {
      every.add(fact);
      subsets.add(Set.of(fact));
    }
    subsets.add(every);
    for (int fact = 0; fact < facts; fact++) {
      Set<Integer> others = new LinkedHashSet<>(every);
      others.remove(fact);
      subsets.add(others);
    }
    return subsets;
  }

  private static int facts(Branch branch) {
    return branch.apiVersions().size()
        + branch.lookups().size()
        + (branch.kubeVersion().isPresent() ? 1 : 0);
  }

  String template() {
    return conditions.template();
  }

  /** Those with few facts first. */
  List<Branch> branches() {
    return branches;
  }

  /** Whether all combinations are among the branches. */
  boolean isComplete() {
    return complete;
  }

  /** The facts of a branch that the template asks for, without those that the caller has fixed. */
  Branch seen(Branch branch) {
    Branch.Builder seen = Branch.builder();
    if (base.kubeVersion().isEmpty() && !conditions.kubeVersions().isEmpty()) {
      seen.kubeVersion(branch.kubeVersion());
    }
    if (base.apiVersions().isEmpty()) {
      conditions.apiVersions().stream()
          .filter(branch.apiVersions()::contains)
          .forEach(seen::addApiVersions);
    }
    conditions.lookups().stream().filter(branch.lookups()::contains).forEach(seen::addLookups);
    return seen.build();
  }

  /** A branch whose facts are seen by the template as in another one, and are its own otherwise. */
  Branch over(Branch other, Branch combination) {
    Branch.Builder merged = Branch.builder();
    merged.kubeVersion(
        conditions.kubeVersions().isEmpty() ? other.kubeVersion() : combination.kubeVersion());
    Set<String> apis = new LinkedHashSet<>(other.apiVersions());
    conditions.apiVersions().forEach(apis::remove);
    apis.addAll(combination.apiVersions());
    Set<String> lookups = new LinkedHashSet<>(other.lookups());
    conditions.lookups().forEach(lookups::remove);
    lookups.addAll(combination.lookups());
    return merged.apiVersions(apis).lookups(lookups).build();
  }
}
