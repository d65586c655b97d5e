package ai.kubernaut.airgap.bundle;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The images of a bundle under their source names, read-only. Wherever the bundle is stored, all
 * its content is in the repository of its root. Thread-safe.
 */
final class BundleClient implements RegistryClient {
  private final RegistryClient store;
  private final Repository home;
  private final BundleContents contents;
  private final Map<Digest, Descriptor> content = new HashMap<>();
  private final Map<ImageRef, Descriptor> names = new HashMap<>();
  private Map<Digest, Repository> homes = Map.of();
  private @Nullable RegistryClient mirror;
  private volatile boolean closed;

  BundleClient(
      RegistryClient store,
      Repository home,
      BundleContents contents,
      Iterable<Descriptor> content,
      UnaryOperator<Repository> naming) {
    this.store = store;
    this.home = home;
    this.contents = contents;
    content.forEach(one -> this.content.put(one.digest(), one));
    contents
        .images()
        .forEach(image -> names.put(named(plain(image.name()), naming), image.manifest()));
    contents
        .attachments()
        .forEach(
            one ->
                one.tag()
                    .ifPresent(
                        tag -> names.put(naming.apply(one.repository()).tag(tag), one.manifest())));
  }

  private static ImageRef named(ImageRef name, UnaryOperator<Repository> naming) {
    return name.mirroredIn(naming.apply(name.repository()));
  }

  /** Adds blobs that are in repositories of a mirror. */
  BundleClient with(List<Descriptor> absent, RegistryClient mirror, Map<Digest, Repository> homes) {
    BundleClient client = new BundleClient(this);
    client.mirror = mirror;
    client.homes = Map.copyOf(homes);
    absent.stream()
        .filter(blob -> homes.containsKey(blob.digest()))
        .forEach(blob -> client.content.put(blob.digest(), blob));
    return client;
  }

  private BundleClient(BundleClient other) {
    this.store = other.store;
    this.home = other.home;
    this.contents = other.contents;
    this.content.putAll(other.content);
    this.names.putAll(other.names);
  }

  private static ImageRef plain(ImageRef name) {
    return name.tag().isPresent() ? name.withoutDigest() : name.withImpliedTag();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
  }

  @Override
  public void ping(String registry) {
    checkOpen();
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    checkOpen();
    Optional<Descriptor> listed = listed(image);
    if (listed.isEmpty()
        || !store
            .findBlob(home, listed.get().digest())
            .equals(OptionalLong.of(listed.get().size()))) {
      return Optional.empty();
    }
    try {
      Manifest read = read(image, listed.get());
      return Optional.of(
          Descriptor.of(read.mediaType(), listed.get().digest(), listed.get().size()));
    } catch (InvalidManifestException e) {
      // A blob was asked for.
      return Optional.empty();
    }
  }

  /** What the bundle lists under a digest or a name. */
  private Optional<Descriptor> listed(ImageRef image) {
    return image
        .digest()
        .map(digest -> Optional.ofNullable(content.get(digest)))
        .orElseGet(() -> Optional.ofNullable(names.get(image.withImpliedTag())));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    checkOpen();
    return read(
        image,
        listed(image)
            .orElseThrow(() -> failed(Reason.NOT_FOUND, image, "the bundle does not have it")));
  }

  private Manifest read(ImageRef image, Descriptor listed) {
    if (listed.size() > Manifest.MAX_SIZE) {
      throw new InvalidManifestException(
          image + " has " + listed.size() + " bytes, which is more than a manifest may have");
    }
    Manifest manifest;
    try (InputStream in = store.readBlob(home, listed, 0)) {
      manifest = Manifest.of(in.readNBytes(Manifest.MAX_SIZE + 1));
    } catch (IOException e) {
      throw failed(Reason.UNREACHABLE, image, String.valueOf(e.getMessage()));
    }
    if (!manifest.hasDigest(listed.digest())) {
      throw failed(Reason.DIGEST_MISMATCH, image, "the bundle has other content");
    }
    return manifest;
  }

  private static RegistryException failed(Reason reason, ImageRef image, String why) {
    return new RegistryException(
        reason, image.registry(), 0, "reading manifest " + image + " failed: " + why, null);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    checkOpen();
    Descriptor listed = content.get(digest);
    if (listed == null) {
      return OptionalLong.empty();
    }
    return homes.containsKey(digest)
        ? OptionalLong.of(listed.size())
        : store.findBlob(home, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    checkOpen();
    if (!content.containsKey(blob.digest())) {
      throw new RegistryException(
          Reason.NOT_FOUND,
          repository.registry(),
          0,
          "reading blob " + blob.digest() + " failed: the bundle does not have it",
          null);
    }
    Repository there = homes.get(blob.digest());
    return there == null || mirror == null
        ? store.readBlob(home, blob, offset)
        : mirror.readBlob(there, blob, offset);
  }

  @Override
  public List<String> tags(Repository repository) {
    checkOpen();
    return names.keySet().stream()
        .filter(name -> name.repository().equals(repository))
        .flatMap(name -> name.tag().stream())
        .sorted()
        .toList();
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    checkOpen();
    Set<Descriptor> referrers = new LinkedHashSet<>();
    contents.attachments().stream()
        .filter(one -> one.tag().isEmpty() && one.subject().equals(subject))
        .forEach(one -> referrers.add(one.manifest()));
    return Optional.of(List.copyOf(referrers));
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return false;
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    throw readOnly(image.registry());
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream bytes) {
    throw readOnly(repository.registry());
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    throw readOnly(repository.registry());
  }

  private static RegistryException readOnly(String registry) {
    return new RegistryException(
        Reason.REFUSED, registry, 0, "a bundle cannot be changed; create another one", null);
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    checkOpen();
    Set<Digest> omitted = new HashSet<>();
    listed(image)
        .ifPresent(
            root ->
                contents.images().stream()
                    .filter(one -> one.manifest().digest().equals(root.digest()))
                    .forEach(one -> omitted.addAll(one.omitted())));
    return omitted;
  }

  /** The store stays open. */
  @Override
  public void close() {
    closed = true;
  }
}
