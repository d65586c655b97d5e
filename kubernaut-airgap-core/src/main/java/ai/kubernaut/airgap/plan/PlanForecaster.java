package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Platforms;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;

/**
 * Looks at sources and mirror to say how much a plan is. Fetches manifests, sends nothing;
 * thread-safe.
 */
public final class PlanForecaster {
  private final RegistryClient registries;

  /**
   * Creates a forecaster.
   *
   * @param registries asked for manifests, and for what the mirror has; stays open
   */
  public PlanForecaster(RegistryClient registries) {
    this.registries = registries;
  }

  /**
   * Looks how much a plan is.
   *
   * @param plan the plan
   * @return sizes
   * @throws ai.kubernaut.airgap.registry.RegistryException when a source does not have an image, or
   *     a registry cannot be asked
   */
  public PlanForecast forecast(MirrorPlan plan) {
    Run run = new Run(plan.platforms());
    plan.entries().forEach(run::add);
    return run.result();
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
      Map<Digest, Long> parts = new HashMap<>();
      Repository from = entry.source().repository();
      Manifest manifest =
          registries
              .readManifest(entry.exactSource())
              .reducedTo(platforms, child -> registries.readManifest(from.digest(child)));
      collect(from, manifest, parts);
      bytesPerImage.put(entry.source(), parts.values().stream().mapToLong(Long::longValue).sum());
      boolean complete =
          registries
              .findManifest(entry.target())
              .filter(found -> found.digest().equals(manifest.digest()))
              .filter(found -> registries.retainsReferencedContent(entry.target().registry()))
              .isPresent();
      for (Map.Entry<Digest, Long> sized : parts.entrySet()) {
        Digest part = sized.getKey();
        // A part that some repository of the mirror has is not asked for again.
        if (complete
            || (!inMirror.contains(part)
                && registries
                    .findBlob(entry.target().repository(), part)
                    .equals(OptionalLong.of(sized.getValue())))) {
          inMirror.add(part);
        }
      }
      sizes.putAll(parts);
    }

    private void collect(Repository repository, Manifest manifest, Map<Digest, Long> parts) {
      parts.put(manifest.digest(), (long) manifest.size());
      for (Descriptor child : manifest.children()) {
        if (!parts.containsKey(child.digest())) {
          collect(repository, registries.readManifest(repository.digest(child.digest())), parts);
        }
      }
      for (Descriptor blob : manifest.blobs()) {
        if (blob.urls().isEmpty()) {
          parts.put(blob.digest(), blob.size());
        }
      }
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
