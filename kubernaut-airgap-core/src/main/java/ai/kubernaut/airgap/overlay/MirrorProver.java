package ai.kubernaut.airgap.overlay;

import ai.kubernaut.airgap.chart.Branch;
import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartBranches;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.HelmException;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.Overlay;
import ai.kubernaut.airgap.chart.PodPullSecrets;
import ai.kubernaut.airgap.chart.RenderedChart;
import ai.kubernaut.airgap.chart.RewriteReason;
import ai.kubernaut.airgap.chart.RewrittenReference;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Turns a chart to the mirror, and proves it, before anything is installed (the guide, steps 4b and
 * 4c). Which value makes which part of which reference is found out by rendering, so no key of any
 * version of a chart has to be known; usually three renderings are enough: the chart as it is, with
 * marked values, and with the overlay. Defaults that only the chart's schemas declare count as
 * values, and take one rendering more. Needs no cluster. Thread-safe.
 */
public final class MirrorProver {
  private final HelmClient helm;
  private final List<ImageFinder> finders;

  /**
   * Creates a prover that finds the images of containers.
   *
   * @param helm renders; stays open
   */
  public MirrorProver(HelmClient helm) {
    this(helm, List.of(ImageFinder.containers()));
  }

  /**
   * Creates a prover.
   *
   * @param helm renders; stays open
   * @param finders find the images in the rendered chart: those that the plan was made with. An
   *     image that is only mentioned is turned to the mirror too, if the plan has it.
   */
  public MirrorProver(HelmClient helm, List<ImageFinder> finders) {
    this.helm = helm;
    this.finders = List.copyOf(finders);
  }

