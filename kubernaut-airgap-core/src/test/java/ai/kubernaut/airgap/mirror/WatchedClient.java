package ai.kubernaut.airgap.mirror;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.ForwardingBlobUpload;
import ai.kubernaut.airgap.registry.ForwardingRegistryClient;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/**
 * Another client, of which every call is written down as {@code method subject}, and may be made to
 * fail before it gets through.
 */
final class WatchedClient extends ForwardingRegistryClient {
  private final List<String> calls = new CopyOnWriteArrayList<>();
  private volatile Consumer<String> before = call -> {};

  WatchedClient(RegistryClient client) {
    super(client);
  }

  /** What to do before each call; what it throws, the call throws. */
  WatchedClient before(Consumer<String> action) {
    before = action;
    return this;
  }

  List<String> calls() {
    return List.copyOf(calls);
  }

  List<String> calls(String method) {
    return calls.stream().filter(call -> call.startsWith(method + " ")).toList();
  }

  void forget() {
    calls.clear();
  }

  private void called(String method, Object subject) {
    String call = method + " " + subject;
    calls.add(call);
    before.accept(call);
  }

  @Override
  public void ping(String registry) {
    called("ping", registry);
    super.ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    called("findManifest", image);
    return super.findManifest(image);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    called("readManifest", image);
    return super.readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    called("writeManifest", image);
    super.writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    called("findBlob", repository + "@" + digest);
    return super.findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    called("readBlob", repository + "@" + blob.digest() + (offset == 0 ? "" : " from " + offset));
    return super.readBlob(repository, blob, offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    called("writeBlob", repository + "@" + blob.digest());
    super.writeBlob(repository, blob, content);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    called("beginUpload", repository);
    return super.beginUpload(repository).map(upload -> new WatchedUpload(repository, upload));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    called("resumeUpload", repository);
    return super.resumeUpload(repository, session)
        .map(upload -> new WatchedUpload(repository, upload));
  }

  private final class WatchedUpload extends ForwardingBlobUpload {
    private final Repository repository;

    WatchedUpload(Repository repository, BlobUpload upload) {
      super(upload);
      this.repository = repository;
    }

    @Override
    public long offset() {
      called("offset", repository);
      return super.offset();
    }

    @Override
    public void append(long offset, long length, InputStream content) {
      called("append", repository + " " + offset + "+" + length);
      super.append(offset, length, content);
    }

    @Override
    public void finish(Descriptor blob, long offset, InputStream content) {
      called(
          "writeBlob", repository + "@" + blob.digest() + (offset == 0 ? "" : " from " + offset));
      super.finish(blob, offset, content);
    }

    @Override
    public void abandon() {
      called("abandon", repository);
      super.abandon();
    }
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    called("mountBlob", repository + "@" + digest);
    return super.mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    called("tags", repository);
    return super.tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    called("referrers", repository + "@" + subject);
    return super.referrers(repository, subject);
  }
}
