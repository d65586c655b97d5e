package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.outcome.Outcome;
import ai.kubernaut.airgap.outcome.Problem;
import ai.kubernaut.airgap.outcome.ProblemsException;
import ai.kubernaut.airgap.plan.MirrorEntry;
import ai.kubernaut.airgap.plan.MirrorPlan;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.util.List;
import java.util.Optional;
import org.immutables.value.Value;

/** What an image in a registry consists of. Immutable. */
@Value.Immutable
public interface ImageInspection extends Outcome<ImageInspection> {
  /** {@return the image that was inspected} */
  ImageRef image();

  /** {@return the digest of its index or manifest; empty when it does not exist} */
  Optional<Digest> digest();

  /** {@return the media type of its index or manifest; empty when it does not exist} */
  Optional<String> mediaType();

  /** {@return the digest that the plan expects; empty when there is none} */
  Optional<Digest> planned();

  /** {@return its platforms, in the order of the index; without attestations} */
  List<PlatformInspection> platforms();

  /**
   * {@return the problems: the image does not exist, has another digest than the plan expects, or a
   * part of it cannot be read}
   */
  @Override
  List<Problem> problems();

  /**
   * Returns this inspection if there is no error.
   *
   * @return this
   * @throws ProblemsException when there is one
   */
  @Override
  default ImageInspection orElseThrow() {
    if (!isOk()) {
      throw ProblemsException.of(
          "the inspection of " + image() + " has found problems", problems());
    }
    return this;
  }

  /** {@return whether the digest is the one that the plan expects; false when it expects none} */
  default boolean isPlanned() {
    return digest().isPresent() && digest().equals(planned());
  }

  /** {@return the bytes of all configurations and layers, those that platforms share once} */
  long size();

  /**
   * Inspects an image.
   *
   * @param image the image in the registry
   * @param registries reads manifests and configurations
   * @return what was found; what cannot be read is a problem of it
   */
  static ImageInspection of(ImageRef image, RegistryClient registries) {
    return new Inspector(registries, image, Optional.empty()).inspect();
  }

  /**
   * Inspects an image of a plan in the mirror.
   *
   * @param entry the image
   * @param plan the plan, whose digest is compared
   * @param registries reads manifests and configurations
   * @return what was found; what cannot be read is a problem of it
   */
  static ImageInspection of(MirrorEntry entry, MirrorPlan plan, RegistryClient registries) {
    return new Inspector(registries, entry.target(), plan.expectedDigest(entry)).inspect();
  }
}
