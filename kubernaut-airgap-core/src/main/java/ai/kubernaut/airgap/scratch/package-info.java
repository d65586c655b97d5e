/** Temporary files that may hold secrets: {@link ai.kubernaut.airgap.scratch.ScratchDirectory}. */
@NullMarked
package ai.kubernaut.airgap.scratch;

import org.jspecify.annotations.NullMarked;
