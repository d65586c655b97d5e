package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.common.CancelledException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Calculates the size of a plan from the manifests of its images, and how much of it the mirror
 * does not have. Read-only. Thread-safe.
 */
public final class PlanForecaster {
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
    Run run = new Run(plan.platforms());
    for (MirrorEntry entry : plan.entries()) {
      checkNotInterrupted(null);
      try {
        run.add(entry);
      } catch (RegistryException e) {
        // The requests of an interrupted thread fail as if the registry were not reachable.
        checkNotInterrupted(e);
        throw e;
      }
    }
    return run.result();
  }

  private static void checkNotInterrupted(@Nullable RegistryException failure) {
    if (Thread.currentThread().isInterrupted()) {
      throw CancelledException.interrupted(
          "the forecast was interrupted; nothing was changed, run it again", failure);
    }
  }

  /** One forecast on its way. */
  private final class Run {
    private final Platforms platforms;
    private final Map<ImageRef, Long> bytesPerImage = new LinkedHashMap<>();
    private final Map<Digest, Long> sizes = new HashMap<>();
    private final Set<Digest> inMirror = new HashSet<>();

    Run(Platforms platforms) {
      this.platforms = platforms;
    }

    void add(MirrorEntry entry) {
      ImageContent content = ImageContent.read(source, entry.exactSource(), platforms);
      Map<Digest, Long> parts = content.sizes();
      bytesPerImage.put(entry.source(), parts.values().stream().mapToLong(Long::longValue).sum());
      boolean complete =
          target
              .findManifest(entry.target())
              .filter(found -> found.digest().equals(content.digest()))
              .filter(found -> target.retainsReferencedContent(entry.target().registry()))
              .isPresent();
      for (Map.Entry<Digest, Long> sized : parts.entrySet()) {
        Digest part = sized.getKey();
        // A part that some repository of the mirror has is not asked for again.
        if (complete
            || (!inMirror.contains(part)
                && target
                    .findBlob(entry.target().repository(), part)
                    .equals(OptionalLong.of(sized.getValue())))) {
          inMirror.add(part);
        }
      }
      sizes.putAll(parts);
    }

    PlanForecast result() {
      long toSend =
          sizes.entrySet().stream()
              .filter(part -> !inMirror.contains(part.getKey()))
              .mapToLong(Map.Entry::getValue)
              .sum();
      return ImmutablePlanForecast.builder()
          .bytesPerImage(bytesPerImage)
          .uniqueBytes(sizes.values().stream().mapToLong(Long::longValue).sum())
          .bytesToSend(toSend)
          .build();
    }
  }
}
