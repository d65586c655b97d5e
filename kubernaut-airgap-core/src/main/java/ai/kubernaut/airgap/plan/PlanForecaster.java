package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.io.Parallel;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Calculates the size of a plan from the manifests of its images, and how much of it the mirror
 * does not have. Read-only. Thread-safe.
 */
public final class PlanForecaster {
  /** How many requests are made at the same time. */
  private static final int AT_ONCE = 8;

  private final RegistryClient source;
  private final RegistryClient target;

  /**
   * Creates a forecaster with one client for sources and mirror.
   *
   * @param registries reads manifests, and is asked what the mirror has; stays open
   */
  public PlanForecaster(RegistryClient registries) {
    this(registries, registries);
  }

  /**
   * Creates a forecaster.
   *
   * @param source reads the manifests of the images; stays open
   * @param target asked what the mirror has; stays open
   */
  public PlanForecaster(RegistryClient source, RegistryClient target) {
    this.source = source;
    this.target = target;
  }

  /**
   * Calculates the size of a plan.
   *
   * @param plan the plan
   * @return sizes
   * @throws RegistryException when a source does not have an image, or a registry cannot be asked
   * @throws CancelledException when the thread is interrupted
   */
  public PlanForecast forecast(MirrorPlan plan) {
    try {
      return new Run(plan).forecast();
    } catch (InterruptedException e) {
      throw CancelledException.interrupted(
          "the forecast was interrupted; nothing was changed, run it again", e);
    }
  }

  /** Of what an image consists, and whether the mirror has all of it. */
  private record Planned(MirrorEntry entry, Map<Digest, Long> parts, boolean inMirror) {}

  /** One forecast on its way. */
  private final class Run {
    private final MirrorPlan plan;

    Run(MirrorPlan plan) {
      this.plan = plan;
    }

    PlanForecast forecast() throws InterruptedException {
      List<Planned> images = call(plan.entries(), this::planned);
      Map<Digest, Long> sizes = new LinkedHashMap<>();
      images.forEach(image -> sizes.putAll(image.parts()));
      List<Map.Entry<Digest, Long>> toSend = missing(images, sizes);
      ImmutablePlanForecast.Builder forecast =
          ImmutablePlanForecast.builder()
              .uniqueBytes(total(sizes.values()))
              .bytesToSend(total(toSend.stream().map(Map.Entry::getValue).toList()));
      for (Planned image : images) {
        forecast.putBytesPerImage(image.entry().source(), total(image.parts().values()));
      }
      return forecast.build();
    }

    private Planned planned(MirrorEntry entry) {
      ImageContent content = ImageContent.read(source, entry.exactSource(), plan.platforms());
      boolean inMirror =
          target
              .findManifest(entry.target())
              .filter(found -> found.digest().equals(content.digest()))
              .filter(found -> target.retainsReferencedContent(entry.target().registry()))
              .isPresent();
      return new Planned(entry, content.sizes(), inMirror);
    }

    private List<Map.Entry<Digest, Long>> missing(List<Planned> images, Map<Digest, Long> sizes)
        throws InterruptedException {
      Map<Digest, Set<Repository>> repositories = new HashMap<>();
      Set<Digest> inMirror = new HashSet<>();
      for (Planned image : images) {
        if (image.inMirror()) {
          inMirror.addAll(image.parts().keySet());
        }
        for (Digest part : image.parts().keySet()) {
          repositories
              .computeIfAbsent(part, unused -> new LinkedHashSet<>())
              .add(image.entry().target().repository());
        }
      }
      List<Map.Entry<Digest, Long>> asked =
          sizes.entrySet().stream().filter(part -> !inMirror.contains(part.getKey())).toList();
      List<Boolean> found =
          call(asked, part -> isIn(repositories.getOrDefault(part.getKey(), Set.of()), part));
      return IntStream.range(0, asked.size())
          .filter(index -> !found.get(index))
          .mapToObj(asked::get)
          .toList();
    }

    /** A part that some repository of the mirror has is not asked for in the others. */
    private boolean isIn(Set<Repository> repositories, Map.Entry<Digest, Long> part) {
      return repositories.stream()
          .anyMatch(
              repository ->
                  target
                      .findBlob(repository, part.getKey())
                      .equals(OptionalLong.of(part.getValue())));
    }
  }

  private static long total(Collection<Long> sizes) {
    return sizes.stream().mapToLong(Long::longValue).sum();
  }

  private static <T, R> List<R> call(List<T> items, Function<T, R> task)
      throws InterruptedException {
    return Parallel.map(AT_ONCE, "airgap-forecast", items, task);
  }
}
