package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.common.LibraryVersion;
import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import ai.kubernaut.airgap.registry.BlobUpload;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.Descriptor;
import ai.kubernaut.airgap.registry.InvalidManifestException;
import ai.kubernaut.airgap.registry.Manifest;
import ai.kubernaut.airgap.registry.RegistryClient;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.jspecify.annotations.Nullable;

/**
 * A client of registries over HTTP. Secure by default: HTTPS only, with the certificate authorities
 * of the JVM, and with the credentials that Docker and Podman use ({@link
 * DockerConfig#standard()}). Anonymous, Basic and Bearer (token service) authentication are chosen
 * automatically.
 *
 * <p>The proxies are those of the JVM ({@code https.proxyHost}, {@code http.nonProxyHosts}, …),
 * unless {@link Builder#proxy} or {@link Builder#proxyFromEnvironment} names others. Requests for
 * {@code docker.io} are sent to {@code registry-1.docker.io}. Redirects of downloads are followed,
 * at most five, and credentials never go to another host.
 *
 * <p>A registry names its token service. Requests to that service use HTTPS only, unless {@link
 * Builder#plainHttp} allows plain HTTP for its host. It may have a loopback, link-local or private
 * address only when the registry has one too, or {@link Builder#allowInternalTokenService} allows
 * it. Redirects of token services are not followed.
 *
 * <p>An interrupt ends a request within about a tenth of a second while it connects, waits or
 * transfers; only the resolution of a host name cannot be interrupted. While requests are running,
 * the client has one daemon thread for this.
 */
public final class HttpRegistryClient implements RegistryClient {
  private static final String MANIFEST_TYPES =
      String.join(
          ", ",
          Manifest.OCI_INDEX,
          Manifest.OCI_MANIFEST,
          Manifest.DOCKER_LIST,
          Manifest.DOCKER_MANIFEST);
  private final Endpoints endpoints;
  private final Transport transport;
  private final Authorizer authorizer;
  private final Failures failures;
  private final Session session;
  private final long maxListBytes;
  private final boolean ownsTransport;
  private volatile boolean closed;

  private HttpRegistryClient(Builder builder, Endpoints endpoints, TlsByHost tls) {
    this.endpoints = endpoints;
    this.transport =
        new Transport(
            endpoints,
            tls,
            builder.connectTimeout,
            builder.idleTimeout,
            new TransferLimits(builder.requestTimeout, builder.bytesPerSecond, builder.rateWindow),
            builder.connectionsPerRegistry,
            builder.resolver,
            new TokenServiceRule(
                builder.resolver, builder.internalAddresses, builder.internalTokenServices),
            builder.proxies(),
            new ExtraHeaders(endpoints.byAuthority(builder.headers)),
            builder.userAgent());
    CredentialProvider provider = builder.provider();
    this.authorizer =
        new Authorizer(
            provider, source(provider), transport, builder.connectTimeout, builder.idleTimeout);
    this.failures = authorizer.failures();
    this.session = new Session(transport, authorizer);
    this.maxListBytes = builder.maxListBytes;
    this.ownsTransport = true;
  }

  /** Uses the connections of another client with other credentials. */
  private HttpRegistryClient(HttpRegistryClient other, CredentialProvider provider) {
    this.endpoints = other.endpoints;
    this.transport = other.transport;
    this.authorizer = other.authorizer.withProvider(provider, source(provider));
    this.failures = authorizer.failures();
    this.session = new Session(transport, authorizer);
    this.maxListBytes = other.maxListBytes;
    this.ownsTransport = false;
  }

  private static CredentialSource source(CredentialProvider provider) {
    return provider instanceof DockerConfig config
        ? config::advice
        : repository -> "give some for " + repository + " with credentials(…)";
  }

  /**
   * Creates a client with the defaults.
   *
   * @return the client; the caller closes it
   */
  public static HttpRegistryClient create() {
    return builder().build();
  }

  /** {@return a builder with every default} */
  public static Builder builder() {
    return new Builder();
  }

  @Override
  public void ping(String registry) {
    Endpoint endpoint = open(registry);
    Call call =
        Call.onRegistry("asking " + endpoint.describe() + " whether it is a registry", endpoint);
    try (HttpResponse answer = session.send(call, "GET", endpoint.uri(""), Map.of())) {
      int status = answer.status();
      boolean speaksProtocol = answer.header("Docker-Distribution-Api-Version").isPresent();
      // Without credentials a token service's token is all that can be had: some registries refuse
      // it here and
      // accept it, with a scope, everywhere else.
      if (status == 401 && authorizer.usesTokens(call) && !authorizer.hasCredentials(call)) {
        return;
      }
      if (status == 200) {
        if (!speaksProtocol
            && (answer.isHtml() || !Failures.isJsonOrEmpty(content(call, answer, 4096)))) {
          throw notARegistry(call, status);
        }
        answer.discard();
        return;
      }
      if (status == 404 || status == 405 || status == 410 || status < 400) {
        throw notARegistry(call, status);
      }
      throw failures.refused(call, answer);
    }
  }