  /**
   * Turns the chart of a plan to the mirror.
   *
   * @param plan the images that the mirror will provide, and the chart
   * @param options release and digests
   * @return the overlay, and whether every image in the chart is one that the plan provides
   * @throws IllegalArgumentException when the plan has no chart
   * @throws HelmException when the chart is not there, or refuses its own values
   */
  public MirrorProof prove(MirrorPlan plan, ProofOptions options) {
    Chart chart =
        plan.chart()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "the plan was made from a list of images, and names no chart to prove"));
    return prove(plan, ChartValues.of(helm, chart), options);
  }

  /**
   * The same, for who has the chart's values already and need not have Helm read them again.
   *
   * @param plan the images that the mirror will provide, and the chart
   * @param values the values of the plan's chart
   * @param options release and digests
   * @return the overlay, and whether every image in the chart is one that the plan provides
   * @throws IllegalArgumentException when the plan has no chart
   * @throws HelmException when the chart is not there, or refuses its own values
   */
  public MirrorProof prove(MirrorPlan plan, ChartValues values, ProofOptions options) {
    return run(plan, values, options).prove();
  }

  private Run run(MirrorPlan plan, ChartValues values, ProofOptions options) {
    plan.checkChart();
    Chart chart = values.withSdkConfig(plan.chart().orElseThrow(IllegalArgumentException::new));
    return new Run(chart, values, new WantedReferences(plan, options), plan.branches(), options);
  }

  /**
   * Proves the overlay of a plan, as it was reviewed, for the branches that the plan's chart has
   * now. No other overlay is looked for.
   *
   * @param plan the images that the mirror will provide, the chart and the overlay
   * @param values the values of the plan's chart
   * @param options the pull secrets; digests are not pinned
   * @return whether every image in the chart with this overlay is one that the plan provides
   * @throws IllegalArgumentException when the plan has no chart or no overlay
   * @throws HelmException when the chart is missing, or refuses the values
   * @throws ai.kubernaut.airgap.chart.ChartChangedException when the chart is not the one that the
   *     plan was made with
   */
  public MirrorProof proveReviewed(MirrorPlan plan, ChartValues values, ProofOptions options) {
    return run(plan, values, options)
        .prove(plan.overlay().orElseThrow(IllegalArgumentException::new));
  }

  /** The proof of one chart. */
  private final class Run {
    private final Chart chart;
    private final WantedReferences wanted;
    private final ProofOptions options;
    private final List<Branch> branches;
    private final FoundReferences plain;
    private final Candidates candidates;

    Run(
        Chart chart,
        ChartValues values,
        WantedReferences wanted,
        List<Branch> planned,
        ProofOptions options) {
      this.chart = chart;
      this.wanted = wanted;
      this.options = options;
      Map<Branch, RenderedChart> rendered =
          planned.isEmpty() ? renderAllBranches() : render(chart, planned);
      this.branches = List.copyOf(rendered.keySet());
      // Throws when a reference is invalid; the message names the place.
      rendered.values().forEach(inBranch -> inBranch.images(finders));
      this.plain = find(rendered);
      this.candidates = Candidates.of(values.fields(), helm.schemas(chart), referencesToChange());
    }

    private Map<Branch, RenderedChart> renderAllBranches() {
      Map<Branch, RenderedChart> rendered = new LinkedHashMap<>();
      ChartBranches.of(helm, chart, chart.release(), finders, rendered::put);
      return rendered;
    }

    private Map<Branch, RenderedChart> render(Chart turned, List<Branch> chosen) {
      Map<Branch, RenderedChart> rendered = new LinkedHashMap<>();
      for (Branch branch : chosen) {
        rendered.put(branch, RenderedChart.parse(helm.render(turned, chart.release(), branch)));
      }
      return rendered;
    }

    private FoundReferences find(Map<Branch, RenderedChart> rendered) {
      return FoundReferences.in(rendered, finders);
    }

    private Overlay overlay(Map<StringValue, String> changes, Set<String> pullSecrets) {
      Map<String, String> settings = new LinkedHashMap<>();
      changes.forEach((value, text) -> settings.put(value.toString(), text));
      return withPullSecrets(
          Overlay.of(
              StringValues.overlay(candidates.fields().content(), changes), settings, List.of()),
          pullSecrets);
    }

    private Overlay withPullSecrets(Overlay overlay, Set<String> names) {
      return PullSecretValues.add(overlay, candidates.fields(), names);
    }

    private Map<Branch, RenderedChart> render(Overlay overlay) {
      return overlay.over(chart, turned -> render(turned, branches));
    }

    /** Proves with an overlay that was found before. */
    MirrorProof prove(Overlay reviewed) {
      Overlay overlay = withPullSecrets(reviewed, options.pullSecrets());
      return proof(overlay, render(overlay));
    }

    MirrorProof prove() {
      Probe probe = new Probe(plain, changes -> find(render(overlay(changes, Set.of()))));
      Map<ReferenceLocation, ReferencePattern> patterns = probe.run(candidates);
      RewriteReasons reasons =
          new RewriteReasons(
              options.byDigest(), candidates, patterns, probe.refused(), probe.unknown());
      Map<StringValue, String> changes = OverlaySolver.solve(goals(patterns));
      try {
        return prove(changes, reasons);
      } catch (HelmException refusal) {
        if (changes.isEmpty()) {
          throw refusal;
        }
        // The chart allows other values, but not these; its references can still be rewritten.
        return prove(Map.of(), reasons.withRefused(changes.keySet()));
      }
    }

    private List<String> referencesToChange() {
      List<String> references = new ArrayList<>();
      if (options.throughMirrorRules()) {
        return references;
      }
      plain
          .all()
          .values()
          .forEach(
              found ->
                  wanted
                      .entry(found.text())
                      .filter(entry -> !WantedReferences.texts(entry).contains(found.text()))
                      .ifPresent(entry -> references.add(found.text())));
      return references;
    }

    private List<OverlaySolver.Goal> goals(Map<ReferenceLocation, ReferencePattern> patterns) {
      List<OverlaySolver.Goal> goals = new ArrayList<>();
      if (options.throughMirrorRules()) {
        return goals;
      }
      patterns.forEach(
          (place, pattern) ->
              wanted
                  .entry(pattern.with(Map.of()))
                  .ifPresent(
                      entry ->
                          goals.add(
                              new OverlaySolver.Goal(pattern, WantedReferences.texts(entry)))));
      return goals;
    }

    private MirrorProof prove(Map<StringValue, String> changes, RewriteReasons reasons) {
      Map<ReferenceLocation, String> expected = new LinkedHashMap<>();
      plain
          .all()
          .forEach(
              (place, found) ->
                  expected.put(
                      place,
                      Optional.ofNullable(reasons.patterns().get(place))
                          .map(pattern -> pattern.with(changes))
                          .orElse(found.text())));
      Overlay valuesAlone = overlay(changes, options.pullSecrets());
      Map<String, RewrittenReference> rewriting =
          rewriting(expected, place -> reasons.of(place, plain.text(place).orElse("")));
      Map<Branch, RenderedChart> rendered = render(valuesAlone.rewriting(rewriting.values()));
      Map<ReferenceLocation, String> seen = new LinkedHashMap<>();
      find(rendered).all().forEach((place, found) -> seen.put(place, found.text()));
      // A value may do more than the probing has shown; what it does is seen now.
      Map<String, RewrittenReference> unexpected = rewriting(seen, place -> reasons.ofUnexpected());
      if (rewriting.keySet().containsAll(unexpected.keySet())) {
        return proof(valuesAlone.rewriting(rewriting.values()), rendered);
      }
      unexpected.forEach(rewriting::putIfAbsent);
      Overlay overlay = valuesAlone.rewriting(rewriting.values());
      return proof(overlay, render(overlay));
    }

    /** What has to be rewritten where these references stand, by the references. */
    private Map<String, RewrittenReference> rewriting(
        Map<ReferenceLocation, String> references,
        Function<ReferenceLocation, RewriteReason> reason) {
      Map<String, RewrittenReference> rewriting = new LinkedHashMap<>();
      // A text is rewritten in the same way everywhere. What a node pulls takes precedence.
      for (boolean certain : new boolean[] {false, true}) {
        references.forEach(
            (place, text) ->
                entry(place)
                    .filter(entry -> isCertain(place) == certain)
                    .filter(entry -> !wanted.isWanted(entry, text, certain))
                    .ifPresent(
                        entry ->
                            rewriting.put(
                                text,
                                RewrittenReference.of(
                                    text,
                                    wanted.wanted(entry, certain).toString(),
                                    reason.apply(place)))));
      }
      return rewriting;
    }

    private boolean isCertain(ReferenceLocation place) {
      return Optional.ofNullable(plain.all().get(place))
          .filter(FoundReferences.Found::certain)
          .isPresent();
    }

    /** The plan's entry for what the chart by itself has at a place. */
    private Optional<MirrorEntry> entry(ReferenceLocation place) {
      return plain.text(place).flatMap(wanted::entry);
    }

    /** An image outside, as the chart names it by itself and as it would be pulled. */
    private record Outside(String image, String pulled, Problem problem) {}

    private MirrorProof proof(Overlay overlay, Map<Branch, RenderedChart> rendered) {
      if (overlay.accountPullSecrets().isEmpty() && needAccounts(rendered)) {
        Overlay complete = overlay.accountPullSecrets(options.pullSecrets());
        return proofOf(complete, render(complete));
      }
      return proofOf(overlay, rendered);
    }

    private boolean needAccounts(Map<Branch, RenderedChart> rendered) {
      return rendered.values().stream()
          .map(inBranch -> PodPullSecrets.of(inBranch, chart.release()))
          .anyMatch(pods -> pods.needAccountsOfChart(options.pullSecrets()));
    }

    private MirrorProof proofOf(Overlay overlay, Map<Branch, RenderedChart> rendered) {
      Map<Outside, Map<ImageReason, List<Branch>>> outside = new LinkedHashMap<>();
      Set<Problem> warnings = new LinkedHashSet<>();
      find(rendered)
          .all()
          .forEach(
              (place, found) ->
                  problem(place, found)
                      .ifPresent(
                          problem -> {
                            if (!problem.isError()) {
                              warnings.add(problem);
                              return;
                            }
                            outside
                                .computeIfAbsent(
                                    new Outside(problem.subject().name(), found.text(), problem),
                                    key -> new LinkedHashMap<>())
                                .computeIfAbsent(found.reason(), key -> new ArrayList<>())
                                .add(place.branch());
                          }));
      TreeSet<ImageRef> images = new TreeSet<>();
      rendered
          .values()
          .forEach(inBranch -> inBranch.images(finders).forEach(use -> images.add(use.image())));
      MirrorProof.Builder proof =
          MirrorProof.builder()
              .overlay(overlay)
              .branches(branches)
              .images(images)
              .warnings(warnings)
              .rendered(rendered.values().iterator().next());
      outside.forEach(
          (image, reasons) ->
              proof.addOutside(
                  OutsideImage.of(
                      image.image(), image.pulled(), image.problem(), inBranches(reasons))));
      return proof.build();
    }

    private List<ImageReason> inBranches(Map<ImageReason, List<Branch>> reasons) {
      List<ImageReason> limited = new ArrayList<>();
      reasons.forEach(
          (reason, in) -> limited.add(in.size() == branches.size() ? reason : reason.in(in)));
      return limited;
    }

    /** What is wrong with a reference; empty when it is as it should be. */
    private Optional<Problem> problem(ReferenceLocation place, FoundReferences.Found found) {
      Subject image = new Subject(Subject.Kind.IMAGE, plain.text(place).orElse(found.text()));
      Optional<MirrorEntry> entry =
          plain.text(place).isPresent() ? entry(place) : wanted.entry(found.text());
      if (entry.isEmpty()) {
        // What is only mentioned may be anything; the plan names it for people to look at.
        return found.certain()
            ? Optional.of(Problem.of(ProblemCode.IMAGE_NOT_IN_PLAN, image))
            : Optional.empty();
      }
      if (wanted.lacksDigest(entry.get())) {
        return Optional.of(Problem.of(ProblemCode.IMAGE_DIGEST_UNKNOWN, image));
      }
      String text = wanted.wanted(entry.get(), found.certain()).toString();
      if (wanted.isWanted(entry.get(), found.text(), found.certain())) {
        return Optional.empty();
      }
      return Optional.of(
          !found.certain() && wanted.isWanted(entry.get(), found.text(), true)
              ? Problem.of(
                  ProblemCode.MENTION_NOT_REDIRECTED,
                  image,
                  Map.of(
                      "place",
                      found.reason().object() + " at " + found.reason().path(),
                      "reference",
                      found.text(),
                      "mirror",
                      text))
              : Problem.of(ProblemCode.REFERENCE_NOT_REDIRECTED, image, Map.of("wanted", text)));
    }
  }
}
