/**
 * The adapter to registries over HTTP, {@link
 * ai.kubernaut.airgap.registry.http.HttpRegistryClient}, and where its credentials come from by
 * default, {@link ai.kubernaut.airgap.registry.http.DockerConfig}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.registry.http;

import org.jspecify.annotations.NullMarked;
