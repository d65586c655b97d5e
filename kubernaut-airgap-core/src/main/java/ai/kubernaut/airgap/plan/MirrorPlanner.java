package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.chart.Chart;
import ai.kubernaut.airgap.chart.ChartBranches;
import ai.kubernaut.airgap.chart.ChartLock;
import ai.kubernaut.airgap.chart.ChartValues;
import ai.kubernaut.airgap.chart.HelmClient;
import ai.kubernaut.airgap.chart.ImageFinder;
import ai.kubernaut.airgap.chart.ImageReason;
import ai.kubernaut.airgap.chart.ImageUse;
import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemCode;
import ai.kubernaut.airgap.outcome.Subject;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.ImageProblems;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Finds the images of a chart and their names in the mirror (the guide, steps 1 and 2a). Read-only;
 * thread-safe.
 */
public final class MirrorPlanner {
  private static final int QUESTIONS_AT_ONCE = 8;

  private final @Nullable HelmClient helm;
  private final RegistryClient registries;
  private final List<ImageFinder> finders;

  /**
   * Creates a planner that finds the images of containers.
   *
   * @param helm renders the chart
   * @param registries asked for digests, unless the options say not to
   */
  public MirrorPlanner(HelmClient helm, RegistryClient registries) {
    this(helm, registries, List.of(ImageFinder.containers()));
  }

  /**
   * Creates a planner.
   *
   * @param helm renders the chart
   * @param registries asked for digests, unless the options say not to
   * @param finders find the images in the rendered chart
   */
  public MirrorPlanner(HelmClient helm, RegistryClient registries, List<ImageFinder> finders) {
    this.helm = helm;
    this.registries = registries;
    this.finders = List.copyOf(finders);
  }

  /**
   * Creates a planner of lists of images, which needs no Helm.
   *
   * @param registries asked for digests, unless the options say not to
   */
  public MirrorPlanner(RegistryClient registries) {
    this.helm = null;
    this.registries = registries;
    this.finders = List.of();
  }

  /**
   * Plans the mirroring of a list of images, such as {@link ImageList} and {@link
   * ImageSetConfiguration} read.
   *
   * @param list the images; one that stands there twice counts once
   * @param target the mirror
   * @param options extra images and other choices; what they say of charts does not matter here
   * @return the plan, without a chart
   * @throws InvalidPlanException when two images would get the same name in the mirror
   * @throws UnresolvedImagesException when images cannot be found at their source
   * @throws CancelledException when the thread is interrupted while registries are asked
   */
  public MirrorPlan plan(List<ImageRef> list, Target target, PlanOptions options) {
    Map<ImageRef, ImageUse> images = new LinkedHashMap<>();
    for (ImageRef image : list) {
      add(images, ImageUse.of(image, List.of()));
    }
    for (ImageRef extra : options.extraImages()) {
      add(images, ImageUse.of(extra, List.of()));
    }
    return complete(MirrorPlan.builder(target), images, target, options);
  }

  /**
   * Plans the mirroring of a chart's images.
   *
   * @param chart the chart and its values
   * @param target the mirror
   * @param options extra images and other choices
   * @return the plan
   * @throws ai.kubernaut.airgap.chart.HelmException when the chart is not there, or refuses the
   *     values
   * @throws InvalidPlanException when two images would get the same name in the mirror
   * @throws UnresolvedImagesException when images cannot be found at their source
   * @throws CancelledException when the thread is interrupted while registries are asked
   * @throws IllegalStateException when the planner was created without Helm
   */
  public MirrorPlan plan(Chart chart, Target target, PlanOptions options) {
    if (helm == null) {
      throw new IllegalStateException(
          "planning the chart " + chart.location() + " needs Helm; create the planner with it");
    }
    Chart complete = ChartValues.withSdkConfig(helm, chart);
    ChartBranches rendered = ChartBranches.of(helm, complete, chart.release(), finders);
    Chart located = chart.relocated(path -> path.toAbsolutePath().normalize());
    MirrorPlan.Builder plan =
        MirrorPlan.builder(target)
            .chart(located)
            // A chart that only the Helm client can read has no content to compare with.
            .lock(
                Files.exists(located.location())
                    ? Optional.of(ChartLock.of(helm, located))
                    : Optional.empty())
            .release(chart.release())
            .branches(rendered.branches())
            .refusedBranches(rendered.refused())
            .coversAllBranches(rendered.isComplete());
    Map<ImageRef, ImageUse> images = new LinkedHashMap<>();
    rendered.images().forEach(use -> add(images, use));
    // Helm can install from the mirror too, or someone fetch the chart there.
    chart
        .artifact()
        .ifPresent(
            artifact ->
                images.putIfAbsent(
                    artifact.withImpliedTag(),
                    ImageUse.of(
                        artifact,
                        List.of(ImageReason.of("Chart.yaml", "Chart", "the chart itself")))));
    for (ImageRef extra : options.extraImages()) {
      add(images, ImageUse.of(extra, List.of()));
    }
    for (ImageUse mention : rendered.mentions()) {
      boolean known = images.containsKey(mention.image().withImpliedTag());
      if (!known && options.mirrorMentions()) {
        add(images, mention);
      } else if (!known) {
        plan.addMentions(mention);
      }
    }
    return complete(plan, images, target, options);
  }

