package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.RefusedBranch;
import ai.kubernaut.airgap.chart.ReleaseName;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.immutables.value.Value;
import org.jspecify.annotations.Nullable;

/**
 * The images to mirror and their names in the mirror (the guide, steps 1 and 2a), and for a chart
 * the overlay and the result of the proof. Planning changes nothing; a plan can be saved, reviewed,
 * and read back equal. Immutable.
 */
@Value.Immutable
public interface MirrorPlan extends Outcome<MirrorPlan> {
  /**
   * The mirror.
   *
   * @return registry, prefix and separator
   */
  Target target();

  /**
   * Which platforms of the images are mirrored.
   *
   * @return by default all
   */
  @Value.Default
  default Platforms platforms() {
    return Platforms.all();
  }

  /**
   * The images.
   *
   * @return in the order they were added
   */
  List<MirrorEntry> entries();

  /**
   * The chart that the images are for, so that it can be installed from the mirror.
   *
   * @return empty when the plan was made from a list of images
   */
  Optional<Chart> chart();

  /**
   * Returns the chart and its files by content.
   *
   * @return empty when the plan was made from a list of images, or put together by hand
   */
  Optional<ChartLock> lock();

  /**
   * Returns the release whose images these are.
   *
   * @return by default that of the chart; without a chart {@code kubernaut} in {@code
   *     kubernaut-system}
   */
  @Value.Default
  default ReleaseName release() {
    return chart().map(Chart::release).orElseGet(ReleaseName::defaultRelease);
  }

  /**
   * Changes the release.
   *
   * @param release the name and the namespace
   * @return the plan, and its chart, with the release
   */
  default MirrorPlan forRelease(ReleaseName release) {
    return MirrorPlan.builder(target())
        .from(this)
        .release(release)
        .chart(chart().map(chart -> chart.release(release)))
        .build();
  }

  /**
   * Changes the mirror. The images get the names that the target gives them; the overlay and the
   * result of the proof, which are for the other names, fall away.
   *
   * @param target the other mirror
   * @return this plan when the target is the same
   * @throws InvalidPlanException when two images would get the same name in the mirror
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when an image can have no name
   *     there
   */
  default MirrorPlan forTarget(Target target) {
    if (target.equals(target())) {
      return this;
    }
    return MirrorPlan.builder(target)
        .from(this)
        .target(target)
        .entries(
            entries().stream()
                .map(
                    entry ->
                        MirrorEntry.builder()
                            .from(entry)
                            .target(target.nameOf(entry.source()))
                            .build())
                .toList())
        .overlay(Optional.empty())
        .proofProblems(List.of())
        .build();
  }

  /**
   * Returns what makes the chart pull from the mirror.
   *
   * @return empty when the plan has no chart, or no overlay was looked for
   */
  Optional<Overlay> overlay();

  /**
   * Returns the problems that the proof of the chart with the overlay has found.
   *
   * @return empty when the proof holds, or there was none
   */
  List<Problem> proofProblems();

  /**
   * Returns the branches of the chart that were rendered to find the images, each for all branches
   * with the same references.
   *
   * @return empty when the plan was made from a list of images
   */
  List<Branch> branches();

  /**
   * Returns the branches in which the chart does not render; the plan has no images of theirs.
   *
   * @return by default none
   */
  List<RefusedBranch> refusedBranches();

  /**
   * Returns whether the chart was rendered in all its branches.
   *
   * @return false when it has so many that only a part of them was rendered
   */
  @Value.Default
  default boolean coversAllBranches() {
    return true;
  }

  /**
   * Returns the problems of the plan.
   *
   * @return those of the proof, and warnings: branches in which the chart does not render, and
   *     branches that were not rendered
   */
  @Override
  default List<Problem> problems() {
    List<Problem> problems = new ArrayList<>(proofProblems());
    refusedBranches()
        .forEach(
            refused ->
                problems.add(
                    Problem.of(
                        refused.branch().lookups().isEmpty()
                            ? ProblemCode.BRANCH_NOT_RENDERED
                            : ProblemCode.LOOKUP_BRANCH_NOT_RENDERED,
                        new Subject(Subject.Kind.BRANCH, refused.branch().describe()),
                        Map.of("reason", refused.message()))));
    if (!coversAllBranches()) {
      problems.add(
          Problem.of(
              ProblemCode.BRANCHES_NOT_COVERED,
              new Subject(
                  Subject.Kind.CHART,
                  chart().map(chart -> chart.location().toString()).orElse("the chart"))));
    }
    return List.copyOf(problems);
  }

