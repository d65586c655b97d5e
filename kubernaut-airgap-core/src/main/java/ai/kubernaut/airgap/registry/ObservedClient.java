package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Makes the calls of another client, and tells an observer about each when it has ended: for logs
 * and metrics, of which this library has none.
 *
 * <pre>{@code
 * System.Logger log = System.getLogger("registries");
 * RegistryClient logged =
 *     ObservedClient.of(client, call -> log.log(System.Logger.Level.DEBUG, call.toString()));
 * }</pre>
 *
 * <p>Thread-safe if the other client and the observer are. Closing it closes the other client.
 */
public final class ObservedClient extends ForwardingRegistryClient {
  private final Consumer<RegistryCall> observer;

  private ObservedClient(RegistryClient client, Consumer<RegistryCall> observer) {
    super(client);
    this.observer = observer;
  }

  /**
   * Observes a client.
   *
   * @param client makes the calls; closed with this client
   * @param observer told of every call, in the thread that makes it; must be fast, and must not
   *     throw. Questions that no registry is asked ({@link
   *     RegistryClient#retainsReferencedContent}, {@link RegistryClient#resumeUpload}) are not told
   * @return the client
   */
  public static ObservedClient of(RegistryClient client, Consumer<RegistryCall> observer) {
    return new ObservedClient(client, Objects.requireNonNull(observer, "observer"));
  }

  /** One call under way. For one thread. */
  private final class Call {
    private final String method;
    private final String registry;
    private final String subject;
    private final long begin = System.nanoTime();
    private boolean ended;

    Call(String method, String registry, String subject) {
      this.method = method;
      this.registry = registry;
      this.subject = subject;
    }

    void end(long bytes, @Nullable RuntimeException failure) {
      if (!ended) {
        ended = true;
        observer.accept(
            RegistryCall.builder()
                .method(method)
                .registry(registry)
                .subject(subject)
                .duration(Duration.ofNanos(Math.max(0, System.nanoTime() - begin)))
                .bytes(bytes)
                .failure(Optional.ofNullable(failure))
                .build());
      }
    }

    <T> T run(Supplier<T> request) {
      T result;
      try {
        result = request.get();
      } catch (RuntimeException e) {
        end(0, e);
        throw e;
      }
      end(0, null);
      return result;
    }

    void run(Runnable request) {
      run(
          () -> {
            request.run();
            return true;
          });
    }

    /** Runs a request that reads a stream to its end. */
    void send(InputStream content, Consumer<InputStream> request) {
      CountedInput counted = new CountedInput(content);
      try {
        request.accept(counted);
      } catch (RuntimeException e) {
        end(counted.bytes, e);
        throw e;
      }
      end(counted.bytes, null);
    }
  }

  private static class CountedInput extends FilterInputStream {
    long bytes;

    CountedInput(InputStream in) {
      super(in);
    }

    @Override
    public int read() throws IOException {
      int value = super.read();
      bytes += value < 0 ? 0 : 1;
      return value;
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      int count = super.read(buffer, offset, length);
      bytes += Math.max(0, count);
      return count;
    }

    @Override
    public long skip(long count) throws IOException {
      long skipped = super.skip(count);
      bytes += skipped;
      return skipped;
    }
  }

  /** The content of a blob, whose call ends when it fails or is closed. */
  private static final class ObservedInput extends CountedInput {
    private final Call call;

    ObservedInput(InputStream in, Call call) {
      super(in);
      this.call = call;
    }

    @Override
    public int read() throws IOException {
      try {
        return super.read();
      } catch (RuntimeException e) {
        call.end(bytes, e);
        throw e;
      }
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
      try {
        return super.read(buffer, offset, length);
      } catch (RuntimeException e) {
        call.end(bytes, e);
        throw e;
      }
    }

    @Override
    public void close() throws IOException {
      try {
        super.close();
      } finally {
        call.end(bytes, null);
      }
    }
  }

  /** The calls of an upload that can be continued. */
  private final class ObservedUpload extends ForwardingBlobUpload {
    private final Repository repository;

    ObservedUpload(BlobUpload upload, Repository repository) {
      super(upload);
      this.repository = repository;
    }

    @Override
    public long offset() {
      return call("offset", repository).run(super::offset);
    }

    @Override
    public void append(long offset, long length, InputStream content) {
      call("append", repository).send(content, in -> super.append(offset, length, in));
    }

    @Override
    public void finish(Descriptor blob, long offset, InputStream content) {
      call("finish", repository, blob.digest()).send(content, in -> super.finish(blob, offset, in));
    }

    @Override
    public void abandon() {
      call("abandon", repository).run(super::abandon);
    }
  }

  private Call call(String method, ImageRef image) {
    return new Call(method, image.registry(), image.toString());
  }

  private Call call(String method, Repository repository) {
    return new Call(method, repository.registry(), repository.toString());
  }

  private Call call(String method, Repository repository, Digest digest) {
    return new Call(method, repository.registry(), repository + "@" + digest);
  }

  @Override
  public void ping(String registry) {
    new Call("ping", registry, registry).run(() -> super.ping(registry));
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return call("findManifest", image).run(() -> super.findManifest(image));
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return call("readManifest", image).run(() -> super.readManifest(image));
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    call("writeManifest", image).run(() -> super.writeManifest(image, manifest));
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return call("findBlob", repository, digest).run(() -> super.findBlob(repository, digest));
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    Call call = call("readBlob", repository, blob.digest());
    try {
      return new ObservedInput(super.readBlob(repository, blob, offset), call);
    } catch (RuntimeException e) {
      call.end(0, e);
      throw e;
    }
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    call("writeBlob", repository, blob.digest())
        .send(content, in -> super.writeBlob(repository, blob, in));
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return call("beginUpload", repository)
        .run(() -> super.beginUpload(repository))
        .map(upload -> new ObservedUpload(upload, repository));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return super.resumeUpload(repository, session)
        .map(upload -> new ObservedUpload(upload, repository));
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return call("mountBlob", repository, digest)
        .run(() -> super.mountBlob(repository, digest, from));
  }

  @Override
  public List<String> tags(Repository repository) {
    return call("tags", repository).run(() -> super.tags(repository));
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return call("referrers", repository, subject).run(() -> super.referrers(repository, subject));
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    call("deleteManifest", repository, digest).run(() -> super.deleteManifest(repository, digest));
  }

  /** The calls of the other client are observed, too. */
  @Override
  public Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
    return super.withCredentials(credentials).map(client -> of(client, observer));
  }
}
