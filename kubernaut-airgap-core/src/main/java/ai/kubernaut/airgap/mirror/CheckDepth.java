package ai.kubernaut.airgap.mirror;

/** How much of an image is checked before it counts as present in the mirror. */
public enum CheckDepth {
  /**
   * The tag exists and has the expected digest. This is enough for registries that accept a
   * manifest only when all of its content is stored. For storage that does not promise that, such
   * as an image layout, {@link #BLOBS} is used instead.
   */
  MANIFEST,
  /** Every manifest of the image is read, and every blob exists with the right size. */
  BLOBS,
  /** Every blob is read as well, and its digest verified. Each digest is read once per check. */
  CONTENT
}
