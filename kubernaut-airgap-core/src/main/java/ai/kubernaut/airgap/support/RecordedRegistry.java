package ai.kubernaut.airgap.support;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Registries at one moment: each question is sent once, and has the same answer from then on.
 * Credentials are told apart by pseudonyms. Without registries, questions that were not asked
 * before fail as unanswered. Read-only. Thread-safe.
 */
final class RecordedRegistry implements RegistryClient {
  /** The credentials of the client itself. */
  static final String OWN = "own";

  static final String ANONYMOUS = "anonymous";

  private static final int MAX_BLOB = 4 << 20;

  /**
   * A question.
   *
   * @param credentials the pseudonym
   * @param about a reference or a repository
   * @param digest of a blob; null for manifests
   */
  record Question(String credentials, Kind kind, String about, @Nullable String digest) {}

  enum Kind {
    FIND_MANIFEST,
    READ_MANIFEST,
    FIND_BLOB,
    READ_BLOB
  }

  private final @Nullable RegistryClient live;
  private final Function<Credentials, String> pseudonyms;
  private final @Nullable CredentialProvider provider;
  final Map<Question, Answer<Object>> answers;

  private RecordedRegistry(
      @Nullable RegistryClient live,
      Function<Credentials, String> pseudonyms,
      @Nullable CredentialProvider provider,
      Map<Question, Answer<Object>> answers) {
    this.live = live;
    this.pseudonyms = pseudonyms;
    this.provider = provider;
    this.answers = answers;
  }

  /** Records registries, whose client stays open. */
  static RecordedRegistry of(RegistryClient live, Function<Credentials, String> pseudonyms) {
    return new RecordedRegistry(live, pseudonyms, null, new ConcurrentHashMap<>());
  }

  /** Registries that have no answers yet. Passwords are the pseudonyms. */
  static RecordedRegistry empty() {
    return new RecordedRegistry(
        null, credentials -> credentials.password().reveal(), null, new ConcurrentHashMap<>());
  }

  private String identity(Repository repository) {
    return provider == null
        ? OWN
        : provider.credentialsFor(repository).map(pseudonyms).orElse(ANONYMOUS);
  }

  private Answer<Object> ask(Question question, String registry, Supplier<Object> asked) {
    Answer<Object> known = answers.get(question);
    if (known == null) {
      known =
          live == null
              ? Answer.failed(
                  new RegistryException(
                      RegistryException.Reason.REFUSED,
                      registry,
                      0,
                      "asking " + registry + " failed: the support bundle does not have the answer",
                      null))
              : Answer.ask(asked);
      answers.put(question, known);
    }
    return known;
  }

  private Answer<Object> ask(Kind kind, ImageRef image, Supplier<Object> asked) {
    return ask(
        new Question(identity(image.repository()), kind, image.toString(), null),
        image.registry(),
        asked);
  }

  private Answer<Object> ask(
      Kind kind, Repository repository, @Nullable Digest digest, Supplier<Object> asked) {
    return ask(
        new Question(
            identity(repository),
            kind,
            repository.toString(),
            digest == null ? null : digest.toString()),
        repository.registry(),
        asked);
  }

  private RegistryClient live() {
    if (live == null) {
      throw new IllegalStateException("there is no registry");
    }
    return live;
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return ((Optional<?>) ask(Kind.FIND_MANIFEST, image, () -> live().findManifest(image)).get())
        .map(Descriptor.class::cast);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return (Manifest) ask(Kind.READ_MANIFEST, image, () -> live().readManifest(image)).get();
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return (OptionalLong)
        ask(Kind.FIND_BLOB, repository, digest, () -> live().findBlob(repository, digest)).get();
  }

  /** Only small blobs are recorded: configurations, and no layers. */
  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    byte[] content =
        (byte[])
            ask(Kind.READ_BLOB, repository, blob.digest(), () -> content(repository, blob)).get();
    return new ByteArrayInputStream(
        Arrays.copyOfRange(content, (int) Math.min(offset, content.length), content.length));
  }

  private byte[] content(Repository repository, Descriptor blob) {
    if (blob.size() > MAX_BLOB) {
      throw refused("reading blob " + blob.digest(), repository.registry());
    }
    try (InputStream in = live().readBlob(repository, blob, 0)) {
      return in.readNBytes(MAX_BLOB);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
    if (live == null) {
      return Optional.of(new RecordedRegistry(null, pseudonyms, credentials, answers));
    }
    return live.withCredentials(credentials)
        .map(client -> new RecordedRegistry(client, pseudonyms, credentials, answers));
  }

  @Override
  public void ping(String registry) {
    throw refused("checking the registry", registry);
  }

  @Override
  public List<String> tags(Repository repository) {
    throw refused("listing the tags of " + repository, repository.registry());
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    throw refused("writing " + image, image.registry());
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    throw refused("writing blob " + blob.digest(), repository.registry());
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    throw refused("mounting blob " + digest, repository.registry());
  }

  private static RegistryException refused(String operation, String registry) {
    return new RegistryException(
        RegistryException.Reason.REFUSED,
        registry,
        0,
        operation
            + " failed: a recorded registry has only manifests and configurations, and cannot be changed",
        null);
  }

  /** Closes the client for other credentials; the first one belongs to the caller. */
  @Override
  public void close() {
    if (live != null && provider != null) {
      live.close();
    }
  }
}
