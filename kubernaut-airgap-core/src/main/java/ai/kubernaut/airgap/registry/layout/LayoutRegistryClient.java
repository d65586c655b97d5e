package ai.kubernaut.airgap.registry.layout;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import ai.kubernaut.airgap.registry.StoredBlobInput;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Registries in a directory: an OCI image layout (image specification 1.1), as skopeo, oras and
 * other tools read and write it. One layout holds the repositories of every registry:
 *
 * <ul>
 *   <li>A tag is an entry of {@code index.json} whose annotation {@code
 *       org.opencontainers.image.ref.name} is the whole reference, {@code harbor.corp/app:v1}; so
 *       is a manifest that was stored by its digest, until an index is stored that lists it.
 *   <li>Blobs and manifests lie in {@code blobs/} once, whichever repositories they were written
 *       to. By its digest, content is found in every repository; only tags belong to one.
 *   <li>Referrers are listed whichever repository they were written to, too.
 * </ul>
 *
 * Several clients, in this process and others, may use one layout at the same time: a file appears
 * when it is whole, and a lock guards {@code index.json}. Digests are checked while content is
 * written and while it is read. No symbolic link is followed out of the layout. Half-sent uploads
 * survive the process; they and the lock lie in the directory {@code .airgap} beside the layout's
 * own files, which its owner alone can read, and which may be deleted while nobody writes. Nothing
 * is ever deleted from {@code blobs/}, and so manifests cannot be deleted.
 *
 * <p>Failures of the file system are {@link Reason#FORBIDDEN} where the user lacks a right, and
 * {@link Reason#REFUSED} otherwise: trying again does not help.
 */
public final class LayoutRegistryClient implements RegistryClient {
  private static final String VERSION_FILE = "oci-layout";
  private static final String VERSION = "{\"imageLayoutVersion\":\"1.0.0\"}";
  private static final int MAX_VERSION = 4096;
  private static final Set<String> OWN_FILES = Set.of(LayoutDirectory.OWN, LayoutIndex.FILE);
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern SESSION =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private final LayoutDirectory directory;
  private final @Nullable Repository shortNames;
  // What a digest names never changes, and referrers would have every manifest read each time.
  private final Map<Digest, Optional<Digest>> subjects = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private LayoutRegistryClient(Path root, @Nullable Repository shortNames) {
    this.directory = new LayoutDirectory(root);
    this.shortNames = shortNames;
  }

  /**
   * A client of a layout, which is made when there is nothing yet.
   *
   * @param directory a layout, an empty directory, or a path where nothing is
   * @return the client; the caller closes it
   * @throws ai.kubernaut.airgap.registry.RegistryException with NOT_A_REGISTRY when the directory
   *     holds something else, FORBIDDEN or REFUSED when it cannot be used
   */
  public static LayoutRegistryClient at(Path directory) {
    return made(directory, null);
  }

  /**
   * A client of a layout, which is made when there is nothing yet, in which the images of one
   * repository are named by their tags alone.
   *
   * @param directory a layout, an empty directory, or a path where nothing is
   * @param shortNames the repository whose images are named by their tags alone
   * @return the client; the caller closes it
   * @throws ai.kubernaut.airgap.registry.RegistryException with NOT_A_REGISTRY when the directory
   *     holds something else, FORBIDDEN or REFUSED when it cannot be used
   */
  public static LayoutRegistryClient at(Path directory, Repository shortNames) {
    return made(directory, shortNames);
  }

  private static LayoutRegistryClient made(Path directory, @Nullable Repository shortNames) {
    String what = "making an image layout of " + directory;
    return openingAction(directory, what)
        .run(
            () -> {
              Path root = Files.createDirectories(directory).toRealPath();
              LayoutDirectory layout = new LayoutDirectory(root);
              if (layout.read(VERSION_FILE, MAX_VERSION).isEmpty() && isFree(root)) {
                make(layout);
              }
              return opened(root, shortNames);
            });
  }

  /**
   * A client of a layout that is there. Nothing is written to it unless a method that writes is
   * called, so it may be on a medium that cannot be written.
   *
   * @param directory the layout
   * @return the client; the caller closes it
   * @throws ai.kubernaut.airgap.registry.RegistryException with NOT_A_REGISTRY when there is no
   *     layout, FORBIDDEN or REFUSED when it cannot be read
   */
  public static LayoutRegistryClient open(Path directory) {
    return opened(directory, null);
  }

  /**
   * A client of a layout whose images are named by their tags alone, as {@code skopeo copy
   * docker://… oci:directory:v1} makes them.
   *
   * @param directory the layout
   * @param shortNames the repository that those images are read as
   * @return the client; the caller closes it
   * @throws ai.kubernaut.airgap.registry.RegistryException with NOT_A_REGISTRY when there is no
   *     layout, FORBIDDEN or REFUSED when it cannot be read
   */
  public static LayoutRegistryClient open(Path directory, Repository shortNames) {
    return opened(directory, shortNames);
  }

  private static LayoutRegistryClient opened(Path directory, @Nullable Repository shortNames) {
    Action action = openingAction(directory, "opening the image layout " + directory);
    return action.run(
        () -> {
          LayoutRegistryClient client =
              new LayoutRegistryClient(realDirectory(action, directory), shortNames);
          client.check(action);
          return client;
        });
  }

  private static Action openingAction(Path directory, String what) {
    return new Action(directory.toString(), what, new LayoutDirectory(directory), () -> false);
  }

  private static Path realDirectory(Action action, Path directory) throws IOException {
    try {
      Path real = directory.toRealPath();
      if (!Files.isDirectory(real)) {
        throw new NotDirectoryException(directory.toString());
      }
      return real;
    } catch (NoSuchFileException | NotDirectoryException e) {
      throw action.failed(Reason.NOT_A_REGISTRY, "there is no such directory");
    }
  }

  /** Another process may be making it too: then it holds nothing but what that one has made. */
  private static boolean isFree(Path root) throws IOException {
    try (Stream<Path> files = Files.list(root)) {
      return files.allMatch(file -> OWN_FILES.contains(String.valueOf(file.getFileName())));
    }
  }

  private static void make(LayoutDirectory directory) throws IOException {
    directory.alone(
        () -> {
          if (directory.read(LayoutIndex.FILE, Manifest.MAX_SIZE).isEmpty()) {
            directory.write(LayoutIndex.FILE, LayoutIndex.empty());
          }
          // The file that makes a layout of the directory comes last.
          directory.write(VERSION_FILE, VERSION.getBytes(StandardCharsets.UTF_8));
          return true;
        });
  }

  private void check(Action action) throws IOException {
    Optional<byte[]> version = directory.read(VERSION_FILE, MAX_VERSION);
    if (version.isEmpty()) {
      throw action.failed(
          Reason.NOT_A_REGISTRY,
          directory
              + " is not an image layout: it has no file "
              + VERSION_FILE
              + "; check the path");
    }
    if (!version(version.get()).startsWith("1.")) {
      throw action.failed(
          Reason.NOT_A_REGISTRY,
          directory + " is not an image layout of version 1, by its file " + VERSION_FILE);
    }
    index(action);
  }

  private static String version(byte[] file) {
    try {
      return JSON.readTree(file).path("imageLayoutVersion").asText("");
    } catch (IOException e) {
      // Whatever it is, it is no file of a layout.
      return "";
    }
  }

  private LayoutIndex index(Action action) throws IOException {
    byte[] content =
        directory
            .read(LayoutIndex.FILE, Manifest.MAX_SIZE)
            .orElseThrow(
                () ->
                    action.failed(
                        Reason.NOT_A_REGISTRY,
                        directory
                            + " is not a complete image layout: it has no file "
                            + LayoutIndex.FILE));
    try {
      return LayoutIndex.parse(content, shortNames);
    } catch (InvalidManifestException e) {
      throw action.failed(Reason.NOT_A_REGISTRY, directory + ": " + e.getMessage());
    }
  }

  private Action action(String registry, String what) {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
    return new Action(registry, what, directory, () -> closed);
  }

  @Override
  public void ping(String registry) {
    String name = Target.registry(registry).registry();
    Action action = action(name, "asking the image layout " + directory + " for " + name);
    action.run(
        () -> {
          check(action);
          return true;
        });
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    Action action = action(image.registry(), "looking for manifest " + image);
    return action.run(
        () -> {
          LayoutIndex index = index(action);
          Optional<Descriptor> entry = entry(index, image);
          // A layout that was not copied whole lists what it has not; to copy it again mends that.
          if (entry.isPresent()) {
            Optional<Path> file = directory.blob(entry.get().digest());
            return file.isPresent() && Files.size(file.get()) == entry.get().size()
                ? entry.map(LayoutRegistryClient::withoutPlatform)
                : Optional.empty();
          }
          return image.digest().isEmpty()
              ? Optional.empty()
              : manifest(action, image.digest().get())
                  .map(
                      found ->
                          Descriptor.of(
                              found.mediaType(), image.digest().orElseThrow(), found.size()));
        });
  }

  private static Descriptor withoutPlatform(Descriptor found) {
    return Descriptor.of(found.mediaType(), found.digest(), found.size());
  }

  /** Any entry of a digest tells the media type, so the repository matters for tags alone. */
  private static Optional<Descriptor> entry(LayoutIndex index, ImageRef image) {
    return image
        .digest()
        .map(
            digest ->
                index.entries().stream()
                    .map(LayoutIndex.Entry::descriptor)
                    .filter(descriptor -> descriptor.digest().equals(digest))
                    .findFirst())
        .orElseGet(() -> index.find(image.repository().tag(image.tagOrLatest().orElseThrow())));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    Action action = action(image.registry(), "reading manifest " + image);
    return action.run(
        () -> {
          Optional<Descriptor> entry = entry(index(action), image);
          Optional<Manifest> found =
              entry.isPresent()
                  ? manifest(action, entry.get())
                  : image.digest().isPresent()
                      ? manifest(action, image.digest().get())
                      : Optional.empty();
          return found.orElseThrow(
              () -> action.failed(Reason.NOT_FOUND, "there is no such manifest in " + directory));
        });
  }

  private Optional<Manifest> manifest(Action action, Descriptor entry) throws IOException {
    Optional<byte[]> content = content(action, entry.digest());
    return content.map(bytes -> Manifest.of(entry.mediaType(), bytes));
  }

  /** A manifest that no entry describes says itself what it is. */
  private Optional<Manifest> manifest(Action action, Digest digest) throws IOException {
    Optional<Path> file = directory.blob(digest);
    if (file.isEmpty() || Files.size(file.get()) > Manifest.MAX_SIZE) {
      return Optional.empty();
    }
    return content(action, digest).map(Manifest::of);
  }

  private Optional<byte[]> content(Action action, Digest digest) throws IOException {
    Optional<Path> file = directory.blob(digest);
    if (file.isEmpty()) {
      return Optional.empty();
    }
    byte[] content = directory.read(file.get(), Manifest.MAX_SIZE);
    Digest actual = digest.ofSameAlgorithm(content);
    if (!actual.equals(digest)) {
      throw action.failed(
          Reason.DIGEST_MISMATCH,
          "the file " + file.get() + " has the digest " + actual + "; fetch it again");
    }
    return Optional.of(content);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    Action action = action(image.registry(), "writing manifest " + image);
    if (image.digest().isPresent() && !manifest.hasDigest(image.digest().get())) {
      throw action.failed(
          Reason.DIGEST_MISMATCH, "the manifest has the digest " + manifest.digest());
    }
    Digest digest = image.digest().orElseGet(manifest::digest);
    action.run(
        () -> {
          checkParts(action, manifest);
          Set<Digest> names = new LinkedHashSet<>(List.of(manifest.digest(), digest));
          for (Digest name : names) {
            if (content(name, manifest).isEmpty()) {
              store(action, Descriptor.of(manifest.mediaType(), name, manifest.size()), manifest);
            }
          }
          list(action, image, digest, manifest);
          return true;
        });
  }

  /** What is there with other bytes is written anew. */
  private Optional<Path> content(Digest digest, Manifest manifest) throws IOException {
    Optional<Path> file = directory.blob(digest);
    return file.isPresent()
            && Files.size(file.get()) == manifest.size()
            && digest.equals(digest.ofSameAlgorithm(directory.read(file.get(), Manifest.MAX_SIZE)))
        ? file
        : Optional.empty();
  }

  private void checkParts(Action action, Manifest manifest) throws IOException {
    for (Descriptor blob : manifest.blobs()) {
      // Foreign layers stay where their addresses say.
      if (blob.urls().isEmpty()) {
        checkStored(action, "blob", blob);
      }
    }
    for (Descriptor child : manifest.children()) {
      checkStored(action, "manifest", child);
    }
  }

  private void checkStored(Action action, String kind, Descriptor part) throws IOException {
    Optional<Path> file = directory.blob(part.digest());
    if (file.isEmpty()) {
      throw action.failed(
          Reason.REFUSED,
          "the " + kind + " " + part.digest() + " is not in the layout " + directory);
    }
    long size = Files.size(file.get());
    if (size != part.size()) {
      throw action.failed(
          Reason.REFUSED,
          "the file %s has %d bytes, and the %s has %d; store it again"
              .formatted(file.get(), size, kind, part.size()));
    }
  }

  private void list(Action action, ImageRef image, Digest digest, Manifest manifest)
      throws IOException {
    ImageRef byDigest = image.repository().digest(digest);
    ImageRef name = image.tag().isPresent() ? image.withoutDigest() : byDigest;
    Set<ImageRef> obsolete = new LinkedHashSet<>();
    for (Descriptor child : manifest.children()) {
      // What is attached to another manifest is found by its entry, so that one stays.
      if (subject(action, child.digest()).isEmpty()) {
        obsolete.add(image.repository().digest(child.digest()));
      }
    }
    if (image.tag().isPresent()) {
      obsolete.add(byDigest);
    }
    Descriptor listed = Descriptor.of(manifest.mediaType(), digest, manifest.size());
    directory.alone(
        () -> {
          LayoutIndex old = index(action);
          boolean known =
              old.find(name).map(LayoutRegistryClient::withoutPlatform).equals(Optional.of(listed));
          boolean reached =
              image.tag().isEmpty()
                  && old.entries().stream()
                      .anyMatch(
                          entry ->
                              entry.descriptor().digest().equals(digest)
                                  && entry
                                      .name()
                                      .filter(n -> n.repository().equals(image.repository()))
                                      .isPresent());
          boolean stale =
              old.entries().stream()
                  .anyMatch(entry -> entry.name().filter(obsolete::contains).isPresent());
          if ((!known && !reached) || stale) {
            byte[] changed = old.with(name, listed, obsolete::contains).content();
            if (changed.length > Manifest.MAX_SIZE) {
              throw action.failed(
                  Reason.REFUSED,
                  LayoutIndex.FILE + " of " + directory + " would be larger than any reader takes");
            }
            directory.write(LayoutIndex.FILE, changed);
          }
          return true;
        });
  }

  private Optional<Digest> subject(Action action, Digest digest) throws IOException {
    Optional<Digest> known = subjects.get(digest);
    if (known == null) {
      try {
        Optional<Manifest> manifest = manifest(action, digest);
        if (manifest.isEmpty()) {
          return Optional.empty();
        }
        known = manifest.get().subject().map(Descriptor::digest);
      } catch (InvalidManifestException e) {
        // Layouts of other tools may list content of any kind.
        known = Optional.empty();
      }
      subjects.put(digest, known);
    }
    return known;
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return action(repository.registry(), "looking for blob " + digest + " in " + repository)
        .run(
            () -> {
              Optional<Path> file = directory.blob(digest);
              return file.isEmpty()
                  ? OptionalLong.empty()
                  : OptionalLong.of(Files.size(file.get()));
            });
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    Action action =
        action(repository.registry(), "reading blob " + blob.digest() + " of " + repository);
    if (offset < 0 || offset > blob.size()) {
      throw new IllegalArgumentException(
          "offset is " + offset + ", and the blob has " + blob.size() + " bytes");
    }
    return action.run(
        () -> {
          Path file =
              directory
                  .blob(blob.digest())
                  .orElseThrow(
                      () ->
                          action.failed(Reason.NOT_FOUND, "there is no such blob in " + directory));
          long size = Files.size(file);
          if (size != blob.size()) {
            throw action.failed(
                Reason.DIGEST_MISMATCH,
                "the file " + file + " has " + size + " bytes, and the blob has " + blob.size());
          }
          FileChannel channel =
              FileChannel.open(file, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS);
          return new StoredBlobInput(
              action, blob, Channels.newInputStream(channel.position(offset)), offset);
        });
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    store(
        action(repository.registry(), "writing blob " + blob.digest() + " to " + repository),
        blob,
        content);
  }

  private void store(Action action, Descriptor blob, Manifest manifest) {
    store(action, blob, new ByteArrayInputStream(manifest.content()));
  }

  private void store(Action action, Descriptor blob, InputStream content) {
    LayoutUpload upload = begin(action);
    try {
      upload.finish(blob, 0, content);
    } finally {
      // Nothing is left when it was stored.
      upload.abandon();
    }
  }

  private static LayoutUpload begin(Action action) {
    UUID session = UUID.randomUUID();
    action.run(() -> action.directory().newPart(session));
    return new LayoutUpload(action, session);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return Optional.of(
        begin(action(repository.registry(), "beginning an upload to " + repository)));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    Action action = action(repository.registry(), "taking up an upload to " + repository);
    // It may come from a file, and becomes part of a path.
    return SESSION.matcher(session).matches()
        ? Optional.of(new LayoutUpload(action, UUID.fromString(session)))
        : Optional.empty();
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    Action action =
        action(
            repository.registry(), "mounting blob " + digest + " of " + from + " in " + repository);
    if (!from.registry().equals(repository.registry())) {
      throw new IllegalArgumentException(
          "a blob cannot be mounted from "
              + from
              + ", which is in another registry than "
              + repository);
    }
    return action.run(() -> directory.blob(digest).isPresent());
  }

  @Override
  public List<String> tags(Repository repository) {
    Action action = action(repository.registry(), "listing the tags of " + repository);
    return action.run(
        () ->
            index(action).entries().stream()
                .flatMap(entry -> entry.name().stream())
                .filter(name -> name.repository().equals(repository))
                .flatMap(name -> name.tag().stream())
                .distinct()
                .toList());
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    Action action =
        action(repository.registry(), "listing the referrers of " + subject + " in " + repository);
    return action.run(
        () -> {
          Set<Descriptor> referrers = new LinkedHashSet<>();
          for (LayoutIndex.Entry entry : index(action).entries()) {
            if (subject(action, entry.descriptor().digest()).equals(Optional.of(subject))) {
              referrers.add(withoutPlatform(entry.descriptor()));
            }
          }
          return Optional.of(List.copyOf(referrers));
        });
  }

  /** Returns false: the files can be damaged or deleted after a manifest was stored. */
  @Override
  public boolean retainsReferencedContent(String registry) {
    return false;
  }

  @Override
  public void close() {
    closed = true;
  }
}
