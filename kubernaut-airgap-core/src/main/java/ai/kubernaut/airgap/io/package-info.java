/**
 * Files that several processes share, {@link ai.kubernaut.airgap.io.ProcessLock}, temporary files
 * that may hold secrets, {@link ai.kubernaut.airgap.io.ScratchDirectory}, and child processes,
 * {@link ai.kubernaut.airgap.io.ChildProcess}.
 *
 * <pre>{@code
 * try (ProcessLock lock = ProcessLock.acquire(file, Duration.ofMinutes(1))) {
 *   // no other thread or process holds the lock here
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.io;

import org.jspecify.annotations.NullMarked;
