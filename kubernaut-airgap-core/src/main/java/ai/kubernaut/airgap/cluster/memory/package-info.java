/**
 * A cluster in memory, for tests of steps and of hosts: {@link
 * ai.kubernaut.airgap.cluster.memory.MemoryClusterClient}.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.cluster.memory;

import org.jspecify.annotations.NullMarked;
