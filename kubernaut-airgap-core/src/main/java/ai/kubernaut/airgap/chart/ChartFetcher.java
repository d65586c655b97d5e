package ai.kubernaut.airgap.chart;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Fetches charts that are published as artifacts of OCI registries, as {@code helm pull oci://…}.
 * Thread-safe.
 */
public final class ChartFetcher {
  /** The media type of a packed chart in an OCI registry. */
  private static final String CHART = "application/vnd.cncf.helm.chart.content.v1.tar+gzip";

  private static final long MAX_SIZE = 256L << 20;

  private final RegistryClient registries;

  /**
   * Creates a fetcher.
   *
   * @param registries reads the artifact; stays open
   */
  public ChartFetcher(RegistryClient registries) {
    this.registries = registries;
  }

  /**
   * Fetches a chart.
   *
   * @param artifact for example {@code quay.io/kubernaut-ai/charts/kubernaut:1.1.0}; a {@code +} in
   *     a version is a {@code _} in its tag
   * @param directory where to put the {@code .tgz}, named after artifact and tag; a file of that
   *     name is replaced
   * @return the packed chart, which knows where it came from
   * @throws ai.kubernaut.airgap.registry.RegistryException when there is no such artifact, or the
   *     registry cannot be used
   * @throws HelmException when it is no chart, or cannot be stored
   */
  public Chart fetch(ImageRef artifact, Path directory) {
    Manifest manifest = registries.readManifest(artifact);
    List<Descriptor> charts =
        manifest.isIndex()
            ? List.of()
            : manifest.blobs().stream().filter(blob -> blob.mediaType().equals(CHART)).toList();
    if (charts.size() != 1) {
      throw failed(
          artifact,
          "it is not a Helm chart, but "
              + manifest.artifactType().orElse(manifest.mediaType())
              + "; charts often have a path of their own, such as …/charts/kubernaut",
          null);
    }
    Descriptor chart = charts.get(0);
    if (chart.size() > MAX_SIZE) {
      throw failed(
          artifact, "it has " + chart.size() + " bytes, and " + MAX_SIZE + " is the limit", null);
    }
    Path file = directory.resolve(fileName(artifact));
    try {
      store(artifact, chart, file);
    } catch (IOException e) {
      throw failed(artifact, "it cannot be stored as " + file + ": " + e.getMessage(), e);
    }
    return Chart.at(file).fromArtifact(artifact);
  }

  private static String fileName(ImageRef artifact) {
    String path = artifact.repository().name();
    String version =
        artifact
            .tag()
            .or(() -> artifact.digest().map(digest -> digest.hex().substring(0, 12)))
            .orElse("latest");
    return path.substring(path.lastIndexOf('/') + 1) + "-" + version + ".tgz";
  }

  private void store(ImageRef artifact, Descriptor chart, Path file) throws IOException {
    Path directory = file.toAbsolutePath().getParent();
    Path temporary = Files.createTempFile(directory, ".chart", ".tmp");
    try {
      try (InputStream content = registries.readBlob(artifact.repository(), chart, 0)) {
        Files.copy(content, temporary, StandardCopyOption.REPLACE_EXISTING);
      }
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  private static HelmException failed(ImageRef artifact, String why, @Nullable IOException cause) {
    return new HelmException("the chart " + artifact + " cannot be fetched: " + why, "", cause);
  }
}
