/**
 * Proves that a release runs from the mirror, or says why it does not (the guide, step 5): {@link
 * ai.kubernaut.airgap.verify.Verifier}, which answers with a {@link
 * ai.kubernaut.airgap.verify.VerificationReport}.
 */
@NullMarked
package ai.kubernaut.airgap.verify;

import org.jspecify.annotations.NullMarked;
