/**
 * Finds out why a release does not run, from evidence: {@link
 * ai.kubernaut.airgap.diagnosis.Diagnoser}, which answers with a {@link
 * ai.kubernaut.airgap.diagnosis.Diagnosis} (the guide, "Troubleshooting").
 *
 * <pre>{@code
 * Diagnosis diagnosis = airgap.diagnose(airgap.installationOf(plan));
 * diagnosis.roots().forEach(cause -> System.out.println(cause.problem().describe()));
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.diagnosis;

import org.jspecify.annotations.NullMarked;
