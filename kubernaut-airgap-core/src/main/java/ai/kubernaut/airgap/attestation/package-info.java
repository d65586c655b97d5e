/**
 * Signed statements of in-toto: {@link ai.kubernaut.airgap.attestation.Statement}, and the
 * signatures that they need.
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.attestation;

import org.jspecify.annotations.NullMarked;
