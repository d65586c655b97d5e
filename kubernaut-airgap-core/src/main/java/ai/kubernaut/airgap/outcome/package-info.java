/**
 * What the results of all steps have in common: {@link ai.kubernaut.airgap.outcome.Outcome}. A
 * {@link ai.kubernaut.airgap.outcome.Problem} is data: a code, a subject and parameters. The
 * sentences are in two catalogues, {@link ai.kubernaut.airgap.outcome.ProblemCode} for what is
 * wrong and {@link ai.kubernaut.airgap.outcome.FactCode} for what was found or done.
 *
 * <pre>{@code
 * for (Problem problem : airgap.prove(plan).problems()) {
 *   System.out.println(problem.code() + " " + problem.describe());
 * }
 * }</pre>
 *
 * @since 0.1.0
 */
@NullMarked
package ai.kubernaut.airgap.outcome;

import org.jspecify.annotations.NullMarked;
