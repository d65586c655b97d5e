package ai.kubernaut.airgap.plan;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Maps the name of an image to its name in the mirror, for tools that pull the images of a plan by
 * their own names. Docker's short names are accepted, such as {@code postgres:16}. The name of an
 * image in the mirror is returned unchanged.
 *
 * <p>Testcontainers pulls from the mirror with this class, which {@code image.substitutor} in
 * {@code testcontainers.properties} names. The plan also needs the images of Testcontainers itself,
 * such as {@code testcontainers/ryuk}:
 *
 * <pre>
 * public final class MirrorSubstitutor extends ImageNameSubstitutor {
 *   private final MirrorImageNames names = MirrorImageNames.of(MirrorPlan.read(Path.of("plan.yaml")));
 *
 *   {@literal @}Override public DockerImageName apply(DockerImageName image) {
 *     return DockerImageName.parse(names.apply(image.asCanonicalNameString()));
 *   }
 *
 *   {@literal @}Override protected String getDescription() { return names.toString(); }
 * }
 * </pre>
 *
 * <p>Immutable.
 */
public final class MirrorImageNames implements UnaryOperator<String> {
  private final MirrorPlan plan;
  private final boolean keepsOthers;

  private MirrorImageNames(MirrorPlan plan, boolean keepsOthers) {
    this.plan = plan;
    this.keepsOthers = keepsOthers;
  }

  /**
   * Maps the names of the images of a plan.
   *
   * @param plan the plan, which has been mirrored; {@code MirrorReport.plan()} is one
   * @return names by which each image of the plan is pulled from the mirror; every other image is
   *     refused
   */
  public static MirrorImageNames of(MirrorPlan plan) {
    return new MirrorImageNames(plan, false);
  }

  /**
   * Returns names of images that the plan does not have unchanged, so that they are pulled from
   * where they are published.
   *
   * @return a mapping that refuses no image
   */
  public MirrorImageNames keepOthers() {
    return new MirrorImageNames(plan, true);
  }

  /**
   * Returns the name of an image in the mirror.
   *
   * @param image a reference with a tag, a digest, both, or neither, which means {@code latest}
   * @return the tag of the image in the mirror; its digest there if the reference has a digest
   * @throws ImageNotInPlanException when the plan does not have the image, unless others are kept
   * @throws ai.kubernaut.airgap.image.InvalidReferenceException when the text is not a reference
   */
  @Override
  public String apply(String image) {
    ImageRef asked = ImageRef.parse(image);
    Optional<ImageRef> mirrored =
        plan.entries().stream()
            .filter(entry -> entry.source().repository().equals(asked.repository()))
            .flatMap(entry -> inMirror(entry, asked).stream())
            .findFirst();
    if (mirrored.isPresent()) {
      return mirrored.get().toString();
    }
    if (keepsOthers || plan.entryInMirror(asked).isPresent()) {
      return image;
    }
    List<ImageRef> others =
        plan.entries().stream()
            .map(MirrorEntry::source)
            .filter(source -> source.repository().equals(asked.repository()))
            .toList();
    throw new ImageNotInPlanException(asked, plan.target(), others);
  }

  private Optional<ImageRef> inMirror(MirrorEntry entry, ImageRef asked) {
    if (asked.digest().isEmpty()) {
      return asked.tagOrLatest().equals(entry.source().tagOrLatest())
          ? Optional.of(entry.target())
          : Optional.empty();
    }
    Optional<Digest> expected = plan.expectedDigest(entry);
    return asked.digest().equals(entry.digest()) || asked.digest().equals(expected)
        ? Optional.of(entry.target().repository().digest(expected.or(asked::digest).orElseThrow()))
        : Optional.empty();
  }

  /** Returns what is mapped, without the images. */
  @Override
  public String toString() {
    return "names in " + plan.target().address();
  }
}
