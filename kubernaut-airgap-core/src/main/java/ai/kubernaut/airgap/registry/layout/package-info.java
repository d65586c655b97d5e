/**
 * Registries in a directory, an OCI image layout: {@link
 * ai.kubernaut.airgap.registry.layout.LayoutRegistryClient}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.registry.layout;

import org.jspecify.annotations.NullMarked;
