package ai.kubernaut.airgap.registry;

import ai.kubernaut.airgap.common.Secret;
import org.immutables.value.Value;

/** A user of a registry and the password; the password never prints. Immutable. */
@Value.Immutable
public interface Credentials {
  /**
   * The user.
   *
   * @return the name, or {@code <token>} for an identity token, as docker's configuration writes it
   */
  @Value.Parameter
  String username();

  /**
   * The password, or the identity token.
   *
   * @return the secret
   */
  @Value.Parameter
  Secret password();

  /**
   * Whether the password is an OAuth2 identity (refresh) token rather than a password.
   *
   * @return true for the user {@code <token>}
   */
  default boolean isIdentityToken() {
    return username().equals("<token>");
  }

  /**
   * Credentials with a password.
   *
   * @param username the user
   * @param password the password, in the clear
   * @return the credentials
   */
  static Credentials of(String username, String password) {
    return ImmutableCredentials.of(username, Secret.of(password));
  }
}
