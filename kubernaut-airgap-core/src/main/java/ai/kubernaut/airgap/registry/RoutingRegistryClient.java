package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.image.Digest;
import ai.kubernaut.airgap.image.ImageRef;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.image.Target;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A client that forwards each call to the client of the registry that the call is about, for
 * example one with a client certificate for the source and another for the mirror.
 *
 * <pre>{@code
 * RegistryClient source = HttpRegistryClient.builder().authFile(Path.of("vendor-auth.json")).build();
 * RegistryClient both =
 *     RoutingRegistryClient.builder()
 *         .route("registry.vendor.example", source)
 *         .otherwise(HttpRegistryClient.create())
 *         .build();
 * }</pre>
 *
 * Content goes from one registry to another through the caller, which reads it by the one client
 * and writes it by the other. A blob is mounted only within one registry, so that each call
 * concerns one client.
 *
 * <p>As thread-safe as the other clients, which are closed with this one.
 */
public final class RoutingRegistryClient implements RegistryClient {
  private final Map<String, RegistryClient> routes;
  private final @Nullable RegistryClient otherwise;
  private volatile boolean closed;

  private RoutingRegistryClient(
      Map<String, RegistryClient> routes, @Nullable RegistryClient otherwise) {
    this.routes = Collections.unmodifiableMap(new LinkedHashMap<>(routes));
    this.otherwise = otherwise;
  }

  /** {@return a builder without any client} */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The client of a registry.
   *
   * @throws RegistryException with NO_CLIENT when there is none
   */
  private RegistryClient clientOf(String registry) {
    if (closed) {
      throw new IllegalStateException("this client is closed");
    }
    String name = Target.registry(registry).registry();
    RegistryClient client = routes.getOrDefault(name, otherwise);
    if (client == null) {
      throw new RegistryException(
          RegistryException.Reason.NO_CLIENT,
          name,
          0,
          "asking "
              + name
              + " failed: no client is configured for it, only for "
              + String.join(", ", new TreeSet<>(routes.keySet()))
              + "; add one with route(\""
              + name
              + "\", …) or otherwise(…)",
          null);
    }
    return client;
  }

  private RegistryClient clientOf(ImageRef image) {
    return clientOf(image.registry());
  }

  private RegistryClient clientOf(Repository repository) {
    return clientOf(repository.registry());
  }

  @Override
  public void ping(String registry) {
    clientOf(registry).ping(registry);
  }

  @Override
  public Optional<Descriptor> findManifest(ImageRef image) {
    return clientOf(image).findManifest(image);
  }

  @Override
  public Manifest readManifest(ImageRef image) {
    return clientOf(image).readManifest(image);
  }

  @Override
  public void writeManifest(ImageRef image, Manifest manifest) {
    clientOf(image).writeManifest(image, manifest);
  }

  @Override
  public OptionalLong findBlob(Repository repository, Digest digest) {
    return clientOf(repository).findBlob(repository, digest);
  }

  @Override
  public InputStream readBlob(Repository repository, Descriptor blob, long offset) {
    return clientOf(repository).readBlob(repository, blob, offset);
  }

  @Override
  public void writeBlob(Repository repository, Descriptor blob, InputStream content) {
    clientOf(repository).writeBlob(repository, blob, content);
  }

  @Override
  public Optional<BlobUpload> beginUpload(Repository repository) {
    return clientOf(repository).beginUpload(repository);
  }

  @Override
  public Optional<BlobUpload> resumeUpload(Repository repository, String session) {
    return clientOf(repository).resumeUpload(repository, session);
  }

  @Override
  public boolean mountBlob(Repository repository, Digest digest, Repository from) {
    return clientOf(repository).mountBlob(repository, digest, from);
  }

  @Override
  public List<String> tags(Repository repository) {
    return clientOf(repository).tags(repository);
  }

  @Override
  public Optional<List<Descriptor>> referrers(Repository repository, Digest subject) {
    return clientOf(repository).referrers(repository, subject);
  }

  @Override
  public void deleteManifest(Repository repository, Digest digest) {
    clientOf(repository).deleteManifest(repository, digest);
  }

