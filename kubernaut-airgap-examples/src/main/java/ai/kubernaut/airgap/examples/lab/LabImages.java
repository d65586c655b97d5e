package ai.kubernaut.airgap.examples.lab;

import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.registry.Credentials;
import com.google.cloud.tools.jib.api.CacheDirectoryCreationException;
import com.google.cloud.tools.jib.api.Containerizer;
import com.google.cloud.tools.jib.api.InvalidImageReferenceException;
import com.google.cloud.tools.jib.api.Jib;
import com.google.cloud.tools.jib.api.RegistryException;
import com.google.cloud.tools.jib.api.RegistryImage;
import com.google.cloud.tools.jib.api.buildplan.AbsoluteUnixPath;
import com.google.cloud.tools.jib.api.buildplan.FileEntriesLayer;
import com.google.cloud.tools.jib.api.buildplan.Platform;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The images of a version of Kubernaut, small but real: built by jib for two platforms, with base
 * layers that several of them share, and pushed into the lab's source registry under their
 * published names.
 */
final class LabImages {
  /** In an order of its own, because it becomes part of the digests. */
  private static final Set<Platform> PLATFORMS =
      new LinkedHashSet<>(List.of(new Platform("amd64", "linux"), new Platform("arm64", "linux")));

  private static final int BASE_LAYER_BYTES = 1 << 20;
  private static final int OWN_LAYER_BYTES = 256 << 10;
  private static final int BUILDS_AT_ONCE = 4;
  private static final String SEND_CREDENTIALS = "sendCredentialsOverHttp";

  private final String registry;
  private final Credentials credentials;
  private final Path scratch;

  private LabImages(String registry, Credentials credentials, Path scratch) {
    this.registry = registry;
    this.credentials = credentials;
    this.scratch = scratch;
  }

  /**
   * Builds and pushes a version's images; the directory holds jib's caches and the layers' files.
   */
  static void push(String registry, Credentials credentials, LabVersion version, Path scratch) {
    LabImages images = new LabImages(registry, credentials, scratch);
    ExecutorService threads = Executors.newFixedThreadPool(BUILDS_AT_ONCE);
    // jib sends a password over plain HTTP only with this; the registry is on loopback.
    String before = System.setProperty(SEND_CREDENTIALS, "true");
    try {
      Files.createDirectories(scratch);
      FileEntriesLayer system = images.layer("base-system", BASE_LAYER_BYTES);
      FileEntriesLayer tools = images.layer("base-tools", BASE_LAYER_BYTES / 2);
      List<Future<?>> builds = new ArrayList<>();
      for (ImageRef image : version.images()) {
        FileEntriesLayer own =
            images.layer(image.repository().name().replace('/', '-'), OWN_LAYER_BYTES);
        builds.add(
            threads.submit(
                () -> {
                  images.push(image, List.of(system, tools, own));
                  return null;
                }));
      }
      for (Future<?> build : builds) {
        build.get();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted while the lab's images were built", e);
    } catch (ExecutionException | IOException e) {
      throw new IllegalStateException("the lab's images could not be built", e);
    } finally {
      threads.shutdownNow();
      if (before == null) {
        System.clearProperty(SEND_CREDENTIALS);
      } else {
        System.setProperty(SEND_CREDENTIALS, before);
      }
    }
  }

  /** A file of bytes that do not compress, the same in every run. */
  private FileEntriesLayer layer(String name, int size) throws IOException {
    byte[] content = new byte[size];
    new Random(name.hashCode()).nextBytes(content);
    Path file = Files.write(scratch.resolve(name), content);
    return FileEntriesLayer.builder()
        .setName(name)
        .addEntry(file, AbsoluteUnixPath.get("/opt/" + name))
        .build();
  }

  private void push(ImageRef image, List<FileEntriesLayer> layers)
      throws InvalidImageReferenceException,
          InterruptedException,
          RegistryException,
          IOException,
          CacheDirectoryCreationException,
          ExecutionException {
    String name = image.repository().name();
    RegistryImage destination =
        RegistryImage.named(registry + "/" + name + ":" + image.tagOrLatest().orElseThrow())
            .addCredential(credentials.username(), credentials.password().reveal());
    Jib.fromScratch()
        .setPlatforms(PLATFORMS)
        .setFileEntriesLayers(layers)
        .setEntrypoint("/opt/" + name.replace('/', '-'))
        .addLabel("org.opencontainers.image.title", name)
        .containerize(
            Containerizer.to(destination)
                .setAllowInsecureRegistries(true)
                .setApplicationLayersCache(scratch.resolve("application-layers"))
                .setBaseImageLayersCache(scratch.resolve("base-layers"))
                .setOfflineMode(false)
                .setToolName("kubernaut-airgap-lab"));
  }
}
