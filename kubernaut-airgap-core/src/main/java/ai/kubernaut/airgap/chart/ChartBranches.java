package ai.kubernaut.airgap.chart;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The images of a chart in all its branches. A chart renders differently on clusters with other API
 * versions, another Kubernetes version or other objects; it is rendered for every combination of
 * these facts that a template asks for. Facts that the chart fixes ({@link Chart#kubeVersion()},
 * {@link Chart#apiVersions()}) do not vary. Immutable.
 */
public final class ChartBranches {
  /** More renderings would take minutes for a large chart. */
  private static final int MAX_RENDERINGS = 128;

  private final List<Branch> branches;
  private final List<RefusedBranch> refused;
  private final boolean complete;
  private final List<ImageUse> images;
  private final List<ImageUse> mentions;

  private ChartBranches(Exploration exploration) {
    this.branches = List.copyOf(exploration.distinct.values());
    this.refused = List.copyOf(exploration.refused.values());
    this.complete = exploration.complete;
    this.images = exploration.images.uses(exploration::conditions);
    this.mentions = exploration.mentions.uses(exploration::conditions);
  }

  /**
   * Renders a chart in all its branches.
   *
   * @param helm renders
   * @param chart the chart and its values
   * @param release the names that the templates see
   * @param finders what to look for
   * @return the branches and the images
   * @throws HelmException when the chart is missing or invalid, or renders in no branch
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when a finder finds an invalid
   *     reference; the message names the place
   */
  public static ChartBranches of(
      HelmClient helm, Chart chart, ReleaseName release, List<ImageFinder> finders) {
    return of(helm, chart, release, finders, (branch, rendered) -> {});
  }

  /**
   * Renders a chart in all its branches, and shows the renderings.
   *
   * @param helm renders
   * @param chart the chart and its values
   * @param release the names that the templates see
   * @param finders what to look for
   * @param renderings called with each of {@link #branches()} and what the chart renders there
   * @return the branches and the images
   * @throws HelmException when the chart is missing or invalid, or renders in no branch
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when a finder finds an invalid
   *     reference; the message names the place
   */
  public static ChartBranches of(
      HelmClient helm,
      Chart chart,
      ReleaseName release,
      List<ImageFinder> finders,
      BiConsumer<Branch, RenderedChart> renderings) {
    Exploration exploration = new Exploration(helm, chart, release, finders, renderings);
    exploration.run();
    return new ChartBranches(exploration);
  }

  /**
   * Returns the branches in which the chart names different images, or names them in different
   * places. Each stands for all branches that render the same references.
   *
   * @return at least one; the branch with the fewest facts first
   */
  public List<Branch> branches() {
    return branches;
  }

  /** {@return the branches in which the chart does not render} */
  public List<RefusedBranch> refused() {
    return refused;
  }

  /**
   * Returns whether every combination of facts was rendered.
   *
   * @return false for a chart whose templates ask for so many facts that only a part of the
   *     combinations was rendered
   */
  public boolean isComplete() {
    return complete;
  }

  /**
   * Returns the images that the finders find in any branch.
   *
   * @return each image once, sorted by reference, with all its reasons
   */
  public List<ImageUse> images() {
    return images;
  }

  /**
   * Returns what {@link ImageFinder#mentions()} finds in any branch.
   *
   * @return each image once, sorted by reference, with all its reasons
   */
  public List<ImageUse> mentions() {
    return mentions;
  }

  /** One run over the branches. */
  private static final class Exploration {
    private final HelmClient helm;
    private final Chart chart;
    private final ReleaseName release;
    private final List<ImageFinder> finders;
    private final BiConsumer<Branch, RenderedChart> renderings;
    private final Branch base;
    private final List<BranchCombinations> templates = new ArrayList<>();
    private final Map<Set<List<String>>, Branch> distinct = new LinkedHashMap<>();
    private final Map<Branch, RefusedBranch> refused = new LinkedHashMap<>();
    private final Set<Branch> rendered = new LinkedHashSet<>();
    private final BranchedImages images = new BranchedImages();
    private final BranchedImages mentions = new BranchedImages();
    private @Nullable RenderedManifest metadata;
    private @Nullable HelmException firstRefusal;
    private boolean complete = true;

    Exploration(
        HelmClient helm,
        Chart chart,
        ReleaseName release,
        List<ImageFinder> finders,
        BiConsumer<Branch, RenderedChart> renderings) {
      this.helm = helm;
      this.chart = chart;
      this.release = release;
      this.finders = finders;
      this.renderings = renderings;
      this.base = Branch.of(chart);
    }

    void run() {
      render(base);
      for (TemplateConditions conditions : helm.conditions(chart)) {
        BranchCombinations combinations = new BranchCombinations(base, conditions);
        complete &= combinations.isComplete();
        templates.add(combinations);
      }
      templates.forEach(template -> template.branches().forEach(this::render));
      // What a template renders for facts with which another one refuses is seen where that other
      // one has the facts of a branch that renders.
      for (BranchCombinations template : templates) {
        for (Branch branch : template.branches()) {
          if (refused.containsKey(branch)) {
            rendered.stream().findFirst().ifPresent(other -> render(template.over(other, branch)));
          }
        }
      }
      if (rendered.isEmpty() && firstRefusal != null) {
        throw firstRefusal;
      }
    }

    private void render(Branch branch) {
      if (rendered.contains(branch) || refused.containsKey(branch)) {
        return;
      }
      if (rendered.size() + refused.size() >= MAX_RENDERINGS) {
        complete = false;
        return;
      }
      RenderedChart chartInBranch;
      try {
        chartInBranch = RenderedChart.parse(helm.render(chart, release, branch));
      } catch (HelmException refusal) {
        // Without a message of the chart or of Helm, rendering itself failed: it was interrupted,
        // for example.
        if (refusal.helmMessage().isBlank()) {
          throw refusal;
        }
        if (firstRefusal == null) {
          firstRefusal = refusal;
        }
        refused.put(branch, RefusedBranch.of(branch, firstParagraph(refusal.helmMessage())));
        return;
      }
      rendered.add(branch);
      List<RenderedManifest> manifests = new ArrayList<>(chartInBranch.manifests());
      // After the first rendering: Helm explains there what is wrong with a chart.
      if (metadata == null) {
        metadata = RenderedChart.metadata(helm, chart);
      }
      manifests.add(metadata);
      Set<List<String>> references = new HashSet<>();
      references.addAll(images.add(branch, manifests, finders));
      references.addAll(mentions.add(branch, manifests, List.of(ImageFinder.mentions())));
      if (distinct.putIfAbsent(references, branch) == null) {
        renderings.accept(branch, chartInBranch);
      }
    }

    /** The message without the advice on flags of the Helm program that follows it. */
    private static String firstParagraph(String message) {
      return message.strip().split("\n\\s*\n", 2)[0];
    }

    /** What a template asks for; empty for an unknown template, and for one that asks nothing. */
    private Optional<BranchCombinations> conditions(String template) {
      String inChart = template.substring(template.indexOf('/') + 1);
      return templates.stream().filter(one -> one.template().equals(inChart)).findFirst();
    }
  }
}