  @Override
  public boolean retainsReferencedContent(String registry) {
    return clientOf(registry).retainsReferencedContent(registry);
  }

  @Override
  public Set<Digest> omittedManifests(ImageRef image) {
    return clientOf(image).omittedManifests(image);
  }

  /** Empty unless all of the clients support it. */
  @Override
  public Optional<RegistryClient> withCredentials(CredentialProvider credentials) {
    IdentityHashMap<RegistryClient, RegistryClient> others = new IdentityHashMap<>();
    boolean complete = false;
    try {
      for (RegistryClient client : clients()) {
        Optional<RegistryClient> other = client.withCredentials(credentials);
        if (other.isEmpty()) {
          return Optional.empty();
        }
        others.put(client, other.get());
      }
      complete = true;
    } finally {
      if (!complete) {
        closeAll(others.values());
      }
    }
    Function<RegistryClient, RegistryClient> other =
        client -> Objects.requireNonNull(others.get(client));
    Map<String, RegistryClient> routed = new LinkedHashMap<>();
    routes.forEach((registry, client) -> routed.put(registry, other.apply(client)));
    return Optional.of(
        new RoutingRegistryClient(routed, otherwise == null ? null : other.apply(otherwise)));
  }

  /** Each client once, also where it serves several registries, in the order of the builder. */
  private List<RegistryClient> clients() {
    List<RegistryClient> clients = new ArrayList<>(routes.values());
    if (otherwise != null) {
      clients.add(otherwise);
    }
    Set<RegistryClient> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    return clients.stream().filter(seen::add).toList();
  }

  @Override
  public void close() {
    closed = true;
    closeAll(clients());
  }

  private static void closeAll(Iterable<RegistryClient> clients) {
    List<RuntimeException> failures = new ArrayList<>();
    for (RegistryClient client : clients) {
      try {
        client.close();
      } catch (RuntimeException e) {
        failures.add(e);
      }
    }
    if (!failures.isEmpty()) {
      RuntimeException first = failures.get(0);
      failures.stream().skip(1).forEach(first::addSuppressed);
      throw first;
    }
  }

  /** Builds a {@link RoutingRegistryClient}. Not thread-safe. */
  public static final class Builder {
    private final Map<String, RegistryClient> routes = new LinkedHashMap<>();
    private @Nullable RegistryClient otherwise;

    private Builder() {}

    /**
     * Sets the client of one registry. Call it once for each registry; several may have the same
     * client.
     *
     * @param registry the registry as references name it: host, with its port when it has one; the
     *     older names of {@code docker.io} mean it too
     * @param client gets the calls about this registry
     * @return this builder
     * @throws ai.kubernaut.airgap.image.InvalidReferenceException when it is not a registry's host
     * @throws IllegalArgumentException when it has a path, or has a client already
     */
    public Builder route(String registry, RegistryClient client) {
      Target target = Target.registry(registry);
      if (!target.prefix().isEmpty()) {
        throw new IllegalArgumentException(
            "route is '"
                + registry
                + "'; it must be a host with or without a port, without a path");
      }
      if (routes.putIfAbsent(target.registry(), Objects.requireNonNull(client, "client")) != null) {
        throw new IllegalArgumentException(
            "route is '" + registry + "', which has a client already");
      }
      return this;
    }

    /**
     * Sets the client of all other registries.
     *
     * @param client gets the calls about registries without a route; by default there is none, and
     *     these calls fail with {@link RegistryException.Reason#NO_CLIENT}
     * @return this builder
     */
    public Builder otherwise(RegistryClient client) {
      this.otherwise = Objects.requireNonNull(client, "client");
      return this;
    }

    /**
     * Builds the client.
     *
     * @return the client; closing it closes all clients given here
     * @throws IllegalStateException when no client was given
     */
    public RoutingRegistryClient build() {
      if (routes.isEmpty() && otherwise == null) {
        throw new IllegalStateException("no client was given; call route(…) or otherwise(…)");
      }
      return new RoutingRegistryClient(routes, otherwise);
    }
  }
}
