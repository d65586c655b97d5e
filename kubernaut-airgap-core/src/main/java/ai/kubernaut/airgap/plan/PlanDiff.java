package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.Repository;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.immutables.value.Value;

/** The differences between a plan and a later one. Immutable. */
@Value.Immutable
public interface PlanDiff {
  /** An image of one repository in both plans, with another tag or digest. Immutable. */
  @Value.Immutable
  interface Change {
    /**
     * The image in the earlier plan.
     *
     * @return the entry
     */
    @Value.Parameter
    MirrorEntry before();

    /**
     * The image in the later plan.
     *
     * @return the entry
     */
    @Value.Parameter
    MirrorEntry after();
  }

  /**
   * Images that only the later plan has.
   *
   * @return in its order
   */
  List<MirrorEntry> added();

  /**
   * Images that only the earlier plan has.
   *
   * @return in its order
   */
  List<MirrorEntry> removed();

  /**
   * Images whose tag or digest is another.
   *
   * @return in the later plan's order
   */
  List<Change> changed();

  /**
   * Whether both plans mirror the same.
   *
   * @return true when nothing is new, gone or changed
   */
  default boolean isEmpty() {
    return added().isEmpty() && removed().isEmpty() && changed().isEmpty();
  }

  /**
   * Compares two plans by their sources. Where a repository has one image in each, that image
   * changed; a repository with several has images that came and went.
   *
   * @param before the earlier plan
   * @param after the later plan
   * @return what differs
   */
  static PlanDiff between(MirrorPlan before, MirrorPlan after) {
    ImmutablePlanDiff.Builder diff = ImmutablePlanDiff.builder();
    Map<Repository, List<MirrorEntry>> gone = byRepository(before, after);
    Map<Repository, List<MirrorEntry>> come = byRepository(after, before);
    come.forEach(
        (repository, entries) -> {
          List<MirrorEntry> earlier = gone.getOrDefault(repository, List.of());
          if (entries.size() == 1 && earlier.size() == 1) {
            diff.addChanged(ImmutableChange.of(earlier.get(0), entries.get(0)));
            gone.remove(repository);
          } else {
            diff.addAllAdded(entries);
          }
        });
    gone.values().forEach(diff::addAllRemoved);
    return diff.build();
  }

  /**
   * Returns the entries of a plan that another plan does not have with the same source and digest.
   */
  private static Map<Repository, List<MirrorEntry>> byRepository(
      MirrorPlan plan, MirrorPlan other) {
    Map<Repository, List<MirrorEntry>> entries = new LinkedHashMap<>();
    for (MirrorEntry entry : plan.entries()) {
      boolean same =
          other.entries().stream()
              .anyMatch(
                  that ->
                      that.source().equals(entry.source()) && that.digest().equals(entry.digest()));
      if (!same) {
        entries
            .computeIfAbsent(entry.source().repository(), repository -> new ArrayList<>())
            .add(entry);
      }
    }
    return entries;
  }

  /**
   * Returns the differences as text.
   *
   * @return one line for each image, marked {@code +}, {@code -} or {@code ~}
   */
  default String toText() {
    StringBuilder text = new StringBuilder();
    added().forEach(entry -> text.append("+ ").append(entry.exactSource()).append('\n'));
    removed().forEach(entry -> text.append("- ").append(entry.exactSource()).append('\n'));
    changed()
        .forEach(
            change ->
                text.append("~ ")
                    .append(change.before().exactSource())
                    .append(" → ")
                    .append(change.after().exactSource())
                    .append('\n'));
    return text.toString();
  }
}
