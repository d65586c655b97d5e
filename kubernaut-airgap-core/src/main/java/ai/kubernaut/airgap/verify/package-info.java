/**
 * Proves that a release runs from the mirror, or says why it does not (the guide, step 5): {@link
 * ai.kubernaut.airgap.verify.Verifier}, which answers with a {@link
 * ai.kubernaut.airgap.verify.VerificationReport}. It has a {@link
 * ai.kubernaut.airgap.verify.ContainerOrigin} for each container; {@link
 * ai.kubernaut.airgap.verify.VerificationDrift} compares those of two reports.
 *
 * <pre>{@code
 * VerificationReport report = airgap.verify(airgap.installationOf(plan));
 * VerificationDrift drift =
 *     VerificationDrift.between(
 *         VerificationDrift.readOrigins(Path.of("yesterday.json")), report.origins());
 * drift.changes().forEach(change -> System.out.println(change.describe()));
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.verify;

import org.jspecify.annotations.NullMarked;
