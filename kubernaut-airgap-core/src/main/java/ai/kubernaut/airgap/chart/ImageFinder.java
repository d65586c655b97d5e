package ai.kubernaut.airgap.chart;

/**
 * Finds the images that one rendered object names. A host adds its own for what it knows of its
 * custom resources; the two of this library are {@link #containers()} and {@link #mentions()}.
 * Implementations have no state, or are safe for use by several threads.
 */
@FunctionalInterface
public interface ImageFinder {
  /** Takes what a finder finds. */
  @FunctionalInterface
  interface Finds {
    /**
     * Adds a find.
     *
     * @param path the place in the object, for example {@code
     *     spec.template.spec.containers[0].image}
     * @param image the reference as it stands there
     * @throws ai.kubernaut.airgap.image.InvalidReferenceException when the reference is not legal;
     *     the message names the place
     */
    void add(String path, String image);
  }

  /**
   * Looks through one object.
   *
   * @param manifest the object, and the template it comes from
   * @param finds told every image, in the order of the object
   */
  void find(RenderedManifest manifest, Finds finds);

  /**
   * Finds images that pods certainly need: the images of containers, init containers and ephemeral
   * containers in workloads of every kind, in hooks and in custom resources; image volumes; and
   * environment variables called {@code RELATED_IMAGE_…}, with which operators name the images that
   * they run.
   *
   * @return the finder
   */
  static ImageFinder containers() {
    return new ContainerImages();
  }

  /**
   * Finds strings that are probably images: strings in environment variables, arguments,
   * ConfigMaps, annotations (including those of the chart itself) and anywhere else that look like
   * a reference with a registry and a tag or a digest, or whose key names an image. Some of these
   * are not images.
   *
   * @return the finder
   */
  static ImageFinder mentions() {
    return new MentionedImages();
  }
}
