/**
 * Retries and limits of registry requests: {@link
 * ai.kubernaut.airgap.registry.retry.RetryingClient} makes the requests of another client again
 * when they fail for a transient reason, as a {@link
 * ai.kubernaut.airgap.registry.retry.RetryPolicy} says; {@link
 * ai.kubernaut.airgap.registry.retry.ThrottledClient} makes them no faster than a {@link
 * ai.kubernaut.airgap.registry.retry.RateLimit} allows.
 *
 * <pre>{@code
 * RegistryClient limited =
 *     ThrottledClient.of(
 *         client, Map.of("quay.io", RateLimit.builder().requestsPerSecond(5).build()), progress);
 * RegistryClient retrying = RetryingClient.of(limited, RetryPolicy.builder().build(), progress);
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.registry.retry;

import org.jspecify.annotations.NullMarked;
