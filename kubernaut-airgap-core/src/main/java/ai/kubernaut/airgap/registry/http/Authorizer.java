package ai.kubernaut.airgap.registry.http;

import ai.kubernaut.airgap.common.AirgapException;
import ai.kubernaut.airgap.image.Repository;
import ai.kubernaut.airgap.registry.CredentialProvider;
import ai.kubernaut.airgap.registry.Credentials;
import ai.kubernaut.airgap.registry.RegistryException;
import ai.kubernaut.airgap.registry.RegistryException.Reason;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.StringEntity;
import org.jspecify.annotations.Nullable;

/**
 * Finds the {@code Authorization} that a request needs: Basic, or a Bearer token from the token
 * service that the registry names. Remembers the registry's challenge, so that later requests need
 * no refusal first, and each token until shortly before it expires.
 */
final class Authorizer {
  /** Longer than any token that fits into a header; each repository's is kept. */
  private static final int MAX_TOKEN_ANSWER = 64 << 10;

  private static final long DEFAULT_LIFETIME_SECONDS = 60;
  private static final long MAX_MARGIN_SECONDS = 15;
  private static final int MANY_TOKENS = 1024;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final CredentialProvider provider;
  private final Transport transport;
  private final Duration connectTimeout;
  private final Duration idleTimeout;
  private final Failures failures;
  private final Map<Repository, Optional<Credentials>> credentials = new ConcurrentHashMap<>();
  private final Map<String, Challenge> challenges = new ConcurrentHashMap<>();
  private final Map<TokenKey, List<String>> widened = new ConcurrentHashMap<>();
  private final Map<TokenKey, TokenSlot> tokens = new ConcurrentHashMap<>();

  Authorizer(
      CredentialProvider provider,
      CredentialSource source,
      Transport transport,
      Duration connectTimeout,
      Duration idleTimeout) {
    this.provider = provider;
    this.transport = transport;
    this.connectTimeout = connectTimeout;
    this.idleTimeout = idleTimeout;
    this.failures = new Failures(this::credentials, source, connectTimeout, idleTimeout);
  }

  /** The same with other credentials; it knows no challenge and no token yet. */
  Authorizer withProvider(CredentialProvider other, CredentialSource source) {
    return new Authorizer(other, source, transport, connectTimeout, idleTimeout);
  }

  Failures failures() {
    return failures;
  }

  private Optional<Credentials> credentials(Repository repository) {
    Optional<Credentials> known = credentials.get(repository);
    if (known == null) {
      // Not computeIfAbsent: a credential helper is a program that may take its time.
      known = lookUp(repository);
      credentials.put(repository, known);
    }
    return known;
  }

  private Optional<Credentials> lookUp(Repository repository) {
    try {
      return provider.credentialsFor(repository);
    } catch (AirgapException e) {
      if (!Thread.currentThread().isInterrupted()) {
        throw e;
      }
      throw new RegistryException(
          Reason.UNREACHABLE,
          repository.registry(),
          0,
          "looking for the credentials of " + repository + " failed: the thread was interrupted",
          e);
    }
  }

  /** The value that the registry will ask for, as far as its earlier answers tell. */
  @Nullable String known(Call call) {
    Challenge challenge = challenges.get(call.endpoint().authority());
    if (challenge == null) {
      return null;
    }
    List<String> scopes = widened.getOrDefault(key(call, call.scopes()), call.scopes());
    return authorization(call, challenge, scopes, null);
  }

  /**
   * Answers a 401.
   *
   * @param sent what the refused request carried
   * @return another value to try; null when there is none
   */
  @Nullable String afterRefusal(Call call, List<String> headers, @Nullable String sent) {
    Challenge challenge = choose(Challenge.parse(headers));
    if (challenge == null) {
      return null;
    }
    challenges.put(call.endpoint().authority(), challenge);
    if (sent != null) {
      // The password may have been changed in the meantime, or the helper's token have expired.
      credentials.remove(call.credentialKey());
    }
    Set<String> scopes = new LinkedHashSet<>(call.scopes());
    if (sent != null && !call.scopes().isEmpty()) {
      // The usual scope was not enough: this registry names its repositories in another way.
      challenge.parameter("scope").ifPresent(scope -> scopes.addAll(List.of(scope.split(" +"))));
      if (scopes.size() > call.scopes().size()) {
        widened.put(key(call, call.scopes()), List.copyOf(scopes));
      }
    }
    String fresh = authorization(call, challenge, List.copyOf(scopes), sent);
    return fresh == null || fresh.equals(sent) ? null : fresh;
  }

