package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The index that lists the referrers of a manifest where the registry does not, under the tag
 * {@code sha256-…} that the distribution specification gives it.
 */
final class FallbackTag {
  private final RegistryClient registries;
  private final Repository repository;

  FallbackTag(RegistryClient registries, Repository repository) {
    this.registries = registries;
    this.repository = repository;
  }

  /** Lists referrers, which are in the repository already, beside those that are listed. */
  void list(Digest subject, List<Manifest> referrers) {
    if (registries.referrers(repository, subject).isPresent()) {
      return;
    }
    ImageRef tag = repository.tag(subject.algorithm() + "-" + subject.hex());
    List<Manifest> all = new ArrayList<>();
    Optional<Manifest> old =
        registries.findManifest(tag).map(there -> registries.readManifest(tag));
    if (old.isPresent()) {
      for (Descriptor listed : old.get().children()) {
        boolean again = referrers.stream().anyMatch(one -> one.hasDigest(listed.digest()));
        if (!again) {
          all.add(registries.readManifest(repository.digest(listed.digest())));
        }
      }
      if (all.size() + referrers.size() == old.get().children().size()) {
        return;
      }
    }
    all.addAll(referrers);
    registries.writeManifest(tag, index(all));
  }

  private static Manifest index(List<Manifest> referrers) {
    ObjectNode index = JsonNodeFactory.instance.objectNode();
    index.put("schemaVersion", 2);
    index.put("mediaType", Manifest.OCI_INDEX);
    ArrayNode manifests = index.putArray("manifests");
    for (Manifest referrer : referrers) {
      ObjectNode descriptor = manifests.addObject();
      descriptor.put("mediaType", referrer.mediaType());
      descriptor.put("digest", referrer.digest().toString());
      descriptor.put("size", referrer.size());
      referrer.artifactType().ifPresent(type -> descriptor.put("artifactType", type));
      if (!referrer.annotations().isEmpty()) {
        ObjectNode annotations = descriptor.putObject("annotations");
        referrer.annotations().forEach(annotations::put);
      }
    }
    return Manifest.of(Manifest.OCI_INDEX, index.toString().getBytes(StandardCharsets.UTF_8));
  }
}