  private RegistryException notARegistry(Call call, int status) {
    return failures.of(
        call,
        Reason.NOT_A_REGISTRY,
        status,
        call.endpoint().authority()
            + " answers (with "
            + status
            + "), but not as a registry: there is nothing of the kind at /v2/; check the host and the port",
        null);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    Endpoint endpoint = open(image.registry());
    Call call = Call.pull("looking for manifest " + image, endpoint, image.repository());
    try (HttpResponse answer =
        session.send(call, "HEAD", manifestUri(endpoint, image), acceptManifests())) {
      if (answer.status() == 404) {
        answer.discard();
        return Optional.empty();
      }
      if (answer.isSuccess()) {
        Optional<Descriptor> found = described(image, answer);
        answer.discard();
        if (found.isPresent()) {
          return found;
        }
      } else if (answer.status() != 405) {
        throw failures.refused(call, answer);
      }
    }
    // A GET has everything that the HEAD's answer lacked.
    try {
      Descriptor read = readManifest(image).descriptor();
      return Optional.of(
          Descriptor.of(read.mediaType(), image.digest().orElse(read.digest()), read.size()));
    } catch (RegistryException e) {
      if (e.reason() == Reason.NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  private static Optional<Descriptor> described(ImageRef image, HttpResponse answer) {
    Optional<Digest> stated =
        answer.header("Docker-Content-Digest").flatMap(HttpRegistryClient::digest);
    Optional<Digest> asked = image.digest();
    boolean contradiction =
        stated.isPresent()
            && asked.isPresent()
            && stated.get().algorithm() == asked.get().algorithm()
            && !stated.equals(asked);
    Optional<Digest> digest = asked.or(() -> stated);
    OptionalLong length = answer.contentLength();
    Optional<String> type = answer.mediaType().filter(HttpRegistryClient::isManifestType);
    return contradiction || digest.isEmpty() || length.isEmpty() || type.isEmpty()
        ? Optional.empty()
        : Optional.of(Descriptor.of(type.get(), digest.get(), length.getAsLong()));
  }

  private static Optional<Digest> digest(String text) {
    try {
      return Optional.of(Digest.parse(text));
    } catch (ai.kubernaut.airgap.image.InvalidReferenceException e) {
      return Optional.empty();
    }
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    Endpoint endpoint = open(image.registry());
    Call call = Call.pull("reading manifest " + image, endpoint, image.repository());
    try (HttpResponse answer =
        session.send(call, "GET", manifestUri(endpoint, image), acceptManifests())) {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      if (answer.isHtml()) {
        throw notARegistry(call, answer.status());
      }
      byte[] content = content(call, answer, Manifest.MAX_SIZE);
      if (content.length > Manifest.MAX_SIZE) {
        throw new InvalidManifestException(
            call.action()
                + " failed: the manifest has more than "
                + Manifest.MAX_SIZE
                + " bytes, which is the limit");
      }
      checkDigest(call, image.digest(), "", content);
      checkDigest(
          call,
          answer.header("Docker-Content-Digest").flatMap(HttpRegistryClient::digest),
          " that the registry stated",
          content);
      String type = answer.mediaType().filter(HttpRegistryClient::isManifestType).orElse(null);
      return manifest(call, type, content);
    }
  }

  private static Manifest manifest(Call call, @Nullable String mediaType, byte[] content) {
    try {
      return mediaType == null ? Manifest.of(content) : Manifest.of(mediaType, content);
    } catch (InvalidManifestException e) {
      throw new InvalidManifestException(call.action() + " failed: " + e.getMessage());
    }
  }

  private byte[] content(Call call, HttpResponse answer, int limit) {
    try {
      return answer.read(limit);
    } catch (IOException e) {
      throw failures.io(call, answer.uri(), answer.transfer(), e);
    }
  }

  private void checkDigest(Call call, Optional<Digest> expected, String whose, byte[] content) {
    if (expected.isPresent()) {
      Digest actual = expected.get().ofSameAlgorithm(content);
      if (!actual.equals(expected.get())) {
        throw failures.of(
            call,
            Reason.DIGEST_MISMATCH,
            "the bytes that came have the digest "
                + actual
                + ", not the "
                + expected.get()
                + whose);
      }
    }
  }

  /**
   * Returns whether a content type identifies the kind of a manifest; some registries send a
   * general one.
   */
  private static boolean isManifestType(String type) {
    return type.endsWith("+json") || type.endsWith("+prettyjws");
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    Endpoint endpoint = open(image.registry());
    Call call = Call.push("writing manifest " + image, endpoint, image.repository());
    Optional<Digest> wanted = image.digest();
    if (wanted.isPresent() && !manifest.hasDigest(wanted.get())) {
      throw failures.of(
          call,
          Reason.DIGEST_MISMATCH,
          "the manifest has the digest "
              + manifest.digest()
              + ", so it cannot be stored under that reference");
    }
    String reference = image.tag().orElseGet(() -> wanted.orElseGet(manifest::digest).toString());
    URI uri = endpoint.uri(endpoint.nameOf(image.repository()) + "/manifests/" + reference);
    ByteArrayEntity body =
        new ByteArrayEntity(manifest.content(), ContentType.create(manifest.mediaType()));
    try (HttpResponse answer = session.send(call, "PUT", uri, Map.of(), body)) {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      Optional<Digest> stored =
          answer.header("Docker-Content-Digest").flatMap(HttpRegistryClient::digest);
      answer.discard();
      if (stored.isPresent() && !manifest.hasDigest(stored.get())) {
        throw failures.of(
            call,
            Reason.DIGEST_MISMATCH,
            answer.status(),
            endpoint.describe()
                + " stored it under the digest "
                + stored.get()
                + ", though it has the digest "
                + manifest.digest(),
            null);
      }
    }
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    Endpoint endpoint = open(repository.registry());
    Call call = Call.pull("looking for blob " + digest + " in " + repository, endpoint, repository);
    URI uri = blobUri(endpoint, repository, digest);
    for (String method : List.of("HEAD", "GET")) {
      try (HttpResponse answer = session.send(call, method, uri, Map.of())) {
        if (answer.status() == 404) {
          answer.discard();
          return OptionalLong.empty();
        }
        if (!answer.isSuccess() && (answer.status() != 405 || method.equals("GET"))) {
          throw failures.refused(call, answer);
        }
        OptionalLong length = answer.isSuccess() ? answer.contentLength() : OptionalLong.empty();
        if (method.equals("HEAD")) {
          // A GET's answer is the blob itself, and closing it breaks the connection.
          answer.discard();
        }
        if (length.isPresent()) {
          return length;
        }
      }
    }
    throw failures.of(
        call, Reason.PROTOCOL, endpoint.describe() + " has the blob and does not say its size");
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    Endpoint endpoint = open(repository.registry());
    if (offset < 0 || offset > blob.size()) {
      throw new IllegalArgumentException(
          "offset is " + offset + ", and the blob has " + blob.size() + " bytes");
    }
    Call call =
        Call.pull("reading blob " + blob.digest() + " of " + repository, endpoint, repository);
    if (offset > 0 && offset == blob.size()) {
      return nothingLeft(call, repository, blob);
    }
    Map<String, String> headers = offset == 0 ? Map.of() : Map.of("Range", "bytes=" + offset + "-");
    HttpResponse answer =
        session.send(call, "GET", blobUri(endpoint, repository, blob.digest()), headers);
    boolean handedOver = false;
    try {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      if (answer.isHtml()) {
        throw notARegistry(call, answer.status());
      }
      long start = start(call, answer, offset);
      OptionalLong length = answer.contentLength();
      if (length.isPresent() && length.getAsLong() != blob.size() - start) {
        throw failures.of(
            call,
            Reason.DIGEST_MISMATCH,
            answer.status(),
            "the registry has "
                + (length.getAsLong() + start)
                + " bytes of it, and it should have "
                + blob.size(),
            null);
      }
      answer.stream();
      BlobInput input = new BlobInput(call, failures, answer, blob, start);
      input.pass(offset - start);
      handedOver = true;
      return input;
    } finally {
      if (!handedOver) {
        answer.close();
      }
    }
  }

  /**
   * The first byte that the answer holds: the one asked for, or 0 where ranges are not supported.
   */
  private long start(Call call, HttpResponse answer, long offset) {
    if (answer.status() != 206) {
      return 0;
    }
    String range = answer.header("Content-Range").orElse("");
    if (offset > 0 && range.startsWith("bytes " + offset + "-")) {
      return offset;
    }
    throw failures.of(
        call,
        Reason.PROTOCOL,
        206,
        "the answer begins elsewhere than at byte " + offset + ": '" + Text.clean(range) + "'",
        null);
  }

  private InputStream nothingLeft(Call call, Repository repository, Descriptor blob) {
    if (findBlob(repository, blob.digest()).isEmpty()) {
      throw failures.of(call, Reason.NOT_FOUND, call.endpoint().describe() + " does not have it");
    }
    return InputStream.nullInputStream();
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    Endpoint endpoint = open(repository.registry());
    Call call =
        Call.push("writing blob " + blob.digest() + " to " + repository, endpoint, repository);
    HttpBlobUpload upload =
        HttpBlobUpload.begin(call, session, failures, uploads(call, repository));
    boolean stored = false;
    try {
      upload.finish(blob, 0, content);
      stored = true;
    } finally {
      if (!stored) {
        upload.abandon();
      }
    }
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    Call call = upload(repository);
    return Optional.of(HttpBlobUpload.begin(call, session, failures, uploads(call, repository)));
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String address) {
    return HttpBlobUpload.resume(upload(repository), session, failures, address);
  }

  private Call upload(Repository repository) {
    return Call.push("sending a blob to " + repository, open(repository.registry()), repository);
  }

  private static URI uploads(Call call, Repository repository) {
    return uploadsUri(call.endpoint(), repository, "");
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    Endpoint endpoint = open(repository.registry());
    if (!from.registry().equals(repository.registry())) {
      throw new IllegalArgumentException(
          "a blob cannot be mounted from "
              + from
              + ", which is in another registry than "
              + repository);
    }
    Call call =
        Call.mount(
            "mounting blob " + digest + " of " + from + " in " + repository,
            endpoint,
            repository,
            from);
    String query =
        "?mount="
            + digest.algorithm()
            + "%3A"
            + digest.hex()
            + "&from="
            + endpoint.nameOf(from).replace("/", "%2F");
    try (HttpResponse answer =
        session.send(call, "POST", uploadsUri(endpoint, repository, query), Map.of())) {
      if (answer.status() == 201) {
        answer.discard();
        return true;
      }
      if (answer.status() == 202) {
        // The registry began an upload instead. Nobody will go on with it.
        Optional<String> location = answer.header("Location");
        answer.discard();
        location.ifPresent(
            where -> session.abandon(call, session.resolve(call, answer.uri(), where)));
        return false;
      }
      throw failures.refused(call, answer);
    } catch (RegistryException e) {
      return switch (e.reason()) {
        case UNAUTHORIZED, FORBIDDEN, NOT_FOUND, REFUSED, DIGEST_MISMATCH -> false;
        default -> throw e;
      };
    }
  }

  @Override
  public List<String> tags(Repository repository) {
    Endpoint endpoint = open(repository.registry());
    Call call = Call.pull("listing the tags of " + repository, endpoint, repository);
    List<String> tags = new ArrayList<>();
    ListBudget budget = new ListBudget(call, failures, maxListBytes);
    Set<URI> seen = new HashSet<>();
    URI page = endpoint.uri(endpoint.nameOf(repository) + "/tags/list");
    while (page != null) {
      if (!seen.add(page)) {
        throw failures.of(
            call,
            Reason.PROTOCOL,
            endpoint.describe() + " names a page of them as its own next one");
      }
      try (HttpResponse answer =
          session.send(call, "GET", page, Map.of("Accept", "application/json"))) {
        if (answer.status() == 404) {
          answer.discard();
          return List.of();
        }
        if (!answer.isSuccess()) {
          throw failures.refused(call, answer);
        }
        if (answer.isHtml()) {
          throw notARegistry(call, answer.status());
        }
        byte[] body = content(call, answer, budget.left());
        budget.addPage(body.length);
        List<String> found =
            TagsPage.tags(body)
                .orElseThrow(
                    () ->
                        failures.of(
                            call,
                            Reason.PROTOCOL,
                            answer.status(),
                            endpoint.describe() + " answered something that is not a list of tags",
                            null));
        budget.addEntries(found.size(), body.length);
        tags.addAll(found);
        page = next(call, answer, budget);
      }
    }
    return List.copyOf(tags);
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    Endpoint endpoint = open(repository.registry());
    Call call = Call.delete("deleting manifest " + repository.digest(digest), endpoint, repository);
    URI uri = endpoint.uri(endpoint.nameOf(repository) + "/manifests/" + digest);
    try (HttpResponse answer = session.send(call, "DELETE", uri, Map.of(), null)) {
      if (!answer.isSuccess()) {
        throw failures.refused(call, answer);
      }
      answer.discard();
    }
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    Endpoint endpoint = open(repository.registry());
    Call call =
        Call.pull(
            "listing the referrers of " + subject + " in " + repository, endpoint, repository);
    List<Descriptor> referrers = new ArrayList<>();
    ListBudget budget = new ListBudget(call, failures, maxListBytes);
    Set<URI> seen = new HashSet<>();
    URI page = endpoint.uri(endpoint.nameOf(repository) + "/referrers/" + subject);
    while (page != null) {
      if (!seen.add(page)) {
        throw failures.of(
            call,
            Reason.PROTOCOL,
            endpoint.describe() + " names a page of them as its own next one");
      }
      try (HttpResponse answer =
          session.send(call, "GET", page, Map.of("Accept", Manifest.OCI_INDEX))) {
        boolean refused = !answer.isSuccess();
        if (refused && Failures.isRetryOrRight(answer.status())) {
          throw failures.refused(call, answer);
        }
        if (refused || answer.isHtml()) {
          // Registries without the API answer in many ways, their start pages among them.
          answer.discard();
          return Optional.empty();
        }
        byte[] body = content(call, answer, Math.min(budget.left(), Manifest.MAX_SIZE));
        budget.addPage(body.length);
        List<Descriptor> found = manifest(call, Manifest.OCI_INDEX, body).children();
        budget.addEntries(found.size(), body.length);
        referrers.addAll(found);
        page = next(call, answer, budget);
      }
    }
    return Optional.of(List.copyOf(referrers));
  }

  private @Nullable URI next(Call call, HttpResponse answer, ListBudget budget) {
    String link = TagsPage.next(answer.headers("Link")).orElse(null);
    if (link == null) {
      return null;
    }
    budget.add(link.length());
    URI next = session.resolve(call, answer.uri(), link);
    if (!call.endpoint().isOrigin(next)) {
      // Registries behind a proxy may name themselves wrongly; only the path and the query count.
      return call.endpoint()
          .uri("")
          .resolve(
              next.getRawPath() + (next.getRawQuery() == null ? "" : "?" + next.getRawQuery()));
    }
    return next;
  }

  private static Map<String, String> acceptManifests() {
    return Map.of("Accept", MANIFEST_TYPES);
  }

  private static URI manifestUri(Endpoint endpoint, ImageRef image) {
    return endpoint.uri(
        endpoint.nameOf(image.repository()) + "/manifests/" + image.manifestReference());
  }

  private static URI blobUri(Endpoint endpoint, Repository repository, Digest digest) {
    return endpoint.uri(endpoint.nameOf(repository) + "/blobs/" + digest);
  }

  private static URI uploadsUri(Endpoint endpoint, Repository repository, String query) {
    return endpoint.uri(endpoint.nameOf(repository) + "/blobs/uploads/" + query);
  }

  private Endpoint open(String registry) {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
    return endpoints.of(registry);
  }

  /**
   * The other client uses the connections, endpoints, trusted authorities and limits of this one.
   */
  @Override
  public Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
    return Optional.of(new HttpRegistryClient(this, credentials));
  }

  @Override
  public void close() {
    closed = true;
    if (ownsTransport) {
      transport.close();
    }
  }

  /** Builds a {@link HttpRegistryClient}. Not thread-safe. */
  public static final class Builder {
    private final Map<String, Target> endpoints = new HashMap<>();
    private final Set<String> plainHttp = new HashSet<>();
    private final TlsOptions tls = new TlsOptions();
    private final Map<String, Map<String, String>> headers = new HashMap<>();
    private final List<String> products = new ArrayList<>();
    private @Nullable Proxies proxies;
    private @Nullable Credentials proxyCredentials;
    private @Nullable CredentialProvider credentials;
    private @Nullable Path authFile;
    private Duration connectTimeout = Duration.ofSeconds(10);
    private Duration idleTimeout = Duration.ofMinutes(2);
    private Duration requestTimeout = Duration.ofMinutes(5);
    private long bytesPerSecond = 4096;
    private Duration rateWindow = Duration.ofMinutes(2);
    private int connectionsPerRegistry = 32;
    private long maxListBytes = 8 << 20;
    private DnsResolver resolver = SystemDefaultDnsResolver.INSTANCE;
    private Predicate<InetAddress> internalAddresses = InternalAddresses::isInternal;
    private final Set<String> internalTokenServices = new HashSet<>();

    private Builder() {}

    /**
     * Sets the provider of credentials. Default: {@link DockerConfig#standard()}. The last call of
     * this method and {@link #authFile} counts.
     *
     * @param provider asked once for each repository, and again when a registry refuses what it
     *     gave; replaces the default, which {@link CredentialProvider#orElse} can bring back
     * @return this builder
     */
    public Builder credentials(CredentialProvider provider) {
      this.credentials = Objects.requireNonNull(provider, "provider");
      this.authFile = null;
      return this;
    }

    /**
     * Reads credentials from one file instead of the default files.
     *
     * @param file a {@code config.json} of docker or an {@code auth.json} of podman, skopeo and the
     *     like; it has to be there and readable when the client is built
     * @return this builder
     */
    public Builder authFile(Path file) {
      this.authFile = Objects.requireNonNull(file, "file");
      this.credentials = null;
      return this;
    }

    /**
     * Allows plain HTTP, without any protection of content and credentials, for one registry.
     * Default: none. Call it once for each registry.
     *
     * @param host the registry's host, with its port when it has one, as references name it; then
     *     it counts for the registry's {@link #endpoint} too. Or the host of an endpoint, of a
     *     token service, or of a storage that a registry redirects to
     * @return this builder
     */
    public Builder plainHttp(String host) {
      plainHttp.add(host("plainHttp", host));
      return this;
    }

    /**
     * Trusts certificate authorities for one registry, in addition to those of the JVM and to those
     * for all registries. Call it once for each registry.
     *
     * @param host the registry's host as references name it, {@code docker.io} for example; then it
     *     counts for the registry's {@link #endpoint} too. Or the host of an endpoint, of a token
     *     service, or of a storage that a registry redirects to. With a port for that port, without
     *     for every port
     * @param pem a file with one or more certificates in PEM form, read when the client is built
     * @return this builder
     */
    public Builder caFile(String host, Path pem) {
      tls.trust(host("caFile", host), Objects.requireNonNull(pem, "pem"));
      return this;
    }

    /**
     * Trusts certificate authorities for all registries, in addition to those of the JVM, for
     * example the authority of a proxy that inspects TLS.
     *
     * @param pem a file with one or more certificates in PEM form, read when the client is built
     * @return this builder
     */
    public Builder caFile(Path pem) {
      tls.trust(null, Objects.requireNonNull(pem, "pem"));
      return this;
    }

    /**
     * Trusts certificate authorities for one registry, as {@link #caFile(String, Path)} does.
     *
     * @param host the host, as for {@link #caFile(String, Path)}
     * @param authorities their certificates
     * @return this builder
     */
    public Builder caCertificates(String host, Collection<X509Certificate> authorities) {
      tls.trust(host("caCertificates", host), List.copyOf(authorities));
      return this;
    }

    /**
     * Trusts certificate authorities for all registries, in addition to those of the JVM.
     *
     * @param authorities their certificates
     * @return this builder
     */
    public Builder caCertificates(Collection<X509Certificate> authorities) {
      tls.trust(null, List.copyOf(authorities));
      return this;
    }

    /**
     * Trusts certificate authorities for one registry, as {@link #caFile(String, Path)} does.
     *
     * @param host the host, as for {@link #caFile(String, Path)}
     * @param pem one or more certificates in PEM form
     * @return this builder
     * @throws IllegalArgumentException when it has no certificate that can be read
     */
    public Builder caPem(String host, String pem) {
      tls.trust(host("caPem", host), certificates(pem));
      return this;
    }

    /**
     * Trusts certificate authorities for all registries, in addition to those of the JVM.
     *
     * @param pem one or more certificates in PEM form
     * @return this builder
     * @throws IllegalArgumentException when it has no certificate that can be read
     */
    public Builder caPem(String pem) {
      tls.trust(null, certificates(pem));
      return this;
    }

    private static List<X509Certificate> certificates(String pem) {
      try {
        return Pem.certificates(pem.getBytes(StandardCharsets.UTF_8));
      } catch (CertificateException e) {
        throw new IllegalArgumentException("caPem cannot be used: " + e.getMessage(), e);
      }
    }

    /**
     * Authenticates this client to one registry in the TLS handshake, if the registry asks for a
     * certificate.
     *
     * @param host the host, as for {@link #caFile(String, Path)}
     * @param certificate key and certificate; replaces the one for all registries
     * @return this builder
     */
    public Builder clientCertificate(String host, ClientCertificate certificate) {
      tls.certificate(
          host("clientCertificate", host), Objects.requireNonNull(certificate, "certificate"));
      return this;
    }

    /**
     * Authenticates this client in the TLS handshake to every server that asks for a certificate,
     * token services and storages included. Default: no client certificate; {@code
     * javax.net.ssl.keyStore} has no effect.
     *
     * @param certificate key and certificate
     * @return this builder
     */
    public Builder clientCertificate(ClientCertificate certificate) {
      tls.certificate(null, Objects.requireNonNull(certificate, "certificate"));
      return this;
    }

    /**
     * Uses a TLS context for one registry. It replaces everything else: the authorities of the JVM,
     * and what other methods of this builder set for all registries. Host names are verified.
     *
     * @param host the host, as for {@link #caFile(String, Path)}; must not have authorities or a
     *     client certificate of its own, which {@link #build} refuses
     * @param context has the keys and the trusted authorities
     * @return this builder
     */
    public Builder sslContext(String host, SSLContext context) {
      tls.context(host("sslContext", host), Objects.requireNonNull(context, "context"));
      return this;
    }

    /**
     * Uses a TLS context for all registries that have no authorities and no client certificate of
     * their own. It replaces the authorities of the JVM. Host names are verified.
     *
     * @param context has the keys and the trusted authorities; {@link #build} refuses it together
     *     with authorities or a client certificate for all registries
     * @return this builder
     */
    public Builder sslContext(SSLContext context) {
      tls.context(null, Objects.requireNonNull(context, "context"));
      return this;
    }

    /**
     * Sends requests through an HTTP proxy, in place of the proxies of the JVM. HTTPS goes through
     * a tunnel (CONNECT), so that the proxy sees neither content nor credentials of registries. The
     * last call of this method and {@link #proxyFromEnvironment} counts.
     *
     * @param address {@code http://[USER:PASSWORD@]HOST[:PORT]}, or {@code https://…} for a proxy
     *     that itself uses TLS; special characters of user and password are percent-encoded. The
     *     port is 80, or 443 with {@code https}, when it has none. Credentials are sent with the
     *     scheme Basic
     * @param exceptions hosts that are reached without the proxy, as entries of {@code NO_PROXY}
     * @return this builder
     * @throws IllegalArgumentException when it is not the address of an HTTP proxy
     */
    public Builder proxy(String address, String... exceptions) {
      this.proxies =
          Proxies.of(
              ProxyServer.parse("proxy", address), new NoProxy(String.join(",", exceptions)));
      return this;
    }

    /**
     * Sends requests through the proxies that environment variables name: {@code HTTPS_PROXY} for
     * HTTPS, {@code HTTP_PROXY} for plain HTTP, and none for the hosts of {@code NO_PROXY}; names
     * in lower case count where those in upper case are not set. The values mean what they mean to
     * docker, podman and kubelet: an entry of {@code NO_PROXY} is a host with all hosts below it,
     * {@code .domain} or {@code *.domain} for those below only, an address, a CIDR, each but the
     * CIDR with an optional port, or {@code *}; loopback addresses have no proxy. If no proxy is
     * named, nothing changes.
     *
     * @param environment for example {@link System#getenv()}; this library reads no variables by
     *     itself
     * @return this builder
     * @throws IllegalArgumentException when a value is not the address of an HTTP proxy
     */
    public Builder proxyFromEnvironment(Map<String, String> environment) {
      Proxies.ofEnvironment(environment).ifPresent(named -> this.proxies = named);
      return this;
    }

    /**
     * Sets the credentials for proxies whose address has none, those of the JVM included. They are
     * sent with the scheme Basic, to the proxy only.
     *
     * @param credentials user and password
     * @return this builder
     */
    public Builder proxyCredentials(Credentials credentials) {
      this.proxyCredentials = Objects.requireNonNull(credentials, "credentials");
      return this;
    }

    private Proxies proxies() {
      Proxies chosen = proxies == null ? Proxies.ofJvm() : proxies;
      return proxyCredentials == null ? chosen : chosen.withCredentials(proxyCredentials);
    }

    /**
     * Sends a header with each request to a host. The value is treated as a secret: nothing logs
     * it, and it goes to no other host. A header that the client needs itself, such as {@code
     * Authorization}, cannot be set.
     *
     * @param host the host, as for {@link #caFile(String, Path)}
     * @param name the name of the header; setting it again replaces the value
     * @param value printable ASCII characters
     * @return this builder
     * @throws IllegalArgumentException when the header cannot be set
     */
    public Builder header(String host, String name, String value) {
      ExtraHeaders.check(name, value);
      headers.computeIfAbsent(host("header", host), any -> new LinkedHashMap<>()).put(name, value);
      return this;
    }

    /**
     * Puts a product before the one of this library in the header {@code User-Agent}, which is
     * {@code kubernaut-airgap/VERSION} by default, so that the operators of a registry know who
     * asks.
     *
     * @param product name and version of the application, for example {@code console/4.2}
     * @return this builder
     * @throws IllegalArgumentException when it is not {@code NAME[/VERSION]} in characters of a
     *     token (RFC 9110, 10.1.5)
     */
    public Builder userAgent(String product) {
      String token = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
      if (!product.matches(token + "(/" + token + ")?")) {
        throw new IllegalArgumentException(
            "userAgent is '" + Text.clean(product) + "'; it must be NAME/VERSION without spaces");
      }
      products.add(product);
      return this;
    }

    private String userAgent() {
      List<String> all = new ArrayList<>(products);
      all.add("kubernaut-airgap/" + LibraryVersion.get());
      return String.join(" ", all);
    }

    /**
     * Sends the requests for a registry to another host, such as a pull-through cache. References,
     * reports and messages keep the name of the registry; credentials are those of the endpoint
     * only.
     *
     * @param registry the registry as references name it, for example {@code quay.io}
     * @param endpoint {@code host[:port][/prefix]}; the prefix is put before every repository's
     *     name
     * @return this builder
     */
    public Builder endpoint(String registry, String endpoint) {
      endpoints.put(host("endpoint", registry), Target.registry(endpoint));
      return this;
    }

    /**
     * Allows a token service to have a loopback, link-local or private address, though the registry
     * that names it has a public one. Without this, requests to such a registry fail before a
     * request is sent to the token service. Default: none. Call it once for each registry.
     *
     * @param host the token service's host; with a port for that port, without for every port
     * @return this builder
     */
    public Builder allowInternalTokenService(String host) {
      internalTokenServices.add(host("allowInternalTokenService", host));
      return this;
    }

    /**
     * Sets the timeout for establishing a connection, with its TLS handshake.
     *
     * @param timeout default 10 seconds
     * @return this builder
     */
    public Builder connectTimeout(Duration timeout) {
      this.connectTimeout = positive("connectTimeout", timeout);
      return this;
    }

    /**
     * Sets how long a registry may send nothing, and how long a request may wait for a free
     * connection. Registries that move an upload to its final location before they respond need
     * some time.
     *
     * @param timeout default 2 minutes
     * @return this builder
     */
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = positive("idleTimeout", timeout);
      return this;
    }

    /**
     * Sets how long one request may take as a whole, from the wait for a free connection to the
     * last byte of the response. The time in which a blob is sent or received does not count;
     * {@link #minimumRate} applies to it. A request that takes longer fails with {@link
     * Reason#UNREACHABLE}, which is retryable.
     *
     * @param timeout default 5 minutes
     * @return this builder
     */
    public Builder requestTimeout(Duration timeout) {
      this.requestTimeout = positive("requestTimeout", timeout);
      return this;
    }

    /**
     * Sets the lowest rate at which a registry may send or accept a blob. A transfer that stays
     * below it for a whole window fails with {@link Reason#UNREACHABLE}, which is retryable. Only
     * the time that is spent waiting for the registry counts, so that slow sources, slow readers
     * and rate limits of this client have no effect.
     *
     * @param bytesPerSecond default 4096 bytes per second; 0 for no minimum
     * @param window the time over which the rate is measured, default 2 minutes
     * @return this builder
     */
    public Builder minimumRate(long bytesPerSecond, Duration window) {
      if (bytesPerSecond < 0) {
        throw new IllegalArgumentException(
            "minimumRate is " + bytesPerSecond + " bytes per second; it must be 0 or more");
      }
      this.bytesPerSecond = bytesPerSecond;
      this.rateWindow = positive("window of minimumRate", window);
      return this;
    }

    /**
     * Sets the largest size of one list of tags or referrers over all its pages. A larger list
     * fails with {@link Reason#TOO_LARGE}, so that a registry cannot exhaust the memory of this
     * process. An entry counts as at least 64 bytes and a page as at least 4 KiB, which limits
     * their numbers too.
     *
     * @param bytes default 8 MiB (8388608): about 100000 tags of cosign's form, or 2000 pages
     * @return this builder
     */
    public Builder maxListBytes(long bytes) {
      this.maxListBytes = atLeastOne("maxListBytes", bytes);
      return this;
    }

    /**
     * Sets the maximum number of connections to one registry. A copy from a registry to itself uses
     * two at the same time.
     *
     * @param count default 32
     * @return this builder
     */
    public Builder connectionsPerRegistry(int count) {
      this.connectionsPerRegistry = (int) atLeastOne("connectionsPerRegistry", count);
      return this;
    }

    private static long atLeastOne(String option, long value) {
      if (value < 1) {
        throw new IllegalArgumentException(option + " is " + value + "; it must be 1 or more");
      }
      return value;
    }

    /** Replaces the host name resolution of the JVM; for tests. */
    Builder resolver(DnsResolver names) {
      this.resolver = names;
      return this;
    }

    /** Chooses the addresses that count as internal; for tests. */
    Builder internalAddresses(Predicate<InetAddress> internal) {
      this.internalAddresses = internal;
      return this;
    }

    /**
     * Builds the client. No request is sent.
     *
     * @return the client; the caller closes it
     * @throws RegistryConfigException when a file given here is missing or cannot be used
     * @throws IllegalArgumentException when options contradict each other
     */
    public HttpRegistryClient build() {
      Endpoints hosts = new Endpoints(endpoints, plainHttp);
      return new HttpRegistryClient(this, hosts, tls.load(hosts));
    }

    private CredentialProvider provider() {
      if (authFile != null) {
        return DockerConfig.file(authFile);
      }
      return credentials == null ? DockerConfig.standard() : credentials;
    }

    private static String host(String option, String text) {
      Target target = Target.registry(text);
      if (!target.prefix().isEmpty()) {
        throw new IllegalArgumentException(
            option
                + " is '"
                + text
                + "'; it must be a host with or without a port, without a path");
      }
      return target.registry();
    }

    private static Duration positive(String option, Duration timeout) {
      if (timeout.isZero() || timeout.isNegative()) {
        throw new IllegalArgumentException(option + " is " + timeout + "; it must be more than 0");
      }
      return timeout;
    }
  }
}