  /** Gives each image its name in the mirror, and its digest if the registries are to be asked. */
  private MirrorPlan complete(
      MirrorPlan.Builder plan, Map<ImageRef, ImageUse> images, Target target, PlanOptions options) {
    Function<ImageRef, ImageRef> naming = naming(target, options);
    Map<ImageRef, Digests> digests =
        options.resolveDigests() ? resolve(images, options.platforms()) : Map.of();
    for (ImageUse use : images.values()) {
      ImageRef image = use.image();
      Optional<Digests> known = Optional.ofNullable(digests.get(image));
      plan.addEntries(
          MirrorEntry.builder()
              .source(image)
              .target(naming.apply(image))
              .digest(known.map(Digests::source).or(image::digest))
              .mirroredDigest(known.flatMap(Digests::changed))
              .reasons(use.reasons())
              .build());
    }
    return plan.platforms(options.platforms()).build();
  }

  /**
   * Adds an image under what it means: named once with the tag latest and once without a tag, it is
   * one image, with the name that came first.
   */
  private static void add(Map<ImageRef, ImageUse> images, ImageUse use) {
    images.merge(use.image().withImpliedTag(), use, MirrorPlanner::withReasonsOf);
  }

  private static ImageUse withReasonsOf(ImageUse known, ImageUse other) {
    List<ImageReason> reasons = new ArrayList<>(known.reasons());
    other.reasons().stream().filter(reason -> !reasons.contains(reason)).forEach(reasons::add);
    return ImageUse.of(known.image(), reasons);
  }

  private static Function<ImageRef, ImageRef> naming(Target target, PlanOptions options) {
    return options
        .naming()
        .<Function<ImageRef, ImageRef>>map(
            rule ->
                image ->
                    image.mirroredIn(
                        Objects.requireNonNull(
                            rule.apply(image), () -> "naming gives " + image + " no repository")))
        .orElse(target::nameOf);
  }

  /** What an image is, and what it becomes if that is something else. */
  private record Digests(Digest source, Optional<Digest> changed) {}

  private Optional<Digests> digests(ImageRef image, Platforms platforms) {
    Optional<Digest> source = registries.findManifest(image).map(Descriptor::digest);
    if (source.isEmpty() || platforms.isAll()) {
      return source.map(digest -> new Digests(digest, Optional.empty()));
    }
    Digest mirrored =
        ImageContent.readRoot(registries, image.withDigest(source.get()), platforms).digest();
    return Optional.of(
        new Digests(
            source.get(), Optional.of(mirrored).filter(changed -> !changed.equals(source.get()))));
  }

  private Map<ImageRef, Digests> resolve(Map<ImageRef, ImageUse> images, Platforms platforms) {
    ExecutorService threads =
        Executors.newFixedThreadPool(Math.min(QUESTIONS_AT_ONCE, Math.max(1, images.size())));
    try {
      Map<ImageUse, Future<Optional<Digests>>> questions = new LinkedHashMap<>();
      images
          .values()
          .forEach(
              use -> questions.put(use, threads.submit(() -> digests(use.image(), platforms))));
      Map<ImageRef, Digests> digests = new LinkedHashMap<>();
      List<Problem> problems = new ArrayList<>();
      questions.forEach(
          (use, question) -> {
            ImageRef image = use.image();
            try {
              question
                  .get()
                  .ifPresentOrElse(
                      found -> digests.put(image, found), () -> problems.add(missing(use)));
            } catch (ExecutionException e) {
              problems.add(ImageProblems.of(image, Objects.requireNonNullElse(e.getCause(), e)));
            } catch (InterruptedException e) {
              throw CancelledException.interrupted(
                  "planning was interrupted while the source registries were asked; nothing was"
                      + " changed, plan again",
                  e);
            }
          });
      if (!problems.isEmpty()) {
        throw new UnresolvedImagesException(images.size(), problems);
      }
      return digests;
    } finally {
      threads.shutdownNow();
    }
  }

  private Problem missing(ImageUse use) {
    ImageRef image = use.image();
    String neededBy =
        use.reasons().isEmpty()
            ? "the list of images"
            : use.reasons().stream().map(ImageReason::object).collect(Collectors.joining(", "));
    return image
        .tag()
        .map(tag -> tag.startsWith("v") ? tag.substring(1) : "v" + tag)
        .map(image::withTag)
        .filter(other -> image.digest().isEmpty() && existsQuietly(other))
        .map(
            other ->
                Problem.of(
                    ProblemCode.IMAGE_HAS_OTHER_TAG,
                    Subject.image(image),
                    Map.of(
                        "neededBy",
                        neededBy,
                        "other",
                        other.toString(),
                        "tag",
                        other.tag().orElseThrow())))
        .orElseGet(
            () ->
                Problem.of(
                    ProblemCode.IMAGE_NOT_PUBLISHED,
                    Subject.image(image),
                    Map.of("neededBy", neededBy)));
  }

  /** Only for a hint: where the registry cannot say, there is no hint. */
  private boolean existsQuietly(ImageRef image) {
    try {
      return registries.findManifest(image).isPresent();
    } catch (AirgapException noAnswer) {
      return false;
    }
  }
}
