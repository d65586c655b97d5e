package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.InvalidReferenceException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ImageContent;
import ai.kubernaut.airgap.registry.ManifestBudget;
import ai.kubernaut.airgap.registry.RegistryClient;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.immutables.value.Value;

/**
 * The blobs that a site has: what a bundle for it can leave out. It comes from an earlier bundle,
 * or from the mirror itself, from where it is brought back as a file. Immutable.
 */
@Value.Immutable
public interface Inventory {
  /** {@return the size in bytes of each configuration and layer} */
  @Value.Parameter
  Map<Digest, Long> blobs();

  /**
   * Returns what a site has after a bundle was loaded. For a delta this includes what was there
   * before.
   *
   * @param bundle the bundle
   * @return the inventory
   */
  static Inventory of(Bundle bundle) {
    Map<Digest, Long> blobs = new TreeMap<>();
    bundle.content().forEach(one -> blobs.put(one.digest(), one.size()));
    bundle.absent().forEach(one -> blobs.put(one.digest(), one.size()));
    return ImmutableInventory.of(blobs);
  }

  /**
   * Asks a mirror which blobs it has of the images of a plan. Read-only. Images that are not there
   * are passed over.
   *
   * @param plan the images
   * @param mirror the client of the mirror
   * @return the inventory
   * @throws ai.kubernaut.airgap.registry.RegistryException when the mirror cannot be asked
   */
  static Inventory of(MirrorPlan plan, RegistryClient mirror) {
    Map<Digest, Long> blobs = new TreeMap<>();
    for (MirrorEntry entry : plan.entries()) {
      Optional<Descriptor> there = mirror.findManifest(entry.target());
      if (there.isPresent()) {
        ImageContent.readSparse(
                mirror,
                entry.target().repository().digest(there.get().digest()),
                plan.platforms(),
                Set.of(),
                ManifestBudget.ofOneImage())
            .blobs()
            .forEach(blob -> blobs.put(blob.digest(), blob.size()));
      }
    }
    return ImmutableInventory.of(blobs);
  }

  /**
   * Reads a file that {@link #save} wrote.
   *
   * @param file the file
   * @return the inventory
   * @throws AirgapException when the file cannot be read, or is not an inventory
   */
  static Inventory read(Path file) {
    try {
      JsonNode json = new ObjectMapper().readTree(Files.readAllBytes(file));
      if (!json.path("kind").asText("").equals("Inventory") || !json.path("blobs").isObject()) {
        throw new AirgapException(file + " is not an inventory; the command inventory writes one");
      }
      Map<Digest, Long> blobs = new TreeMap<>();
      json.path("blobs")
          .properties()
          .forEach(blob -> blobs.put(Digest.parse(blob.getKey()), blob.getValue().asLong(-1)));
      return ImmutableInventory.of(blobs);
    } catch (IOException | InvalidReferenceException e) {
      throw new AirgapException("no inventory can be read from " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Writes the inventory to a file.
   *
   * @param file where to; an existing file is replaced
   * @throws AirgapException when it cannot be written
   */
  default void save(Path file) {
    ObjectNode json =
        new ObjectMapper()
            .createObjectNode()
            .put("apiVersion", "airgap.kubernaut.ai/v1")
            .put("kind", "Inventory");
    ObjectNode sizes = json.putObject("blobs");
    new TreeMap<>(blobs()).forEach((digest, size) -> sizes.put(digest.toString(), size));
    try {
      Files.write(file, BundleFormat.bytes(json));
    } catch (IOException e) {
      throw new AirgapException("the inventory cannot be written: " + e.getMessage(), e);
    }
  }
}