  private static @Nullable Challenge choose(List<Challenge> challenges) {
    Challenge basic = null;
    for (Challenge challenge : challenges) {
      if (challenge.scheme().equals("bearer") && challenge.parameter("realm").isPresent()) {
        return challenge;
      }
      if (challenge.scheme().equals("basic") && basic == null) {
        basic = challenge;
      }
    }
    return basic;
  }

  private @Nullable String authorization(
      Call call, Challenge challenge, List<String> scopes, @Nullable String refused) {
    if (challenge.scheme().equals("bearer")) {
      return "Bearer " + token(call, challenge, scopes, refused);
    }
    return credentials(call.credentialKey())
        .filter(found -> !found.isIdentityToken())
        .map(Authorizer::basic)
        .orElse(null);
  }

  static String basic(Credentials credentials) {
    String pair = credentials.username() + ":" + credentials.password().reveal();
    return "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.UTF_8));
  }

  private String token(
      Call call, Challenge challenge, List<String> scopes, @Nullable String refused) {
    if (tokens.size() > MANY_TOKENS) {
      // Whoever waits for one of these slots keeps it; at worst a token is fetched twice.
      tokens.values().removeIf(held -> held.usable() == null);
      if (tokens.size() > MANY_TOKENS) {
        tokens.clear();
      }
    }
    TokenSlot slot = tokens.computeIfAbsent(key(call, scopes), any -> new TokenSlot());
    // Many transfers of one repository begin at once; one of them fetches the token for all.
    try {
      slot.lock.lockInterruptibly();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw failures.interrupted(call, e);
    }
    try {
      String held = slot.usable();
      if (held != null && !("Bearer " + held).equals(refused)) {
        return held;
      }
      return slot.keep(fetch(call, challenge, scopes));
    } finally {
      slot.lock.unlock();
    }
  }

  private static TokenKey key(Call call, List<String> scopes) {
    return new TokenKey(call.endpoint().authority(), call.credentialKey(), scopes);
  }

  private Token fetch(Call call, Challenge challenge, List<String> scopes) {
    URI realm = realm(call, challenge);
    boolean remembered = credentials.containsKey(call.credentialKey());
    Optional<Credentials> found = credentials(call.credentialKey());
    try {
      return fetch(call, challenge, scopes, realm, found);
    } catch (RegistryException e) {
      boolean denied = e.reason() == Reason.UNAUTHORIZED || e.reason() == Reason.FORBIDDEN;
      if (!remembered || !denied) {
        throw e;
      }
      // They have been refused since they were asked for: they may have expired.
      Optional<Credentials> renewed = credentials(call.credentialKey());
      if (renewed.equals(found)) {
        throw e;
      }
      return fetch(call, challenge, scopes, realm, renewed);
    }
  }

  private Token fetch(
      Call call, Challenge challenge, List<String> scopes, URI realm, Optional<Credentials> found) {
    if (found.isPresent() && !mayCarryCredentials(call, realm)) {
      throw failures.of(
          call,
          Reason.PROTOCOL,
          call.endpoint().describe()
              + " names a token service without HTTPS, "
              + Text.clean(Endpoint.hostAndPort(realm))
              + ", and credentials do not go there");
    }
    try (HttpResponse answer = ask(call, challenge, scopes, realm, found)) {
      if (!answer.isSuccess()) {
        throw refused(call, realm, answer);
      }
      byte[] body = content(call, realm, answer);
      if (body.length > MAX_TOKEN_ANSWER) {
        throw noToken(call, realm, answer, "more than " + MAX_TOKEN_ANSWER + " bytes");
      }
      return read(call, realm, answer, body);
    }
  }

  private byte[] content(Call call, URI realm, HttpResponse answer) {
    try {
      return answer.read(MAX_TOKEN_ANSWER);
    } catch (IOException e) {
      throw failures.io(call, realm, answer.transfer(), e);
    }
  }

  private URI realm(Call call, Challenge challenge) {
    String realm = challenge.parameter("realm").orElse("");
    try {
      URI uri = call.endpoint().uri("").resolve(URI.create(realm));
      if (uri.getHost() != null) {
        return uri;
      }
    } catch (IllegalArgumentException e) {
      // Told below.
    }
    throw failures.of(
        call,
        Reason.PROTOCOL,
        call.endpoint().describe()
            + " names a token service whose address cannot be read: "
            + Text.clean(realm));
  }

  private boolean mayCarryCredentials(Call call, URI realm) {
    return "https".equalsIgnoreCase(realm.getScheme()) || call.endpoint().plainHttp();
  }

