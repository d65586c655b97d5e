package ai.kubernaut.airgap.registry.http;

import java.net.Socket;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.Collections;
import java.util.Set;
import java.util.WeakHashMap;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509KeyManager;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a client, possibly none, which remember the connections whose servers asked for a
 * certificate and got none. With TLS 1.3 such a server often just ends the connection, and nothing
 * else says why. Thread-safe.
 */
final class ClientKeys extends X509ExtendedKeyManager {
  private final @Nullable X509KeyManager keys;
  private final Set<Socket> withoutKey =
      Collections.synchronizedSet(Collections.newSetFromMap(new WeakHashMap<>()));

  ClientKeys(@Nullable X509KeyManager keys) {
    this.keys = keys;
  }

  /** Whether the server asked for a certificate and got none; tells it once. */
  boolean wasAskedInVain(Socket connection) {
    return withoutKey.remove(connection);
  }

  @Override
  public @Nullable String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, Socket socket) {
    String alias = keys == null ? null : keys.chooseClientAlias(types, issuers, socket);
    if (alias == null) {
      withoutKey.add(socket);
    } else {
      withoutKey.remove(socket);
    }
    return alias;
  }

  @Override
  public String @Nullable [] getClientAliases(String type, Principal @Nullable [] issuers) {
    return keys == null ? null : keys.getClientAliases(type, issuers);
  }

  @Override
  public X509Certificate @Nullable [] getCertificateChain(String alias) {
    return keys == null ? null : keys.getCertificateChain(alias);
  }

  @Override
  public @Nullable PrivateKey getPrivateKey(String alias) {
    return keys == null ? null : keys.getPrivateKey(alias);
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, Socket socket) {
    return null;
  }
}
