package ai.kubernaut.airgap.registry.memory;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Registries in memory: every registry that a reference names exists, is empty at first, and lives
 * as long as this client. They refuse what a real one refuses: a manifest whose blobs or children
 * are missing (400), content that has not its digest (400). Blobs belong to a repository, and
 * mounting brings them from one to another. {@link #acceptingSparseIndexes()} also accepts an index
 * whose children are missing, as distribution 3 does. Nothing needs credentials. The content is
 * held on the heap, so it suits tests and small images.
 */
public final class MemoryRegistryClient implements RegistryClient {
  private final ConcurrentMap<Repository, Contents> repositories = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, ByteArrayOutputStream> sessions = new ConcurrentHashMap<>();
  private volatile boolean closed;

  private final boolean sparseIndexes;

  private MemoryRegistryClient(boolean sparseIndexes) {
    this.sparseIndexes = sparseIndexes;
  }

  /**
   * A client with empty registries.
   *
   * @return the client
   */
  public static MemoryRegistryClient create() {
    return new MemoryRegistryClient(false);
  }

  /**
   * A client with empty registries that accept indexes whose children are missing.
   *
   * @return the client
   */
  public static MemoryRegistryClient acceptingSparseIndexes() {
    return new MemoryRegistryClient(true);
  }

  @Override
  public void ping(String registry) {
    begin(Target.registry(registry).registry(), "asking whether it is a registry");
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    begin(image.registry(), "looking for manifest " + image);
    return manifest(image).map(Manifest::descriptor).map(found -> asAskedFor(image, found));
  }

  /** A manifest that was asked for by another algorithm's digest is described by that one. */
  private static Descriptor asAskedFor(ImageRef image, Descriptor found) {
    return image
        .digest()
        .map(digest -> Descriptor.of(found.mediaType(), digest, found.size()))
        .orElse(found);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    String action = "reading manifest " + image;
    begin(image.registry(), action);
    return manifest(image)
        .orElseThrow(
            () ->
                failed(
                    Reason.NOT_FOUND, image.registry(), 404, action, "there is no such manifest"));
  }

  private Optional<Manifest> manifest(ImageRef image) {
    Contents contents = repositories.get(image.repository());
    return contents == null
        ? Optional.empty()
        : Optional.ofNullable(contents.manifests.get(image.manifestReference()));
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    String action = "writing manifest " + image;
    begin(image.registry(), action);
    Optional<Digest> wanted = image.digest();
    if (wanted.isPresent() && !manifest.hasDigest(wanted.get())) {
      throw failed(
          Reason.DIGEST_MISMATCH,
          image.registry(),
          0,
          action,
          "the manifest has the digest " + manifest.digest());
    }
    Contents contents = contents(image.repository());
    for (Descriptor blob : manifest.blobs()) {
      // Foreign layers stay where their addresses say.
      if (blob.urls().isEmpty() && !contents.blobs.containsKey(blob.digest())) {
        throw failed(
            Reason.REFUSED,
            image.registry(),
            400,
            action,
            "the blob " + blob.digest() + " is not in the repository (MANIFEST_BLOB_UNKNOWN)");
      }
    }
    for (Descriptor child : manifest.children()) {
      if (!sparseIndexes && !contents.manifests.containsKey(child.digest().toString())) {
        throw failed(
            Reason.REFUSED,
            image.registry(),
            400,
            action,
            "the manifest " + child.digest() + " is not in the repository (MANIFEST_BLOB_UNKNOWN)");
      }
    }
    contents.manifests.put(manifest.digest().toString(), manifest);
    wanted.ifPresent(digest -> contents.manifests.put(digest.toString(), manifest));
    image
        .tag()
        .ifPresent(
            tag -> {
              contents.manifests.put(tag, manifest);
              contents.addTag(tag);
            });
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    begin(repository.registry(), "looking for blob " + digest + " in " + repository);
    byte[] blob = blob(repository, digest).orElse(null);
    return blob == null ? OptionalLong.empty() : OptionalLong.of(blob.length);
  }

  private Optional<byte[]> blob(Repository repository, Digest digest) {
    Contents contents = repositories.get(repository);
    return contents == null ? Optional.empty() : Optional.ofNullable(contents.blobs.get(digest));
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    String action = "reading blob " + blob.digest() + " of " + repository;
    begin(repository.registry(), action);
    if (offset < 0 || offset > blob.size()) {
      throw new IllegalArgumentException(
          "offset is " + offset + ", and the blob has " + blob.size() + " bytes");
    }
    byte[] content =
        blob(repository, blob.digest())
            .orElseThrow(
                () ->
                    failed(
                        Reason.NOT_FOUND,
                        repository.registry(),
                        404,
                        action,
                        "there is no such blob"));
    if (content.length != blob.size()) {
      throw failed(
          Reason.DIGEST_MISMATCH,
          repository.registry(),
          200,
          action,
          "the registry has " + content.length + " bytes of it, and it should have " + blob.size());
    }
    return new MemoryInput(repository.registry(), action, content, (int) offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    String action = "writing blob " + blob.digest() + " to " + repository;
    begin(repository.registry(), action);
    store(repository, blob, action, readAll(repository.registry(), action, content));
  }

  private void store(Repository repository, Descriptor blob, String action, byte[] bytes) {
    if (bytes.length != blob.size()
        || !blob.digest().ofSameAlgorithm(bytes).equals(blob.digest())) {
      throw failed(
          Reason.DIGEST_MISMATCH,
          repository.registry(),
          400,
          action,
          "the content has "
              + bytes.length
              + " bytes and the digest "
              + blob.digest().ofSameAlgorithm(bytes)
              + " (DIGEST_INVALID)");
    }
    contents(repository).blobs.put(blob.digest(), bytes);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    begin(repository.registry(), "beginning an upload to " + repository);
    String session = UUID.randomUUID().toString();
    sessions.put(session, new ByteArrayOutputStream());
    return Optional.of(new MemoryUpload(repository, session));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    begin(repository.registry(), "taking up an upload to " + repository);
    return Optional.of(new MemoryUpload(repository, session));
  }

  private byte[] readAll(String registry, String action, InputStream content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[8192];
    try {
      int count = content.read(buffer);
      while (count >= 0) {
        bytes.write(buffer, 0, count);
        checkUsable(registry, action);
        count = content.read(buffer);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    begin(repository.registry(), "mounting blob " + digest + " of " + from + " in " + repository);
    if (!from.registry().equals(repository.registry())) {
      throw new IllegalArgumentException(
          "a blob cannot be mounted from "
              + from
              + ", which is in another registry than "
              + repository);
    }
    byte[] blob = blob(from, digest).orElse(null);
    if (blob == null) {
      return false;
    }
    contents(repository).blobs.put(digest, blob);
    return true;
  }

  @Override
  public List<String> tags(Repository repository) {
    begin(repository.registry(), "listing the tags of " + repository);
    Contents contents = repositories.get(repository);
    return contents == null ? List.of() : contents.tags();
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    String action = "deleting manifest " + repository.digest(digest);
    begin(repository.registry(), action);
    Contents contents = repositories.get(repository);
    if (contents == null || !contents.delete(digest)) {
      throw failed(
          Reason.NOT_FOUND, repository.registry(), 404, action, "there is no such manifest");
    }
  }

  /**
   * Deletes a blob, also one that stored manifests refer to, as damaged storage loses it.
   *
   * @param repository the repository
   * @param digest the digest of the blob
   * @throws RegistryException when the repository does not have the blob
   */
  public void deleteBlob(Repository repository, Digest digest) {
    String action = "deleting blob %s of %s".formatted(digest, repository);
    begin(repository.registry(), action);
    Contents contents = repositories.get(repository);
    if (contents == null || contents.blobs.remove(digest) == null) {
      throw failed(Reason.NOT_FOUND, repository.registry(), 404, action, "there is no such blob");
    }
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    begin(repository.registry(), "listing the referrers of " + subject + " in " + repository);
    Contents contents = repositories.get(repository);
    return Optional.of(
        contents == null
            ? List.of()
            : contents.manifests.values().stream()
                .filter(
                    manifest ->
                        manifest.subject().filter(d -> d.digest().equals(subject)).isPresent())
                .map(Manifest::descriptor)
                .distinct()
                .toList());
  }

  private Contents contents(Repository repository) {
    return repositories.computeIfAbsent(repository, any -> new Contents());
  }

  private void begin(String registry, String action) {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw failed(Reason.UNREACHABLE, registry, 0, action, "the thread was interrupted");
    }
  }

  private void checkUsable(String registry, String action) {
    if (closed) {
      throw failed(
          Reason.UNREACHABLE, registry, 0, action, "the client was closed while it was under way");
    }
    if (Thread.currentThread().isInterrupted()) {
      throw failed(Reason.UNREACHABLE, registry, 0, action, "the thread was interrupted");
    }
  }

  private static RegistryException failed(
      Reason reason, String registry, int status, String action, String why) {
    return new RegistryException(reason, registry, status, action + " failed: " + why, null);
  }

  @Override
  public void close() {
    closed = true;
  }

  /** What has arrived before a failure stays, as in real registries. */
  private final class MemoryUpload implements BlobUpload {
    private final Repository repository;
    private final String session;
    private final String action;

    MemoryUpload(Repository repository, String session) {
      this.repository = repository;
      this.session = session;
      this.action = "sending a blob to " + repository;
    }

    private ByteArrayOutputStream bytes() {
      begin(repository.registry(), action);
      ByteArrayOutputStream bytes = sessions.get(session);
      if (bytes == null) {
        throw failed(
            Reason.NOT_FOUND, repository.registry(), 404, action, "there is no such upload");
      }
      return bytes;
    }

    @Override
    public Optional<String> session() {
      return Optional.of(session);
    }

    @Override
    public long minimumChunk() {
      return 0;
    }

    @Override
    public long offset() {
      return bytes().size();
    }

    @Override
    public void append(long offset, long length, InputStream content) {
      ByteArrayOutputStream bytes = at(offset);
      byte[] buffer = new byte[8192];
      long left = length;
      try {
        while (left > 0) {
          int count = content.read(buffer, 0, (int) Math.min(buffer.length, left));
          if (count < 0) {
            throw failed(
                Reason.DIGEST_MISMATCH,
                repository.registry(),
                0,
                action,
                "the content ends " + left + " bytes early");
          }
          checkUsable(repository.registry(), action);
          bytes.write(buffer, 0, count);
          left -= count;
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    private ByteArrayOutputStream at(long offset) {
      ByteArrayOutputStream bytes = bytes();
      if (bytes.size() != offset) {
        throw failed(
            Reason.REFUSED,
            repository.registry(),
            416,
            action,
            "the upload is at " + bytes.size() + ", and not at " + offset);
      }
      return bytes;
    }

    @Override
    public void finish(Descriptor blob, long offset, InputStream content) {
      ByteArrayOutputStream bytes = at(offset);
      bytes.writeBytes(readAll(repository.registry(), action, content));
      sessions.remove(session);
      store(repository, blob, action, bytes.toByteArray());
    }

    @Override
    public void abandon() {
      sessions.remove(session);
    }
  }

  /** What one repository holds. */
  private static final class Contents {
    final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, Manifest> manifests = new ConcurrentHashMap<>();
    private final TreeMap<String, Boolean> tags = new TreeMap<>();

    synchronized void addTag(String tag) {
      tags.put(tag, true);
    }

    synchronized List<String> tags() {
      return List.copyOf(tags.keySet());
    }

    /** Removes a manifest under its digests and tags; returns whether it was there. */
    synchronized boolean delete(Digest digest) {
      Manifest manifest = manifests.get(digest.toString());
      if (manifest == null) {
        return false;
      }
      manifests.values().removeIf(manifest::equals);
      tags.keySet().removeIf(tag -> !manifests.containsKey(tag));
      return true;
    }
  }

  private final class MemoryInput extends InputStream {
    private final String registry;
    private final String action;
    private final byte[] content;
    private int position;
    private boolean ended;

    MemoryInput(String registry, String action, byte[] content, int position) {
      this.registry = registry;
      this.action = action;
      this.content = content;
      this.position = position;
    }

    @Override
    public int read() {
      byte[] one = new byte[1];
      return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) {
      Objects.checkFromIndexSize(offset, length, buffer.length);
      if (ended) {
        throw failed(
            Reason.UNREACHABLE, registry, 0, action, "the stream was closed before its end");
      }
      checkUsable(registry, action);
      if (length == 0) {
        return 0;
      }
      if (position == content.length) {
        return -1;
      }
      int count = Math.min(length, content.length - position);
      System.arraycopy(content, position, buffer, offset, count);
      position += count;
      return count;
    }

    @Override
    public void close() {
      ended = true;
    }
  }
}