  private HttpResponse ask(
      Call call, Challenge challenge, List<String> scopes, URI realm, Optional<Credentials> found) {
    Map<String, String> headers = new LinkedHashMap<>();
    headers.put("Accept", "application/json");
    List<String> fields = new ArrayList<>();
    challenge.parameter("service").ifPresent(service -> fields.add(field("service", service)));
    if (found.isPresent() && found.get().isIdentityToken()) {
      fields.add(field("grant_type", "refresh_token"));
      fields.add(field("client_id", "kubernaut-airgap"));
      if (!scopes.isEmpty()) {
        fields.add(field("scope", String.join(" ", scopes)));
      }
      fields.add(field("refresh_token", found.get().password().reveal()));
      StringEntity form =
          new StringEntity(String.join("&", fields), ContentType.APPLICATION_FORM_URLENCODED);
      return transport.ask(call, failures, "POST", realm, headers, form);
    }
    found.ifPresent(
        user -> {
          headers.put("Authorization", basic(user));
          fields.add(field("account", user.username()));
        });
    scopes.forEach(scope -> fields.add(field("scope", scope)));
    String query = String.join("&", fields);
    String text = realm.toString();
    URI address =
        query.isEmpty()
            ? realm
            : URI.create(text + (realm.getRawQuery() == null ? "?" : "&") + query);
    return transport.ask(call, failures, "GET", address, headers, null);
  }

  private static String field(String name, String value) {
    return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
  }

  private Token read(Call call, URI realm, HttpResponse answer, byte[] body) {
    JsonNode json;
    try {
      json = JSON.readTree(body);
    } catch (IOException e) {
      // The parser's message would quote the answer, and a token may stand in it.
      throw noToken(call, realm, answer, "no JSON");
    }
    String token = json.path("token").asText(json.path("access_token").asText(""));
    if (token.isEmpty() || token.chars().anyMatch(c -> c <= ' ' || c >= 0x7f)) {
      throw noToken(call, realm, answer, "no token");
    }
    return new Token(token, json.path("expires_in").asLong(DEFAULT_LIFETIME_SECONDS));
  }

  private RegistryException noToken(Call call, URI realm, HttpResponse answer, String what) {
    return failures.of(
        call,
        Reason.PROTOCOL,
        answer.status(),
        "the token service " + Endpoint.hostAndPort(realm) + " answered " + what,
        null);
  }

  private RegistryException refused(Call call, URI realm, HttpResponse answer) {
    Failures.Errors errors = failures.errors(answer);
    Reason reason = Failures.reason(answer.status(), errors.codes());
    // 400 is what some token services answer to wrong credentials, and OAuth2 to an expired token.
    if (reason == Reason.REFUSED && answer.status() == 400) {
      reason = Reason.UNAUTHORIZED;
    } else if (reason == Reason.NOT_FOUND || reason == Reason.DIGEST_MISMATCH) {
      reason = Reason.PROTOCOL;
    }
    RegistryException refusal =
        failures.of(
            call,
            reason,
            answer.status(),
            "the token service "
                + Endpoint.hostAndPort(realm)
                + " of "
                + call.endpoint().describe()
                + " answered "
                + answer.status()
                + errors.text()
                + (reason == Reason.UNAUTHORIZED || reason == Reason.FORBIDDEN
                    ? ". " + failures.unauthorized(call)
                    : ""),
            null);
    // Whoever logs in now is heard at the next request.
    credentials.remove(call.credentialKey());
    return refusal;
  }

  boolean usesTokens(Call call) {
    Challenge challenge = challenges.get(call.endpoint().authority());
    return challenge != null && challenge.scheme().equals("bearer");
  }

  boolean hasCredentials(Call call) {
    return credentials(call.credentialKey()).isPresent();
  }

  private record TokenKey(String authority, Repository repository, List<String> scopes) {}

  private record Token(String value, long lifetimeSeconds) {
    @Override
    public String toString() {
      return "***";
    }
  }

  private static final class TokenSlot {
    final ReentrantLock lock = new ReentrantLock();
    private volatile @Nullable String value;
    private volatile long expires;

    @Nullable String usable() {
      return value != null && System.nanoTime() - expires < 0 ? value : null;
    }

    String keep(Token token) {
      long lifetime = Math.max(0, Math.min(token.lifetimeSeconds(), 1L << 30));
      long margin = Math.min(MAX_MARGIN_SECONDS, lifetime / 4);
      expires = System.nanoTime() + (lifetime - margin) * 1_000_000_000L;
      value = token.value();
      return token.value();
    }
  }
}