  /**
   * Returns this plan if its chart can be installed from the mirror.
   *
   * @return this plan
   * @throws UnprovenPlanException when a problem of the plan is an error
   */
  @Override
  default MirrorPlan orElseThrow() {
    if (!isOk()) {
      throw new UnprovenPlanException(this);
    }
    return this;
  }

  /**
   * Images that the chart seems to mention, in an argument or a ConfigMap for example, and that are
   * not in the plan. They are for review.
   *
   * @return sorted, with the places that mention them
   */
  List<ImageUse> mentions();

  /**
   * Returns the digest that an image of this plan must have in the mirror.
   *
   * @param entry the image
   * @return empty when the plan was made without asking the registries
   */
  default Optional<Digest> expectedDigest(MirrorEntry entry) {
    return entry.mirroredDigest().or(() -> platforms().isAll() ? entry.digest() : Optional.empty());
  }

  /**
   * Finds the image of this plan that a reference to the mirror means.
   *
   * @param reference a reference by tag, or by the digest in the mirror or at the source
   * @return empty when the plan does not have it
   */
  default Optional<MirrorEntry> entryInMirror(ImageRef reference) {
    return entries().stream()
        .filter(entry -> entry.target().repository().equals(reference.repository()))
        .filter(
            entry ->
                reference.tag().isPresent()
                    ? reference.tag().equals(entry.target().tag())
                    : reference.digest().equals(expectedDigest(entry))
                        || reference.digest().equals(entry.digest()))
        .findFirst();
  }

  /**
   * Returns the reference by which a pod pulls an image of this plan under the name of its source,
   * on nodes whose mirror rules redirect it to the mirror.
   *
   * @param entry the image
   * @return the repository of the source with the digest in the mirror; empty when that digest is
   *     not known
   */
  default Optional<ImageRef> redirectedReference(MirrorEntry entry) {
    return expectedDigest(entry).map(digest -> entry.source().repository().digest(digest));
  }

  /**
   * For each source the reference by which it is pulled from the mirror. An untagged image has its
   * {@code latest} beside it, and the other way round, since a chart may name it in both ways.
   *
   * @return in the order of the entries
   */
  default Map<ImageRef, ImageRef> pullReferences() {
    Map<ImageRef, ImageRef> references = new LinkedHashMap<>();
    for (MirrorEntry entry : entries()) {
      ImageRef source = entry.source();
      references.put(source, entry.pullReference());
      ImageRef untagged = ImageRef.parse(source.repository().toString());
      if (source.refersToSameImageAs(untagged)) {
        references.putIfAbsent(untagged, entry.pullReference());
        references.putIfAbsent(untagged.withTag("latest"), entry.pullReference());
      }
    }
    return references;
  }

  /**
   * This plan with digests that images have been given in the mirror.
   *
   * @param digests for some sources the digest of what is in the mirror
   * @return an equal plan when these digests are known already
   */
  default MirrorPlan withMirroredDigests(Map<ImageRef, Digest> digests) {
    List<MirrorEntry> changed =
        entries().stream()
            .map(
                entry ->
                    digests.containsKey(entry.source())
                        ? MirrorEntry.builder()
                            .from(entry)
                            .mirroredDigest(Optional.ofNullable(digests.get(entry.source())))
                            .build()
                        : entry)
            .toList();
    MirrorPlan plan = MirrorPlan.builder(target()).from(this).entries(changed).build();
    // A chart that pulls other references needs another overlay.
    return plan.pullReferences().equals(pullReferences())
        ? plan
        : MirrorPlan.builder(target()).from(plan).overlay(Optional.empty()).build();
  }

