/**
 * Signed statements of in-toto: {@link ai.kubernaut.airgap.attestation.Statement}, and the
 * signatures that they need.
 */
@NullMarked
package ai.kubernaut.airgap.attestation;

import org.jspecify.annotations.NullMarked;
