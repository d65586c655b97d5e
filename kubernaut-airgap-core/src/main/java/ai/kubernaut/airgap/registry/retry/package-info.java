/**
 * Retries of registry requests: {@link ai.kubernaut.airgap.registry.retry.RetryingClient} makes the
 * requests of another client again when they fail for a transient reason, as a {@link
 * ai.kubernaut.airgap.registry.retry.RetryPolicy} says.
 *
 * <pre>{@code
 * RegistryClient retrying = RetryingClient.of(client, RetryPolicy.builder().build(), progress);
 * }</pre>
 */
@NullMarked
package ai.kubernaut.airgap.registry.retry;

import org.jspecify.annotations.NullMarked;
