package ai.kubernaut.airgap.cluster;

import org.immutables.value.Value;

/**
 * What a service in the cluster answered to an HTTP request that the API server passed on.
 * Immutable.
 */
@Value.Immutable
public interface ServiceResponse {
  /** {@return the HTTP status, for example 200} */
  @Value.Parameter
  int status();

  /** {@return the beginning of the body, at most 4096 characters} */
  @Value.Parameter
  String body();

  /** {@return whether the status is in the range 200 to 299} */
  default boolean isSuccess() {
    return status() >= 200 && status() < 300;
  }

  /**
   * An answer.
   *
   * @param status the HTTP status
   * @param body the beginning of the body
   * @return the answer
   */
  static ServiceResponse of(int status, String body) {
    return ImmutableServiceResponse.of(
        status, body.length() > 4096 ? body.substring(0, 4096) : body);
  }
}
