/**
 * Registries in memory, {@link ai.kubernaut.airgap.registry.memory.MemoryRegistryClient}, for tests
 * of the library and of its hosts.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.registry.memory;

import org.jspecify.annotations.NullMarked;
