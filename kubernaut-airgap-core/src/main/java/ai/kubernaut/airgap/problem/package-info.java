/**
 * What can be wrong, as data: {@link ai.kubernaut.airgap.problem.Problem} with a code, a subject
 * and parameters. The sentences are in one catalogue, {@link
 * ai.kubernaut.airgap.problem.ProblemCode}.
 *
 * <pre>{@code
 * for (Problem problem : airgap.prove(plan).problems()) {
 *   System.out.println(problem.code() + " " + problem.describe());
 * }
 * }</pre>
 */
@NullMarked
package ai.kubernaut.airgap.problem;

import org.jspecify.annotations.NullMarked;
