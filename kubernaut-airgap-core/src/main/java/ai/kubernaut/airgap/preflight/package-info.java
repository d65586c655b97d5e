/**
 * Asks the mirror what it can do before anything is sent (the guide, step 2b): {@link
 * ai.kubernaut.airgap.preflight.Preflight}, which answers with a {@link
 * ai.kubernaut.airgap.preflight.PreflightReport}.
 */
@NullMarked
package ai.kubernaut.airgap.preflight;

import org.jspecify.annotations.NullMarked;
