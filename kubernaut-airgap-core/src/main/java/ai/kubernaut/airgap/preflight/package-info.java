/**
 * Checks the mirror before any image is sent (the guide, step 2b): {@link
 * ai.kubernaut.airgap.preflight.Preflight}, which returns a {@link
 * ai.kubernaut.airgap.preflight.PreflightReport}.
 *
 * <pre>{@code
 * PreflightReport report = airgap.preflight(plan);
 * for (Finding finding : report.findings()) {
 *   System.out.println(finding.support() + " " + finding.capability() + ": " + finding.message());
 * }
 * report.orElseThrow(); // lists the problems and what to do about each of them
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.preflight;

import org.jspecify.annotations.NullMarked;
