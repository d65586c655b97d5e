/**
 * The port to registries, {@link ai.kubernaut.airgap.registry.RegistryClient}, and the values that
 * go through it. Adapters stand in the packages below.
 */
@NullMarked
package ai.kubernaut.airgap.registry;

import org.jspecify.annotations.NullMarked;
