package ai.kubernaut.airgap.image;

import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A reference to a container image: a repository with a tag, a digest, both, or neither. Immutable.
 *
 * <p>References are kept in full: {@code postgres:16-alpine} is {@code
 * docker.io/library/postgres:16-alpine}. A missing tag stays missing ({@link #tag()} is empty);
 * {@link #tagOrLatest()} applies the rule that no tag and no digest means {@code latest}.
 */
public final class ImageRef implements Comparable<ImageRef> {
  private final Repository repository;
  private final @Nullable String tag;
  private final @Nullable Digest digest;

  private ImageRef(Repository repository, @Nullable String tag, @Nullable Digest digest) {
    this.repository = repository;
    this.tag = tag;
    this.digest = digest;
  }

  static ImageRef of(Repository repository, @Nullable String tag, @Nullable Digest digest) {
    return new ImageRef(repository, tag, digest);
  }

  /**
   * Reads a reference in any legal form: short names of docker.io, hosts with ports, IPv6 hosts in
   * brackets, a tag, a digest, or both.
   *
   * @param text for example {@code quay.io/kubernaut-ai/gateway:v1.1.0}
   * @return the reference
   * @throws InvalidReferenceException when the text is no legal reference; the message names the
   *     rule that it breaks
   */
  public static ImageRef parse(String text) {
    return ReferenceParser.image(text);
  }

  /** {@return the repository of the image: registry and name} */
  public Repository repository() {
    return repository;
  }

  /**
   * {@return the host of the registry, with its port if it has one, for example {@code quay.io}}
   */
  public String registry() {
    return repository.registry();
  }

  /** {@return the tag as written; empty if none was written} */
  public Optional<String> tag() {
    return Optional.ofNullable(tag);
  }

  /** {@return the digest as written; empty if none was written} */
  public Optional<Digest> digest() {
    return Optional.ofNullable(digest);
  }

  /**
   * Returns the tag that a pull uses.
   *
   * @return the tag; {@code latest} if there is neither a tag nor a digest; empty if there is only
   *     a digest
   */
  public Optional<String> tagOrLatest() {
    return tag == null && digest == null ? Optional.of("latest") : tag();
  }

  /**
   * Returns the reference for the manifest endpoint of a registry.
   *
   * @return the digest if there is one, else the tag or {@code latest}
   */
  public String manifestReference() {
    return digest != null ? digest.toString() : tagOrLatest().orElseThrow();
  }

  /**
   * The same image as a mirror's repository holds it. Its tag stays; an untagged image gets {@code
   * latest}, as a pull of it would. A digest falls away where a tag stands, because a reference
   * with both is pulled by digest and its tag ignored; an image that has only a digest keeps it.
   *
   * @param mirror the repository in the mirror
   * @return the image there
   */
  public ImageRef mirroredIn(Repository mirror) {
    return tagOrLatest().map(mirror::tag).orElseGet(() -> mirror.digest(digest().orElseThrow()));
  }

  /**
   * Whether a pull of either fetches the same: an untagged image is {@code latest}.
   *
   * @param other another reference
   * @return true for equal references, and for those that differ by that tag only
   */
  public boolean refersToSameImageAs(ImageRef other) {
    return withImpliedTag().equals(other.withImpliedTag());
  }

  /**
   * Returns this reference with the tag {@code latest} if it has neither a tag nor a digest. Two
   * references refer to the same image if these are equal.
   *
   * @return this reference if it has a tag or a digest
   */
  public ImageRef withImpliedTag() {
    return tag == null ? tagOrLatest().map(this::withTag).orElse(this) : this;
  }

  /**
   * The same image with another tag.
   *
   * @param newTag the tag
   * @return the changed reference; a digest stays
   * @throws InvalidReferenceException when the tag is not legal
   */
  public ImageRef withTag(String newTag) {
    return new ImageRef(
        repository, ReferenceParser.checkTag(repository + ":" + newTag, newTag), digest);
  }

  /**
   * The same image with a digest.
   *
   * @param newDigest the digest
   * @return the changed reference; a tag stays
   */
  public ImageRef withDigest(Digest newDigest) {
    return new ImageRef(repository, tag, newDigest);
  }

  /**
   * Returns the reference without its digest.
   *
   * @return the reference; a tag is kept
   */
  public ImageRef withoutDigest() {
    return digest == null ? this : new ImageRef(repository, tag, null);
  }

  @Override
  public int compareTo(ImageRef other) {
    return toString().compareTo(other.toString());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ImageRef that
        && repository.equals(that.repository)
        && Objects.equals(tag, that.tag)
        && Objects.equals(digest, that.digest);
  }

  @Override
  public int hashCode() {
    return Objects.hash(repository, tag, digest);
  }

  /** The full form, which {@link #parse} reads back to an equal value. */
  @Override
  public String toString() {
    return repository + (tag == null ? "" : ":" + tag) + (digest == null ? "" : "@" + digest);
  }
}