  /**
   * Checks that no image is in the plan twice, and that no two images have the same name in the
   * mirror.
   */
  @Value.Check
  default void check() {
    if (chart().isPresent() && !chart().get().release().equals(release())) {
      throw new InvalidPlanException(
          "the plan is for the release "
              + release()
              + ", but its chart for "
              + chart().get().release()
              + "; use the same release for both");
    }
    Map<ImageRef, ImageRef> bySource = new HashMap<>();
    Map<ImageRef, ImageRef> byTarget = new HashMap<>();
    for (MirrorEntry entry : entries()) {
      if (bySource.put(entry.source(), entry.target()) != null) {
        throw new InvalidPlanException("the plan has " + entry.source() + " twice; leave one out");
      }
      ImageRef other = byTarget.put(entry.target(), entry.source());
      if (other != null && other.refersToSameImageAs(entry.source())) {
        throw new InvalidPlanException(
            other + " and " + entry.source() + " are the same image; leave one of them out");
      }
      if (other != null) {
        throw new InvalidPlanException(
            "both "
                + other
                + " and "
                + entry.source()
                + " would become "
                + entry.target()
                + "; mirror one of them under another prefix");
      }
      if (!target().contains(entry.target())) {
        throw new InvalidPlanException(
            entry.target() + " does not lie in the target " + target().address());
      }
    }
  }

  /**
   * A new builder.
   *
   * @param target the mirror
   * @return a builder without images
   */
  static Builder builder(Target target) {
    return new Builder().to(target);
  }

  /**
   * Saves the plan as a YAML file that {@link #read} reads back equal. Only the owner can read the
   * file, because values of the chart may be secret. The file is written completely or not at all.
   *
   * @param file where to; an existing file is replaced
   * @throws InvalidPlanException when the file cannot be written
   */
  default void save(Path file) {
    PlanFile.save(this, file);
  }

  /**
   * The plan as {@link #save} writes it.
   *
   * @return a YAML document
   */
  default String toYaml() {
    return PlanFile.write(this, UnaryOperator.identity());
  }

  /**
   * Reads a saved plan, on this machine or another one. The chart, its values files and its SDK
   * config are looked for under their paths from the directory of the plan, by name in that
   * directory, and in the given directories. The content that was planned with decides when there
   * are several.
   *
   * @param file a file that {@link #save} wrote
   * @param directories other directories in which to look for the chart and its files
   * @return the plan, equal to the one saved when the files are where they were. A file that is
   *     missing or has changed is not an error here, but in the step that uses the chart.
   * @throws InvalidPlanException when the file does not exist, is not a plan, has another version,
   *     or breaks a rule of plans
   */
  static MirrorPlan read(Path file, Path... directories) {
    return PlanFile.read(file, List.of(directories));
  }

  /**
   * Reads a plan from text. The chart and its files keep their paths as they are written.
   *
   * @param yaml what {@link #toYaml()} has returned
   * @return the plan
   * @throws InvalidPlanException when it is not a plan, has another version, or breaks a rule of
   *     plans
   */
  static MirrorPlan parse(String yaml) {
    return PlanFile.parse(yaml);
  }

  /**
   * Checks that the chart and its files have not changed since the plan was made. A plan without a
   * {@link #lock()} is not checked.
   *
   * @throws ai.kubernaut.airgap.chart.ChartChangedException when one has changed, with both digests
   * @throws ai.kubernaut.airgap.chart.HelmException when one cannot be read
   */
  default void checkChart() {
    chart().ifPresent(chart -> lock().ifPresent(lock -> lock.check(chart)));
  }

  /** Builds a {@link MirrorPlan}. Not thread-safe. */
  final class Builder extends ImmutableMirrorPlan.Builder {
    private @Nullable Target naming;

    Builder() {}

    Builder to(Target target) {
      naming = target;
      target(target);
      return this;
    }

    /**
     * Adds an image under the name that the target's rule gives it.
     *
     * @param source the image where it is published
     * @return this builder
     * @throws ai.kubernaut.airgap.image.InvalidReferenceException when it can have no name in the
     *     target
     */
    public Builder image(ImageRef source) {
      Target target = Objects.requireNonNull(naming, "builder(Target) sets it");
      addEntries(
          MirrorEntry.builder()
              .source(source)
              .target(target.nameOf(source))
              .digest(source.digest())
              .build());
      return this;
    }
  }
}
